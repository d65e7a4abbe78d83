import { ARCSEC_PER_RADIAN } from './angles.ts';
import { writeCoverIds } from './htm/cover.ts';
import { HTM_MAX_LEVEL, type HtmId, powerOf4 } from './htm/htm-id.ts';
import { htmIdAt } from './htm/locate.ts';
import { levelForRadius } from './level-for-radius.ts';
import {
  bucketCount,
  type ImageBuffer,
  type LevelSize,
  type LookupTableArrays,
  MAX_BUCKET_STEPS,
  newImage,
  openImage,
  sealImage,
  viewImage,
} from './lookup-table-image.ts';
import { isPosition, writeUnitVector } from './position.ts';
import { arcsecOfSquaredChord, squaredChord, squaredChordOfRadius } from './separation.ts';

/*
 * The multi-level HTM look-up table of the paper, section 5: every object of a catalogue is a circle, kept under the
 * trixels that it meets at the level that suits its radius, some 2.5 of them. A position has one trixel at each level, so
 * the objects that may hold it are found with one look-up for each level in use, whatever their sizes, and then the
 * distance decides.
 *
 * Each level is sorted by trixel, with a directory of buckets in front. Considered instead: a hash over all levels, which
 * needs no directory but puts neighbours on the sky into unrelated cache lines, while alerts come field by field; and
 * interpolation search, which suffers where catalogues crowd.
 */

/**
 * What is added to a radius before covering it [arcsec]: 1e-9 radians, a million times what rounding could move a
 * position over the edge of a trixel. Distances are compared afterwards, so it costs nothing but a rare candidate.
 */
const COVER_MARGIN_ARCSEC = 1e-9 * ARCSEC_PER_RADIAN;

/** At most this many buckets for each entry of a level; they take 4 bytes each. */
const BUCKETS_PER_ENTRY = 2;

/** Rows between two calls that report progress. */
const PROGRESS_ROWS = 1 << 16;

/** Objects whose circles hold a position: what `match` fills, nearest first, over and over. */
export class MatchBuffer {
  /** How many there are; entries beyond it are left from earlier look-ups. */
  count = 0;
  /** Their rows in the catalogue. */
  rows = new Uint32Array(16);
  /** Their distances from the position [arcsec]. */
  separationsArcsec = new Float64Array(16);

  /** Empties the buffer. */
  clear(): void {
    this.count = 0;
  }

  /** Puts an object in its place: by distance, then by row. */
  add(row: number, separationArcsec: number): void {
    if (this.count === this.rows.length) this.#grow();
    let at = this.count;
    this.count += 1;
    while (at > 0 && this.#comesAfter(at - 1, row, separationArcsec)) {
      this.rows[at] = this.rows[at - 1]!;
      this.separationsArcsec[at] = this.separationsArcsec[at - 1]!;
      at -= 1;
    }
    this.rows[at] = row;
    this.separationsArcsec[at] = separationArcsec;
  }

  #comesAfter(at: number, row: number, separationArcsec: number): boolean {
    const other = this.separationsArcsec[at]!;
    return other > separationArcsec || (other === separationArcsec && this.rows[at]! > row);
  }

  #grow(): void {
    const rows = new Uint32Array(2 * this.rows.length);
    rows.set(this.rows);
    this.rows = rows;
    const separations = new Float64Array(2 * this.separationsArcsec.length);
    separations.set(this.separationsArcsec);
    this.separationsArcsec = separations;
  }
}

/** The entries of one level, with the factors that take an id apart. */
class Level {
  readonly level: number;
  readonly directory: Uint32Array;
  readonly remainders: Uint32Array;
  readonly rows: Uint32Array;
  readonly firstBucket: number;
  readonly trixelsPerBucket: number;
  readonly bucketsPerTrixel: number;

  constructor(arrays: LookupTableArrays['levels'][number]) {
    this.level = arrays.level;
    this.directory = arrays.directory;
    this.remainders = arrays.remainders;
    this.rows = arrays.rows;
    this.firstBucket = bucketCount(arrays.bucketLevel);
    this.trixelsPerBucket = powerOf4(arrays.level - arrays.bucketLevel);
    this.bucketsPerTrixel = 1 / this.trixelsPerBucket;
  }
}

