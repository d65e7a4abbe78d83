import { cosDegrees, DEGREES_PER_RADIAN, sinDegrees } from './angles.ts';
import { normalizeRa, type SkyPosition, toUnitVector } from './position.ts';

/** Galactic coordinates (IAU 1958): degrees, l ∈ [0, 360), b ∈ [−90, 90]. */
export interface GalacticPosition {
  readonly l: number;
  readonly b: number;
}

/** Ecliptic coordinates of the mean equinox and ecliptic of J2000: degrees, lon ∈ [0, 360), lat ∈ [−90, 90]. */
export interface EclipticPosition {
  readonly lon: number;
  readonly lat: number;
}

/** A rotation of the sky: 3 × 3, row-major; rows are the new axes in the old frame. */
type Rotation = readonly number[];

const ARCSEC = 1 / 3600;

/**
 * ICRS to the mean equator and equinox of J2000 as the FK5 catalogue realises them: three offsets of the ICRS, in
 * milliarcseconds, which textbook matrices leave out (0.03 arcsec).
 *
 * @see IERS Conventions 2003, chapter 5; Hilton & Hohenkerk 2004
 */
const ICRS_TO_FK5 = chain(aboutX(0.0199 * ARCSEC), aboutY(0.0091 * ARCSEC), aboutZ(-0.0229 * ARCSEC));

/**
 * FK5 J2000 to Galactic: pole at RA 192.8594812°, Dec 27.1282512°; the north celestial pole at l 122.9319186°.
 *
 * The definition is in the equinox of 1950 (pole at 12h 49m, +27° 24′, l of the celestial pole 123°); digits are those of
 * its transformation to J2000 by way of FK4.
 *
 * @see Blaauw et al. 1960; Reid & Brunthaler 2004, appendix
 */
const FK5_TO_GALACTIC = chain(
  aboutZ(180 - 122.9319185680026),
  aboutY(90 - 27.12825118085622),
  aboutZ(192.8594812065348),
);

const ICRS_TO_GALACTIC = chain(FK5_TO_GALACTIC, ICRS_TO_FK5);

/**
 * ICRS to the mean ecliptic and equinox of J2000, frame bias included: the Fukushima-Williams angles of the IAU 2006
 * precession at its epoch. The obliquity in it is 84381.406 arcsec.
 *
 * @see Capitaine & Wallace 2006; Hilton et al. 2006
 */
const ICRS_TO_ECLIPTIC = chain(aboutZ(0.041775 * ARCSEC), aboutX(84381.412819 * ARCSEC), aboutZ(-0.052928 * ARCSEC));

/** Galactic coordinates of a position, ICRS degrees; to a micro-arcsecond of the reference software. */
export function toGalactic(ra: number, dec: number): GalacticPosition {
  const { ra: l, dec: b } = rotated(ICRS_TO_GALACTIC, ra, dec);
  return { l, b };
}

/** The position, ICRS degrees, of Galactic coordinates. */
export function fromGalactic(l: number, b: number): SkyPosition {
  return rotated(transposed(ICRS_TO_GALACTIC), l, b);
}

/** Ecliptic coordinates of J2000 of a position, ICRS degrees; to a micro-arcsecond of the reference software. */
export function toEcliptic(ra: number, dec: number): EclipticPosition {
  const { ra: lon, dec: lat } = rotated(ICRS_TO_ECLIPTIC, ra, dec);
  return { lon, lat };
}

/** The position, ICRS degrees, of ecliptic coordinates of J2000. */
export function fromEcliptic(lon: number, lat: number): SkyPosition {
  return rotated(transposed(ICRS_TO_ECLIPTIC), lon, lat);
}

function rotated(m: Rotation, longitude: number, latitude: number): SkyPosition {
  const v = toUnitVector(longitude, latitude);
  const x = m[0]! * v.x + m[1]! * v.y + m[2]! * v.z;
  const y = m[3]! * v.x + m[4]! * v.y + m[5]! * v.z;
  const z = m[6]! * v.x + m[7]! * v.y + m[8]! * v.z;
  return {
    ra: normalizeRa(Math.atan2(y, x) * DEGREES_PER_RADIAN),
    dec: Math.atan2(z, Math.sqrt(x * x + y * y)) * DEGREES_PER_RADIAN,
  };
}

/** Rotations of the axes, counter-clockwise seen from their ends, by an angle in degrees. */
function aboutX(degrees: number): Rotation {
  const c = cosDegrees(degrees);
  const s = sinDegrees(degrees);
  return [1, 0, 0, 0, c, s, 0, -s, c];
}

function aboutY(degrees: number): Rotation {
  const c = cosDegrees(degrees);
  const s = sinDegrees(degrees);
  return [c, 0, -s, 0, 1, 0, s, 0, c];
}

function aboutZ(degrees: number): Rotation {
  const c = cosDegrees(degrees);
  const s = sinDegrees(degrees);
  return [c, s, 0, -s, c, 0, 0, 0, 1];
}

/** The product of rotations: the last is applied first. */
function chain(first: Rotation, ...rest: readonly Rotation[]): Rotation {
  return rest.reduce(
    (a, b) => Array.from({ length: 9 }, (_, i) => dot(a, 3 * Math.floor(i / 3), 1, b, i % 3, 3)),
    first,
  );
}

function dot(a: Rotation, atA: number, stepA: number, b: Rotation, atB: number, stepB: number): number {
  return a[atA]! * b[atB]! + a[atA + stepA]! * b[atB + stepB]! + a[atA + 2 * stepA]! * b[atB + 2 * stepB]!;
}

function transposed(m: Rotation): Rotation {
  return [m[0]!, m[3]!, m[6]!, m[1]!, m[4]!, m[7]!, m[2]!, m[5]!, m[8]!];
}
