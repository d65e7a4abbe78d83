import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { centreOfHealpixNested, healpixNested, healpixNestedBig } from '../../../src/sky/healpix/nested.ts';
import { centreOfHealpixRing, healpixRing } from '../../../src/sky/healpix/ring.ts';
import { separationArcsec } from '../../../src/sky/separation.ts';
import { describeWithSharedData } from '../../shared-data.ts';
import { readVectors } from '../vectors.ts';

const position = [fc.double({ min: 0, max: 360, noNaN: true }), fc.double({ min: -90, max: 90, noNaN: true })] as const;

describeWithSharedData('HEALPix against healpy', () => {
  it('gives the same pixels, nested and in rings, poles and lines between pixels included', () => {
    for (const row of readVectors('vectors/sky_coordinates.csv')) {
      const ra = Number(row['ra_deg']);
      const dec = Number(row['dec_deg']);
      const at = `${ra},${dec}`;
      for (const order of [5, 10, 18]) {
        expect(healpixNested(ra, dec, order), at).toBe(Number(row[`hpx_nest_order${order}`]));
        expect(healpixNestedBig(ra, dec, order), at).toBe(BigInt(row[`hpx_nest_order${order}`]!));
      }
      expect(healpixNestedBig(ra, dec, 29), at).toBe(BigInt(row['hpx_nest_order29']!));
      expect(healpixRing(ra, dec, 64), at).toBe(Number(row['hpx_ring_nside64']));
    }
  });
});

describe('HEALPix', () => {
  it('numbers the faces from the north: four, four around the equator, four', () => {
    expect([45, 135, 225, 315].map((ra) => healpixNested(ra, 50, 0))).toEqual([0, 1, 2, 3]);
    expect([0, 90, 180, 270].map((ra) => healpixNested(ra, 1, 0))).toEqual([4, 5, 6, 7]);
    expect([45, 135, 225, 315].map((ra) => healpixNested(ra, -50, 0))).toEqual([8, 9, 10, 11]);
  });

  it('holds every pixel in its parent, four to one, up to the deepest order', () => {
    fc.assert(
      fc.property(...position, (ra, dec) => {
        const deepest = healpixNestedBig(ra, dec, 29);
        expect(deepest >= 0n && deepest < 12n << 58n).toBe(true);
        for (let order = 0; order <= 24; order += 1) {
          expect(healpixNestedBig(ra, dec, order)).toBe(BigInt(healpixNested(ra, dec, order)));
        }
        // Rounding may put a position on the other side of an edge at another order: compare well inside a pixel.
        const centre = centreOfHealpixNested(deepest >> 20n, 19);
        const inside = healpixNestedBig(centre.ra, centre.dec, 19);
        expect(inside).toBe(deepest >> 20n);
      }),
      { seed: 2005, numRuns: 300 },
    );
  });

  it('finds every pixel again from its centre', () => {
    for (const order of [0, 1, 2, 5]) {
      for (let pixel = 0; pixel < 12 * 4 ** order; pixel += 1) {
        const { ra, dec } = centreOfHealpixNested(pixel, order);
        expect(healpixNested(ra, dec, order)).toBe(pixel);
      }
    }
    for (const nside of [1, 2, 3, 5, 16]) {
      for (let pixel = 0; pixel < 12 * nside * nside; pixel += 1) {
        const { ra, dec } = centreOfHealpixRing(pixel, nside);
        expect(healpixRing(ra, dec, nside), `nside ${nside}`).toBe(pixel);
      }
    }
  });

  it('has the same pixels in both numberings', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12 * 4 ** 12 - 1 }), (pixel) => {
        const centre = centreOfHealpixNested(pixel, 12);
        const other = centreOfHealpixRing(healpixRing(centre.ra, centre.dec, 2 ** 12), 2 ** 12);
        expect(separationArcsec(centre.ra, centre.dec, other.ra, other.dec)).toBeLessThan(1e-8);
      }),
      { seed: 12, numRuns: 1000 },
    );
  });

  it('finds positions no further from the centre than half a pixel’s diagonal, at order 29 too', () => {
    fc.assert(
      fc.property(...position, fc.integer({ min: 0, max: 29 }), (ra, dec, order) => {
        const centre = centreOfHealpixNested(healpixNestedBig(ra, dec, order), order);
        // The widest pixels reach 1.02 times the side of a square of their area, from centre to corner: at the poles.
        const side = Math.sqrt((4 * Math.PI) / 12 / 4 ** order) * (648_000 / Math.PI);
        expect(separationArcsec(ra, dec, centre.ra, centre.dec)).toBeLessThan(1.05 * side + 1e-9);
      }),
      { seed: 29, numRuns: 2000 },
    );
  });

  it('treats RA 360 as 0 and refuses what does not exist', () => {
    expect(healpixNestedBig(360, 10, 29)).toBe(healpixNestedBig(0, 10, 29));
    expect(healpixRing(-360, 10, 64)).toBe(healpixRing(0, 10, 64));
    expect(() => healpixNested(0, 0, 25)).toThrow(expect.objectContaining({ code: 'SKY_ORDER_OUT_OF_RANGE' }));
    expect(() => healpixNestedBig(0, 0, 30)).toThrow(expect.objectContaining({ code: 'SKY_ORDER_OUT_OF_RANGE' }));
    expect(() => healpixNestedBig(0, 91, 3)).toThrow(expect.objectContaining({ code: 'SKY_POSITION_OUT_OF_RANGE' }));
    expect(() => centreOfHealpixNested(12, 0)).toThrow(expect.objectContaining({ code: 'SKY_PIXEL_OUT_OF_RANGE' }));
    expect(() => centreOfHealpixRing(-1, 4)).toThrow(expect.objectContaining({ code: 'SKY_PIXEL_OUT_OF_RANGE' }));
    expect(() => healpixRing(0, 0, 0)).toThrow(expect.objectContaining({ code: 'SKY_NSIDE_OUT_OF_RANGE' }));
  });
});
