/** Different pairs of stem and tail, each under a number: 0, 1, 2, … in the order in which they were added. */
export class TailSet {
  readonly #stems: number[] = [];
  readonly #highs: number[] = [];
  readonly #lows: number[] = [];
  /** Number + 1 by hash, open addressing. */
  #slots = new Int32Array(64);

  get size(): number {
    return this.#stems.length;
  }

  stemOf(number: number): number {
    return this.#stems[number]!;
  }

  highOf(number: number): number {
    return this.#highs[number]!;
  }

  lowOf(number: number): number {
    return this.#lows[number]!;
  }

  /** The number of a pair, added if need be. */
  numberOf(stem: number, high: number, low: number): number {
    const slot = this.#slotOf(stem, high, low);
    const found = this.#slots[slot]!;
    if (found > 0) return found - 1;
    this.#stems.push(stem);
    this.#highs.push(high);
    this.#lows.push(low);
    this.#slots[slot] = this.size;
    if (2 * this.size > this.#slots.length) this.#grow();
    return this.size - 1;
  }

  has(stem: number, high: number, low: number): boolean {
    return this.#slots[this.#slotOf(stem, high, low)] !== 0;
  }

  /** Where a pair is, or where it would go. */
  #slotOf(stem: number, high: number, low: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hashOf(stem, high, low) & mask;
    for (;;) {
      const number = slots[slot]! - 1;
      if (number < 0) return slot;
      if (this.#lows[number] === low && this.#highs[number] === high && this.#stems[number] === stem) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const slots = new Int32Array(2 * this.#slots.length);
    const mask = slots.length - 1;
    for (let number = 0; number < this.size; number += 1) {
      let slot = hashOf(this.#stems[number]!, this.#highs[number]!, this.#lows[number]!) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.#slots = slots;
  }
}

function hashOf(stem: number, high: number, low: number): number {
  let hash = Math.imul(low ^ (stem << 27), 0x85ebca6b) ^ Math.imul(high, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
