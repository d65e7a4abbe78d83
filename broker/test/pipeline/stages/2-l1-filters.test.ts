import { describe, expect, it } from 'vitest';
import type { FilterAlert } from '../../../src/filters/filter.ts';
import { L1Filter } from '../../../src/filters/l1/l1-filter.ts';
import { handMadePipeline } from '../hand-made-alerts.ts';

/** Refuses alerts fainter than 20. */
class Bright extends L1Filter {
  readonly name = 'bright';
  readonly description = 'brighter than 20';
  findObjection(alert: FilterAlert): string | undefined {
    return alert.properties.number('ant_mag') > 20 ? 'too faint' : undefined;
  }
}

describe('L1 filters', () => {
  it('keep an alert without a locus, and do nothing else with it', async () => {
    const pipeline = await handMadePipeline({ l1: [new Bright()] });
    const batch = await pipeline.run({ id: 'a', ra: 1, dec: 1, mag: 21 }, { id: 'b', ra: 1, dec: 1, mag: 18 });
    expect(batch.alerts.map(({ outcome, storeOnlyBecause }) => [outcome, storeOnlyBecause])).toEqual([
      ['stored', 'bright'],
      ['stored', undefined],
    ]);
    expect(await pipeline.loci()).toEqual([['b']]);
    expect(
      (await pipeline.store.scanUnassociatedAlerts(undefined, 10)).items.map(({ point }) => point.alertId),
    ).toEqual(['a']);
    await pipeline.dispose();
  });

  it('an alert that was only stored is a duplicate the second time, as any other', async () => {
    const pipeline = await handMadePipeline({ l1: [new Bright()] });
    await pipeline.run({ id: 'a', ra: 1, dec: 1, mag: 21 });
    const batch = await pipeline.run({ id: 'a', ra: 1, dec: 1, mag: 21 });
    expect(batch.alerts[0]!.outcome).toBe('duplicate');
    await pipeline.dispose();
  });

  it('the history of its object takes it in, with its own packet’s record', async () => {
    const pipeline = await handMadePipeline({ l1: [new Bright()] });
    await pipeline.run({ id: 'a', ra: 1, dec: 1, mag: 21, mjd: 59_999, object: 'X' });
    await pipeline.run({
      id: 'b',
      ra: 1,
      dec: 1,
      mag: 18,
      object: 'X',
      history: [{ id: 'a', mjd: 59_999, ra: 1, dec: 1, mag: 21 }],
    });
    expect(await pipeline.loci()).toEqual([['a', 'b']]);
    expect((await pipeline.store.findAlerts(['a' as never]))[0]!.kind).toBe('candidate');
    expect((await pipeline.store.scanUnassociatedAlerts(undefined, 10)).items).toEqual([]);
    await pipeline.dispose();
  });

  it('ends with the same light curve when the history came first', async () => {
    const pipeline = await handMadePipeline({ l1: [new Bright()] });
    await pipeline.run({
      id: 'b',
      ra: 1,
      dec: 1,
      mag: 18,
      object: 'X',
      history: [{ id: 'a', mjd: 59_999, ra: 1, dec: 1, mag: 21 }],
    });
    await pipeline.run({ id: 'a', ra: 1, dec: 1, mag: 21, mjd: 59_999, object: 'X' });
    expect(await pipeline.loci()).toEqual([['a', 'b']]);
    expect((await pipeline.store.findAlerts(['a' as never]))[0]!.kind).toBe('candidate');
    await pipeline.dispose();
  });
});
