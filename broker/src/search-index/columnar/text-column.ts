import { ByteDictionary, compareBytes, utf8Text } from './byte-dictionary.ts';
import { chooseStems } from './choose-stems.ts';
import { CHUNK_ROWS } from './chunks.ts';
import { NumberColumn } from './number-column.ts';
import { STEM_LIMIT, type Stem, Stems } from './stems.ts';
import { TailColumn } from './tail-column.ts';
import { Utf8Scratch } from './utf8-scratch.ts';

/** Entries of a dictionary from which on it is looked for stems. */
const FIRST_REVIEW = 256;

/** Memory in which a text is put together. */
interface BuiltText {
  bytes: Uint8Array;
  stem: number;
}

/** Where a text lies. */
export interface TextPlace {
  bytes: Uint8Array;
  start: number;
  end: number;
}

const scratch = new Utf8Scratch();

/**
 * Texts or lists of texts by row.
 *
 * A text that begins as many others do and ends with a number or with a few letters (`ztf_candidate:2345678901234567890`,
 * `ZTF18abcdefg`) is kept as the code of that stem, below {@link STEM_LIMIT}, and its tail of 64 bits: ids are
 * different in every row, and an entry of a dictionary takes six times as much. Every other one is the code of its entry.
 * Which stems there are follows from the texts: the dictionary is looked through whenever it has doubled. A text is in
 * one form in all rows, so that equal ones are told by their codes and tails.
 */
