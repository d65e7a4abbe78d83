import { deepStrictEqual } from 'node:assert/strict';
import type { LocusDocument } from '../search-index.ts';
import type { ClaimApi } from './claim-api.ts';
import { documentOf, found } from './specimens.ts';

const ARCSEC = 1 / 3600;

const SKY: readonly LocusDocument[] = [
  documentOf('np', { ra: 12, dec: 90 }),
  documentOf('nq', { ra: 200, dec: 90 - 0.5 * ARCSEC }),
  documentOf('sp', { ra: 0, dec: -90 }),
  documentOf('z0', { ra: 0, dec: 10 }),
  documentOf('z1', { ra: 360 - 1 * ARCSEC, dec: 10 }),
  documentOf('z2', { ra: 1 * ARCSEC, dec: 10 }),
  documentOf('m0', { ra: 187.705_930_75, dec: 12.391_123_28 }),
  documentOf('n0', { ra: 166.123_456_789, dec: -1e-4 }),
];

const cone = (distance: string | number, center: string): unknown => ({
  sky_distance: { distance, htm16: { center } },
});
const circle = (radius: string, location: string): unknown => ({ sky_distance: { radius, location } });

const CASES: readonly (readonly [title: string, query: unknown, ids: string])[] = [
  ['a cone over the north pole reaches both meridians', cone('1 arcsec', '0 90'), 'np nq'],
  ['a cone beside the pole reaches over it', cone('1 arcsec', `20 ${90 - 0.4 * ARCSEC}`), 'np nq'],
  ['the south pole has one right ascension', cone('1 arcsec', '123.4 -90'), 'sp'],
  ['a cone across RA 0 reaches both sides', cone('1.5 arcsec', '0 10'), 'z0 z1 z2'],
  ['RA 360 is RA 0', cone('1.5 arcsec', '360 10'), 'z0 z1 z2'],
  ['a cone from the far side of RA 0', cone('1.5 arcsec', `${360 - ARCSEC} 10`), 'z0 z1'],
  ['the rim belongs to the cone', cone(`${2 * ARCSEC} degree`, `0 ${10 - 2 * ARCSEC}`), 'z0'],
  ['a radius of nought finds what is there exactly', cone('0 degree', '187.70593075 12.39112328'), 'm0'],
  ['a wide cone', cone('100 degree', '187 12'), 'm0 n0 np nq'],
  ['180 degrees are the whole sky', cone(180, '1 2'), 'm0 n0 np nq sp z0 z1 z2'],
  ['the other spelling', circle('0.000277778 degree', '187.70593075 12.39112328'), 'm0'],
  ['the centre in hours and degrees', circle('1 arcsec', '12h30m49.42338s +12d23m28.043808s'), 'm0'],
  ['with colons', circle('1 arcsec', '12:30:49.42338 +12:23:28.0438'), 'm0'],
  ['with blanks', circle('1 arcsec', '12 30 49.42338 +12 23 28.0438'), 'm0'],
  ['with signs', circle('1 arcsec', `12h30'49.42338" 12°23'28.0438"`), 'm0'],
  ['with a comma', circle('1 arcsec', '187.70593075, 12.39112328'), 'm0'],
  ['minus nought is south', circle('1 arcsec', '11h04m29.62962936s -00d00m00.36s'), 'n0'],
  ['right ascension in degrees, minutes and seconds', circle('1 arcsec', '187d42m21.3507s 12d23m28.0438s'), 'm0'],
  ['a radius with an exponent', circle('2.77778e-04 degree', '187.70593075 12.39112328'), 'm0'],
  ['a centre with an exponent', circle('2 arcsec', '1e-05 1.0e1'), 'z0 z1 z2'],
  ['arc minutes', circle("0.05'", '187.7059 12.3911'), 'm0'],
  ['the dotted spelling', { sky_distance: { distance: '1"', 'htm16.center': '187.70593075 12.39112328' } }, 'm0'],
  [
    'a cone goes with other clauses',
    {
      bool: {
        filter: [cone('2 arcsec', '0 10'), { range: { ra: { lt: 100 } } }],
        must_not: { ids: { values: ['z0'] } },
      },
    },
    'z2',
  ],
  ['what is not in a cone', { bool: { must_not: cone('90 degree', '0 90') } }, 'n0 sp'],
];

/** What cones find. */
export function skyClaims({ describe, claim }: ClaimApi): void {
  describe('sky_distance', () => {
    for (const [title, query, ids] of CASES) {
      claim(title, async (index) => {
        await index.put(SKY);
        deepStrictEqual(await found(index, query), ids.split(' '));
      });
    }
    claim('a locus that moved is found where it is now', async (index) => {
      await index.put(SKY);
      await index.put([documentOf('m0', { ra: 50, dec: 50 })]);
      deepStrictEqual(await found(index, circle('1 arcsec', '187.70593075 12.39112328')), []);
      deepStrictEqual(await found(index, circle('1 arcsec', '50 50')), ['m0']);
    });
  });
}