/**
 * The look-up table of one catalogue: which of its circles hold a position.
 *
 * Lives in one block of memory, which several threads can share and a file can keep; never changes once built.
 * {@link buildLookupTable} makes one, {@link lookupTableFromImage} takes one up again.
 */
export class LookupTable {
  /** Rows of the catalogue, usable or not. */
  readonly rowCount: number;
  /** Entries (trixel, row): about 2.5 for each row. */
  readonly entryCount: number;
  /** Rows that no position can match, as their position or radius was unusable. */
  readonly rowsWithoutCircle: number;
  /** The deepest level in use; 0 for an empty table. */
  readonly deepestLevel: number;
  readonly #image: ImageBuffer;
  readonly #circles: Float64Array;
  readonly #levels: readonly Level[];

  /** @param image  of this layout; see {@link lookupTableFromImage} for what is thrown */
  constructor(image: ImageBuffer) {
    const arrays = openImage(image);
    this.rowCount = arrays.rowCount;
    this.entryCount = arrays.entryCount;
    this.rowsWithoutCircle = arrays.rowsWithoutCircle;
    this.#image = image;
    this.#circles = arrays.circles;
    this.#levels = arrays.levels.map((level) => new Level(level));
    this.deepestLevel = this.#levels[0]?.level ?? 0;
  }

  /** Levels at which the table has objects, deepest first. A catalogue of points has one. */
  get levels(): number[] {
    return this.#levels.map(({ level }) => level);
  }

  /**
   * Finds every object whose circle holds a position, rim included.
   *
   * @param x, y, z  unit vector of the position, ICRS
   * @param out      emptied, then filled: nearest first, at equal distance by row
   * @returns        how many there are
   */
  match(x: number, y: number, z: number, out: MatchBuffer): number {
    return this.matchWithin(htmIdAt(x, y, z, this.deepestLevel), this.deepestLevel, x, y, z, out);
  }

  /**
   * {@link LookupTable.match} for who has the position's trixel already, as with several catalogues.
   *
   * @param id     trixel of the position
   * @param level  its level, at least `deepestLevel`
   */
  matchWithin(id: HtmId, level: number, x: number, y: number, z: number, out: MatchBuffer): number {
    if (level < this.deepestLevel) {
      throw new TypeError(`expected a trixel of level ${this.deepestLevel} or deeper, got level ${level}`);
    }
    out.count = 0;
    const circles = this.#circles;
    const levels = this.#levels;
    for (let i = 0; i < levels.length; i += 1) {
      const entries = levels[i]!;
      const trixel = Math.floor(id / powerOf4(level - entries.level));
      const bucket = Math.floor(trixel * entries.bucketsPerTrixel);
      const { directory } = entries;
      let at = directory[bucket - entries.firstBucket]!;
      const end = directory[bucket - entries.firstBucket + 1]!;
      if (at === end) continue;
      const remainder = trixel - bucket * entries.trixelsPerBucket;
      const { remainders, rows } = entries;
      if (end - at > 16) at = firstAtLeast(remainders, at, end, remainder);
      for (; at < end; at += 1) {
        const other = remainders[at]!;
        if (other < remainder) continue;
        if (other > remainder) break;
        const row = rows[at]!;
        const c = 4 * row;
        const squared = squaredChord(circles[c]!, circles[c + 1]!, circles[c + 2]!, x, y, z);
        if (squared <= squaredChordOfRadius(circles[c + 3]!)) out.add(row, arcsecOfSquaredChord(squared));
      }
    }
    return out.count;
  }

  /** The radius of an object, as it was given [arcsec]; NaN for a row without a circle. */
  radiusArcsecOf(row: number): number {
    if (!(row >= 0 && row < this.rowCount)) throw new TypeError(`expected a row below ${this.rowCount}, got ${row}`);
    return this.#circles[4 * row + 3]!;
  }

  /**
   * The table as bytes, not copied: to write to a file, or to post to a thread, which takes it up with
   * {@link lookupTableFromImage}. Must not be changed.
   */
  toImage(): ImageBuffer {
    return this.#image;
  }
}

