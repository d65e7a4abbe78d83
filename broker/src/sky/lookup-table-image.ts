import { AntaresError } from '../model/errors.ts';
import { HTM_MAX_LEVEL, powerOf4 } from './htm/htm-id.ts';

/*
 * A look-up table is one block of bytes: written to a file as it is, read back as it is, shared between threads as it is.
 * All numbers are little-endian; every array begins at a multiple of 8.
 *
 *   offset  type   what
 *        0  8 B    "ANTHTMLT"
 *        8  u32    version of this layout: 1
 *       12  u32    number of levels in use
 *       16  f64    bytes in all, a multiple of 8
 *       24  f64    rows
 *       32  f64    entries, of all levels
 *       40  f64    rows without a circle
 *       48  u32    checksum of all bytes but its own four
 *       52         zeros
 *       64         for each level, deepest first, 48 bytes:
 *                  u32 level, u32 level of its buckets, f64 entries, f64 × 3 offsets of directory, remainders, rows, f64 0
 *        …  f64    circles: x, y, z, radius [arcsec] of each row; NaN where a row has none
 *        …         for each level:
 *           u32    directory: where the entries of each bucket begin; one more for their end, one more unused
 *           u32    remainders: what the trixel of each entry adds to the first trixel in its bucket; ascending in a bucket
 *           u32    rows: the row of each entry; ascending where the trixel is the same
 *
 * A bucket is a trixel of a shallower level. Its entries are found by arithmetic, without a search; 32 bits are enough for
 * the rest of an id as buckets are at most 16 levels up.
 */

const MAGIC = [0x41, 0x4e, 0x54, 0x48, 0x54, 0x4d, 0x4c, 0x54];
const VERSION = 1;
const HEADER_BYTES = 64;
const LEVEL_BYTES = 48;
const CHECKSUM_OFFSET = 48;

/** The largest number of levels between a bucket and the trixels in it: 32 bits of remainder. */
export const MAX_BUCKET_STEPS = 16;

/** Memory that a table can live in; only the shared kind can be given to a thread without copying. */
export type ImageBuffer = ArrayBuffer | SharedArrayBuffer;

/** What a level of the table needs room for. */
export interface LevelSize {
  readonly level: number;
  readonly bucketLevel: number;
  readonly entryCount: number;
}

/** The entries of one level, as views into the image. */
export interface LevelArrays extends LevelSize {
  readonly directory: Uint32Array;
  readonly remainders: Uint32Array;
  readonly rows: Uint32Array;
}

/** An image taken apart: views, no copies. */
export interface LookupTableArrays {
  readonly rowCount: number;
  readonly entryCount: number;
  readonly rowsWithoutCircle: number;
  /** x, y, z, radius [arcsec] of each row. */
  readonly circles: Float64Array;
  /** Deepest level first. */
  readonly levels: readonly LevelArrays[];
}

/** Trixels of a level: as many buckets as a directory for that bucket level has. */
export function bucketCount(bucketLevel: number): number {
  return 8 * powerOf4(bucketLevel);
}

/**
 * Makes an image with its header and room for the arrays, which are all 0.
 *
 * @param sizes  deepest level first
 */
export function newImage(rowCount: number, rowsWithoutCircle: number, sizes: readonly LevelSize[]): SharedArrayBuffer {
  let bytes = HEADER_BYTES + LEVEL_BYTES * sizes.length;
  const take = (length: number): number => {
    const offset = bytes;
    bytes += Math.ceil(length / 8) * 8;
    return offset;
  };
  take(32 * rowCount);
  const offsets = sizes.map(({ bucketLevel, entryCount }) => ({
    directory: take(4 * (bucketCount(bucketLevel) + 2)),
    remainders: take(4 * entryCount),
    rows: take(4 * entryCount),
  }));
  const image = new SharedArrayBuffer(bytes);
  const view = new DataView(image);
  MAGIC.forEach((byte, i) => {
    view.setUint8(i, byte);
  });
  view.setUint32(8, VERSION, true);
  view.setUint32(12, sizes.length, true);
  view.setFloat64(16, bytes, true);
  view.setFloat64(24, rowCount, true);
  view.setFloat64(
    32,
    sizes.reduce((sum, { entryCount }) => sum + entryCount, 0),
    true,
  );
  view.setFloat64(40, rowsWithoutCircle, true);
  sizes.forEach(({ level, bucketLevel, entryCount }, i) => {
    const at = HEADER_BYTES + LEVEL_BYTES * i;
    view.setUint32(at, level, true);
    view.setUint32(at + 4, bucketLevel, true);
    view.setFloat64(at + 8, entryCount, true);
    view.setFloat64(at + 16, offsets[i]!.directory, true);
    view.setFloat64(at + 24, offsets[i]!.remainders, true);
    view.setFloat64(at + 32, offsets[i]!.rows, true);
  });
  return image;
}

