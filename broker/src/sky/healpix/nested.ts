import { AntaresError } from '../../model/errors.ts';
import { type SkyPosition, toPosition } from '../position.ts';
import { centreOfFacePixel, type FacePixel, facePixelOf } from './face.ts';

/** The deepest order of HEALPix: pixels of 0.4 mas, 62-bit numbers. */
export const HEALPIX_MAX_ORDER = 29;
/** The deepest order whose pixel numbers a JavaScript number holds exactly. */
export const HEALPIX_MAX_NUMBER_ORDER = 24;

/**
 * The HEALPix pixel, nested numbering, that a position is in.
 *
 * @param ra, dec  ICRS degrees (or of any other frame that the pixels are meant in); any finite ra
 * @param order    integer, [0, 24]; nside is 2^order
 * @returns        [0, 12·4^order)
 * @throws         SKY_POSITION_OUT_OF_RANGE, SKY_ORDER_OUT_OF_RANGE
 */
export function healpixNested(ra: number, dec: number, order: number): number {
  const nside = nsideOfOrder(order, HEALPIX_MAX_NUMBER_ORDER);
  const position = toPosition(ra, dec);
  const { face, x, y } = facePixelOf(position.ra, position.dec, nside);
  return face * nside * nside + interleavedHigh(x, y) * 2 ** 32 + interleavedLow(x, y);
}

/**
 * {@link healpixNested} at any order up to 29, where numbers need 62 bits.
 *
 * @throws SKY_POSITION_OUT_OF_RANGE, SKY_ORDER_OUT_OF_RANGE
 */
export function healpixNestedBig(ra: number, dec: number, order: number): bigint {
  const nside = nsideOfOrder(order, HEALPIX_MAX_ORDER);
  const position = toPosition(ra, dec);
  const { face, x, y } = facePixelOf(position.ra, position.dec, nside);
  return (BigInt(face) << BigInt(2 * order)) | (BigInt(interleavedHigh(x, y)) << 32n) | BigInt(interleavedLow(x, y));
}

/**
 * The centre of a nested pixel.
 *
 * @param pixel  [0, 12·4^order)
 * @param order  integer, [0, 29]
 * @throws       SKY_ORDER_OUT_OF_RANGE, SKY_PIXEL_OUT_OF_RANGE
 */
export function centreOfHealpixNested(pixel: number | bigint, order: number): SkyPosition {
  const nside = nsideOfOrder(order, HEALPIX_MAX_ORDER);
  return centreOfFacePixel(facePixelOfNested(BigInt(pixel), order), nside);
}

function facePixelOfNested(pixel: bigint, order: number): FacePixel {
  const perFace = 1n << BigInt(2 * order);
  if (pixel < 0n || pixel >= 12n * perFace) {
    throw new AntaresError(
      'SKY_PIXEL_OUT_OF_RANGE',
      `expected a pixel from 0 to ${12n * perFace - 1n} at order ${order}; got ${pixel}`,
    );
  }
  const onFace = pixel % perFace;
  const low = Number(onFace & 0xffff_ffffn);
  const high = Number(onFace >> 32n);
  return {
    face: Number(pixel / perFace),
    x: evenBits(high) * 2 ** 16 + evenBits(low),
    y: evenBits(high >>> 1) * 2 ** 16 + evenBits(low >>> 1),
  };
}

function nsideOfOrder(order: number, maxOrder: number): number {
  if (!Number.isInteger(order) || order < 0 || order > maxOrder) {
    throw new AntaresError('SKY_ORDER_OUT_OF_RANGE', `expected a HEALPix order from 0 to ${maxOrder}; got ${order}`);
  }
  return 2 ** order;
}

/** The bits of x and y in turn, x first, of their lower 16 bits each: 32 bits, unsigned. */
function interleavedLow(x: number, y: number): number {
  return (spread(x & 0xffff) | (spread(y & 0xffff) << 1)) >>> 0;
}

/** The same of all higher bits: 26 at most. */
function interleavedHigh(x: number, y: number): number {
  return (spread(x >>> 16) | (spread(y >>> 16) << 1)) >>> 0;
}

/** Puts a 0 between the bits of a 16-bit number. */
function spread(bits: number): number {
  let spaced = (bits | (bits << 8)) & 0x00ff00ff;
  spaced = (spaced | (spaced << 4)) & 0x0f0f0f0f;
  spaced = (spaced | (spaced << 2)) & 0x33333333;
  return (spaced | (spaced << 1)) & 0x55555555;
}

/** Every other bit of a 32-bit number, from the lowest on. */
function evenBits(bits: number): number {
  let packed = bits & 0x55555555;
  packed = (packed | (packed >>> 1)) & 0x33333333;
  packed = (packed | (packed >>> 2)) & 0x0f0f0f0f;
  packed = (packed | (packed >>> 4)) & 0x00ff00ff;
  return (packed | (packed >>> 8)) & 0xffff;
}
