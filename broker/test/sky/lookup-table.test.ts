import { readFileSync } from 'node:fs';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { htmIdAt } from '../../src/sky/htm/locate.ts';
import { buildLookupTable, type LookupTable, lookupTableFromImage, MatchBuffer } from '../../src/sky/lookup-table.ts';
import { toUnitVector } from '../../src/sky/position.ts';
import { isWithin, vectorSeparationArcsec } from '../../src/sky/separation.ts';
import { describeWithSharedData, sharedPath } from '../shared-data.ts';
import { randomPosition, seededRandom } from './vectors.ts';

interface Circle {
  readonly ra: number;
  readonly dec: number;
  readonly radiusArcsec: number;
}

interface CircleVectors {
  readonly catalogue: readonly {
    readonly id: number;
    readonly ra_deg: number;
    readonly dec_deg: number;
    readonly radius_arcsec: number;
  }[];
  readonly loci: readonly { readonly id: number; readonly ra_deg: number; readonly dec_deg: number }[];
  readonly matches: readonly { readonly locus: number; readonly object: number; readonly separation_arcsec: number }[];
}

describeWithSharedData('look-up table against the complete list of pairs', () => {
  it('finds every object whose circle holds the locus and no other, with its distance', () => {
    const { catalogue, loci, matches } = JSON.parse(
      readFileSync(sharedPath('vectors/catalogue_circles.json'), 'utf8'),
    ) as CircleVectors;
    const table = build(
      catalogue.map((object) => ({ ra: object.ra_deg, dec: object.dec_deg, radiusArcsec: object.radius_arcsec })),
    );
    const separations = new Map(matches.map((match) => [`${match.locus}:${match.object}`, match.separation_arcsec]));
    const out = new MatchBuffer();
    let found = 0;
    for (const locus of loci) {
      const { x, y, z } = toUnitVector(locus.ra_deg, locus.dec_deg);
      const count = table.match(x, y, z, out);
      for (let i = 0; i < count; i += 1) {
        const pair = `${locus.id}:${catalogue[out.rows[i]!]!.id}`;
        const separation = separations.get(pair);
        expect(separation, pair).toBeDefined();
        expect(Math.abs(out.separationsArcsec[i]! - separation!), pair).toBeLessThan(1e-9);
        found += 1;
      }
    }
    expect(matches.length).toBeGreaterThan(100);
    expect(found).toBe(matches.length);
  });
});