export class TextColumn {
  #codes: NumberColumn;
  #dictionary: ByteDictionary;
  readonly stems: Stems;
  readonly tails: TailColumn;
  #nextReview: number;
  /** Texts that are put together of stem and tail: memory for two, and the stem that is written there. */
  readonly #built: readonly [BuiltText, BuiltText] = [
    { bytes: new Uint8Array(0), stem: -1 },
    { bytes: new Uint8Array(0), stem: -1 },
  ];

  constructor(
    codes = new NumberColumn(),
    dictionary = new ByteDictionary(STEM_LIMIT),
    stems: readonly Stem[] = [],
    tails = new TailColumn(),
  ) {
    this.#codes = codes;
    this.#dictionary = dictionary;
    this.stems = new Stems(stems);
    this.tails = tails;
    this.#nextReview = Math.max(FIRST_REVIEW, 2 * dictionary.live);
    this.#makeRoom();
  }

  /** By row the code of a stem or of an entry of {@link dictionary}. Another column after new texts were set. */
  get codes(): NumberColumn {
    return this.#codes;
  }

  /** Texts and lists without a stem. Another one after new texts were set. */
  get dictionary(): ByteDictionary {
    return this.#dictionary;
  }

  /**
   * Sets a text for many rows.
   *
   * @param bytes  UTF-8 of the texts, of which each takes up what is between its start and its end
   * @param had  set to 1 for each that had a text before, to 0 for the others
   */
  setMany(
    rows: Int32Array,
    bytes: Uint8Array,
    starts: ArrayLike<number>,
    ends: ArrayLike<number>,
    count: number,
    had: Uint8Array,
  ): void {
    for (let i = 0; i < count; i += 1) had[i] = this.#set(rows[i]!, bytes, starts[i]!, ends[i]!) ? 1 : 0;
    this.#review();
  }

  /** Sets a list. @param texts  sorted, unique, not empty @returns whether the row had one before */
  setList(row: number, texts: readonly string[]): boolean {
    let had: boolean;
    if (texts.length === 1) {
      scratch.load(texts[0]!);
      had = this.#set(row, scratch.bytes, 0, scratch.end);
    } else {
      const before = this.#codes.codeOf(row);
      this.#replace(row, before, this.#dictionary.exchangeList(before < STEM_LIMIT ? -1 : before, texts));
      had = before >= 0;
    }
    this.#review();
    return had;
  }

  /** Takes the text of a row away. @returns whether it had one */
  clear(row: number): boolean {
    const code = this.#codes.codeOf(row);
    if (code < 0) return false;
    this.#codes.clear(row);
    if (code < STEM_LIMIT) this.tails.clear(row);
    else this.#dictionary.release(code);
    return true;
  }

  /** Elements of the list of a row, one for a text; none where it has none. */
  elementsOf(row: number): string[] {
    const code = this.#codes.codeOf(row);
    if (code < 0) return [];
    return code < STEM_LIMIT ? [this.stemmedText(row, code)] : this.#dictionary.elementsOf(code);
  }

  /** The text of a row that has a stem. */
  stemmedText(row: number, stem: number): string {
    this.tails.read(row);
    return this.textOf(stem, this.tails.high, this.tails.low);
  }

  /** The text of a stem and a tail. */
  textOf(stem: number, high: number, low: number): string {
    const built = this.#built[0];
    const end = this.#write(stem, high, low, built);
    return utf8Text(built.bytes, 0, end);
  }

  /** Says where the text of a row that has a stem lies: valid until the next call. */
  locateStemmed(row: number, stem: number, place: TextPlace): void {
    this.#build(row, stem, this.#built[0], place);
  }

  /** Order of the texts of two rows, neither a list. @param a, b  rows @param x, y  their codes */
  compare(a: number, x: number, b: number, y: number): number {
    if (x >= STEM_LIMIT && y >= STEM_LIMIT) return this.#dictionary.compare(x, y);
    if (x < STEM_LIMIT && y < STEM_LIMIT) {
      const { tails } = this;
      tails.read(a);
      const { high, low } = tails;
      tails.read(b);
      const compared = this.stems.compare(x, high, low, y, tails.high, tails.low);
      if (compared !== undefined) return compared;
    }
    const [one, other] = COMPARED;
    this.#locate(a, x, this.#built[0], one);
    this.#locate(b, y, this.#built[1], other);
    return compareBytes(one.bytes, one.start, one.end, other.bytes, other.start, other.end);
  }

  /** Bytes in memory. */
  get memory(): number {
    return this.#codes.memory + this.#dictionary.memory + this.tails.memory;
  }

  /** @returns whether the row had a text before */
  #set(row: number, bytes: Uint8Array, start: number, end: number): boolean {
    const before = this.#codes.codeOf(row);
    const stem = this.stems.size === 0 ? -1 : this.stems.find(bytes, start, end);
    if (stem < 0) {
      this.#replace(row, before, this.#dictionary.exchange(before < STEM_LIMIT ? -1 : before, bytes, start, end));
      return before >= 0;
    }
    const hadTail = before >= 0 && before < STEM_LIMIT;
    this.tails.set(row, this.stems.high, this.stems.low, !hadTail);
    if (before !== stem) {
      this.#codes.set(row, stem);
      if (before >= STEM_LIMIT) this.#dictionary.release(before);
    }
    return before >= 0;
  }

  /** Gives a row an entry in place of the code that it had. */
  #replace(row: number, before: number, code: number): void {
    if (code === before) return;
    this.#codes.set(row, code);
    if (before >= 0 && before < STEM_LIMIT) this.tails.clear(row);
  }

  #locate(row: number, code: number, built: BuiltText, place: TextPlace): void {
    if (code < STEM_LIMIT) {
      this.#build(row, code, built, place);
      return;
    }
    place.bytes = this.#dictionary.bytes;
    place.start = this.#dictionary.startOf(code);
    place.end = this.#dictionary.endOf(code);
  }

  #build(row: number, stem: number, built: BuiltText, place: TextPlace): void {
    this.tails.read(row);
    place.bytes = built.bytes;
    place.start = 0;
    place.end = this.#write(stem, this.tails.high, this.tails.low, built);
  }

  #write(stem: number, high: number, low: number, built: BuiltText): number {
    if (built.stem === stem) return this.stems.writeTail(stem, high, low, built.bytes);
    built.stem = stem;
    return this.stems.write(stem, high, low, built.bytes);
  }

  /** Looks for stems where the dictionary has become twice as large as it was when they were looked for last. */
  #review(): void {
    if (this.#dictionary.live < this.#nextReview) return;
    const stems = chooseStems(this.#dictionary, STEM_LIMIT - this.stems.size);
    if (stems.length > 0) this.#admit(stems);
    this.#nextReview = Math.max(FIRST_REVIEW, 2 * this.#dictionary.live);
  }

  /** Takes up stems: the texts that have them leave the dictionary, which is made anew without them. */
  #admit(added: readonly Stem[]): void {
    for (const stem of added) this.stems.add(stem);
    this.#makeRoom();
    const [oldCodes, old] = [this.#codes, this.#dictionary];
    this.#codes = new NumberColumn();
    this.#dictionary = new ByteDictionary(STEM_LIMIT);
    /** By code as it was: the code now, 0 where that is not known yet. */
    const moved = new Int32Array(old.size);
    for (let row = 0; row < CHUNK_ROWS * oldCodes.chunks.length; row += 1) {
      const before = oldCodes.codeOf(row);
      if (before < 0) continue;
      let code = before < STEM_LIMIT ? before : moved[before]!;
      if (code === 0 && before >= STEM_LIMIT) {
        const stem = old.lists.has(before) ? -1 : this.stems.find(old.bytes, old.startOf(before), old.endOf(before));
        code = stem < 0 ? this.#dictionary.takeOver(old, before) : stem;
        if (stem < 0) moved[before] = code;
        else this.tails.set(row, this.stems.high, this.stems.low, true);
      }
      this.#codes.set(row, code);
    }
  }

  #makeRoom(): void {
    for (const built of this.#built) {
      built.bytes = new Uint8Array(this.stems.mostBytes);
      built.stem = -1;
    }
  }
}

const COMPARED: readonly [TextPlace, TextPlace] = [
  { bytes: new Uint8Array(0), start: 0, end: 0 },
  { bytes: new Uint8Array(0), start: 0, end: 0 },
];