/** Writes the checksum of an image whose arrays are complete. */
export function sealImage(image: ImageBuffer): void {
  new DataView(image).setUint32(CHECKSUM_OFFSET, checksum(image, image.byteLength), true);
}

/**
 * Takes an image apart after a look at every byte of it. Bytes beyond the image's own length are left alone.
 *
 * @throws LOOKUP_TABLE_IMAGE_UNKNOWN  not an image, or of another version of the layout: build the table again
 * @throws LOOKUP_TABLE_IMAGE_DAMAGED  cut short, or changed since it was written: build the table again
 */
export function openImage(image: ImageBuffer): LookupTableArrays {
  if (new Uint8Array(Uint32Array.of(1).buffer)[0] !== 1) {
    throw new AntaresError('LOOKUP_TABLE_IMAGE_UNKNOWN', 'look-up tables need a little-endian machine');
  }
  const view = new DataView(image);
  if (image.byteLength < HEADER_BYTES || MAGIC.some((byte, i) => view.getUint8(i) !== byte)) {
    throw new AntaresError(
      'LOOKUP_TABLE_IMAGE_UNKNOWN',
      `expected a look-up table, got ${image.byteLength} bytes that do not begin like one; load the catalogue again`,
    );
  }
  const version = view.getUint32(8, true);
  if (version !== VERSION) {
    throw new AntaresError(
      'LOOKUP_TABLE_IMAGE_UNKNOWN',
      `expected a look-up table of layout ${VERSION}, got layout ${version}; load the catalogue again`,
    );
  }
  const bytes = view.getFloat64(16, true);
  if (!(bytes >= HEADER_BYTES && bytes % 8 === 0 && bytes <= image.byteLength)) {
    throw damaged(`its header says ${bytes} bytes and there are ${image.byteLength}`);
  }
  if (checksum(image, bytes) !== view.getUint32(CHECKSUM_OFFSET, true)) throw damaged('its checksum does not agree');
  return viewImage(image);
}

/** Takes an image apart that is known to be whole, such as a new one. */
export function viewImage(image: ImageBuffer): LookupTableArrays {
  const view = new DataView(image);
  const rowCount = view.getFloat64(24, true);
  const levelCount = view.getUint32(12, true);
  const levels: LevelArrays[] = [];
  for (let i = 0; i < levelCount; i += 1) {
    const at = HEADER_BYTES + LEVEL_BYTES * i;
    const level = view.getUint32(at, true);
    const bucketLevel = view.getUint32(at + 4, true);
    if (level > HTM_MAX_LEVEL || bucketLevel > level || level - bucketLevel > MAX_BUCKET_STEPS) {
      throw damaged(`level ${level} has buckets of level ${bucketLevel}`);
    }
    const entryCount = view.getFloat64(at + 8, true);
    levels.push({
      level,
      bucketLevel,
      entryCount,
      directory: new Uint32Array(image, view.getFloat64(at + 16, true), bucketCount(bucketLevel) + 2),
      remainders: new Uint32Array(image, view.getFloat64(at + 24, true), entryCount),
      rows: new Uint32Array(image, view.getFloat64(at + 32, true), entryCount),
    });
  }
  return {
    rowCount,
    entryCount: view.getFloat64(32, true),
    rowsWithoutCircle: view.getFloat64(40, true),
    circles: new Float64Array(image, HEADER_BYTES + LEVEL_BYTES * levelCount, 4 * rowCount),
    levels,
  };
}

function damaged(how: string): AntaresError {
  return new AntaresError(
    'LOOKUP_TABLE_IMAGE_DAMAGED',
    `the look-up table is damaged: ${how}; load the catalogue again`,
  );
}

/**
 * Checksum against damage on disk, not against malice: four interleaved chains of multiply and exclusive-or, which read
 * a gigabyte in some tenths of a second. The word at the checksum's own place counts as 0.
 */
function checksum(image: ImageBuffer, bytes: number): number {
  const words = new Uint32Array(image, 0, bytes / 4);
  const own = CHECKSUM_OFFSET / 4;
  let a = 0x811c9dc5;
  let b = 0x01000193;
  let c = 0x5bd1e995;
  let d = 0x27d4eb2f;
  const mix = (chain: number, word: number): number => {
    const mixed = Math.imul(chain ^ word, 0x9e3779b1);
    return mixed ^ (mixed >>> 15);
  };
  let i = 0;
  for (; i + 4 <= words.length; i += 4) {
    a = mix(a, i === own ? 0 : words[i]!);
    b = mix(b, words[i + 1]!);
    c = mix(c, words[i + 2]!);
    d = mix(d, words[i + 3]!);
  }
  for (; i < words.length; i += 1) a = mix(a, words[i]!);
  return mix(mix(mix(mix(bytes, a), b), c), d) >>> 0;
}
