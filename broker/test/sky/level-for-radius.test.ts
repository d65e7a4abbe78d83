import { describe, expect, it } from 'vitest';
import { coverIds } from '../../src/sky/htm/cover.ts';
import { type HtmId, htmDescendants, toHtmId } from '../../src/sky/htm/htm-id.ts';
import { trixelCorners } from '../../src/sky/htm/trixel.ts';
import {
  largestRadiusOfLevel,
  levelForRadius,
  meanTrixelPerimeter,
  meanTrixelsOfCircle,
} from '../../src/sky/level-for-radius.ts';
import { toUnitVector } from '../../src/sky/position.ts';
import { vectorSeparationArcsec } from '../../src/sky/separation.ts';
import { describeWithSharedData } from '../shared-data.ts';
import { randomPosition, readVectors, seededRandom } from './vectors.ts';

describeWithSharedData('level rule against exact means', () => {
  it('has the mean number of trixels, at the level and beside it', () => {
    for (const row of readVectors('vectors/htmlut_levels.csv')) {
      const radius = Number(row['radius_arcsec']);
      const level = levelForRadius(radius);
      expect(level, `${radius} arcsec`).toBe(Number(row['best_level']));
      expect(Math.abs(meanTrixelsOfCircle(radius, level) - Number(row['expected_trixels_exact']))).toBeLessThan(6e-6);
      expect(Math.abs(meanTrixelsOfCircle(radius, level - 1) - Number(row['expected_level_minus1']))).toBeLessThan(
        6e-6,
      );
      expect(Math.abs(meanTrixelsOfCircle(radius, level + 1) - Number(row['expected_level_plus1']))).toBeLessThan(6e-6);
    }
  });

  it('changes level at the radii of the table of edges', () => {
    for (const row of readVectors('vectors/htmlut_level_edges.csv')) {
      const level = Number(row['level']);
      expect(Math.abs(meanTrixelPerimeter(level) / Number(row['mean_perimeter_rad']) - 1)).toBeLessThan(1e-14);
      expect(Math.abs(meanTrixelsOfCircle(Number(row['radius_arcsec_where_mean_is_2.5']), level) - 2.5)).toBeLessThan(
        1e-6,
      );
      if (level === 0) {
        expect(largestRadiusOfLevel(0)).toBe(Number.POSITIVE_INFINITY);
        continue;
      }
      const edge = Number(row['max_radius_arcsec_nearest_rule']);
      expect(Math.abs(largestRadiusOfLevel(level) / edge - 1)).toBeLessThan(1e-7);
      expect(levelForRadius(edge * (1 - 1e-7))).toBe(level);
      expect(levelForRadius(edge * (1 + 1e-7))).toBe(level - 1);
    }
  });
});

describe('levelForRadius', () => {
  it('puts 1 arcsec at level 16, nothing above 24 and nothing below 0', () => {
    expect(levelForRadius(1)).toBe(16);
    expect(levelForRadius(0)).toBe(24);
    expect(levelForRadius(1e-9)).toBe(24);
    expect(levelForRadius(323 * 60)).toBe(2);
    expect(levelForRadius(60_000)).toBe(0);
    expect(levelForRadius(648_000)).toBe(0);
    expect(() => levelForRadius(-1)).toThrow(expect.objectContaining({ code: 'SKY_RADIUS_OUT_OF_RANGE' }));
    expect(() => levelForRadius(Number.NaN)).toThrow(expect.objectContaining({ code: 'SKY_RADIUS_OUT_OF_RANGE' }));
  });

  it('is the formula of the paper for every radius below a degree, away from the steps', () => {
    const random = seededRandom(25);
    for (let i = 0; i < 5000; i += 1) {
      const radius = 0.006 * (3600 / 0.006) ** random();
      const exact = Math.log2(0.4497 / ((radius * Math.PI) / 648_000));
      if (Math.abs(exact - Math.round(exact)) < 1e-3) continue;
      expect(levelForRadius(radius)).toBe(Math.floor(exact));
    }
  });

  it('rests on perimeters that the trixels themselves have', () => {
    for (let level = 0; level <= 6; level += 1) {
      let sum = 0;
      const { first, end } = htmDescendants(toHtmId(8), level);
      for (let id = first as number; id < end; id += 1) sum += perimeter(id as HtmId);
      expect(Math.abs(sum / (end - first) / meanTrixelPerimeter(level) - 1)).toBeLessThan(1e-13);
    }
  });

  it('makes a circle meet as many trixels as the formula says, about 2.5', () => {
    const random = seededRandom(2021);
    for (const radius of [0.7, 1, 7.5, 300, 12_000]) {
      const level = levelForRadius(radius);
      let met = 0;
      const circles = 20_000;
      for (let i = 0; i < circles; i += 1) {
        const { ra, dec } = randomPosition(random);
        const { x, y, z } = toUnitVector(ra, dec);
        met += coverIds(x, y, z, radius, level).length;
      }
      expect(Math.abs(met / circles - meanTrixelsOfCircle(radius, level))).toBeLessThan(0.05);
    }
  });
});

function perimeter(id: HtmId): number {
  const c = trixelCorners(id);
  let arcsec = 0;
  for (const [a, b] of [
    [0, 3],
    [3, 6],
    [6, 0],
  ] as const) {
    arcsec += vectorSeparationArcsec(c[a]!, c[a + 1]!, c[a + 2]!, c[b]!, c[b + 1]!, c[b + 2]!);
  }
  return (arcsec * Math.PI) / 648_000;
}
