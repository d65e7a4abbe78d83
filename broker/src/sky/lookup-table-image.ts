import { AntaresError } from '../model/errors.ts';
import { HTM_MAX_LEVEL, powerOf4 } from './htm/htm-id.ts';

/*
 * A look-up table is one block of bytes: written to a file as it is, read back as it is, shared between threads as it is.
 * All numbers are little-endian; every array begins at a multiple of 8.
 *
 *   offset  type   what
 *        0  8 B    "ANTHTMLT"
 *        8  u32    version of this layout: 1
 *       12  u32    number of tiers
 *       16  f64    bytes in all, a multiple of 8
 *       24  f64    rows
 *       32  f64    entries, of all tiers
 *       40  f64    rows without a circle
 *       48  u32    checksum of all bytes but its own four
 *       52         zeros
 *       64         for each tier, deepest first, 48 bytes:
 *                  u32 level of its buckets, u32 set of levels in use (bit l for level l), f64 entries,
 *                  f64 × 3 offsets of directory, keys, rows, f64 0
 *        …  f64    circles: x, y, z, radius [arcsec] of each row; NaN where a row has none
 *        …         for each tier:
 *           u32    directory: where the entries of each bucket begin; one more for their end, one more unused
 *           u32    keys of the entries, ascending in each bucket
 *           u32    rows of the entries, ascending where keys are equal
 *
 * A bucket is a trixel, with the entries of all deeper levels in it, so that one access serves many levels. The key of an
 * entry is the path down from the bucket, two bits a level, behind a leading 1 that tells how deep it goes: what an HTM
 * id would be with the bucket for a face. Levels above the buckets form a tier of their own, with larger buckets.
 */

const MAGIC = [0x41, 0x4e, 0x54, 0x48, 0x54, 0x4d, 0x4c, 0x54];
const VERSION = 1;
const HEADER_BYTES = 64;
const TIER_BYTES = 48;
const CHECKSUM_OFFSET = 48;

/** How many levels a path in a key can go down: 31 bits with the leading 1. */
export const MAX_KEY_STEPS = 15;

/** Memory that a table can live in; only the shared kind can be given to a thread without copying. */
export type ImageBuffer = ArrayBuffer | SharedArrayBuffer;

/** What a tier of the table needs room for. */
export interface TierSize {
  /** Level of the trixels that are its buckets. */
  readonly bucketLevel: number;
  /** Levels of its entries, deepest first: none above the buckets. */
  readonly levels: readonly number[];
  readonly entryCount: number;
}

/** A tier, with its arrays as views into the image. */
export interface Tier extends TierSize {
  readonly directory: Uint32Array;
  readonly keys: Uint32Array;
  readonly rows: Uint32Array;
}

/** An image taken apart: views, no copies. */
export interface LookupTableArrays {
  readonly rowCount: number;
  readonly entryCount: number;
  readonly rowsWithoutCircle: number;
  /** x, y, z, radius [arcsec] of each row. */
  readonly circles: Float64Array;
  /** Deepest first. */
  readonly tiers: readonly Tier[];
}

/** How many buckets a tier has: the trixels of their level. */
export function bucketCount(bucketLevel: number): number {
  return 8 * powerOf4(bucketLevel);
}

/**
 * Makes an image with its header and room for the arrays, which are all 0.
 *
 * @param sizes  deepest first
 */
export function newImage(rowCount: number, rowsWithoutCircle: number, sizes: readonly TierSize[]): SharedArrayBuffer {
  let bytes = HEADER_BYTES + TIER_BYTES * sizes.length;
  const take = (length: number): number => {
    const offset = bytes;
    bytes += Math.ceil(length / 8) * 8;
    return offset;
  };
  take(32 * rowCount);
  const offsets = sizes.map(({ bucketLevel, entryCount }) => ({
    directory: take(4 * (bucketCount(bucketLevel) + 2)),
    keys: take(4 * entryCount),
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
  sizes.forEach(({ bucketLevel, levels, entryCount }, i) => {
    const at = HEADER_BYTES + TIER_BYTES * i;
    view.setUint32(at, bucketLevel, true);
    view.setUint32(
      at + 4,
      levels.reduce((set, level) => set | (1 << level), 0),
      true,
    );
    view.setFloat64(at + 8, entryCount, true);
    view.setFloat64(at + 16, offsets[i]!.directory, true);
    view.setFloat64(at + 24, offsets[i]!.keys, true);
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
  const tierCount = view.getUint32(12, true);
  const tiers: Tier[] = [];
  for (let i = 0; i < tierCount; i += 1) {
    const at = HEADER_BYTES + TIER_BYTES * i;
    const bucketLevel = view.getUint32(at, true);
    const set = view.getUint32(at + 4, true);
    const entryCount = view.getFloat64(at + 8, true);
    const levels: number[] = [];
    for (let level = HTM_MAX_LEVEL; level >= 0; level -= 1) if (set & (1 << level)) levels.push(level);
    tiers.push({
      bucketLevel,
      levels,
      entryCount,
      directory: new Uint32Array(image, view.getFloat64(at + 16, true), bucketCount(bucketLevel) + 2),
      keys: new Uint32Array(image, view.getFloat64(at + 24, true), entryCount),
      rows: new Uint32Array(image, view.getFloat64(at + 32, true), entryCount),
    });
  }
  return {
    rowCount,
    entryCount: view.getFloat64(32, true),
    rowsWithoutCircle: view.getFloat64(40, true),
    circles: new Float64Array(image, HEADER_BYTES + TIER_BYTES * tierCount, 4 * rowCount),
    tiers,
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
