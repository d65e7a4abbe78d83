import { AntaresError } from '../../model/errors.ts';
import type { AlertId } from '../../model/ids.ts';
import { LIGHT_CURVE_COLUMNS } from '../../model/light-curve.ts';
import { LightCurveBuilder, type NumberedIds } from '../../model/light-curve-builder.ts';
import { AlertIdParts, lowWordOf } from './alert-id-parts.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { CHUNK_ROWS } from './layout.ts';
import type { Words } from './words.ts';

/** How the values of a column are written. The numbers are part of the format. */
const CONSTANT = 1;
const INT8 = 2;
const INT16 = 3;
const INT32 = 4;
const FLOAT32 = 5;
/** Low words, and the high words as bytes above the lowest: positions of one object, times within some nights. */
const SPLIT8 = 6;
const SPLIT16 = 7;
const FLOAT64 = 8;
/** Some values are NaN: a bit a row says which are there, only those are written. */
const MASKED = 0x80;

const LAST_COLUMN = 0xff;
const REMOVED = 0x80;

/** Bit of a stem's flags. Another one was once set for stems beyond ASCII, and is passed over. */
const HAS_NUMBER = 1;

/** Size of the blocks of memory that curves are read into; a long curve has one to itself. */
const CURVE_BLOCK_BYTES = 0x40000;
/** Blocks without a curve that are kept for the next ones. */
const MOST_FREE_BLOCKS = 64;

/** Room for new points in a curve that was read. */
const SPARE_ROWS = 8;

/**
 * Writes and reads light curves, a chunk of up to 64 rows at a time, as columns.
 *
 * ```
 * rows, classes, stems                 a byte each
 * stems     flags, text                `ztf_candidate:` and the like, without the number at the end
 * classes   kind, survey, passband word, stem; top bit of kind: removed rows
 * class of each row                    a byte each, left out when there is one class
 * numbers                              aligned to 4: low words of all rows, then high words; left out without numbers
 * columns   column, codec, [mask], values    values aligned to 4; column 255 ends the chunk
 * ```
 *
 * A column of NaN alone is left out. Else it takes the first of these that gives back every bit: one value for all
 * rows, integers of 1, 2 or 4 bytes, single precision (survey fluxes and magnitudes are), doubles whose high words are
 * close together, doubles. Which NaN it was is not kept. A removed row keeps its place; its time is NaN.
 */
