import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Batch } from '../../../src/pipeline/stage.ts';
import { type HandMadePipeline, handMadePipeline, type MadeAlert } from '../hand-made-alerts.ts';

const ARCSEC = 1 / 3600;

describe('locus aggregation', () => {
  let pipeline: HandMadePipeline;
  beforeEach(async () => {
    pipeline = await handMadePipeline();
  });
  afterEach(() => pipeline.dispose());

  it('two alerts 0.9″ apart across RA 0° join one locus, whose position is between them', async () => {
    await pipeline.run({ id: 'a', ra: 359.999_875, dec: 0 });
    await pipeline.run({ id: 'b', ra: 0.000_125, dec: 0 });
    expect(await pipeline.loci()).toEqual([['a', 'b']]);
    const [ref] = (await pipeline.store.scanLoci(undefined, 10)).items;
    const [locus] = await pipeline.store.getLoci([ref!]);
    const { ra, dec } = locus!.record;
    expect(Math.min(ra, 360 - ra)).toBeLessThan(1e-9);
    expect(dec).toBeCloseTo(0, 12);
  });

  it('two alerts 0.9″ apart across the pole join one locus', async () => {
    await pipeline.run({ id: 'a', ra: 10, dec: 90 - 0.45 * ARCSEC }, { id: 'b', ra: 190, dec: 90 - 0.45 * ARCSEC });
    expect(await pipeline.loci()).toEqual([['a', 'b']]);
  });

  it('exactly 1″ is inside, a little more is not, within a batch and from one to the next', async () => {
    await pipeline.run({ id: 'a', ra: 100, dec: 0 }, { id: 'b', ra: 100 + ARCSEC, dec: 0 });
    await pipeline.run({ id: 'c', ra: 200, dec: 0 });
    await pipeline.run({ id: 'd', ra: 200 + 1.000_01 * ARCSEC, dec: 0 });
    expect(await pipeline.loci()).toEqual([['a', 'b'], ['c'], ['d']]);
  });

  it('the nearest of two loci is taken, whether the batch or the store knows it', async () => {
    await pipeline.run({ id: 'a', ra: 100, dec: 0 }, { id: 'b', ra: 100 + 1.6 * ARCSEC, dec: 0 });
    await pipeline.run({ id: 'c', ra: 100 + 0.9 * ARCSEC, dec: 0 });
    expect(await pipeline.loci()).toEqual([['a'], ['b', 'c']]);
  });

  it('the survey’s object wins over distance', async () => {
    await pipeline.run({ id: 'a', ra: 100, dec: 0, object: 'X' }, { id: 'b', ra: 100.1, dec: 0, object: 'Y' });
    await pipeline.run({ id: 'c', ra: 100.1, dec: 0, object: 'X' });
    expect(await pipeline.loci()).toEqual([['a', 'c'], ['b']]);
  });

  it('an object that is new to us joins by position, and is bound to that locus from then on', async () => {
    await pipeline.run({ id: 'a', ra: 100, dec: 0, object: 'X' });
    await pipeline.run({ id: 'b', ra: 100, dec: 0.5 * ARCSEC, object: 'Y' });
    await pipeline.run({ id: 'c', ra: 100, dec: 5 * ARCSEC, object: 'Y' });
    expect(await pipeline.loci()).toEqual([['a', 'b', 'c']]);
  });

  it('history becomes alerts of the locus; a later full alert takes its row’s place under the same id', async () => {
    const history = [
      { id: 'h1', mjd: 59_990, ra: 100, dec: 0 },
      { id: 'limit', mjd: 59_991 },
    ];
    await pipeline.run({ id: 'a', ra: 100, dec: 0, mjd: 60_000, object: 'X', history });
    expect(await pipeline.loci()).toEqual([['a', 'h1', 'limit']]);
    await pipeline.run({ id: 'h1', ra: 100, dec: 0, mjd: 59_990, object: 'X' });
    expect(await pipeline.loci()).toEqual([['a', 'h1', 'limit']]);
    const [ref] = (await pipeline.store.scanLoci(undefined, 10)).items;
    const [locus] = await pipeline.store.getLoci([ref!]);
    expect(locus!.record).toMatchObject({ numAlerts: 3, numDetections: 2, numUpperLimits: 1 });
    expect((await pipeline.store.findAlerts(['h1' as never]))[0]!.kind).toBe('candidate');
  });

  it('of two packets that list one history row, the earlier speaks, whichever came first', async () => {
    const early = {
      id: 'a',
      ra: 100,
      dec: 0,
      mjd: 60_000,
      object: 'X',
      history: [{ id: 'h', mjd: 59_990, ra: 100, dec: 0, mag: 17 }],
    };
    const late = {
      id: 'b',
      ra: 100,
      dec: 0,
      mjd: 60_001,
      object: 'X',
      history: [{ id: 'h', mjd: 59_990, ra: 100, dec: 0, mag: 19 }],
    };
    for (const order of [
      [early, late],
      [late, early],
    ]) {
      const other = await handMadePipeline();
      for (const alert of order) await other.run(alert);
      expect((await other.store.getAlerts(['h' as never]))[0]!.point.mag).toBe(17);
      await other.dispose();
    }
  });

  it('only detections make a passband one with new detections: upper limits in the history do not', async () => {
    const passbandsOf = (batch: Batch): string[] => [...batch.alerts[0]!.locus!.newDetectionPassbands].sort();
    const listing = (id: string, mjd: number, history: MadeAlert['history']): MadeAlert => ({
      ...{ id, mjd, ra: 100, dec: 0, passband: 'g', object: 'X', history: history! },
    });
    const limit = { id: 'limit', mjd: 59_991, passband: 'i' };
    expect(passbandsOf(await pipeline.run(listing('a', 60_000, [limit])))).toEqual(['g']);
    const seen = { id: 'seen', mjd: 59_992, ra: 100, dec: 0, passband: 'R' };
    expect(passbandsOf(await pipeline.run(listing('b', 60_001, [limit, seen])))).toEqual(['R', 'g']);
    // Listed earlier than before, so what it says counts from now on.
    expect(passbandsOf(await pipeline.run(listing('c', 59_999, [seen])))).toEqual(['R', 'g']);
    expect(passbandsOf(await pipeline.run(listing('d', 60_002, [limit, seen])))).toEqual(['g']);
  });

  it('a history row goes over to the object that its own packet names, and the locus that had it is put right', async () => {
    await pipeline.run({
      id: 'a',
      ra: 100,
      dec: 0,
      object: 'X',
      history: [{ id: 'h', mjd: 59_990, ra: 100, dec: 0.000_4 }],
    });
    await pipeline.run({ id: 'b', ra: 100, dec: 0.01, object: 'Y' });
    await pipeline.run({ id: 'h', ra: 100, dec: 0.01, mjd: 59_990, object: 'Y' });
    expect(await pipeline.loci()).toEqual([['a'], ['b', 'h']]);
    const [address] = await pipeline.store.findAlerts(['a' as never]);
    const [locus] = await pipeline.store.getLoci([address!.ref!]);
    expect(locus!.record).toMatchObject({ dec: 0, numDetections: 1 });
  });

  it('the same alert again is a duplicate and changes nothing, in the same batch or later', async () => {
    const alert = { id: 'a', ra: 100, dec: 0, history: [{ id: 'h', mjd: 59_990, ra: 100, dec: 0 }] };
    const first = await pipeline.run(alert, alert);
    expect(first.alerts.map(({ outcome }) => outcome)).toEqual(['stored', 'duplicate']);
    const second = await pipeline.run(alert);
    expect(second.alerts.map(({ outcome }) => outcome)).toEqual(['duplicate']);
    expect(await pipeline.loci()).toEqual([['a', 'h']]);
  });

  it('the same id with other content is refused and kept; the first one stays', async () => {
    await pipeline.run({ id: 'a', ra: 100, dec: 0, mag: 18 });
    const batch = await pipeline.run({ id: 'a', ra: 100, dec: 0, mag: 15 });
    expect(batch.rejections.map(({ code }) => code)).toEqual(['PACKET_DUPLICATE_CONFLICT']);
    expect((await pipeline.store.getAlerts(['a' as never]))[0]!.point.mag).toBe(18);
    const [rejection] = (await pipeline.store.scanRejections(undefined, 10)).items;
    expect((await pipeline.store.getRejectedPacket(rejection!.id))!.length).toBe(rejection!.bytes);
  });

  it('a packet that cannot be read does not stop the batch', async () => {
    const batch = await pipeline.run(
      { id: 'a', ra: 1, dec: 1 },
      { id: 'b', ra: 0, dec: 0, unreadable: 'PACKET_TRUNCATED' },
      { id: 'c', ra: 2, dec: 2 },
    );
    expect(batch.rejections.map(({ code }) => code)).toEqual(['PACKET_TRUNCATED']);
    expect(await pipeline.loci()).toEqual([['a'], ['c']]);
  });

  it('known solar-system objects never join by position, and nothing joins them', async () => {
    await pipeline.run(
      { id: 'a', ra: 100, dec: 0, solarSystemObject: '7' },
      { id: 'b', ra: 100, dec: 0, solarSystemObject: '7' },
    );
    await pipeline.run({ id: 'c', ra: 100, dec: 0 }, { id: 'd', ra: 100, dec: 0, solarSystemObject: '8' });
    expect(await pipeline.loci()).toEqual([['a'], ['b'], ['c'], ['d']]);
  });

  it('alerts of one solar-system object share a locus where that is wanted', async () => {
    const byObject = await handMadePipeline({ solarSystemLoci: 'object' });
    await byObject.run(
      { id: 'a', ra: 100, dec: 0, solarSystemObject: '7' },
      { id: 'b', ra: 140, dec: 9, solarSystemObject: '7' },
    );
    await byObject.run({ id: 'c', ra: 180, dec: 0, solarSystemObject: '7' });
    expect(await byObject.loci()).toEqual([['a', 'b', 'c']]);
    await byObject.dispose();
  });
});