/**
 * Takes up a table from its image, without copying: reads through it once, to see that it is whole.
 *
 * @throws LOOKUP_TABLE_IMAGE_UNKNOWN  not an image, or of another version of the layout: build the table again
 * @throws LOOKUP_TABLE_IMAGE_DAMAGED  cut short, or changed since it was written: build the table again
 */
export function lookupTableFromImage(image: ImageBuffer): LookupTable {
  return new LookupTable(image);
}

/**
 * Builds the look-up table of a catalogue, in shared memory.
 *
 * A row without a usable position or radius stays out of the table and is counted in `rowsWithoutCircle`; numbers of rows
 * stay what they are.
 *
 * @param ra, dec       ICRS degrees, one entry for each row; any finite ra
 * @param radiusArcsec  arcseconds, [0, 648000], one for each row; a row of 0 is matched by its own position only
 * @param count         how many rows there are, below 2^32
 * @param onProgress    called with the rows done so far, now and then and at the end
 */
export function buildLookupTable(
  ra: ArrayLike<number>,
  dec: ArrayLike<number>,
  radiusArcsec: ArrayLike<number>,
  count: number,
  onProgress?: (rowsDone: number) => void,
): LookupTable {
  if (!(Number.isInteger(count) && count >= 0 && count < 2 ** 32)) {
    throw new TypeError(`expected a number of rows below 2^32, got ${count}`);
  }
  if (ra.length < count || dec.length < count || radiusArcsec.length < count) {
    throw new TypeError(
      `expected columns of ${count} rows, got ${ra.length}, ${dec.length} and ${radiusArcsec.length}`,
    );
  }
  const byLevel: (EntryList | undefined)[] = Array.from({ length: HTM_MAX_LEVEL + 1 });
  const vector = new Float64Array(3);
  let ids = new Float64Array(64);
  let rowsWithoutCircle = 0;
  for (let row = 0; row < count; row += 1) {
    if (row % PROGRESS_ROWS === 0 && row > 0) onProgress?.(row);
    const radius = radiusArcsec[row]!;
    if (!isCircle(ra[row]!, dec[row]!, radius)) {
      rowsWithoutCircle += 1;
      continue;
    }
    writeUnitVector(ra[row]!, dec[row]!, vector, 0);
    const level = levelForRadius(radius);
    const padded = Math.min(radius + COVER_MARGIN_ARCSEC, 648_000);
    let met = writeCoverIds(vector[0]!, vector[1]!, vector[2]!, padded, level, ids, 0);
    if (met > ids.length) {
      ids = new Float64Array(met);
      met = writeCoverIds(vector[0]!, vector[1]!, vector[2]!, padded, level, ids, 0);
    }
    let entries = byLevel[level];
    if (entries === undefined) {
      entries = new EntryList();
      byLevel[level] = entries;
    }
    for (let i = 0; i < met; i += 1) entries.add(ids[i]!, row);
  }

  const sizes: LevelSize[] = [];
  for (let level = HTM_MAX_LEVEL; level >= 0; level -= 1) {
    const entryCount = byLevel[level]?.count ?? 0;
    if (entryCount > 0) sizes.push({ level, bucketLevel: bucketLevelFor(level, entryCount), entryCount });
  }
  const image = newImage(count, rowsWithoutCircle, sizes);
  const arrays = viewImage(image);
  for (let row = 0; row < count; row += 1) {
    const at = 4 * row;
    if (isCircle(ra[row]!, dec[row]!, radiusArcsec[row]!)) {
      writeUnitVector(ra[row]!, dec[row]!, arrays.circles, at);
      arrays.circles[at + 3] = radiusArcsec[row]!;
    } else {
      arrays.circles.fill(Number.NaN, at, at + 4);
    }
  }
  for (const level of arrays.levels) {
    fillLevel(level, byLevel[level.level]!);
    byLevel[level.level] = undefined;
  }
  sealImage(image);
  onProgress?.(count);
  return new LookupTable(image);
}

function isCircle(ra: number, dec: number, radiusArcsec: number): boolean {
  return isPosition(ra, dec) && radiusArcsec >= 0 && radiusArcsec <= 648_000;
}