describe('the look-up table', () => {
  it('equals a comparison with every object, at any size, anywhere', () => {
    const circle = fc.record({
      ra: fc.double({ min: 0, max: 360, noNaN: true }),
      dec: fc.oneof(fc.double({ min: -90, max: 90, noNaN: true }), fc.constantFrom(-90, 0, 90)),
      radiusArcsec: fc.oneof(
        fc.constant(1),
        fc.constant(0),
        fc.double({ min: -3, max: 5.4, noNaN: true }).map((log) => 10 ** log),
      ),
    });
    const random = seededRandom(50);
    fc.assert(
      fc.property(fc.array(circle, { minLength: 1, maxLength: 60 }), (circles) => {
        const table = build(circles);
        for (const { ra, dec, radiusArcsec } of circles) {
          const inside = near(ra, dec, Math.min(radiusArcsec, 200_000) * 1.2 * random(), random);
          for (const position of [{ ra, dec }, inside, randomPosition(random)]) {
            expect(matchesOf(table, position.ra, position.dec)).toEqual(bruteForce(circles, position.ra, position.dec));
          }
        }
      }),
      { seed: 2021, numRuns: 150 },
    );
  });

  it('equals a comparison with every object in a crowded field, where buckets overflow', () => {
    const random = seededRandom(7);
    const circles: Circle[] = [];
    for (let i = 0; i < 20_000; i += 1) {
      circles.push({
        ra: 180 + 0.02 * random(),
        dec: 30 + 0.02 * random(),
        radiusArcsec: random() < 0.9 ? 1 : 30 * random(),
      });
    }
    for (let i = 0; i < 2000; i += 1) circles.push({ ra: 180.01, dec: 30.01, radiusArcsec: 1 });
    const table = build(circles);
    for (let i = 0; i < 300; i += 1) {
      const ra = 180 + 0.02 * random();
      const dec = 30 + 0.02 * random();
      expect(matchesOf(table, ra, dec)).toEqual(bruteForce(circles, ra, dec));
    }
    expect(matchesOf(table, 180.01, 30.01).length).toBeGreaterThan(2000);
  });

  it('counts the rim as inside: a position exactly one radius away matches', () => {
    const table = build([
      { ra: 10, dec: 0, radiusArcsec: 1 },
      { ra: 359.9999, dec: 0, radiusArcsec: 0.72 },
    ]);
    expect(matchesOf(table, 10, 1 / 3600)).toEqual([0]);
    expect(matchesOf(table, 10 + 1 / 3600, 0)).toEqual([0]);
    expect(matchesOf(table, 10, 1.000001 / 3600)).toEqual([]);
    expect(matchesOf(table, 0.0001, 0)).toEqual([1]);
  });

  it('finds a large galaxy over the pole and across RA 0', () => {
    const table = build([
      { ra: 80.89, dec: -69.76, radiusArcsec: 323 * 60 },
      { ra: 123, dec: 89, radiusArcsec: 7200 },
    ]);
    expect(matchesOf(table, 80.89, -69.76 + 5.38)).toEqual([0]);
    expect(matchesOf(table, 303, 89.01)).toEqual([1]);
    expect(matchesOf(table, 303, 88.99)).toEqual([]);
    expect(table.levels).toEqual([3, 2]);
  });

  it('gives the nearest first, then by row, with distance and radius as given', () => {
    const table = build([
      { ra: 20, dec: 5, radiusArcsec: 1000 },
      { ra: 20, dec: 5.0001, radiusArcsec: 0.7 },
      { ra: 20, dec: 5, radiusArcsec: 1000 },
      { ra: 20, dec: 5.01, radiusArcsec: 100.1 },
    ]);
    const { x, y, z } = toUnitVector(20, 5.0001);
    const out = new MatchBuffer();
    expect(table.match(x, y, z, out)).toBe(4);
    expect([...out.rows.subarray(0, 4)]).toEqual([1, 0, 2, 3]);
    expect(out.separationsArcsec[0]).toBe(0);
    expect(out.separationsArcsec[1]).toBeCloseTo(0.36, 9);
    expect(out.separationsArcsec[3]).toBeCloseTo(35.64, 9);
    expect(table.radiusArcsecOf(3)).toBe(100.1);
    expect(() => table.radiusArcsecOf(4)).toThrow(TypeError);
  });

  it('answers from a trixel that the caller has, of its deepest level or deeper', () => {
    const circles = [
      { ra: 20, dec: 5, radiusArcsec: 1 },
      { ra: 20, dec: 5, radiusArcsec: 900 },
    ];
    const table = build(circles);
    const { x, y, z } = toUnitVector(20, 5);
    const out = new MatchBuffer();
    for (let level = table.deepestLevel; level <= 24; level += 1) {
      expect(table.matchWithin(htmIdAt(x, y, z, level), level, x, y, z, out)).toBe(2);
    }
    expect(() => table.matchWithin(htmIdAt(x, y, z, 10), 10, x, y, z, out)).toThrow(TypeError);
  });

  it('leaves out rows without a usable position or radius, and keeps the numbers of the others', () => {
    const table = build([
      { ra: Number.NaN, dec: 0, radiusArcsec: 1 },
      { ra: 1, dec: 91, radiusArcsec: 1 },
      { ra: 1, dec: 1, radiusArcsec: Number.NaN },
      { ra: 1, dec: 1, radiusArcsec: -1 },
      { ra: 361, dec: 1, radiusArcsec: 1 },
    ]);
    expect(table.rowCount).toBe(5);
    expect(table.rowsWithoutCircle).toBe(4);
    expect(matchesOf(table, 1, 1)).toEqual([4]);
    expect(table.radiusArcsecOf(0)).toBeNaN();
  });

  it('may be empty', () => {
    const table = build([]);
    expect(matchesOf(table, 1, 1)).toEqual([]);
    expect(table.entryCount).toBe(0);
    expect(matchesOf(lookupTableFromImage(table.toImage()), 1, 1)).toEqual([]);
  });

  it('has 2.4 entries for each object of 1 arcsec, and reports how far it is', () => {
    const random = seededRandom(16);
    const n = 150_000;
    const ra = new Float64Array(n);
    const dec = new Float64Array(n);
    for (let i = 0; i < n; i += 1) ({ ra: ra[i], dec: dec[i] } = randomPosition(random));
    const progress: number[] = [];
    const table = buildLookupTable(ra, dec, new Float64Array(n).fill(1), n, (rows) => progress.push(rows));
    expect(table.levels).toEqual([16]);
    expect(table.entryCount / n).toBeGreaterThan(2.36);
    expect(table.entryCount / n).toBeLessThan(2.4);
    expect(progress).toEqual([65_536, 131_072, n]);
  });

  it('refuses columns that are too short', () => {
    expect(() => buildLookupTable([1, 2], [1], [1, 1], 2)).toThrow(TypeError);
    expect(() => buildLookupTable([], [], [], -1)).toThrow(TypeError);
  });
});

