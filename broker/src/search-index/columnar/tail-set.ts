/** Numbers of a slot: number of the pair + 1 (0: empty), stem, halves of the tail. Side by side: memory is waited for once. */
const SLOT_SHIFT = 2;

/** Different pairs of stem and tail, each under a number: 0, 1, 2, … in the order in which they were added. */
export class TailSet {
  /** By hash, open addressing. */
  #slots: Int32Array;
  /** By number: where the slot begins. */
  #places: Int32Array;
  #size = 0;

  /** @param expected  pairs that it has room for before it grows */
  constructor(expected = 32) {
    let capacity = 64;
    while (capacity < 2 * expected) capacity *= 2;
    this.#slots = new Int32Array(capacity << SLOT_SHIFT);
    this.#places = new Int32Array(capacity >> 1);
  }

  get size(): number {
    return this.#size;
  }

  stemOf(number: number): number {
    return this.#slots[this.#places[number]! + 1]!;
  }

  highOf(number: number): number {
    return this.#slots[this.#places[number]! + 2]!;
  }

  lowOf(number: number): number {
    return this.#slots[this.#places[number]! + 3]!;
  }

  /** The number of a pair, added if need be. */
  numberOf(stem: number, high: number, low: number): number {
    const at = this.#placeOf(stem, high, low);
    const found = this.#slots[at]!;
    if (found > 0) return found - 1;
    if (this.#size === this.#places.length) {
      this.#grow();
      return this.numberOf(stem, high, low);
    }
    this.#places[this.#size] = at;
    this.#size += 1;
    this.#slots[at] = this.#size;
    this.#slots[at + 1] = stem;
    this.#slots[at + 2] = high;
    this.#slots[at + 3] = low;
    return this.#size - 1;
  }

  has(stem: number, high: number, low: number): boolean {
    return this.#slots[this.#placeOf(stem, high, low)] !== 0;
  }

  /** Where the slot of a pair begins, or where it would go. */
  #placeOf(stem: number, high: number, low: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = (hashOfTail(stem, high, low) << SLOT_SHIFT) & mask;
    while (slots[at] !== 0 && (slots[at + 3] !== low || slots[at + 2] !== high || slots[at + 1] !== stem)) {
      at = (at + (1 << SLOT_SHIFT)) & mask;
    }
    return at;
  }

  #grow(): void {
    const larger = new TailSet(2 * this.#places.length);
    for (let number = 0; number < this.#size; number += 1) {
      larger.numberOf(this.stemOf(number), this.highOf(number), this.lowOf(number));
    }
    this.#slots = larger.#slots;
    this.#places = larger.#places;
  }
}

/** A number of 32 bits for a pair, evenly spread. */
export function hashOfTail(stem: number, high: number, low: number): number {
  let hash = Math.imul(low ^ (stem << 27), 0x85ebca6b) ^ Math.imul(high, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
