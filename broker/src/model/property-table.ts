import type { Properties, PropertyValue } from './property.ts';

/** What a slot of a {@link PropertyTable} holds; a slot of a property that was taken away holds nothing. */
export const [FLOAT_SLOT, INT_SLOT, TEXT_SLOT, FLAG_SLOT, NO_SLOT] = [0, 1, 2, 3, 4] as const;

const LEAST_CAPACITY = 32;
/** Tables of more properties are left to the garbage collector. */
const LARGEST_KEPT_CAPACITY = 4096;

const numbers = new Map<string, number>();
const names: string[] = [];

/**
 * The number of a property's name in this thread: 0, 1, 2, … in the order in which names are first met. It means nothing
 * to another thread or after a restart, and is never stored.
 */
export function propertyNumber(name: string): number {
  let number = numbers.get(name);
  if (number === undefined) {
    number = names.length;
    numbers.set(name, number);
    names.push(name);
  }
  return number;
}

/** The name of a number that {@link propertyNumber} gave. */
export function propertyName(number: number): string {
  return names[number]!;
}

/**
 * Properties in columns: what a map of them does, at a tenth of the memory and without garbage.
 *
 * A locus has up to some five hundred properties and is read, changed and written with each of its alerts; as maps they were
 * the most of what the garbage collector had to do. Each property has a slot, in insertion order: the number of its name, a
 * type, and eight bytes that hold a double, a 64-bit integer, a flag or which text. Slots are found by an open table of
 * name numbers.
 */
export class PropertyTable implements Properties {
  /** Slots in use, those of properties that were taken away among them. */
  #count = 0;
  #gone = 0;
  #memory: TableMemory;
  readonly #texts: string[] = [];

  /** @param memory  of no other table; see {@link PropertyTablePool} */
  constructor(memory: TableMemory = NO_MEMORY) {
    this.#memory = memory;
  }

  get size(): number {
    return this.#count - this.#gone;
  }

  /** Slots in use, from 0 on; those of type {@link NO_SLOT} are to be passed over. */
  get slots(): number {
    return this.#count;
  }

  typeAt(slot: number): number {
    return this.#memory.types[slot]!;
  }

  /** See {@link propertyNumber}. */
  numberAt(slot: number): number {
    return this.#memory.numbers[slot]!;
  }

  floatAt(slot: number): number {
    return this.#memory.floats[slot]!;
  }

  intAt(slot: number): bigint {
    return this.#memory.ints[slot]!;
  }

  flagAt(slot: number): boolean {
    return this.#memory.floats[slot] !== 0;
  }

  textAt(slot: number): string {
    return this.#texts[this.#memory.floats[slot]!]!;
  }

  has(name: string): boolean {
    return this.#find(numbers.get(name)) !== -1;
  }

  get(name: string): PropertyValue | undefined {
    const slot = this.#find(numbers.get(name));
    return slot === -1 ? undefined : this.#valueAt(slot);
  }

  set(name: string, value: PropertyValue): this {
    const number = propertyNumber(name);
    switch (typeof value) {
      case 'number':
        this.setFloat(number, value);
        break;
      case 'bigint':
        this.setInt(number, value);
        break;
      case 'string':
        this.setText(number, value);
        break;
      default:
        this.setFlag(number, value);
    }
    return this;
  }

  /** As {@link set}, of a number as {@link propertyNumber} gives it. */
  setFloat(number: number, value: number): void {
    const slot = this.#slotFor(number);
    this.#memory.types[slot] = FLOAT_SLOT;
    this.#memory.floats[slot] = value;
  }

  /** @throws TypeError  for an integer of more than 64 bits */
  setInt(number: number, value: bigint): void {
    if (BigInt.asIntN(64, value) !== value) throw new TypeError(`an integer property is of 64 bits, got ${value}`);
    const slot = this.#slotFor(number);
    this.#memory.types[slot] = INT_SLOT;
    this.#memory.ints[slot] = value;
  }

  setFlag(number: number, value: boolean): void {
    const slot = this.#slotFor(number);
    this.#memory.types[slot] = FLAG_SLOT;
    this.#memory.floats[slot] = value ? 1 : 0;
  }

  setText(number: number, value: string): void {
    const slot = this.#slotFor(number);
    const { types, floats } = this.#memory;
    if (types[slot] === TEXT_SLOT) {
      this.#texts[floats[slot]!] = value;
      return;
    }
    types[slot] = TEXT_SLOT;
    floats[slot] = this.#texts.length;
    this.#texts.push(value);
  }

  delete(name: string): boolean {
    const slot = this.#find(numbers.get(name));
    if (slot === -1) return false;
    // Its place in the open table stays: a property that comes back finds it there, and goes to the end.
    this.#memory.types[slot] = NO_SLOT;
    this.#gone += 1;
    return true;
  }

