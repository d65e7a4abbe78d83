import { AntaresError } from '../../model/errors.ts';
import type { StoreDatabase, Table } from './database.ts';

/**
 * The dictionary of the store: texts that occur again and again, by number.
 *
 * Property names, tags, list names, passbands, schema ids and provenance ids are written as one to three bytes. Numbers
 * are given out 0, 1, 2, … in a transaction of their own that is durable before any value uses them, so they are safe
 * among threads and processes; a number that no value uses is harmless. The dictionary is read into memory as it grows.
 */
export class Words {
  readonly #database: StoreDatabase;
  readonly #table: Table;
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [];
  readonly #key = Buffer.alloc(4);

  constructor(database: StoreDatabase) {
    this.#database = database;
    this.#table = database.tables.words;
    this.refresh();
  }

  /** Learns words that others have added since. Called at the beginning of every read, on its snapshot. */
  refresh(): void {
    for (;;) {
      const value = this.#read(this.#texts.length);
      if (value === undefined) return;
      this.#learn(value);
    }
  }

  /** The text of a number that occurs in a stored value. */
  textOf(number: number): string {
    const text = this.#texts[number];
    if (text === undefined) {
      throw new AntaresError(
        'ALERT_STORE_DAMAGED',
        `a stored value uses word ${number}, the dictionary ends at ${this.#texts.length}; restore the store from a backup`,
      );
    }
    return text;
  }

  /** The number of a text, if it has one. */
  find(text: string): number | undefined {
    return this.#numbers.get(text);
  }

  /** The number of a text, made now if need be. */
  numberOf(text: string): number {
    const number = this.#numbers.get(text);
    if (number !== undefined) return number;
    this.add([text]);
    return this.#numbers.get(text)!;
  }

  /** Gives numbers to texts that have none yet, in one durable transaction. */
  add(texts: Iterable<string>): void {
    let missing = unknownOf(texts, this.#numbers);
    if (missing.length === 0) return;
    const added = this.#database.transaction(() => {
      this.refresh();
      missing = unknownOf(missing, this.#numbers);
      const first = this.#texts.length;
      missing.forEach((text, index) => {
        this.#key.writeUInt32BE(first + index);
        this.#table.put(this.#key, Buffer.from(text));
      });
      return missing;
    });
    // Only now: an aborted transaction must leave no word behind in memory.
    for (const text of added) this.#learn(text);
  }

  #read(number: number): string | undefined {
    this.#key.writeUInt32BE(number);
    return this.#table.getBinaryFast(this.#key)?.toString();
  }

  #learn(text: string): void {
    this.#numbers.set(text, this.#texts.length);
    this.#texts.push(text);
  }
}

function unknownOf(texts: Iterable<string>, known: ReadonlyMap<string, number>): string[] {
  const unknown = new Set<string>();
  for (const text of texts) if (!known.has(text)) unknown.add(text);
  return [...unknown];
}