describe('the image of a look-up table', () => {
  const random = seededRandom(33);
  const circles = Array.from({ length: 2000 }, () => ({
    ...randomPosition(random),
    radiusArcsec: 10 ** (3.5 * random()),
  }));
  const table = build(circles);
  const bytes = new Uint8Array(table.toImage()).slice();

  it('is the same for the same catalogue', () => {
    expect(new Uint8Array(build(circles).toImage())).toEqual(new Uint8Array(table.toImage()));
  });

  it('answers like the table, from a file or with room to spare behind', () => {
    for (const spare of [0, 4096]) {
      const image = new SharedArrayBuffer(bytes.length + spare);
      new Uint8Array(image).set(bytes);
      const again = lookupTableFromImage(image);
      expect([again.rowCount, again.entryCount, again.levels]).toEqual([
        table.rowCount,
        table.entryCount,
        table.levels,
      ]);
      for (const { ra, dec } of circles.slice(0, 200))
        expect(matchesOf(again, ra, dec)).toEqual(matchesOf(table, ra, dec));
    }
  });

  it('goes to another thread without being copied', () => {
    const { port1, port2 } = new MessageChannel();
    port1.postMessage(table.toImage());
    const received = receiveMessageOnPort(port2)!.message as SharedArrayBuffer;
    port1.close();
    expect(received).toBeInstanceOf(SharedArrayBuffer);
    const there = lookupTableFromImage(received);
    expect(matchesOf(there, circles[0]!.ra, circles[0]!.dec)).toContain(0);
  });

  it('is refused when it is something else, of another layout, cut short, or changed anywhere', () => {
    const image = (change: (copy: Uint8Array) => Uint8Array): ArrayBuffer => {
      const changed = change(bytes.slice());
      return changed.buffer.slice(changed.byteOffset, changed.byteOffset + changed.length) as ArrayBuffer;
    };
    const set = (at: number, value: number) => (copy: Uint8Array) => {
      copy[at] = value;
      return copy;
    };
    expect(() => lookupTableFromImage(new ArrayBuffer(0))).toThrow(
      expect.objectContaining({ code: 'LOOKUP_TABLE_IMAGE_UNKNOWN' }),
    );
    expect(() => lookupTableFromImage(image(set(0, 0)))).toThrow(
      expect.objectContaining({ code: 'LOOKUP_TABLE_IMAGE_UNKNOWN' }),
    );
    expect(() => lookupTableFromImage(image(set(8, 2)))).toThrow(
      expect.objectContaining({ code: 'LOOKUP_TABLE_IMAGE_UNKNOWN' }),
    );
    for (const length of [64, 1000, bytes.length - 8, bytes.length - 1]) {
      expect(() => lookupTableFromImage(image((copy) => copy.subarray(0, length)))).toThrow(
        expect.objectContaining({ code: 'LOOKUP_TABLE_IMAGE_DAMAGED' }),
      );
    }
    const damage = seededRandom(8);
    for (let i = 0; i < 200; i += 1) {
      const at = 12 + Math.floor(damage() * (bytes.length - 12));
      const flipped = (bytes[at]! ^ (1 << Math.floor(8 * damage()))) & 0xff;
      expect(() => lookupTableFromImage(image(set(at, flipped))), `byte ${at}`).toThrow(
        expect.objectContaining({ code: 'LOOKUP_TABLE_IMAGE_DAMAGED' }),
      );
    }
  });
});

function build(circles: readonly Circle[]): LookupTable {
  return buildLookupTable(
    circles.map(({ ra }) => ra),
    circles.map(({ dec }) => dec),
    circles.map(({ radiusArcsec }) => radiusArcsec),
    circles.length,
  );
}

const buffer = new MatchBuffer();

function matchesOf(table: LookupTable, ra: number, dec: number): number[] {
  const { x, y, z } = toUnitVector(ra, dec);
  const count = table.match(x, y, z, buffer);
  for (let i = 1; i < count; i += 1) {
    expect(buffer.separationsArcsec[i]!).toBeGreaterThanOrEqual(buffer.separationsArcsec[i - 1]!);
  }
  return [...buffer.rows.subarray(0, count)].sort((a, b) => a - b);
}

function bruteForce(circles: readonly Circle[], ra: number, dec: number): number[] {
  const { x, y, z } = toUnitVector(ra, dec);
  return circles.flatMap((circle, row) => {
    const c = toUnitVector(circle.ra, circle.dec);
    const separation = vectorSeparationArcsec(x, y, z, c.x, c.y, c.z);
    // On the very rim rounding is the library's to decide; elsewhere plain comparison is.
    const inside =
      Math.abs(separation - circle.radiusArcsec) < 1e-8
        ? isWithin(x, y, z, c.x, c.y, c.z, circle.radiusArcsec)
        : separation < circle.radiusArcsec;
    return inside ? [row] : [];
  });
}

function near(ra: number, dec: number, distanceArcsec: number, random: () => number): { ra: number; dec: number } {
  const angle = 2 * Math.PI * random();
  const farDec = Math.min(90, Math.max(-90, dec + (distanceArcsec / 3600) * Math.cos(angle)));
  return {
    ra: ra + ((distanceArcsec / 3600) * Math.sin(angle)) / Math.max(0.01, Math.cos((dec * Math.PI) / 180)),
    dec: farDec,
  };
}