  forEach(visit: (value: PropertyValue, name: string) => void): void {
    for (let slot = 0; slot < this.#count; slot += 1) {
      if (this.#memory.types[slot] !== NO_SLOT) visit(this.#valueAt(slot), names[this.#memory.numbers[slot]!]!);
    }
  }

  *keys(): IterableIterator<string> {
    for (let slot = 0; slot < this.#count; slot += 1) {
      if (this.#memory.types[slot] !== NO_SLOT) yield names[this.#memory.numbers[slot]!]!;
    }
  }

  *[Symbol.iterator](): IterableIterator<[string, PropertyValue]> {
    for (let slot = 0; slot < this.#count; slot += 1) {
      if (this.#memory.types[slot] === NO_SLOT) continue;
      yield [names[this.#memory.numbers[slot]!]!, this.#valueAt(slot)];
    }
  }

  /** Takes everything away. @returns the memory, which is the caller's */
  clear(): TableMemory {
    const memory = this.#memory;
    this.#memory = NO_MEMORY;
    this.#count = 0;
    this.#gone = 0;
    this.#texts.length = 0;
    return memory;
  }

  #valueAt(slot: number): PropertyValue {
    switch (this.#memory.types[slot]) {
      case FLOAT_SLOT:
        return this.#memory.floats[slot]!;
      case INT_SLOT:
        return this.#memory.ints[slot]!;
      case TEXT_SLOT:
        return this.textAt(slot);
      default:
        return this.flagAt(slot);
    }
  }

  /** The slot of a property; -1 where there is none. */
  #find(number: number | undefined): number {
    if (number === undefined || this.#count === 0) return -1;
    const memory = this.#memory;
    const slot = memory.places[placeOf(memory, number)]! - 1;
    return slot !== -1 && memory.types[slot] === NO_SLOT ? -1 : slot;
  }

  /** The slot of a property, a new one at the end where it has none. */
  #slotFor(number: number): number {
    if (this.#count === this.#memory.capacity) this.#grow();
    const memory = this.#memory;
    const place = placeOf(memory, number);
    const known = memory.places[place]! - 1;
    if (known !== -1 && memory.types[known] !== NO_SLOT) return known;
    const slot = this.#count;
    this.#count += 1;
    // That one is not passed over twice: nothing leads to it any more, and `gone` counts it until the slots are laid out anew.
    memory.places[place] = slot + 1;
    memory.numbers[slot] = number;
    memory.types[slot] = NO_SLOT;
    return slot;
  }

  /** Lays the slots out anew in more memory, without those of properties that were taken away. */
  #grow(): void {
    const before = this.#memory;
    const memory = newMemory(Math.max(LEAST_CAPACITY, 2 * this.size));
    let count = 0;
    for (let slot = 0; slot < this.#count; slot += 1) {
      if (before.types[slot] === NO_SLOT) continue;
      const number = before.numbers[slot]!;
      memory.places[placeOf(memory, number)] = count + 1;
      memory.numbers[count] = number;
      memory.types[count] = before.types[slot]!;
      // As an integer: a double that is no number need not keep its bits.
      memory.ints[count] = before.ints[slot]!;
      count += 1;
    }
    this.#memory = memory;
    this.#count = count;
    this.#gone = 0;
  }
}

/** What a table lies in. */
export interface TableMemory {
  /** Most slots. */
  readonly capacity: number;
  /** By slot; `floats` and `ints` are the same bytes. */
  readonly floats: Float64Array;
  readonly ints: BigInt64Array;
  readonly numbers: Int32Array;
  readonly types: Uint8Array;
  /** Slot + 1 by number, open addressing; twice as many as slots, a power of two. */
  readonly places: Int32Array;
}

/** Gives memory to tables, and takes it back. */
export class PropertyTablePool {
  readonly #free: TableMemory[] = [];
  readonly #most: number;

  /** @param most  pieces of memory that are kept at most */
  constructor(most: number) {
    this.#most = most;
  }

  /** An empty table. @param size  properties that there will be, and some more */
  take(size: number): PropertyTable {
    const free = this.#free.pop();
    if (free === undefined || free.capacity < size) return new PropertyTable(newMemory(size));
    free.places.fill(0);
    return new PropertyTable(free);
  }

  /** Takes back the memory of a table that nobody looks at any more: it is empty from then on. */
  giveBack(table: PropertyTable): void {
    const memory = table.clear();
    if (memory.capacity === 0 || memory.capacity > LARGEST_KEPT_CAPACITY || this.#free.length >= this.#most) return;
    this.#free.push(memory);
  }
}

/** Where in `places` a number is, or belongs. */
function placeOf({ places, numbers: numberOf }: TableMemory, number: number): number {
  const mask = places.length - 1;
  let place = number & mask;
  for (let entry = places[place]!; entry !== 0 && numberOf[entry - 1] !== number; entry = places[place]!) {
    place = (place + 1) & mask;
  }
  return place;
}

function newMemory(size: number): TableMemory {
  const capacity = 2 ** Math.ceil(Math.log2(Math.max(size, LEAST_CAPACITY)));
  const memory = new ArrayBuffer(21 * capacity);
  return {
    capacity,
    floats: new Float64Array(memory, 0, capacity),
    ints: new BigInt64Array(memory, 0, capacity),
    places: new Int32Array(memory, 8 * capacity, 2 * capacity),
    numbers: new Int32Array(memory, 16 * capacity, capacity),
    types: new Uint8Array(memory, 20 * capacity, capacity),
  };
}

/** Of tables that hold nothing yet: a single place, never taken. */
const NO_MEMORY: TableMemory = {
  capacity: 0,
  floats: new Float64Array(0),
  ints: new BigInt64Array(0),
  numbers: new Int32Array(0),
  types: new Uint8Array(0),
  places: new Int32Array(1),
};
