import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HtmId, htmAncestor, htmLevel } from '../../../src/sky/htm/htm-id.ts';
import { htmIdAt, htmIdOf, htmIdsOf } from '../../../src/sky/htm/locate.ts';
import { trixelContains } from '../../../src/sky/htm/trixel.ts';
import { toUnitVector } from '../../../src/sky/position.ts';
import { describeWithSharedData } from '../../shared-data.ts';
import { readVectors } from '../vectors.ts';

describeWithSharedData('HTM ids against published values', () => {
  it('equals the reference at every level where no edge is within 1e-14 rad, and holds the point elsewhere', () => {
    const rows = readVectors('vectors/htm_points.csv');
    let clear = 0;
    for (const row of rows) {
      const ra = Number(row['ra_deg']);
      const dec = Number(row['dec_deg']);
      const { x, y, z } = toUnitVector(ra, dec);
      for (const level of [0, 5, 10, 14, 16, 20]) {
        const id = htmIdOf(ra, dec, level);
        if (Number(row['margin_rad_L20']) >= 1e-14) {
          expect(id, `${row['kind']} ${ra},${dec} level ${level}`).toBe(Number(row[`id${level}`]));
          clear += 1;
        } else {
          expect(trixelContains(id, x, y, z, 1e-14), `${row['kind']} ${ra},${dec} level ${level}`).toBe(true);
        }
      }
    }
    expect(clear).toBeGreaterThan(6 * 5000);
  });

  it('equals the ids that catalogues carry', () => {
    for (const row of readVectors('vectors/htm_production_ids.csv')) {
      for (const level of [16, 20]) {
        const published = row[`htm${level}`];
        if (published) expect(htmIdOf(Number(row['ra_deg']), Number(row['dec_deg']), level)).toBe(Number(published));
      }
    }
  });

  it.each([
    'ztf_loci',
    'lsst_rubin_v10_0_loci',
    'lsst_rubin_v9_0_spark_loci',
    'lsst_sim_or4_v7_1_loci',
    'lsst_sim_v7_4_spark_loci',
  ])('equals htm16 of %s', (name) => {
    for (const row of readVectors(`data/expected/${name}.csv`)) {
      expect(htmIdOf(Number(row['ra_deg']), Number(row['dec_deg']), 16)).toBe(Number(row['htm16']));
    }
  });
});

describe('htmIdOf', () => {
  it('gives the id of the public API and of pyhtm', () => {
    expect(htmIdOf(59.7257233, 23.7619434, 16)).toBe(67983272436);
    expect(htmIdOf(207.8682535299866, 40.44792148002564, 16)).toBe(59271501911);
  });

  it('puts the equator north, and each bounding meridian in the face to its east', () => {
    expect([0, 90, 180, 270, 360].map((ra) => htmIdOf(ra, 0, 0))).toEqual([15, 14, 13, 12, 15]);
    expect([0, 90, 180, 270].map((ra) => htmIdOf(ra, -1e-9, 0))).toEqual([8, 9, 10, 11]);
    expect([45, 135, 225, 315].map((ra) => htmIdOf(ra, -0, 0))).toEqual([15, 14, 13, 12]);
  });

  it('gives RA 360, -0 and 0 one id, at every level', () => {
    for (let level = 0; level <= 24; level += 1) {
      for (const dec of [-90, -45, -1e-8, 0, 33.3, 90]) {
        expect(htmIdOf(360, dec, level)).toBe(htmIdOf(0, dec, level));
        expect(htmIdOf(-0, dec, level)).toBe(htmIdOf(0, dec, level));
        expect(htmIdOf(-360, dec, level)).toBe(htmIdOf(0, dec, level));
      }
    }
  });

  it('finds a trixel that holds each octahedron corner', () => {
    for (const [ra, dec] of [
      [0, 0],
      [90, 0],
      [180, 0],
      [270, 0],
      [0, 90],
      [0, -90],
    ] as const) {
      const { x, y, z } = toUnitVector(ra, dec);
      expect(trixelContains(htmIdOf(ra, dec, 24), x, y, z, 1e-15)).toBe(true);
    }
  });

  it('refuses positions off the sky and levels that do not exist', () => {
    expect(() => htmIdOf(10, 90.1, 5)).toThrow(expect.objectContaining({ code: 'SKY_POSITION_OUT_OF_RANGE' }));
    expect(() => htmIdOf(Number.NaN, 0, 5)).toThrow(expect.objectContaining({ code: 'SKY_POSITION_OUT_OF_RANGE' }));
    expect(() => htmIdOf(10, 0, 25)).toThrow(expect.objectContaining({ code: 'SKY_LEVEL_OUT_OF_RANGE' }));
    expect(() => htmIdOf(10, 0, 1.5)).toThrow(expect.objectContaining({ code: 'SKY_LEVEL_OUT_OF_RANGE' }));
  });

  it('gives a trixel at every level that holds the point, each in its parent', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 360, noNaN: true }),
        fc.double({ min: -90, max: 90, noNaN: true }),
        (ra, dec) => {
          const { x, y, z } = toUnitVector(ra, dec);
          const deepest = htmIdAt(x, y, z, 24);
          for (let level = 0; level <= 24; level += 1) {
            const id = htmIdAt(x, y, z, level);
            expect(htmLevel(id)).toBe(level);
            expect(id).toBe(htmAncestor(deepest, level));
            expect(trixelContains(id, x, y, z, 2e-15)).toBe(true);
          }
        },
      ),
      { seed: 20190416, numRuns: 500 },
    );
  });

  it('answers several levels in the order asked for', () => {
    const levels = [16, 0, 24, 10];
    expect(htmIdsOf(50.848127, 37.467918, levels)).toEqual(levels.map((level) => htmIdOf(50.848127, 37.467918, level)));
    expect(htmIdsOf(50.848127, 37.467918, [])).toEqual([] as HtmId[]);
  });
});
