import { ARCSEC_PER_RADIAN } from './angles.ts';
import { writeCoverIds } from './htm/cover.ts';
import { HTM_MAX_LEVEL, type HtmId, powerOf4 } from './htm/htm-id.ts';
import { htmIdAt } from './htm/locate.ts';
import { levelForRadius } from './level-for-radius.ts';
import {
  bucketCount,
  type ImageBuffer,
  MAX_KEY_STEPS,
  newImage,
  openImage,
  sealImage,
  type Tier,
  type TierSize,
  viewImage,
} from './lookup-table-image.ts';
import { isPosition, type UnitVector, writeUnitVector } from './position.ts';
import { arcsecOfSquaredChord, squaredChord, squaredChordOfRadius } from './separation.ts';

/*
 * The multi-level HTM look-up table of the paper, section 5: every object of a catalogue is a circle, kept under the
 * trixels that it meets at the level that suits its radius, some 2.5 of them. A position has one trixel at each level, so
 * the objects that may hold it are found with one look-up for each level in use, whatever their sizes, and then the
 * distance decides.
 *
 * Entries are sorted by trixel, with a directory of buckets in front that all levels share (lookup-table-image.ts): most
 * positions are done with one access to it, or two. Considered instead: a directory for each level, 1.3 to 1.7 times as
 * slow when measured with the fifteen levels of a mixed catalogue; a hash over all levels, which puts neighbours on the
 * sky into unrelated cache lines, while alerts come field by field; interpolation search, which suffers where catalogues
 * crowd.
 */

/**
 * What is added to a radius before covering it [arcsec]: 1e-9 radians, a million times what rounding could move a
 * position over the edge of a trixel. Distances are compared afterwards, so it costs nothing but a rare candidate.
 */
const COVER_MARGIN_ARCSEC = 1e-9 * ARCSEC_PER_RADIAN;

/** At most this many buckets for each entry of a tier; they take 4 bytes each. */
const BUCKETS_PER_ENTRY = 1;

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

/** Buckets with more entries than this are searched, smaller ones read through. */
const SEARCHED_BUCKET = 24;

/** A tier with the factors that take an id apart. */
class OpenTier {
  readonly directory: Uint32Array;
  readonly keys: Uint32Array;
  readonly rows: Uint32Array;
  /** The deepest level of its entries. */
  readonly deepest: number;
  /** How many bits a path is shorter than the deepest, for each level in use. */
  readonly shifts: readonly number[];
  readonly firstBucket: number;
  readonly trixelsPerBucket: number;

  constructor(tier: Tier) {
    this.directory = tier.directory;
    this.keys = tier.keys;
    this.rows = tier.rows;
    this.deepest = tier.levels[0]!;
    this.shifts = tier.levels.map((level) => 2 * (this.deepest - level));
    this.firstBucket = bucketCount(tier.bucketLevel);
    this.trixelsPerBucket = powerOf4(this.deepest - tier.bucketLevel);
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
  /** Levels at which the table has objects, deepest first. A catalogue of points has one. */
  readonly levels: readonly number[];
  /** The deepest level in use; 0 for an empty table. */
  readonly deepestLevel: number;
  readonly #image: ImageBuffer;
  readonly #circles: Float64Array;
  readonly #tiers: readonly OpenTier[];

  /** @param image  of this layout; see {@link lookupTableFromImage} for what is thrown */
  constructor(image: ImageBuffer) {
    const arrays = openImage(image);
    this.rowCount = arrays.rowCount;
    this.entryCount = arrays.entryCount;
    this.rowsWithoutCircle = arrays.rowsWithoutCircle;
    this.#image = image;
    this.#circles = arrays.circles;
    this.#tiers = arrays.tiers.map((tier) => new OpenTier(tier));
    this.levels = arrays.tiers.flatMap(({ levels }) => levels);
    this.deepestLevel = this.levels[0] ?? 0;
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
    const tiers = this.#tiers;
    for (let i = 0; i < tiers.length; i += 1) {
      const tier = tiers[i]!;
      const { directory, keys, trixelsPerBucket } = tier;
      const trixel = Math.floor(id / powerOf4(level - tier.deepest));
      const bucket = Math.floor(trixel / trixelsPerBucket);
      const begin = directory[bucket - tier.firstBucket]!;
      const end = directory[bucket - tier.firstBucket + 1]!;
      if (begin === end) continue;
      const path = trixel - (bucket - 1) * trixelsPerBucket;
      if (end - begin <= SEARCHED_BUCKET) {
        const leadingZeros = Math.clz32(path);
        for (let at = begin; at < end; at += 1) {
          const key = keys[at]!;
          if (path >>> (Math.clz32(key) - leadingZeros) === key) this.#compare(tier.rows[at]!, x, y, z, out);
        }
      } else {
        for (const shift of tier.shifts) {
          const key = path >>> shift;
          for (let at = firstAtLeast(keys, begin, end, key); at < end && keys[at] === key; at += 1) {
            this.#compare(tier.rows[at]!, x, y, z, out);
          }
        }
      }
    }
    return out.count;
  }

  /** Takes an object up when the position is in its circle. */
  #compare(row: number, x: number, y: number, z: number, out: MatchBuffer): void {
    const circles = this.#circles;
    const at = 4 * row;
    const squared = squaredChord(circles[at]!, circles[at + 1]!, circles[at + 2]!, x, y, z);
    if (squared <= squaredChordOfRadius(circles[at + 3]!)) out.add(row, arcsecOfSquaredChord(squared));
  }

