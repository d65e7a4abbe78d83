import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DirectionSum } from '../../src/sky/mean-direction.ts';
import { findNearest } from '../../src/sky/nearest.ts';
import { toUnitVector, writeUnitVector } from '../../src/sky/position.ts';
import { describeWithSharedData } from '../shared-data.ts';
import { readVectors } from './vectors.ts';

describeWithSharedData('association of a stream of points', () => {
  const rows = readVectors('vectors/association_stream.csv');

  it('to the first position of a locus gives the published loci', () => {
    const loci = new Float64Array(3 * rows.length);
    let count = 0;
    for (const row of rows) {
      const ra = Number(row['ra_deg']);
      const dec = Number(row['dec_deg']);
      const { x, y, z } = toUnitVector(ra, dec);
      let locus = findNearest(x, y, z, loci, count, 1)?.index;
      if (locus === undefined) {
        writeUnitVector(ra, dec, loci, 3 * count);
        locus = count;
        count += 1;
      }
      expect(locus, `point ${row['seq']}`).toBe(Number(row['locus_first_position']));
    }
    expect(count).toBeGreaterThan(300);
  });

  it('to the running mean direction of a locus gives the published loci', () => {
    const loci = new Float64Array(3 * rows.length);
    const sums: DirectionSum[] = [];
    for (const row of rows) {
      const ra = Number(row['ra_deg']);
      const dec = Number(row['dec_deg']);
      const { x, y, z } = toUnitVector(ra, dec);
      const locus = findNearest(x, y, z, loci, sums.length, 1)?.index ?? sums.length;
      sums[locus] ??= new DirectionSum();
      sums[locus].add(ra, dec);
      const mean = sums[locus].mean()!;
      writeUnitVector(mean.ra, mean.dec, loci, 3 * locus);
      expect(locus, `point ${row['seq']}`).toBe(Number(row['locus_running_centroid']));
    }
    expect(sums.length).toBeGreaterThan(300);
  });
});

describe('findNearest', () => {
  const candidates = new Float64Array(12);
  [
    [10, 0],
    [10, 0.0005],
    [10, 0],
    [359.9999, 89.99999],
  ].forEach(([ra, dec], i) => {
    writeUnitVector(ra!, dec!, candidates, 3 * i);
  });
  const nearest = (ra: number, dec: number, radius: number, count = 4): number | undefined => {
    const { x, y, z } = toUnitVector(ra, dec);
    return findNearest(x, y, z, candidates, count, radius)?.index;
  };

  it('takes the nearest, of equals the first, and none beyond the radius', () => {
    expect(nearest(10, 0.0003, 5)).toBe(1);
    expect(nearest(10, 0.0002, 5)).toBe(0);
    expect(nearest(10, 0.01, 5)).toBeUndefined();
    expect(nearest(10, 0, 5, 0)).toBeUndefined();
  });

  it('counts the rim as inside', () => {
    expect(nearest(10, -1 / 3600, 1)).toBe(0);
    expect(nearest(10, -1.0000001 / 3600, 1)).toBeUndefined();
  });

  it('works over the pole', () => {
    expect(nearest(179.9999, 89.99999, 1)).toBe(3);
  });

  it('says how far away it is', () => {
    const { x, y, z } = toUnitVector(10, 0.0002);
    expect(findNearest(x, y, z, candidates, 4, 5)!.separationArcsec).toBeCloseTo(0.72, 9);
  });

  it('is the least of all separations within the radius', () => {
    const offset = fc.double({ min: -3e-4, max: 3e-4, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(offset, offset), { maxLength: 10 }), offset, offset, (points, ra, dec) => {
        const vectors = new Float64Array(3 * points.length);
        points.forEach(([r, d], i) => {
          writeUnitVector(r, d, vectors, 3 * i);
        });
        const { x, y, z } = toUnitVector(ra, dec);
        const found = findNearest(x, y, z, vectors, points.length, 1);
        const distances = points.map(([r, d]) => Math.hypot(r - ra, d - dec) * 3600);
        const least = Math.min(...distances);
        if (least < 1 - 1e-6) expect(Math.abs(distances[found!.index]! - least)).toBeLessThan(1e-8);
        if (least > 1 + 1e-6) expect(found).toBeUndefined();
      }),
      { seed: 1000, numRuns: 1000 },
    );
  });
});
