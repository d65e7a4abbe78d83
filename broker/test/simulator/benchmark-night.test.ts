import { describe, expect, it } from 'vitest';
import { BenchmarkNight } from '../../src/simulator/benchmark-night.ts';
import { distanceArcsec } from '../../src/simulator/sky/tangent-plane.ts';
import { BENCHMARK_CATALOGS, makeSyntheticCatalog } from '../../src/simulator/synthetic-catalog.ts';
import { readPacket, recordIn, rowsIn } from './read-packet.ts';

describe('a night for benchmarks', () => {
  it('ZTF: each packet has exactly the history asked for, so many of it detections', async () => {
    const night = new BenchmarkNight({
      seed: 1,
      survey: 'ztf',
      objects: 30,
      visits: 3,
      historyPoints: 40,
      cutouts: 'none',
    });
    const packets = [...night.packets()];
    expect(packets.length).toBe(90);
    expect(new Set(packets.map(({ surveyObjectId }) => surveyObjectId)).size).toBe(30);
    expect(new Set(packets.map(({ alertId }) => alertId)).size).toBe(90);
    let detections = 0;
    for (const { bytes } of packets.slice(0, 30)) {
      const record = await readPacket(bytes);
      expect(rowsIn(record, 'prv_candidates').length).toBe(40);
      expect(rowsIn(record, 'fp_hists').length).toBe(40);
      detections += rowsIn(record, 'prv_candidates').filter((row) => row['candid'] !== null).length;
    }
    expect(detections / (30 * 40)).toBeGreaterThan(0.18);
    expect(detections / (30 * 40)).toBeLessThan(0.32);
  });

  it('LSST: a hundred earlier detections and a hundred forced measurements, visit after visit', async () => {
    const night = new BenchmarkNight({
      seed: 2,
      survey: 'lsst',
      objects: 6,
      visits: 2,
      historyPoints: 100,
      cutouts: 'none',
    });
    const packets = [...night.packets()];
    expect(packets.length).toBe(12);
    for (const { bytes, historyRows } of packets) {
      expect(historyRows).toBe(100);
      const record = await readPacket(bytes);
      expect(rowsIn(record, 'prvDiaSources').length).toBe(100);
      expect(rowsIn(record, 'prvDiaForcedSources').length).toBe(100);
      expect(recordIn(record, 'diaObject')['diaObjectId']).toBe(recordIn(record, 'diaSource')['diaObjectId']);
    }
  });

  it('a visit of many alerts is one exposure, detector by detector, of objects that are arcseconds apart', () => {
    const night = new BenchmarkNight({ seed: 3, survey: 'lsst', objects: 3000, cutouts: 'none' });
    const packets = [...night.packets()];
    expect(packets.length).toBe(3000);
    expect(new Set(packets.map(({ visit }) => visit)).size).toBe(1);
    const detectors = packets.map(({ surveyId }) => Number((surveyId >> 19n) & 255n));
    expect(detectors).toEqual([...detectors].sort((a, b) => a - b));
    const sorted = [...night.positions].sort((a, b) => a.dec - b.dec);
    let nearest = Number.POSITIVE_INFINITY;
    for (const [n, place] of sorted.entries()) {
      for (let m = n + 1; m < sorted.length && sorted[m]!.dec - place.dec < 0.02; m += 1) {
        nearest = Math.min(nearest, distanceArcsec(place, sorted[m]!));
      }
    }
    expect(nearest).toBeGreaterThan(10);
    const decs = night.positions.map(({ dec }) => dec);
    expect(Math.max(...decs) - Math.min(...decs)).toBeLessThan(3.5);
  });

  it('more objects than an exposure holds go into several fields', () => {
    const night = new BenchmarkNight({ seed: 4, survey: 'ztf', objects: 44_010, cutouts: 'none' });
    const visits = new Map<string, number>();
    let count = 0;
    for (const { visit } of night.packets()) {
      visits.set(visit, (visits.get(visit) ?? 0) + 1);
      count += 1;
      if (count === 50) break;
    }
    expect(night.positions.length).toBe(44_010);
    expect(visits.size).toBe(1);
    expect(distanceArcsec(night.positions[0]!, night.positions[44_000]!) / 3600).toBeGreaterThan(3);
  });

  it('refuses numbers that make no sense', () => {
    expect(() => new BenchmarkNight({ seed: 1, survey: 'ztf', objects: 0 })).toThrow(TypeError);
    expect(() => new BenchmarkNight({ seed: 1, survey: 'ztf', objects: 1, historyPoints: -1 })).toThrow(TypeError);
  });
});

describe('a large made-up catalogue', () => {
  it('covers the whole sky evenly, with counterparts for what is known', () => {
    const { positions } = new BenchmarkNight({ seed: 1, survey: 'lsst', objects: 500, cutouts: 'none' });
    const catalog = makeSyntheticCatalog({
      seed: 1,
      name: 'all_sky',
      rows: 100_000,
      radii: 'points',
      known: positions,
    });
    const octants = new Array<number>(8).fill(0);
    for (let row = 0; row < catalog.rows; row += 1) {
      const octant = Math.floor(catalog.ra[row]! / 90) + (catalog.dec[row]! > 0 ? 4 : 0);
      octants[octant] = octants[octant]! + 1;
    }
    for (const count of octants) expect(Math.abs(count - 12_500)).toBeLessThan(900);
    let matched = 0;
    for (const place of positions) {
      for (let row = 0; row < 500; row += 1) {
        if (distanceArcsec(place, { ra: catalog.ra[row]!, dec: catalog.dec[row]! }) <= 0.501) {
          matched += 1;
          break;
        }
      }
    }
    expect(Math.abs(matched - 250)).toBeLessThan(5 * Math.sqrt(125));
    expect(catalog.radiusArcsec.every((radius) => radius === 1)).toBe(true);
    expect(catalog.objectId(7)).toBe('all_sky-7');
  });

  it('radii of galaxies are mostly of arcseconds, some of arcminutes', () => {
    const { radiusArcsec } = makeSyntheticCatalog({ seed: 1, name: 'g', rows: 200_000, radii: 'galaxies' });
    const sorted = radiusArcsec.slice().sort();
    expect(sorted[0]).toBeGreaterThanOrEqual(2);
    expect(sorted[100_000]).toBeLessThan(4);
    expect(sorted[199_990]).toBeGreaterThan(60);
  });

  it('the five of the pipeline benchmark are named and sized', () => {
    expect(BENCHMARK_CATALOGS.map(({ rows }) => rows)).toEqual([1_872_544, 1e6, 1e6, 1e6, 1e6]);
    expect(new Set(BENCHMARK_CATALOGS.map(({ name }) => name)).size).toBe(5);
  });
});
