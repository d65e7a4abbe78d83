import { AntaresError } from '../../model/errors.ts';

/** An image: rows from the bottom up, as FITS has them; NaN where nothing was measured. */
export interface SkyImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Float64Array;
}

/** FITS comes in blocks of so many bytes. */
const BLOCK = 2880;
const CARD = 80;
/** Widest and highest image that is read [pixel]. A cut-out has some sixty. */
const MOST_PIXELS_A_SIDE = 4096;
/** Most headers that are looked through for an image. */
const MOST_UNITS = 32;

/**
 * The first image of two dimensions in a FITS file, in physical values (`BZERO + BSCALE × stored`).
 *
 * @throws IMAGE_UNREADABLE  for anything else than FITS, for compressed images, and for images of more than 4096 pixels a
 *   side
 * @see FITS standard 4.0, sections 4 and 5
 */
export function readFitsImage(bytes: Uint8Array): SkyImage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  for (let unit = 0; unit < MOST_UNITS && at + BLOCK <= bytes.length; unit += 1) {
    const header = readHeader(bytes, at);
    if (unit === 0 && !header.keys.has('SIMPLE')) throw unreadable('it does not begin with SIMPLE');
    const axes = axesOf(header.keys);
    const bitpix = numberOf(header.keys, 'BITPIX', Number.NaN);
    const elements = axes.length === 0 ? 0 : axes.reduce((product, axis) => product * axis, 1);
    const isImage = unit === 0 || textOf(header.keys, 'XTENSION') === 'IMAGE';
    const [width = 0, height = 0, ...further] = axes;
    if (isImage && axes.length >= 2 && elements > 0 && further.every((axis) => axis === 1)) {
      if (width > MOST_PIXELS_A_SIDE || height > MOST_PIXELS_A_SIDE) {
        throw unreadable(`it has ${width} × ${height} pixels; at most ${MOST_PIXELS_A_SIDE} a side are read`);
      }
      return { width, height, pixels: readPixels(view, header.end, width * height, bitpix, header.keys) };
    }
    const groups = numberOf(header.keys, 'GCOUNT', 1);
    const parameters = numberOf(header.keys, 'PCOUNT', 0);
    const dataBytes = (Math.abs(bitpix) / 8) * groups * (elements + parameters);
    if (!Number.isFinite(dataBytes) || dataBytes < 0) throw unreadable('its header gives no size of its data');
    at = header.end + Math.ceil(dataBytes / BLOCK) * BLOCK;
  }
  throw unreadable('it has no image of two dimensions');
}

interface Header {
  readonly keys: ReadonlyMap<string, string>;
  /** Offset of the data. */
  readonly end: number;
}

function readHeader(bytes: Uint8Array, start: number): Header {
  const keys = new Map<string, string>();
  for (let at = start; at + CARD <= bytes.length; at += CARD) {
    const card = Buffer.from(bytes.buffer, bytes.byteOffset + at, CARD).toString('latin1');
    const key = card.slice(0, 8).trimEnd();
    if (key === 'END') return { keys, end: start + Math.ceil((at + CARD - start) / BLOCK) * BLOCK };
    if (card.slice(8, 10) === '= ' && !keys.has(key)) keys.set(key, card.slice(10));
  }
  throw unreadable('its header has no end');
}

function axesOf(keys: ReadonlyMap<string, string>): number[] {
  const count = numberOf(keys, 'NAXIS', 0);
  if (!Number.isInteger(count) || count < 0 || count > 999) throw unreadable(`NAXIS is ${count}`);
  return Array.from({ length: count }, (_, i) => {
    const axis = numberOf(keys, `NAXIS${i + 1}`, Number.NaN);
    if (!Number.isInteger(axis) || axis < 0) throw unreadable(`NAXIS${i + 1} is ${axis}`);
    return axis;
  });
}

function numberOf(keys: ReadonlyMap<string, string>, key: string, otherwise: number): number {
  const text = keys.get(key)?.split('/', 1)[0]?.trim();
  return text === undefined || text === '' ? otherwise : Number(text.replace(/[dD]/, 'E'));
}

function textOf(keys: ReadonlyMap<string, string>, key: string): string | undefined {
  return /^\s*'((?:[^']|'')*)'/.exec(keys.get(key) ?? '')?.[1]?.trimEnd();
}

function readPixels(
  view: DataView,
  start: number,
  count: number,
  bitpix: number,
  keys: ReadonlyMap<string, string>,
): Float64Array {
  const size = Math.abs(bitpix) / 8;
  if (start + count * size > view.byteLength) throw unreadable('it ends within its image');
  const scale = numberOf(keys, 'BSCALE', 1);
  const zero = numberOf(keys, 'BZERO', 0);
  const blank = bitpix > 0 ? numberOf(keys, 'BLANK', Number.NaN) : Number.NaN;
  const read = readerOf(view, bitpix);
  const pixels = new Float64Array(count);
  for (let i = 0; i < count; i += 1) {
    const stored = read(start + i * size);
    pixels[i] = stored === blank ? Number.NaN : zero + scale * stored;
  }
  return pixels;
}

function readerOf(view: DataView, bitpix: number): (at: number) => number {
  switch (bitpix) {
    case 8:
      return (at) => view.getUint8(at);
    case 16:
      return (at) => view.getInt16(at);
    case 32:
      return (at) => view.getInt32(at);
    case 64:
      return (at) => Number(view.getBigInt64(at));
    case -32:
      return (at) => view.getFloat32(at);
    case -64:
      return (at) => view.getFloat64(at);
    default:
      throw unreadable(`BITPIX is ${bitpix}`);
  }
}

function unreadable(reason: string): AntaresError {
  return new AntaresError('IMAGE_UNREADABLE', `expected a FITS image: ${reason}`);
}