export class LightCurveCodec {
  readonly #words: Words;
  readonly #parts = new AlertIdParts();
  readonly #values = new Float64Array(CHUNK_ROWS);
  readonly #valueWords = new Uint32Array(this.#values.buffer);
  readonly #numbers = new Uint32Array(CHUNK_ROWS * 2);
  readonly #mask = new Uint8Array(CHUNK_ROWS / 8);
  readonly #classOfRow = new Uint8Array(CHUNK_ROWS);
  readonly #classes = {
    kind: new Uint8Array(CHUNK_ROWS),
    survey: new Uint8Array(CHUNK_ROWS),
    passband: new Array<string>(CHUNK_ROWS).fill(''),
    stem: new Uint8Array(CHUNK_ROWS),
  };
  /** Stems of the chunk that is being written. */
  readonly #stems: string[] = [];
  readonly #stemFlags: number[] = [];
  /** Ids of curves that were read, as they were: an alert keeps its row for good, so they need no second parsing. */
  readonly #known = new WeakMap<LightCurveBuilder, KnownIds>();
  readonly #memory = new CurveMemory();
  /** For each stem of a known curve, its number in the chunk that is being written plus one. */
  readonly #stemOfKnown = new Uint8Array(256);
  /** Stems of the chunk that is being read: their flags, and where their texts lie. */
  readonly #stemsRead = {
    flags: new Uint8Array(CHUNK_ROWS),
    starts: new Uint32Array(CHUNK_ROWS),
    lengths: new Uint32Array(CHUNK_ROWS),
  };

  constructor(words: Words) {
    this.#words = words;
  }

  /** Writes rows [from, to) of a curve as a chunk; at most `CHUNK_ROWS`. */
  write(writer: ByteWriter, curve: LightCurveBuilder, from: number, to: number): void {
    const rows = to - from;
    const classes = this.#classify(curve, from, rows);
    writer.uint8(rows);
    writer.uint8(classes);
    writer.uint8(this.#stems.length);
    let hasNumbers = false;
    for (let i = 0; i < this.#stems.length; i += 1) {
      writer.uint8(this.#stemFlags[i]!);
      writer.text(this.#stems[i]!);
      hasNumbers ||= (this.#stemFlags[i]! & HAS_NUMBER) !== 0;
    }
    for (let i = 0; i < classes; i += 1) {
      writer.uint8(this.#classes.kind[i]!);
      writer.uint8(this.#classes.survey[i]!);
      writer.varint(this.#words.numberOf(this.#classes.passband[i]!));
      writer.uint8(this.#classes.stem[i]!);
    }
    if (classes > 1) for (let i = 0; i < rows; i += 1) writer.uint8(this.#classOfRow[i]!);
    if (hasNumbers) {
      writer.align(4);
      writer.words(this.#numbers, 0, 2, rows);
      writer.words(this.#numbers, 1, 2, rows);
    }
    for (let i = 0; i < LIGHT_CURVE_COLUMNS.length; i += 1) {
      this.#writeColumn(writer, i, curve[LIGHT_CURVE_COLUMNS[i]!], from, rows);
    }
    writer.uint8(LAST_COLUMN);
  }

  /** A curve to read `rows` rows into, with room to grow. */
  begin(rows: number): CurveInReading {
    const target = new CurveInReading(rows, this.#memory);
    this.#known.set(target.builder, target.ids);
    return target;
  }

  /** Takes back the memory of a curve that was read and that nobody looks at any more: it is empty from then on. */
  release(curve: LightCurveBuilder): void {
    const known = this.#known.get(curve);
    if (known === undefined) return;
    this.#known.delete(curve);
    curve.clear();
    this.#memory.giveBack(known.block);
  }

  /** Reads the chunk that comes next in a curve. */
  read(reader: ByteReader, target: CurveInReading): void {
    const { builder } = target;
    const first = builder.length;
    const rows = reader.uint8();
    const classes = reader.uint8();
    const stems = reader.uint8();
    if (rows > CHUNK_ROWS || first + rows > target.capacity || classes > CHUNK_ROWS || stems > CHUNK_ROWS) {
      throw new AntaresError(
        'ALERT_STORE_DAMAGED',
        `a light-curve chunk claims ${rows} rows after ${first}; restore the store from a backup`,
      );
    }
    this.#adopt(builder, rows, this.#readIds(reader, target, rows, classes, stems));
    const { columns, words, capacity } = target;
    const maskBytes = (rows + 7) >>> 3;
    let present = 0;
    for (let column = reader.uint8(); column !== LAST_COLUMN; column = reader.uint8()) {
      if (column >= LIGHT_CURVE_COLUMNS.length || reader.position > reader.end) {
        throw new AntaresError(
          'ALERT_STORE_DAMAGED',
          `a light curve has no column ${column}; restore the store from a backup`,
        );
      }
      const codec = reader.uint8();
      present |= 1 << column;
      const at = column * capacity + first;
      if ((codec & MASKED) === 0) {
        reader.align(4);
        readValues(reader, codec, rows, columns, words, at);
      } else {
        const maskAt = reader.position;
        reader.position += maskBytes;
        const count = countBits(reader.bytes, maskAt, maskBytes);
        reader.align(4);
        readValues(reader, codec & ~MASKED, count, this.#values, this.#valueWords, 0);
        scatter(columns, at, rows, reader.bytes, maskAt, this.#values);
      }
    }
    reader.finish('a light curve');
    for (let column = 0; column < LIGHT_CURVE_COLUMNS.length; column += 1) {
      if ((present & (1 << column)) !== 0) continue;
      const at = column * capacity + first;
      columns.fill(Number.NaN, at, at + rows);
    }
  }

  /** Finds the classes of rows (kind, survey, passband, stem of the id) and takes the ids apart. @returns how many */
  #classify(curve: LightCurveBuilder, from: number, rows: number): number {
    this.#stems.length = 0;
    this.#stemFlags.length = 0;
    const numbers = this.#numbers;
    const known = this.#known.get(curve);
    const knownRows = known === undefined ? 0 : known.rows;
    const { kind, survey, passband, stem } = this.#classes;
    this.#stemOfKnown.fill(0);
    let classes = 0;
    let last = 0;
    for (let i = 0; i < rows; i += 1) {
      const row = from + i;
      let rowStem: number;
      if (row < knownRows) {
        numbers[i * 2] = known!.lows[row]!;
        numbers[i * 2 + 1] = known!.highs[row]!;
        rowStem = this.#knownStem(known!, known!.stemOfRow[row]!);
      } else {
        rowStem = this.#parse(curve.alertIdAt(row), i);
      }
      const rowKind = Number.isNaN(curve.mjd[row]!) ? curve.kind[row]! | REMOVED : curve.kind[row]!;
      const rowSurvey = curve.surveyNumber[row]!;
      const rowPassband = curve.passband[row]!;
      if (
        classes === 0 ||
        kind[last] !== rowKind ||
        survey[last] !== rowSurvey ||
        stem[last] !== rowStem ||
        passband[last] !== rowPassband
      ) {
        last = 0;
        while (
          last < classes &&
          (kind[last] !== rowKind ||
            survey[last] !== rowSurvey ||
            stem[last] !== rowStem ||
            passband[last] !== rowPassband)
        ) {
          last += 1;
        }
        if (last === classes) {
          kind[last] = rowKind;
          survey[last] = rowSurvey;
          stem[last] = rowStem;
          passband[last] = rowPassband;
          classes += 1;
        }
      }
      this.#classOfRow[i] = last;
    }
    return classes;
  }

  /** Takes the id of a row apart. @returns the number of its stem */
  #parse(id: string, i: number): number {
    const parts = this.#parts;
    parts.parse(id);
    this.#numbers[i * 2] = parts.lowWord;
    this.#numbers[i * 2 + 1] = parts.highWord;
    const flag = parts.hasNumber ? HAS_NUMBER : 0;
    for (let stem = 0; stem < this.#stems.length; stem += 1) {
      const text = this.#stems[stem]!;
      const isSame = text.length === parts.stemLength && (this.#stemFlags[stem]! & HAS_NUMBER) === flag;
      if (isSame && id.startsWith(text)) return stem;
    }
    const text = id.slice(0, parts.stemLength);
    this.#stemFlags.push(flag);
    return this.#stems.push(text) - 1;
  }

  /** The number, in the chunk that is being written, of a stem of a curve that was read. */
  #knownStem(known: KnownIds, stem: number): number {
    const found = this.#stemOfKnown[stem]!;
    if (found !== 0) return found - 1;
    const text = known.stems[stem]!;
    const flags = known.flags[stem]!;
    let number = 0;
    while (number < this.#stems.length && (this.#stems[number] !== text || this.#stemFlags[number] !== flags))
      number += 1;
    if (number === this.#stems.length) {
      this.#stems.push(text);
      this.#stemFlags.push(flags);
    }
    this.#stemOfKnown[stem] = number + 1;
    return number;
  }

  #writeColumn(writer: ByteWriter, index: number, column: Float64Array, from: number, rows: number): void {
    const values = this.#values;
    const words = this.#valueWords;
    let count = 0;
    for (let i = 0; i < rows; i += 1) {
      const value = column[from + i]!;
      // biome-ignore lint/suspicious/noSelfCompare: the fastest test for NaN
      if (value === value) values[count++] = value;
    }
    if (count === 0) return;
    const codec = chooseCodec(values, words, count);
    writer.uint8(index);
    if (count === rows) {
      writer.uint8(codec.kind);
    } else {
      writer.uint8(codec.kind | MASKED);
      const mask = this.#mask;
      const maskBytes = (rows + 7) >>> 3;
      mask.fill(0);
      for (let i = 0; i < rows; i += 1) {
        const value = column[from + i]!;
        // biome-ignore lint/suspicious/noSelfCompare: the fastest test for NaN
        if (value === value) mask[i >>> 3]! |= 1 << (i & 7);
      }
      for (let i = 0; i < maskBytes; i += 1) writer.uint8(mask[i]!);
    }
    writer.align(4);
    writeValues(writer, codec, values, words, count);
  }

  #readIds(
    reader: ByteReader,
    target: CurveInReading,
    rows: number,
    classes: number,
    stems: number,
  ): string[] | undefined {
    const { flags, starts, lengths } = this.#stemsRead;
    let hasNumbers = false;
    for (let i = 0; i < stems; i += 1) {
      flags[i] = reader.uint8() & HAS_NUMBER;
      const length = reader.varint();
      starts[i] = reader.position;
      lengths[i] = length;
      reader.position += length;
      hasNumbers ||= (flags[i]! & HAS_NUMBER) !== 0;
    }
    const { kind, survey, passband, stem } = this.#classes;
    for (let i = 0; i < classes; i += 1) {
      kind[i] = reader.uint8();
      survey[i] = reader.uint8();
      passband[i] = this.#words.textOf(reader.varint());
      stem[i] = reader.uint8();
    }
    const classOfRow = this.#classOfRow;
    if (classes > 1) for (let i = 0; i < rows; i += 1) classOfRow[i] = reader.uint8();
    else classOfRow.fill(0, 0, rows);
    let lowAt = 0;
    let highAt = 0;
    if (hasNumbers) {
      reader.align(4);
      lowAt = reader.position >>> 2;
      highAt = lowAt + rows;
      reader.position += rows * 8;
    }
    reader.finish('a light curve');
    const isKept = this.#remember(reader, target, rows, stems, lowAt, highAt);
    return isKept ? undefined : this.#textsOf(reader, rows, lowAt, highAt);
  }

  /**
   * Keeps the ids as they are: they are made into texts where somebody asks, and writing the curve again takes none of them
   * apart. @returns whether they are kept
   */
  #remember(
    reader: ByteReader,
    target: CurveInReading,
    rows: number,
    stems: number,
    lowAt: number,
    highAt: number,
  ): boolean {
    const { ids } = target;
    const first = ids.rows;
    // Only as long as all before is known, and stems are few, as they are.
    if (first !== target.builder.length || ids.stems.length + stems > 255) return false;
    const { flags, starts, lengths } = this.#stemsRead;
    const stemOf = this.#stemOfKnown;
    for (let i = 0; i < stems; i += 1) {
      const text = reader.bytes.toString('utf8', starts[i]!, starts[i]! + lengths[i]!);
      let known = 0;
      while (known < ids.stems.length && (ids.stems[known] !== text || ids.flags[known] !== flags[i])) known += 1;
      if (known === ids.stems.length) {
        ids.stems.push(text);
        ids.flags.push(flags[i]!);
      }
      stemOf[i] = known;
    }
    const { lows, highs, stemOfRow } = ids;
    const { uint32s } = reader;
    const stemOfClass = this.#classes.stem;
    for (let i = 0; i < rows; i += 1) {
      const row = first + i;
      // Without numbers the words are never looked at.
      lows[row] = lowAt === 0 ? 0 : uint32s[lowAt + i]!;
      highs[row] = lowAt === 0 ? 0 : uint32s[highAt + i]!;
      stemOfRow[row] = stemOf[stemOfClass[this.#classOfRow[i]!]!]!;
    }
    ids.rows = first + rows;
    return true;
  }

  #textsOf(reader: ByteReader, rows: number, lowAt: number, highAt: number): string[] {
    const { flags, starts, lengths } = this.#stemsRead;
    const ids: string[] = [];
    for (let i = 0; i < rows; i += 1) {
      const stem = this.#classes.stem[this.#classOfRow[i]!]!;
      const start = starts[stem]!;
      const text = reader.bytes.toString('utf8', start, start + lengths[stem]!);
      ids.push(
        (flags[stem]! & HAS_NUMBER) === 0
          ? text
          : text + decimalOf(reader.uint32s[lowAt + i]!, reader.uint32s[highAt + i]!),
      );
    }
    return ids;
  }

  #adopt(builder: LightCurveBuilder, rows: number, ids: readonly string[] | undefined): void {
    const { kind, survey, passband } = this.#classes;
    for (let i = 0; i < rows; i += 1) {
      const rowClass = this.#classOfRow[i]!;
      const id = ids?.[i] as AlertId | undefined;
      builder.adopt(id, kind[rowClass]! & ~REMOVED, survey[rowClass]!, passband[rowClass]!);
    }
  }
}

/** The ids of a curve that was read, taken apart. */
class KnownIds implements NumberedIds {
  rows = 0;
  readonly lows: Uint32Array;
  readonly highs: Uint32Array;
  readonly stemOfRow: Uint8Array;
  readonly stems: string[] = [];
  readonly flags: number[] = [];
  /** Where the curve lies. */
  readonly block: CurveBlock;

  /** @param at  where in the block's memory there is room for the ids [byte] */
  constructor(block: CurveBlock, at: number, capacity: number) {
    this.block = block;
    this.lows = new Uint32Array(block.memory, at, capacity);
    this.highs = new Uint32Array(block.memory, at + capacity * 4, capacity);
    this.stemOfRow = new Uint8Array(block.memory, at + capacity * 8, capacity);
  }

  textOf(row: number): AlertId {
    const stem = this.stemOfRow[row]!;
    const text = this.stems[stem]!;
    if ((this.flags[stem]! & HAS_NUMBER) === 0) return text as AlertId;
    return (text + decimalOf(this.lows[row]!, this.highs[row]!)) as AlertId;
  }

  find(prefix: string, billions: number, rest: number, from: number, to: number): number {
    const { lows, highs } = this;
    const low = lowWordOf(billions, rest);
    const high = billions >>> 0;
    const end = Math.min(to, this.rows);
    for (let row = from; row < end; row += 1) {
      if (lows[row] === low && highs[row] === high && this.#hasStem(row, prefix, HAS_NUMBER)) return row;
    }
    return -1;
  }

  findText(alertId: AlertId, from: number, to: number): number {
    parts.parse(alertId);
    const stem = alertId.slice(0, parts.stemLength);
    if (parts.hasNumber) return this.find(stem, parts.high, parts.low, from, to);
    const end = Math.min(to, this.rows);
    for (let row = from; row < end; row += 1) if (this.#hasStem(row, stem, 0)) return row;
    return -1;
  }

  compare(a: number, b: number): number {
    const [stemA, stemB] = [this.stemOfRow[a]!, this.stemOfRow[b]!];
    if (stemA === stemB) {
      const [lowA, lowB] = [this.lows[a]!, this.lows[b]!];
      const [highA, highB] = [highOf(lowA, this.highs[a]!), highOf(lowB, this.highs[b]!)];
      // Of one length: digits and numbers have the same order.
      if (highA > 0 && highB > 0 && digitsOf(highA) === digitsOf(highB)) {
        return highA - highB || (lowA & 0x3fff_ffff) - (lowB & 0x3fff_ffff);
      }
    } else {
      const [one, other] = [this.stems[stemA]!, this.stems[stemB]!];
      if (!one.startsWith(other) && !other.startsWith(one)) return one < other ? -1 : 1;
    }
    const [one, other] = [this.textOf(a), this.textOf(b)];
    return one < other ? -1 : Number(one > other);
  }

  #hasStem(row: number, text: string, flag: number): boolean {
    const stem = this.stemOfRow[row]!;
    return (this.flags[stem]! & HAS_NUMBER) === flag && this.stems[stem] === text;
  }
}

/** Ids that are looked for, taken apart. */
const parts = new AlertIdParts();
/** The high part of a number from its words: see `AlertIdParts`. */
function highOf(lowWord: number, highWord: number): number {
  return highWord + (lowWord >>> 30) * 0x1_0000_0000;
}

/** A curve while its chunks are read: the columns of the builder are parts of one block of memory. */
export class CurveInReading {
  readonly builder = new LightCurveBuilder(0);
  /** Rows that there is room for. */
  readonly capacity: number;
  /** All columns, `capacity` values each, in the order of `LIGHT_CURVE_COLUMNS`. */
  readonly columns: Float64Array;
  /** The same memory as words. */
  readonly words: Uint32Array;
  readonly ids: KnownIds;

  /** @param rows  rows that will be read */
  constructor(rows: number, memory: CurveMemory) {
    const capacity = (rows + SPARE_ROWS + 7) & ~7;
    const doubles = LIGHT_CURVE_COLUMNS.length * capacity;
    const taken = memory.take(doubles * 8 + capacity * 11);
    const { memory: block, offset } = taken;
    this.capacity = capacity;
    this.columns = new Float64Array(block, offset, doubles);
    this.words = new Uint32Array(block, offset, doubles * 2);
    const { builder } = this;
    let at = offset + doubles * 8;
    this.ids = new KnownIds(taken, at, capacity);
    this.builder.adoptIds(this.ids);
    at += capacity * 9;
    builder.kind = new Uint8Array(block, at, capacity);
    builder.surveyNumber = new Uint8Array(block, at + capacity, capacity);
    for (let i = 0; i < LIGHT_CURVE_COLUMNS.length; i += 1) {
      builder[LIGHT_CURVE_COLUMNS[i]!] = new Float64Array(block, offset + i * capacity * 8, capacity);
    }
  }
}

/** Memory that curves lie in. */
interface CurveBlock {
  readonly memory: ArrayBuffer;
  /** Where the curve that was put in last begins; a multiple of eight. */
  offset: number;
  /** Where the next one can. */
  end: number;
  /** Curves in it. */
  curves: number;
}

/**
 * Memory for curves that are read, a few of them in a block.
 *
 * Those of a batch come and go together. Blocks whose curves were given back serve the next ones: the collector of garbage
 * knows how much memory was asked for, and looks through the whole heap for every 64 MB of it. A curve that is not given
 * back keeps its whole block, until it is garbage with it.
 */
class CurveMemory {
  #current: CurveBlock = newBlock(0);
  readonly #free: CurveBlock[] = [];

  /** Makes room. @returns the block; the room begins at its `offset` */
  take(bytes: number): CurveBlock {
    if (this.#current.end + bytes > this.#current.memory.byteLength) {
      this.#current = bytes > CURVE_BLOCK_BYTES ? newBlock(bytes) : (this.#free.pop() ?? newBlock(CURVE_BLOCK_BYTES));
    }
    const block = this.#current;
    block.offset = block.end;
    block.end += (bytes + 7) & ~7;
    block.curves += 1;
    return block;
  }

  /** A curve of a block is there no more. */
  giveBack(block: CurveBlock): void {
    block.curves -= 1;
    if (block.curves > 0) return;
    block.end = 0;
    const isOrdinary = block.memory.byteLength === CURVE_BLOCK_BYTES;
    if (block !== this.#current && isOrdinary && this.#free.length < MOST_FREE_BLOCKS) this.#free.push(block);
  }
}

function newBlock(bytes: number): CurveBlock {
  return { memory: new ArrayBuffer(bytes), offset: 0, end: 0, curves: 0 };
}

/** What `chooseCodec` found; one object, overwritten by each call. */
const chosen = { kind: 0, baseHigh: 0 };

/**
 * The first codec that gives back every bit of the values, none of them NaN.
 *
 * Most columns are told by their first two values, and by one more look at all of them.
 */
function chooseCodec(values: Float64Array, words: Uint32Array, count: number): typeof chosen {
  if (isConstant(words, count)) chosen.kind = CONSTANT;
  else if (!isInteger(values[0]!) || !isInteger(values[1]!) || !areIntegers(values, count)) {
    chosen.kind = areSingle(values, count) ? FLOAT32 : chooseSplit(words, count);
  }
  return chosen;
}

/** Of 32 bits; minus zero is none, since an integer cannot keep its sign. */
function isInteger(value: number): boolean {
  return (value | 0) === value && !Object.is(value, -0);
}

function isConstant(words: Uint32Array, count: number): boolean {
  const low = words[0]!;
  const high = words[1]!;
  for (let i = 1; i < count; i += 1) if (words[2 * i] !== low || words[2 * i + 1] !== high) return false;
  return true;
}

/** Whether all are integers; says in `chosen` how many bytes they need. */
function areIntegers(values: Float64Array, count: number): boolean {
  let lowest = 0;
  let highest = 0;
  for (let i = 0; i < count; i += 1) {
    const value = values[i]!;
    if (!isInteger(value)) return false;
    if (value < lowest) lowest = value;
    else if (value > highest) highest = value;
  }
  chosen.kind = lowest >= -0x80 && highest < 0x80 ? INT8 : lowest >= -0x8000 && highest < 0x8000 ? INT16 : INT32;
  return true;
}

function areSingle(values: Float64Array, count: number): boolean {
  for (let i = 0; i < count; i += 1) if (Math.fround(values[i]!) !== values[i]) return false;
  return true;
}

/** How doubles are written: by how far apart their high words are. */
function chooseSplit(words: Uint32Array, count: number): number {
  let lowest = words[1]!;
  let highest = lowest;
  for (let i = 1; i < count; i += 1) {
    const high = words[2 * i + 1]!;
    if (high < lowest) lowest = high;
    else if (high > highest) highest = high;
  }
  chosen.baseHigh = lowest;
  return highest - lowest < 0x100 ? SPLIT8 : highest - lowest < 0x10000 ? SPLIT16 : FLOAT64;
}

function writeValues(
  writer: ByteWriter,
  codec: typeof chosen,
  values: Float64Array,
  words: Uint32Array,
  count: number,
): void {
  switch (codec.kind) {
    case CONSTANT:
      writer.words(words, 0, 1, 2);
      break;
    case INT8:
      for (let i = 0; i < count; i += 1) writer.uint8(values[i]! & 0xff);
      break;
    case INT16:
      for (let i = 0; i < count; i += 1) writer.uint16(values[i]! & 0xffff);
      break;
    case INT32:
      for (let i = 0; i < count; i += 1) writer.uint32(values[i]! >>> 0);
      break;
    case FLOAT32:
      writer.float32s(values, count);
      break;
    case SPLIT8:
      writer.uint32(codec.baseHigh);
      writer.words(words, 0, 2, count);
      for (let i = 0; i < count; i += 1) writer.uint8(words[2 * i + 1]! - codec.baseHigh);
      break;
    case SPLIT16:
      writer.uint32(codec.baseHigh);
      writer.words(words, 0, 2, count);
      for (let i = 0; i < count; i += 1) writer.uint16(words[2 * i + 1]! - codec.baseHigh);
      break;
    default:
      writer.words(words, 0, 1, count * 2);
  }
}

function readValues(
  reader: ByteReader,
  kind: number,
  count: number,
  target: Float64Array,
  words: Uint32Array,
  at: number,
): void {
  const { bytes, uint32s, view } = reader;
  let from = reader.position;
  const end = at + count;
  switch (kind) {
    case CONSTANT: {
      words[2 * at] = uint32s[from >>> 2]!;
      words[2 * at + 1] = uint32s[(from >>> 2) + 1]!;
      if (count > 1) target.fill(target[at]!, at + 1, end);
      from += 8;
      break;
    }
    case INT8:
      for (let i = at; i < end; i += 1) target[i] = (bytes[from++]! << 24) >> 24;
      break;
    case INT16:
      for (let i = at; i < end; i += 1, from += 2) target[i] = view.getInt16(from);
      break;
    case INT32:
      for (let i = at; i < end; i += 1, from += 4) target[i] = view.getInt32(from);
      break;
    case FLOAT32: {
      const { float32s } = reader;
      const first = from >>> 2;
      for (let i = 0; i < count; i += 1) target[at + i] = float32s[first + i]!;
      from += count * 4;
      break;
    }
    case SPLIT8:
    case SPLIT16: {
      const base = view.getUint32(from);
      const low = (from + 4) >>> 2;
      from += 4 + count * 4;
      for (let i = 0, to = 2 * at; i < count; i += 1, to += 2) {
        words[to] = uint32s[low + i]!;
        if (kind === SPLIT8) {
          words[to + 1] = base + bytes[from]!;
          from += 1;
        } else {
          words[to + 1] = base + view.getUint16(from);
          from += 2;
        }
      }
      break;
    }
    case FLOAT64: {
      const first = from >>> 2;
      for (let i = 0; i < count * 2; i += 1) words[2 * at + i] = uint32s[first + i]!;
      from += count * 8;
      break;
    }
    default:
      throw new AntaresError(
        'ALERT_STORE_DAMAGED',
        `a light curve uses codec ${kind}; restore the store from a backup`,
      );
  }
  reader.position = from;
}

/** Spreads values over the rows that a mask names; the others become NaN. */
function scatter(
  target: Float64Array,
  at: number,
  rows: number,
  mask: Uint8Array,
  maskAt: number,
  values: Float64Array,
): void {
  let next = 0;
  for (let i = 0; i < rows; i += 1) {
    target[at + i] = (mask[maskAt + (i >>> 3)]! & (1 << (i & 7))) === 0 ? Number.NaN : values[next++]!;
  }
}

function countBits(bytes: Uint8Array, from: number, count: number): number {
  let bits = 0;
  for (let i = from; i < from + count; i += 1) for (let byte = bytes[i]!; byte !== 0; byte &= byte - 1) bits += 1;
  return bits;
}

/** A number in decimal digits, from its words: see `AlertIdParts`. */
function decimalOf(lowWord: number, highWord: number): string {
  const low = lowWord & 0x3fff_ffff;
  const high = highOf(lowWord, highWord);
  return high === 0 ? String(low) : high + String(low).padStart(9, '0');
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let bound = 10; bound <= value; bound *= 10) digits += 1;
  return digits;
}
