import { describe, expect, it } from 'vitest';
import { batchOf, LocusScene, pointOf } from '../../../src/alert-store/conformance/scene.ts';
import { openStore, temporaryDirectory } from './temporary-store.ts';

describe('commits behind a refused one', () => {
  it('are refused with it, so that a retry in order never stores an older state over a newer one', async () => {
    let refusals = 1;
    const store = await openStore(temporaryDirectory(), 'writer', {
      freeBytes: () => {
        refusals -= 1;
        return refusals >= 0 ? 0 : 1e12;
      },
    });
    const locus = new LocusScene('ANT2020a', 1, 1);
    const batches = [0, 1, 2].map((round) => {
      locus.properties = new Map([['round', BigInt(round)]]);
      locus.add(pointOf(`lsst:${round}`));
      const write = locus.write();
      // Each batch keeps what its locus was; the light curve is the same one, and only grows.
      return batchOf({ loci: [write] });
    });
    const outcomes = await Promise.allSettled(batches.map((batch) => store.commit(batch)));
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'ALERT_STORE_FULL' } });
    }
    expect(await store.totals()).toEqual({ loci: 0, alerts: 0, packets: 0 });
    for (const batch of batches) await store.commit(batch);
    const [stored] = await store.getLoci([locus.ref]);
    expect([...stored!.record.properties]).toEqual([['round', 2n]]);
    expect(await store.getAlertRows(locus.ref)).toHaveLength(3);
  });

  it('are taken when they are called after the refusal was told', async () => {
    let isFull = true;
    const store = await openStore(temporaryDirectory(), 'writer', { freeBytes: () => (isFull ? 0 : 1e12) });
    await expect(store.commit(batchOf({}))).rejects.toMatchObject({ code: 'ALERT_STORE_FULL' });
    isFull = false;
    await store.commit(batchOf({}));
    await store.commit(batchOf({}));
  });
});
