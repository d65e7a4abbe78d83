import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cone, toCone } from '../../../src/sky/cone.ts';
import { coverCone, coverIds, coverRanges, type HtmCover, writeCoverIds } from '../../../src/sky/htm/cover.ts';
import type { HtmId, HtmRange } from '../../../src/sky/htm/htm-id.ts';
import { htmIdOf } from '../../../src/sky/htm/locate.ts';
import { trixelCorners } from '../../../src/sky/htm/trixel.ts';
import { toUnitVector } from '../../../src/sky/position.ts';
import { vectorSeparationArcsec } from '../../../src/sky/separation.ts';
import { describeWithSharedData } from '../../shared-data.ts';
import { readJsonLines, seededRandom } from '../vectors.ts';

type Pairs = [first: number, last: number][];

interface CircleVector {
  readonly kind: string;
  readonly ra_deg: number;
  readonly dec_deg: number;
  readonly radius_deg: number;
  readonly level: number;
  readonly margin_rad: number;
  readonly full: Pairs;
  readonly partial: Pairs;
}

describeWithSharedData('circle covers against exhaustive descent with 40 digits', () => {
  it('is equal, split included, where no distance is within 1e-10 rad of the radius; elsewhere nothing is missing', () => {
    const vectors = readJsonLines<CircleVector>('vectors/htm_circles.jsonl');
    let clear = 0;
    for (const vector of vectors) {
      const title = `${vector.kind} ${vector.ra_deg},${vector.dec_deg} r ${vector.radius_deg} level ${vector.level}`;
      const cover = coverCone(toCone(vector.ra_deg, vector.dec_deg, vector.radius_deg * 3600), vector.level);
      if (vector.margin_rad >= 1e-10) {
        expect(inclusive(cover.full), title).toEqual(vector.full);
        expect(inclusive(cover.partial), title).toEqual(vector.partial);
        clear += 1;
      } else {
        const met = idSet([...cover.full, ...cover.partial]);
        const missing = [...vector.full, ...vector.partial].flatMap(([first, last]) => span(first, last + 1));
        expect(
          missing.filter((id) => !met.has(id)),
          title,
        ).toEqual([]);
        // What is called full must be so to 1e-10.
        const full = new Set(vector.full.flatMap(([first, last]) => span(first, last + 1)));
        for (const id of idSet(cover.full)) {
          expect(
            full.has(id) || farthestCornerRadians(id, vector) < vector.radius_deg * (Math.PI / 180) + 1e-10,
            title,
          ).toBe(true);
        }
      }
    }
    expect(clear).toBeGreaterThan(1000);
  });
});

