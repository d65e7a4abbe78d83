import { AntaresError } from '../../model/errors.ts';
import { type SkyPosition, toPosition } from '../position.ts';
import { gridAngles, latitudeOfRing, polarDistance } from './face.ts';

/** The largest nside whose pixel numbers, and twice those, a JavaScript number holds exactly. */
const MAX_NSIDE = 2 ** 24;

/**
 * The HEALPix pixel, ring numbering, that a position is in: from the north pole down, each ring eastward.
 *
 * @param ra, dec  ICRS degrees (or of any other frame that the pixels are meant in); any finite ra
 * @param nside    integer, [1, 2^24]; need not be a power of 2
 * @returns        [0, 12·nside²)
 * @throws         SKY_POSITION_OUT_OF_RANGE, SKY_NSIDE_OUT_OF_RANGE
 * @see            Górski et al. 2005, section 5
 */
export function healpixRing(ra: number, dec: number, nside: number): number {
  checkNside(nside);
  const position = toPosition(ra, dec);
  const angles = gridAngles(position.ra, position.dec);
  const { turns, z } = angles;
  if (Math.abs(z) <= 2 / 3) {
    const along = nside * (0.5 + turns);
    const up = nside * z * 0.75;
    const falling = Math.floor(along - up);
    const rising = Math.floor(along + up);
    const ring = nside + 1 + falling - rising; // counted from the northernmost of the belt, which is 1
    const shift = ring % 2 === 0 ? 1 : 0;
    const inRing = Math.floor((falling + rising - nside + shift + 1 + 8 * nside) / 2) % (4 * nside);
    return polarPixels(nside) + (ring - 1) * 4 * nside + inRing;
  }
  const part = turns - Math.floor(turns);
  const distance = nside * polarDistance(angles);
  const ring = Math.floor(part * distance) + Math.floor((1 - part) * distance) + 1; // counted from the pole
  const inRing = Math.floor(turns * ring);
  return z > 0 ? 2 * ring * (ring - 1) + inRing : 12 * nside * nside - 2 * ring * (ring + 1) + inRing;
}

/**
 * The centre of a ring pixel.
 *
 * @param pixel  [0, 12·nside²)
 * @param nside  integer, [1, 2^24]
 * @throws       SKY_NSIDE_OUT_OF_RANGE, SKY_PIXEL_OUT_OF_RANGE
 */
export function centreOfHealpixRing(pixel: number, nside: number): SkyPosition {
  checkNside(nside);
  const pixels = 12 * nside * nside;
  if (!Number.isInteger(pixel) || pixel < 0 || pixel >= pixels) {
    throw new AntaresError(
      'SKY_PIXEL_OUT_OF_RANGE',
      `expected a pixel from 0 to ${pixels - 1} at nside ${nside}; got ${pixel}`,
    );
  }
  const polar = polarPixels(nside);
  if (pixel < polar) {
    const ring = ringFromPole(pixel);
    const inRing = pixel - 2 * ring * (ring - 1);
    return { ra: ((inRing + 0.5) * 90) / ring, dec: latitudeOfRing(ring, nside) };
  }
  if (pixel >= pixels - polar) {
    const ring = ringFromPole(pixels - 1 - pixel);
    const inRing = pixel - (pixels - 2 * ring * (ring + 1));
    return { ra: ((inRing + 0.5) * 90) / ring, dec: latitudeOfRing(4 * nside - ring, nside) };
  }
  const ring = nside + Math.floor((pixel - polar) / (4 * nside));
  const inRing = (pixel - polar) % (4 * nside);
  // Every other ring of the belt begins at RA 0, the others half a pixel on.
  return { ra: ((inRing + ((ring + nside) % 2 === 0 ? 0.5 : 0)) * 90) / nside, dec: latitudeOfRing(ring, nside) };
}

/** Pixels of a polar cap: the rings shorter than those of the belt. */
function polarPixels(nside: number): number {
  return 2 * nside * (nside - 1);
}

/** The ring, counted from 1 at the pole, of a pixel counted from the pole: ring r begins at pixel 2 r (r − 1). */
function ringFromPole(pixel: number): number {
  let ring = Math.floor((1 + Math.sqrt(1 + 2 * pixel)) / 2);
  // The root is good to rounding, not to the last pixel of a ring.
  if (2 * ring * (ring - 1) > pixel) ring -= 1;
  else if (2 * ring * (ring + 1) <= pixel) ring += 1;
  return ring;
}

function checkNside(nside: number): void {
  if (!Number.isInteger(nside) || nside < 1 || nside > MAX_NSIDE) {
    throw new AntaresError('SKY_NSIDE_OUT_OF_RANGE', `expected nside from 1 to ${MAX_NSIDE}; got ${nside}`);
  }
}
