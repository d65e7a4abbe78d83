import { AntaresError } from '../../model/errors.ts';
import type { AlertId } from '../../model/ids.ts';
import { LIGHT_CURVE_COLUMNS } from '../../model/light-curve.ts';
import type { LightCurveBuilder } from '../../model/light-curve-builder.ts';
import { AlertIdParts } from './alert-id-parts.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { chooseCodec, countBits, MASKED, readValues, scatter, writeValues } from './column-values.ts';
import { CurveInReading } from './curve-in-reading.ts';
import { CurveMemory } from './curve-memory.ts';
import { decimalOf, HAS_NUMBER, type KnownIds } from './known-ids.ts';
import { CHUNK_ROWS } from './layout.ts';
import type { Words } from './words.ts';

const LAST_COLUMN = 0xff;
const REMOVED = 0x80;

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
