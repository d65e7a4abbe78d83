import { pack } from 'msgpackr';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readChangedLoci, readChanges } from '../../src/pipeline/changed-loci.ts';
import type { Batch } from '../../src/pipeline/stage.ts';
import { CHANGED_LOCI } from '../../src/streams/topic-name.ts';
import { type HandMadePipeline, handMadePipeline } from './hand-made-alerts.ts';

/** Ids of the loci that a batch announces, and how many messages it takes to do so. */
function announced(batch: Batch): { readonly messages: number; readonly ids: readonly string[] } {
  const messages = batch.pending.filter(({ streams }) => streams.includes(CHANGED_LOCI));
  return {
    messages: messages.length,
    ids: messages.flatMap(({ value }) => readChangedLoci(value).map(({ locusId }) => locusId)),
  };
}

describe('the announcement of changed loci', () => {
  let pipeline: HandMadePipeline;
  beforeEach(async () => {
    pipeline = await handMadePipeline();
  });
  afterEach(() => pipeline.dispose());

  it('names each locus that a batch touched once, in one message of its commit', async () => {
    const first = await pipeline.run(
      { id: 'a', ra: 10, dec: 0 },
      { id: 'b', ra: 10, dec: 0 },
      { id: 'c', ra: 20, dec: 0 },
    );
    const { messages, ids } = announced(first);
    expect(messages).toBe(1);
    const refs = (await pipeline.store.scanLoci(undefined, 10)).items;
    expect([...ids].sort()).toEqual(refs.map(({ locusId }) => locusId).sort());
    expect((await pipeline.store.listPending()).filter(({ streams }) => streams.includes(CHANGED_LOCI)).length).toBe(1);
  });

  it('gives references under which the store has the loci', async () => {
    const { pending } = await pipeline.run({ id: 'a', ra: 10, dec: 0 });
    const refs = pending.flatMap(({ streams, value }) => (streams[0] === CHANGED_LOCI ? readChangedLoci(value) : []));
    const [record] = await pipeline.store.getLocusRecords(refs);
    expect(record).toMatchObject({ ra: 10, numAlerts: 1 });
  });

  it('is not made by a batch that changes nothing', async () => {
    await pipeline.run({ id: 'a', ra: 10, dec: 0 });
    expect(announced(await pipeline.run({ id: 'a', ra: 10, dec: 0 })).messages).toBe(0);
  });

  it('names the locus that lost an alert to another too', async () => {
    const history = [{ id: 'h', mjd: 59_990, ra: 100, dec: 0.000_4 }];
    await pipeline.run({ id: 'a', ra: 100, dec: 0, object: 'X', history });
    await pipeline.run({ id: 'b', ra: 100, dec: 0.01, object: 'Y' });
    const { ids } = announced(await pipeline.run({ id: 'h', ra: 100, dec: 0.01, mjd: 59_990, object: 'Y' }));
    expect(ids.length).toBe(2);
  });

  it('names the alerts that arrived on each locus, and no row of history', async () => {
    const history = [{ id: 'h', mjd: 59_990, ra: 10, dec: 0 }];
    const { pending } = await pipeline.run(
      { id: 'a', ra: 10, dec: 0, history },
      { id: 'b', ra: 20, dec: 0 },
      { id: 'c', ra: 10, dec: 0 },
    );
    const changes = pending.flatMap(({ streams, value }) => (streams[0] === CHANGED_LOCI ? readChanges(value) : []));
    expect(changes.map(({ alertIds }) => alertIds)).toEqual([['a', 'c'], ['b']]);
  });

  it('is read in the form without alerts too, in which it was first kept', () => {
    const changes = readChanges(pack(['ANT2026ae', 17, 'ANT2026ai', 18]));
    expect(changes).toEqual([
      { ref: { locusId: 'ANT2026ae', birthTrixel: 17 }, alertIds: [] },
      { ref: { locusId: 'ANT2026ai', birthTrixel: 18 }, alertIds: [] },
    ]);
  });
});
