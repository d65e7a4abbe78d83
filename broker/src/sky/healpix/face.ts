import { DEGREES_PER_RADIAN, RADIANS_PER_DEGREE } from '../angles.ts';
import { normalizeRa, type SkyPosition } from '../position.ts';

/**
 * Where a position is on the HEALPix grid: one of the twelve faces, and x, y on it, both in [0, nside).
 *
 * x runs to the north-east, y to the north-west of a face.
 */
export interface FacePixel {
  face: number;
  x: number;
  y: number;
}

/** Row of rings that the southern corner of each face is on, in units of nside. */
const FACE_RING = [2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4];
/** Longitude of the centre of each face, in units of 45 degrees. */
const FACE_LONGITUDE = [1, 3, 5, 7, 0, 2, 4, 6, 1, 3, 5, 7];

/** Longitude and height of a position as the grid is defined in: turns by 90 degrees in [0, 4), and sine of latitude. */
export interface GridAngles {
  turns: number;
  z: number;
  /** Sine of the distance from the pole; precise where z is not, near the poles. */
  sinPole: number;
}

/**
 * Converts a position to what the definition of the grid works with.
 *
 * By way of colatitude and longitude in radians, as the reference library does: so positions on the line between two
 * pixels, such as the equator, come out in the same pixel as there.
 */
export function gridAngles(ra: number, dec: number): GridAngles {
  const colatitude = Math.PI / 2 - dec * RADIANS_PER_DEGREE;
  const turns = normalizeRa(ra) * RADIANS_PER_DEGREE * (2 / Math.PI);
  return { turns: turns < 4 ? turns : 0, z: Math.cos(colatitude), sinPole: Math.sin(colatitude) };
}

/** Distance from the nearer pole in units in which the corner of a polar face is at 1: beyond |z| = 2/3 only. */
export function polarDistance({ z, sinPole }: GridAngles): number {
  const height = Math.abs(z);
  return height < 0.99 ? Math.sqrt(3 * (1 - height)) : sinPole / Math.sqrt((1 + height) / 3);
}

/**
 * The pixel of the grid that a position is in.
 *
 * @param ra, dec  degrees
 * @param nside    pixels along the edge of a face: a power of 2 up to 2^29
 * @see            Górski et al. 2005, sections 4 and 5
 */
export function facePixelOf(ra: number, dec: number, nside: number): FacePixel {
  const angles = gridAngles(ra, dec);
  const { turns, z } = angles;
  if (Math.abs(z) <= 2 / 3) {
    // Equatorial belt: pixel edges are straight lines, falling and rising.
    const along = nside * (0.5 + turns);
    const up = nside * z * 0.75;
    const falling = Math.floor(along - up);
    const rising = Math.floor(along + up);
    const fallingFace = Math.floor(falling / nside);
    const risingFace = Math.floor(rising / nside);
    return {
      face: fallingFace === risingFace ? fallingFace | 4 : fallingFace < risingFace ? fallingFace : risingFace + 8,
      x: rising - risingFace * nside,
      y: nside - (falling - fallingFace * nside) - 1,
    };
  }
  const quarter = Math.min(3, Math.floor(turns));
  const part = turns - quarter;
  const distance = nside * polarDistance(angles);
  const falling = Math.min(nside - 1, Math.floor(part * distance));
  const rising = Math.min(nside - 1, Math.floor((1 - part) * distance));
  return z >= 0
    ? { face: quarter, x: nside - rising - 1, y: nside - falling - 1 }
    : { face: quarter + 8, x: falling, y: rising };
}

/** The centre of a pixel of the grid. */
export function centreOfFacePixel({ face, x, y }: FacePixel, nside: number): SkyPosition {
  const ring = FACE_RING[face]! * nside - x - y - 1; // 1 is the northernmost, 4·nside − 1 the southernmost
  const fromPole = ring < nside ? ring : ring > 3 * nside ? 4 * nside - ring : nside;
  const eighths = (FACE_LONGITUDE[face]! * fromPole + x - y + 8 * fromPole) % (8 * fromPole);
  return { ra: (45 * eighths) / fromPole, dec: latitudeOfRing(ring, nside) };
}

/** Latitude of a ring of pixels, counted from 1 in the north [deg]. */
export function latitudeOfRing(ring: number, nside: number): number {
  if (ring >= nside && ring <= 3 * nside) return Math.asin(((2 * nside - ring) * 2) / (3 * nside)) * DEGREES_PER_RADIAN;
  const north = ring < nside;
  const fromPole = (north ? ring : 4 * nside - ring) / nside;
  const missing = (fromPole * fromPole) / 3; // 1 − |z|
  const latitude = Math.atan2(1 - missing, Math.sqrt(missing * (2 - missing))) * DEGREES_PER_RADIAN;
  return north ? latitude : -latitude;
}
