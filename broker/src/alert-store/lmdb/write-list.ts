import type { Table } from './database.ts';

/** Puts and removals of one transaction, in order. Keys and values are views that stay untouched until it has ended. */
export class WriteList {
  readonly #tables: Table[] = [];
  readonly #keys: Uint8Array[] = [];
  readonly #values: (Uint8Array | undefined)[] = [];
  #bytes = 0;

  get length(): number {
    return this.#tables.length;
  }

  /** Sum of the lengths of keys and values. */
  get bytes(): number {
    return this.#bytes;
  }

  put(table: Table, key: Uint8Array, value: Uint8Array): void {
    this.#tables.push(table);
    this.#keys.push(key);
    this.#values.push(value);
    this.#bytes += key.length + value.length;
  }

  /** Removes a key; one that is absent is no error. */
  remove(table: Table, key: Uint8Array): void {
    this.#tables.push(table);
    this.#keys.push(key);
    this.#values.push(undefined);
  }

  /** What this list puts under a key, if it does; for the few keys that one commit may write twice. */
  valueOf(table: Table, key: Uint8Array): Uint8Array | undefined {
    for (let i = this.#tables.length - 1; i >= 0; i -= 1) {
      if (this.#tables[i] === table && Buffer.compare(this.#keys[i]!, key) === 0) return this.#values[i];
    }
    return undefined;
  }

  /** Hands all of it to the driver. */
  apply(): void {
    for (let i = 0; i < this.#tables.length; i += 1) {
      const value = this.#values[i];
      if (value === undefined) void this.#tables[i]!.remove(this.#keys[i]!);
      else void this.#tables[i]!.put(this.#keys[i]!, value as Buffer);
    }
  }
}