/** The level whose trixels are about as many as the entries: a bucket then holds none to a few of them. */
function bucketLevelFor(level: number, entryCount: number): number {
  let bucketLevel = Math.max(0, level - MAX_BUCKET_STEPS);
  while (bucketLevel < level && bucketCount(bucketLevel + 1) <= BUCKETS_PER_ENTRY * entryCount) bucketLevel += 1;
  return bucketLevel;
}

/** Entries in the order of their rows, in blocks, so that growing copies nothing. */
class EntryList {
  static readonly BLOCK = 1 << 16;
  count = 0;
  readonly ids: Float64Array[] = [];
  readonly rows: Uint32Array[] = [];

  add(id: number, row: number): void {
    const at = this.count % EntryList.BLOCK;
    if (at === 0) {
      this.ids.push(new Float64Array(EntryList.BLOCK));
      this.rows.push(new Uint32Array(EntryList.BLOCK));
    }
    this.ids[this.ids.length - 1]![at] = id;
    this.rows[this.rows.length - 1]![at] = row;
    this.count += 1;
  }
}

/** Sorts entries into buckets by counting, then within each bucket by trixel. */
function fillLevel(level: LookupTableArrays['levels'][number], entries: EntryList): void {
  const { directory, remainders, rows } = level;
  const firstBucket = bucketCount(level.bucketLevel);
  const trixelsPerBucket = powerOf4(level.level - level.bucketLevel);
  // Counts go two places on, so that the running sum leaves the beginning of bucket b at b + 1; filling moves it to its
  // end, which is the beginning of bucket b + 1.
  eachEntry(entries, (id) => {
    directory[Math.floor(id / trixelsPerBucket) - firstBucket + 2]! += 1;
  });
  for (let b = 2; b < directory.length; b += 1) directory[b]! += directory[b - 1]!;
  eachEntry(entries, (id, row) => {
    const bucket = Math.floor(id / trixelsPerBucket);
    const at = directory[bucket - firstBucket + 1]!;
    directory[bucket - firstBucket + 1] = at + 1;
    remainders[at] = id - bucket * trixelsPerBucket;
    rows[at] = row;
  });
  for (let b = 0; b < firstBucket; b += 1) sortBucket(remainders, rows, directory[b]!, directory[b + 1]!);
}

function eachEntry(entries: EntryList, visit: (id: number, row: number) => void): void {
  for (let block = 0, left = entries.count; left > 0; block += 1, left -= EntryList.BLOCK) {
    const ids = entries.ids[block]!;
    const rows = entries.rows[block]!;
    const length = Math.min(left, EntryList.BLOCK);
    for (let i = 0; i < length; i += 1) visit(ids[i]!, rows[i]!);
  }
}

/** Sorts the entries of a bucket by trixel; those of one trixel keep their order, which is that of their rows. */
function sortBucket(remainders: Uint32Array, rows: Uint32Array, from: number, end: number): void {
  if (end - from > 32) {
    // One double holds trixel and place, in 52 bits: a level has fewer than 16 entries to a bucket, taken together, so no
    // bucket has more than 16·4^(bucket level), each with a remainder below 4^(level − bucket level).
    const length = end - from;
    const keys = new Float64Array(length);
    for (let i = 0; i < length; i += 1) keys[i] = remainders[from + i]! * length + i;
    keys.sort();
    const sortedRows = new Uint32Array(length);
    for (let i = 0; i < length; i += 1) {
      const remainder = Math.floor(keys[i]! / length);
      sortedRows[i] = rows[from + (keys[i]! - remainder * length)]!;
      remainders[from + i] = remainder;
    }
    rows.set(sortedRows, from);
    return;
  }
  for (let i = from + 1; i < end; i += 1) {
    const remainder = remainders[i]!;
    const row = rows[i]!;
    let at = i;
    while (at > from && remainders[at - 1]! > remainder) {
      remainders[at] = remainders[at - 1]!;
      rows[at] = rows[at - 1]!;
      at -= 1;
    }
    remainders[at] = remainder;
    rows[at] = row;
  }
}

/** The first place in an ascending stretch with at least some value; its end when there is none. */
function firstAtLeast(values: Uint32Array, from: number, end: number, least: number): number {
  let low = from;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