describe('coverCone', () => {
  it('gives the two trixels at which an older library gave up', () => {
    expect(metIds(coverCone(toCone(271.19949781459, -35.85359105538, 0.00028 * 3600), 10))).toEqual([
      11608422, 11611801,
    ]);
    expect(metIds(coverCone(toCone(271.19949781459, -35.85359105538, 0.00028 * 3600), 11))).toEqual([
      46433688, 46447204,
    ]);
  });

  it('returns both hemispheres for a cone over the equator, and four faces at a pole', () => {
    expect(metIds(coverCone(toCone(45, 0, 10), 0))).toEqual([8, 15]);
    expect(metIds(coverCone(toCone(0, 90, 10), 0))).toEqual([12, 13, 14, 15]);
    expect(metIds(coverCone(toCone(0, -90, 10), 0))).toEqual([8, 9, 10, 11]);
    expect(metIds(coverCone(toCone(0, 0, 10), 0))).toEqual([8, 11, 12, 15]);
  });

  it('meets four trixels at each octahedron corner and six at any other corner, even with radius 0', () => {
    for (const [ra, dec] of [
      [0, 0],
      [90, 0],
      [180, 0],
      [270, 0],
      [0, 90],
      [0, -90],
    ] as const) {
      expect(metIds(coverCone(toCone(ra, dec, 0), 12))).toHaveLength(4);
    }
    const { ra, dec } = { ra: 45, dec: 0 };
    expect(metIds(coverCone(toCone(ra, dec, 0), 12))).toHaveLength(6);
  });

  it('answers the same across RA 0 however it is written', () => {
    expect(coverCone(toCone(360, 10, 100), 14)).toEqual(coverCone(toCone(0, 10, 100), 14));
    expect(coverCone(toCone(-0.001, 10, 100), 14)).toEqual(coverCone(toCone(359.999, 10, 100), 14));
  });

  it('covers the sky with 180 degrees, and leaves a hole opposite when the radius falls short of it', () => {
    for (const level of [0, 3, 24]) {
      const whole = { first: 8 * 4 ** level, end: 16 * 4 ** level };
      expect(coverCone(toCone(12, 34, 648_000), level)).toEqual({ full: [whole], partial: [] });
    }
    const nearly = coverCone(toCone(12, 34, 648_000 - 3600), 6);
    expect(nearly.partial.length).toBeGreaterThan(0);
    expect(total(nearly.full) + total(nearly.partial)).toBe(8 * 4 ** 6);
    const hole = coverCone(toCone(192, -34, 3600), 6);
    expect(nearly.partial.flatMap((range) => [...idSet([range])])).toEqual(metIds(hole));
  });

  it('fits together: a circle and the one around the opposite point share their rim and nothing else', () => {
    for (const radiusDegrees of [12, 60, 89.9999, 90, 90.0001, 120, 179]) {
      const circle = coverCone(toCone(77, 21, radiusDegrees * 3600), 5);
      const rest = coverCone(toCone(257, -21, (180 - radiusDegrees) * 3600), 5);
      expect(metIds({ full: [], partial: circle.partial })).toEqual(metIds({ full: [], partial: rest.partial }));
      expect(total(circle.full) + total(circle.partial) + total(rest.full)).toBe(8 * 4 ** 5);
    }
  });

  it('refuses levels that do not exist, and covers that would fill the memory', () => {
    expect(() => coverCone(toCone(0, 0, 1), 25)).toThrow(expect.objectContaining({ code: 'SKY_LEVEL_OUT_OF_RANGE' }));
    expect(() => coverCone(toCone(0, 0, 1), -1)).toThrow(expect.objectContaining({ code: 'SKY_LEVEL_OUT_OF_RANGE' }));
    const { x, y, z } = toUnitVector(10, 20);
    expect(() => coverCone(toCone(10, 20, 200_000), 24)).toThrow(
      expect.objectContaining({ code: 'SKY_COVER_TOO_LARGE' }),
    );
    expect(() => coverIds(x, y, z, 648_000, 24)).toThrow(expect.objectContaining({ code: 'SKY_COVER_TOO_LARGE' }));
    expect(coverRanges(x, y, z, 648_000, 24)).toEqual([{ first: 8 * 4 ** 24, end: 16 * 4 ** 24 }]);
  });

  it('holds the trixel of every point inside, and none that is out of reach', () => {
    const random = seededRandom(20011216);
    const cone = fc.record({
      ra: fc.double({ min: 0, max: 360, noNaN: true }),
      dec: fc.oneof(fc.double({ min: -90, max: 90, noNaN: true }), fc.constantFrom(-90, -45, 0, 45, 90)),
      logRadius: fc.double({ min: -1.5, max: Math.log10(640_000), noNaN: true }),
      refine: fc.integer({ min: -1, max: 3 }),
    });
    fc.assert(
      fc.property(cone, ({ ra, dec, logRadius, refine }) => {
        const circle = toCone(ra, dec, 10 ** logRadius);
        const level = Math.min(Math.max(Math.floor(Math.log2(92_000 / circle.radiusArcsec)) + refine, 0), 24);
        const cover = coverCone(circle, level);
        expectOrderly(cover, level);
        for (let i = 0; i < 20; i += 1) {
          const point = pointInside(circle, random);
          const id = htmIdOf(point.ra, point.dec, level);
          expect(isIn(cover.full, id) || isIn(cover.partial, id)).toBe(true);
        }
        for (const id of metIds({ full: cover.full, partial: [] }).slice(0, 50)) {
          for (const separation of cornerSeparations(id, circle))
            expect(separation).toBeLessThanOrEqual(circle.radiusArcsec * (1 + 1e-12));
        }
        // A partial trixel has a corner outside, or the cover would have called it full (or its radius is past 90°).
        if (circle.radiusArcsec < 300_000) {
          for (const id of metIds({ full: [], partial: cover.partial }).slice(0, 50)) {
            expect(Math.max(...cornerSeparations(id, circle))).toBeGreaterThan(circle.radiusArcsec * (1 - 1e-9) - 1e-8);
          }
        }
      }),
      { seed: 20010101, numRuns: 600 },
    );
  });

  it('is the cover of the parents, one level up', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 360, noNaN: true }),
        fc.double({ min: -90, max: 90, noNaN: true }),
        fc.double({ min: 1, max: 100_000, noNaN: true }),
        (ra, dec, radiusArcsec) => {
          const level = Math.min(Math.max(Math.floor(Math.log2(92_000 / radiusArcsec)), 0), 20);
          const cone = toCone(ra, dec, radiusArcsec);
          const parents = metIds(coverCone(cone, level));
          const children = metIds(coverCone(cone, level + 1));
          expect([...new Set(children.map((id) => Math.floor(id / 4)))]).toEqual(parents);
        },
      ),
      { seed: 20010102, numRuns: 300 },
    );
  });
});

