import { Utf8Scratch } from './utf8-scratch.ts';

/** Stands between the elements of a list; no byte of UTF-8. */
export const SEPARATOR = 0xff;

const EMPTY = 0;
const TOMBSTONE = -1;
const FIRST_CAPACITY = 64;
/** Numbers of an entry, side by side: whoever looks at one waits for the memory of all. */
const START = 0;
const LENGTH = 1;
const USES = 2;
const HASH = 3;
const ENTRY_SHIFT = 2;
/** Garbage in the memory of texts before it is tidied up [bytes]. */
const LEAST_GARBAGE = 1 << 16;

/** What of a dictionary is kept on disk; the rest is worked out. */
export interface DictionaryImage {
  /** Codes given out, freed ones included. */
  readonly size: number;
  /** Of each code where it begins, its length, uses, hash. */
  readonly entries: Uint32Array;
  readonly bytes: Uint8Array;
}

/**
 * Texts, or lists of texts, each once, under small numbers (codes) that count how often they are used.
 *
 * An entry is the UTF-8 of its text; a list is its elements, sorted, with {@link SEPARATOR} between. Everything lies in a
 * few large arrays: a million texts of 20 letters take 45 MB, a fifth of what strings in a Map would, and no garbage
 * collector looks at them.
 */
export class ByteDictionary {
  #bytes = new Uint8Array(1024);
  #end = 0;
  #garbage = 0;
  /** By code where the entry begins, its length, how often it is used, its hash. */
  #entries = new Uint32Array(FIRST_CAPACITY << ENTRY_SHIFT);
  /** Code + 1 by hash, open addressing. */
  #slots = new Int32Array(2 * FIRST_CAPACITY);
  #usedSlots = 0;
  #size = 0;
  #live = 0;
  readonly #free: number[] = [];
  /** Codes of lists with more than one element. */
  readonly #lists = new Set<number>();
  readonly #scratch = new Utf8Scratch();
  /** Whether the last {@link findOrAdd} added. */
  wasAdded = false;

  /** @param firstCode  codes below it are never given out; at most 64 */
  constructor(firstCode = 0) {
    this.#size = firstCode;
  }

  /** Codes are below this. */
  get size(): number {
    return this.#size;
  }

  /** Entries in use. */
  get live(): number {
    return this.#live;
  }

  /** Codes of entries with more than one element. */
  get lists(): ReadonlySet<number> {
    return this.#lists;
  }

  /** The memory of all entries; valid until the next {@link acquire}. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Bytes in memory. */
  get memory(): number {
    return this.#bytes.byteLength + this.#entries.byteLength + this.#slots.byteLength;
  }

  startOf(code: number): number {
    return this.#entries[(code << ENTRY_SHIFT) + START]!;
  }

  endOf(code: number): number {
    return this.startOf(code) + this.#lengthOf(code);
  }

  isLive(code: number): boolean {
    return this.usesOf(code) > 0;
  }

  /** The code of a text, made and used once where it is new ({@link wasAdded}); no more used where it is not. */
  findOrAdd(text: string): number {
    this.#scratch.load(text);
    const size = this.#live;
    const code = this.#acquire(this.#scratch.bytes, 0, this.#scratch.end, false);
    this.wasAdded = this.#live > size;
    if (!this.wasAdded) this.#entries[(code << ENTRY_SHIFT) + USES]! -= 1;
    return code;
  }

  /**
   * The code of a text in place of another that is given back: the same where the text is the same, which is told without
   * looking for it.
   *
   * @param before  code in use; -1 for none
   * @param bytes  the text's UTF-8 from `start` to `end`
   */
  exchange(before: number, bytes: Uint8Array, start: number, end: number): number {
    return this.#exchange(before, bytes, start, end, false);
  }

  /** As {@link exchange}, of a list. @param texts  sorted, unique, not empty */
  exchangeList(before: number, texts: readonly string[]): number {
    this.#loadList(texts);
    return this.#exchange(before, this.#scratch.bytes, 0, this.#scratch.end, texts.length > 1);
  }

  /** The code of a list, made if need be, used once more. @param texts  sorted, unique, not empty */
  acquireList(texts: readonly string[]): number {
    this.#loadList(texts);
    return this.#acquire(this.#scratch.bytes, 0, this.#scratch.end, texts.length > 1);
  }

  /** Takes over an entry of another dictionary, with all its uses. @param code  in use there @returns its code here */
  takeOver(other: ByteDictionary, code: number): number {
    const added = this.#acquire(other.bytes, other.startOf(code), other.endOf(code), other.lists.has(code));
    this.#entries[(added << ENTRY_SHIFT) + USES]! += other.usesOf(code) - 1;
    return added;
  }

  /** How often an entry is used. */
  usesOf(code: number): number {
    return this.#entries[(code << ENTRY_SHIFT) + USES]!;
  }