  /** The radius of an object, as it was given [arcsec]; NaN for a row without a circle. */
  radiusArcsecOf(row: number): number {
    if (!(row >= 0 && row < this.rowCount)) throw new TypeError(`expected a row below ${this.rowCount}, got ${row}`);
    return this.#circles[4 * row + 3]!;
  }

  /** The place of an object, as a unit vector; NaN for a row without a circle. */
  vectorOf(row: number): UnitVector {
    if (!(row >= 0 && row < this.rowCount)) throw new TypeError(`expected a row below ${this.rowCount}, got ${row}`);
    const at = 4 * row;
    return { x: this.#circles[at]!, y: this.#circles[at + 1]!, z: this.#circles[at + 2]! };
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

  const sizes = tiersFor(byLevel.map((entries) => entries?.count ?? 0));
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
  for (const tier of arrays.tiers) fillTier(tier, byLevel);
  sealImage(image);
  onProgress?.(count);
  return new LookupTable(image);
}

function isCircle(ra: number, dec: number, radiusArcsec: number): boolean {
  return isPosition(ra, dec) && radiusArcsec >= 0 && radiusArcsec <= 648_000;
}

/**
 * Which levels go together, and how large their buckets are: so that a bucket holds none to a few entries.
 *
 * @param counts  entries of each level, from 0 on
 */
function tiersFor(counts: readonly number[]): TierSize[] {
  const tiers: TierSize[] = [];
  let left = counts.flatMap((count, level) => (count > 0 ? [level] : [])).reverse();
  while (left.length > 0) {
    const deepest = left[0]!;
    const entries = left.reduce((sum, level) => sum + counts[level]!, 0);
    let bucketLevel = Math.max(0, deepest - MAX_KEY_STEPS);
    while (bucketLevel < deepest && bucketCount(bucketLevel + 1) <= BUCKETS_PER_ENTRY * entries) bucketLevel += 1;
    const levels = left.filter((level) => level >= bucketLevel);
    tiers.push({ bucketLevel, levels, entryCount: levels.reduce((sum, level) => sum + counts[level]!, 0) });
    left = left.filter((level) => level < bucketLevel);
  }
  return tiers;
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

/** Sorts the entries of a tier into buckets by counting, then within each bucket by key. */
function fillTier(tier: Tier, byLevel: readonly (EntryList | undefined)[]): void {
  const { bucketLevel, directory, keys, rows } = tier;
  const firstBucket = bucketCount(bucketLevel);
  // Counts go two places on, so that the running sum leaves the beginning of bucket b at b + 1; filling moves it to its
  // end, which is the beginning of bucket b + 1.
  for (const level of tier.levels) {
    const trixelsPerBucket = powerOf4(level - bucketLevel);
    eachEntry(byLevel[level]!, (id) => {
      directory[Math.floor(id / trixelsPerBucket) - firstBucket + 2]! += 1;
    });
  }
  for (let b = 2; b < directory.length; b += 1) directory[b]! += directory[b - 1]!;
  for (const level of tier.levels) {
    const trixelsPerBucket = powerOf4(level - bucketLevel);
    eachEntry(byLevel[level]!, (id, row) => {
      const bucket = Math.floor(id / trixelsPerBucket);
      const at = directory[bucket - firstBucket + 1]!;
      directory[bucket - firstBucket + 1] = at + 1;
      keys[at] = id - (bucket - 1) * trixelsPerBucket;
      rows[at] = row;
    });
  }
  for (let b = 0; b < firstBucket; b += 1) sortBucket(keys, rows, directory[b]!, directory[b + 1]!);
}

function eachEntry(entries: EntryList, visit: (id: number, row: number) => void): void {
  for (let block = 0, left = entries.count; left > 0; block += 1, left -= EntryList.BLOCK) {
    const ids = entries.ids[block]!;
    const rows = entries.rows[block]!;
    const length = Math.min(left, EntryList.BLOCK);
    for (let i = 0; i < length; i += 1) visit(ids[i]!, rows[i]!);
  }
}

/** Sorts the entries of a bucket by key; those of one key keep their order, which is that of their rows. */
function sortBucket(keys: Uint32Array, rows: Uint32Array, begin: number, end: number): void {
  const length = end - begin;
  if (length > 32) {
    const order = Uint32Array.from({ length }, (_, i) => begin + i).sort((a, b) => keys[a]! - keys[b]! || a - b);
    keys.set(
      order.map((at) => keys[at]!),
      begin,
    );
    rows.set(
      order.map((at) => rows[at]!),
      begin,
    );
    return;
  }
  for (let i = begin + 1; i < end; i += 1) {
    const key = keys[i]!;
    const row = rows[i]!;
    let at = i;
    while (at > begin && keys[at - 1]! > key) {
      keys[at] = keys[at - 1]!;
      rows[at] = rows[at - 1]!;
      at -= 1;
    }
    keys[at] = key;
    rows[at] = row;
  }
}

/** The first place in an ascending stretch with at least some value; its end when there is none. */
function firstAtLeast(values: Uint32Array, begin: number, end: number, least: number): number {
  let low = begin;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