describe('covers for look-ups', () => {
  it('join full and partial trixels into the same set', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 360, noNaN: true }),
        fc.double({ min: -90, max: 90, noNaN: true }),
        fc.double({ min: 0, max: 400_000, noNaN: true }),
        fc.integer({ min: 0, max: 6 }),
        (ra, dec, radiusArcsec, level) => {
          const { x, y, z } = toUnitVector(ra, dec);
          const ids = metIds(coverCone(toCone(ra, dec, radiusArcsec), level));
          expect(coverIds(x, y, z, radiusArcsec, level)).toEqual(ids);
          const ranges = coverRanges(x, y, z, radiusArcsec, level);
          expect([...idSet(ranges)]).toEqual(ids);
          for (let i = 1; i < ranges.length; i += 1) expect(ranges[i]!.first).toBeGreaterThan(ranges[i - 1]!.end);
          const out = new Float64Array(ids.length + 3);
          expect(writeCoverIds(x, y, z, radiusArcsec, level, out, 3)).toBe(ids.length);
          expect([...out.subarray(3)]).toEqual(ids);
        },
      ),
      { seed: 20010103, numRuns: 300 },
    );
  });

  it('say how much room they need, and write nothing without it', () => {
    const { x, y, z } = toUnitVector(45, 0);
    const out = new Float64Array(5);
    expect(writeCoverIds(x, y, z, 0.1, 12, out, 0)).toBe(6);
    expect([...out]).toEqual([0, 0, 0, 0, 0]);
  });

  it('find one trixel where the circle is deep inside it', () => {
    const { x, y, z } = toUnitVector(50.848127, 37.467918);
    expect(coverIds(x, y, z, 0.001, 16)).toEqual([htmIdOf(50.848127, 37.467918, 16)]);
  });
});

function inclusive(ranges: readonly HtmRange[]): Pairs {
  return ranges.map(({ first, end }) => [first, end - 1]);
}

function span(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, i) => first + i);
}

function idSet(ranges: readonly HtmRange[]): Set<number> {
  return new Set(ranges.flatMap(({ first, end }) => span(first, end)));
}

function metIds(cover: HtmCover): number[] {
  return [...idSet([...cover.full, ...cover.partial])].sort((a, b) => a - b);
}

function total(ranges: readonly HtmRange[]): number {
  return ranges.reduce((sum, { first, end }) => sum + (end - first), 0);
}

function isIn(ranges: readonly HtmRange[], id: number): boolean {
  return ranges.some(({ first, end }) => first <= id && id < end);
}

function expectOrderly(cover: HtmCover, level: number): void {
  const { first, end } = { first: 8 * 4 ** level, end: 16 * 4 ** level };
  for (const ranges of [cover.full, cover.partial]) {
    ranges.forEach((range, i) => {
      expect(range.first).toBeGreaterThanOrEqual(first);
      expect(range.end).toBeLessThanOrEqual(end);
      expect(range.end).toBeGreaterThan(range.first);
      if (i > 0) expect(range.first).toBeGreaterThan(ranges[i - 1]!.end);
    });
  }
  for (const range of cover.full) expect(isIn(cover.partial, range.first)).toBe(false);
}

function cornerSeparations(id: number, centre: Cone): number[] {
  const { x, y, z } = toUnitVector(centre.ra, centre.dec);
  const corners = trixelCorners(id as HtmId);
  return [0, 3, 6].map((i) => vectorSeparationArcsec(x, y, z, corners[i]!, corners[i + 1]!, corners[i + 2]!));
}

function farthestCornerRadians(id: number, { ra_deg, dec_deg }: CircleVector): number {
  return (Math.max(...cornerSeparations(id, toCone(ra_deg, dec_deg, 0))) * Math.PI) / 648_000;
}

/** A point of a circle, often near its rim. */
function pointInside({ ra, dec, radiusArcsec }: Cone, random: () => number): { ra: number; dec: number } {
  const rho = (radiusArcsec * Math.sqrt(random()) * (1 - 1e-12) * Math.PI) / 648_000;
  const angle = 2 * Math.PI * random();
  const d = (dec * Math.PI) / 180;
  const sinDec = Math.sin(d) * Math.cos(rho) + Math.cos(d) * Math.sin(rho) * Math.cos(angle);
  const east = Math.sin(angle) * Math.sin(rho);
  const along = Math.cos(d) * Math.cos(rho) - Math.sin(d) * Math.sin(rho) * Math.cos(angle);
  return {
    ra: ra + (Math.atan2(east, along) * 180) / Math.PI,
    dec: (Math.atan2(sinDec, Math.hypot(east, along)) * 180) / Math.PI,
  };
}