  /** Uses an entry once more. @param code  in use */
  addUse(code: number): void {
    this.#entries[(code << ENTRY_SHIFT) + USES]! += 1;
  }

  /** The code of a text, or of a list of it alone; -1 where there is none. */
  find(text: string): number {
    this.#scratch.load(text);
    const { bytes, end } = this.#scratch;
    const slot = this.#slotOf(hashOf(bytes, 0, end), bytes, 0, end);
    const found = this.#slots[slot]!;
    return found > 0 ? found - 1 : -1;
  }

  /** Gives back a use; an entry without any makes room for another. */
  release(code: number): void {
    this.#entries[(code << ENTRY_SHIFT) + USES]! -= 1;
    if (this.usesOf(code) > 0) return;
    const mask = this.#slots.length - 1;
    let slot = this.#entries[(code << ENTRY_SHIFT) + HASH]! & mask;
    while (this.#slots[slot] !== code + 1) slot = (slot + 1) & mask;
    this.#slots[slot] = TOMBSTONE;
    this.#garbage += this.#lengthOf(code);
    this.#live -= 1;
    this.#lists.delete(code);
    this.#free.push(code);
    if (this.#garbage > LEAST_GARBAGE && this.#garbage > this.#end / 2) this.#tidy();
  }

  /** The text of an entry. */
  textOf(code: number): string {
    return this.textAt(this.startOf(code), this.endOf(code));
  }

  /** Elements of an entry; one for a text. */
  elementsOf(code: number): string[] {
    if (!this.#lists.has(code)) return [this.textOf(code)];
    const texts: string[] = [];
    this.forEachElement(code, (start, end) => {
      texts.push(this.textAt(start, end));
    });
    return texts;
  }

  /** Calls with where each element of an entry lies in {@link bytes}. */
  forEachElement(code: number, visit: (start: number, end: number) => void): void {
    const end = this.endOf(code);
    let start = this.startOf(code);
    if (this.#lists.has(code)) {
      for (let at = start; at < end; at += 1) {
        if (this.#bytes[at] !== SEPARATOR) continue;
        visit(start, at);
        start = at + 1;
      }
    }
    visit(start, end);
  }

  /** The text of a range of {@link bytes}. */
  textAt(start: number, end: number): string {
    return utf8Text(this.#bytes, start, end);
  }

  /** Order of two entries by their bytes, which is that of code points. */
  compare(a: number, b: number): number {
    return compareBytes(this.#bytes, this.startOf(a), this.endOf(a), this.#bytes, this.startOf(b), this.endOf(b));
  }

  toImage(): DictionaryImage {
    return {
      size: this.#size,
      entries: this.#entries.subarray(0, this.#size << ENTRY_SHIFT),
      bytes: this.#bytes.subarray(0, this.#end),
    };
  }

  /** @param firstCode  the one that it was made with */
  static fromImage({ size, entries, bytes }: DictionaryImage, firstCode = 0): ByteDictionary {
    const dictionary = new ByteDictionary(firstCode);
    const capacity = capacityFor(size);
    dictionary.#size = size;
    dictionary.#entries = grown(entries, capacity << ENTRY_SHIFT);
    dictionary.#bytes = new Uint8Array(Math.max(1024, bytes.length + (bytes.length >> 3)));
    dictionary.#bytes.set(bytes);
    dictionary.#end = bytes.length;
    let used = 0;
    const hasLists = bytes.includes(SEPARATOR);
    for (let code = size - 1; code >= firstCode; code -= 1) {
      if (!dictionary.isLive(code)) {
        dictionary.#free.push(code);
        continue;
      }
      dictionary.#live += 1;
      const start = dictionary.startOf(code);
      const end = dictionary.endOf(code);
      used += end - start;
      if (hasLists && bytes.subarray(start, end).includes(SEPARATOR)) dictionary.#lists.add(code);
    }
    dictionary.#garbage = bytes.length - used;
    dictionary.#rehash(2 * capacity);
    return dictionary;
  }

  #lengthOf(code: number): number {
    return this.#entries[(code << ENTRY_SHIFT) + LENGTH]!;
  }

  #exchange(before: number, bytes: Uint8Array, start: number, end: number, isList: boolean): number {
    if (before >= 0) {
      const isSame = this.#lengthOf(before) === end - start && this.#equals(this.startOf(before), bytes, start, end);
      if (isSame) return before;
    }
    const code = this.#acquire(bytes, start, end, isList);
    if (before >= 0) this.release(before);
    return code;
  }

  /** @param bytes  of the entry, from `start` to `end`; not {@link bytes} */
  #acquire(bytes: Uint8Array, start: number, end: number, isList: boolean): number {
    const hash = hashOf(bytes, start, end);
    let slot = this.#slotOf(hash, bytes, start, end);
    const found = this.#slots[slot]!;
    if (found > 0) {
      this.#entries[((found - 1) << ENTRY_SHIFT) + USES]! += 1;
      return found - 1;
    }
    if (found === EMPTY && 2 * (this.#usedSlots + 1) > this.#slots.length) {
      this.#rehash(4 * this.#live > this.#slots.length ? 2 * this.#slots.length : this.#slots.length);
      slot = this.#slotOf(hash, bytes, start, end);
    }
    const code = this.#free.pop() ?? this.#size++;
    if (code << ENTRY_SHIFT >= this.#entries.length) this.#growCodes();
    const length = end - start;
    if (this.#end + length > this.#bytes.length) this.#growBytes(length);
    const target = this.#bytes;
    const at = this.#end;
    for (let i = 0; i < length; i += 1) target[at + i] = bytes[start + i]!;
    this.#entries[(code << ENTRY_SHIFT) + START] = at;
    this.#entries[(code << ENTRY_SHIFT) + LENGTH] = length;
    this.#entries[(code << ENTRY_SHIFT) + USES] = 1;
    this.#entries[(code << ENTRY_SHIFT) + HASH] = hash;
    this.#end += length;
    this.#live += 1;
    if (isList) this.#lists.add(code);
    if (this.#slots[slot] === EMPTY) this.#usedSlots += 1;
    this.#slots[slot] = code + 1;
    return code;
  }

  /** Where an entry is, or where it would go. */
  #slotOf(hash: number, bytes: Uint8Array, start: number, end: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    let grave = -1;
    for (;;) {
      const entry = slots[slot]!;
      if (entry === EMPTY) return grave >= 0 ? grave : slot;
      if (entry === TOMBSTONE) {
        if (grave < 0) grave = slot;
      } else if (
        (this.#entries[((entry - 1) << ENTRY_SHIFT) + HASH]! | 0) === hash &&
        this.#lengthOf(entry - 1) === end - start &&
        this.#equals(this.startOf(entry - 1), bytes, start, end)
      ) {
        return slot;
      }
      slot = (slot + 1) & mask;
    }
  }

  /** Whether an entry that begins at a place has these bytes. */
  #equals(at: number, bytes: Uint8Array, start: number, end: number): boolean {
    const own = this.#bytes;
    // From the end: names of one kind begin alike.
    for (let i = end - start - 1; i >= 0; i -= 1) if (own[at + i] !== bytes[start + i]) return false;
    return true;
  }

  /** Puts a list into the scratch. */
  #loadList(texts: readonly string[]): void {
    this.#scratch.clear();
    for (let i = 0; i < texts.length; i += 1) {
      if (i > 0) this.#scratch.appendByte(SEPARATOR);
      this.#scratch.append(texts[i]!);
    }
  }

  #growCodes(): void {
    this.#entries = grown(this.#entries, 2 * this.#entries.length);
  }

  #growBytes(needed: number): void {
    const size = Math.max(this.#end + needed, Math.ceil(1.25 * this.#bytes.length));
    const larger = new Uint8Array(size);
    larger.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = larger;
  }

  #rehash(slotCount: number): void {
    const slots = new Int32Array(slotCount);
    const mask = slotCount - 1;
    this.#usedSlots = 0;
    for (let code = 0; code < this.#size; code += 1) {
      if (this.usesOf(code) === 0) continue;
      let slot = this.#entries[(code << ENTRY_SHIFT) + HASH]! & mask;
      while (slots[slot] !== EMPTY) slot = (slot + 1) & mask;
      slots[slot] = code + 1;
      this.#usedSlots += 1;
    }
    this.#slots = slots;
  }

  /** Moves entries together over what was given back. */
  #tidy(): void {
    const bytes = new Uint8Array(Math.max(1024, Math.ceil(1.25 * (this.#end - this.#garbage))));
    let end = 0;
    for (let code = 0; code < this.#size; code += 1) {
      if (this.usesOf(code) === 0) continue;
      const start = this.startOf(code);
      bytes.set(this.#bytes.subarray(start, start + this.#lengthOf(code)), end);
      this.#entries[(code << ENTRY_SHIFT) + START] = end;
      end += this.#lengthOf(code);
    }
    this.#bytes = bytes;
    this.#end = end;
    this.#garbage = 0;
  }
}

/** The text that a range of bytes is. */
export function utf8Text(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}

/** Order of two ranges of bytes. */
export function compareBytes(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  const length = Math.min(aEnd - aStart, bEnd - bStart);
  for (let i = 0; i < length; i += 1) {
    const difference = a[aStart + i]! - b[bStart + i]!;
    if (difference !== 0) return difference;
  }
  return aEnd - aStart - (bEnd - bStart);
}

/** FNV-1a with a finaliser: neighbours in the alphabet go far apart. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i += 1) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

function grown(array: Uint32Array, capacity: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(capacity);
  larger.set(array);
  return larger;
}

function capacityFor(size: number): number {
  let capacity = FIRST_CAPACITY;
  while (capacity < size) capacity *= 2;
  return capacity;
}
