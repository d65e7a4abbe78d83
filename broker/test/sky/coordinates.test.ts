import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromEcliptic, fromGalactic, toEcliptic, toGalactic } from '../../src/sky/coordinates.ts';
import { separationArcsec } from '../../src/sky/separation.ts';
import { describeWithSharedData } from '../shared-data.ts';
import { readVectors } from './vectors.ts';

describeWithSharedData('coordinates against astropy', () => {
  it('agree to a micro-arcsecond, frame bias included', () => {
    for (const row of readVectors('vectors/sky_coordinates.csv')) {
      const ra = Number(row['ra_deg']);
      const dec = Number(row['dec_deg']);
      const { l, b } = toGalactic(ra, dec);
      expect(separationArcsec(l, b, Number(row['l_deg']), Number(row['b_deg']))).toBeLessThan(1e-6);
      const { lon, lat } = toEcliptic(ra, dec);
      expect(separationArcsec(lon, lat, Number(row['ecl_lon_deg']), Number(row['ecl_lat_deg']))).toBeLessThan(1e-6);
    }
  });
});

describe('coordinates', () => {
  it('put the Galactic centre, pole and the celestial pole where they are known to be', () => {
    const centre = toGalactic(266.4049959, -28.9361738);
    expect(separationArcsec(centre.l, centre.b, 0, 0)).toBeLessThan(0.1);
    expect(toGalactic(192.8594813, 27.1282513).b).toBeGreaterThan(89.9999);
    expect(toGalactic(0, 90).l).toBeCloseTo(122.932, 3);
    expect(toEcliptic(270, 66.5607).lat).toBeGreaterThan(89.9999);
  });

  it('lead back to where they came from', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 360, noNaN: true }),
        fc.double({ min: -90, max: 90, noNaN: true }),
        (ra, dec) => {
          const galactic = toGalactic(ra, dec);
          const ecliptic = toEcliptic(ra, dec);
          for (const value of [galactic.l, ecliptic.lon]) expect(value >= 0 && value < 360).toBe(true);
          const again = fromGalactic(galactic.l, galactic.b);
          expect(separationArcsec(ra, dec, again.ra, again.dec)).toBeLessThan(1e-9);
          const back = fromEcliptic(ecliptic.lon, ecliptic.lat);
          expect(separationArcsec(ra, dec, back.ra, back.dec)).toBeLessThan(1e-9);
        },
      ),
      { seed: 1958, numRuns: 500 },
    );
  });
});
