/**
 * What the heads of containers led to, by the bytes of the head.
 *
 * A head repeats 15 to 70 KB of schema in every packet. Comparing the bytes with a remembered head takes a microsecond,
 * reading the schema a millisecond. Holds the heads used last, so that it stays small whatever comes in.
 */
export class HeaderCache<T> {
  readonly #capacity: number;
  /** By a cheap key; a few heads share one. */
  readonly #buckets = new Map<number, Entry<T>[]>();
  #size = 0;
  #clock = 0;

  /** @param capacity  number of heads kept */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** What was remembered for the head with which the bytes begin, or undefined. */
  find(bytes: Buffer): T | undefined {
    const bucket = this.#buckets.get(keyOf(bytes));
    if (bucket === undefined) return undefined;
    for (const entry of bucket) {
      const { head } = entry;
      if (bytes.length < head.length || head.compare(bytes, 0, head.length) !== 0) continue;
      this.#clock += 1;
      entry.usedAt = this.#clock;
      return entry.value;
    }
    return undefined;
  }

  /** Remembers a head: the first `length` bytes, copied. One that is larger than any survey's is not worth the room. */
  remember(bytes: Buffer, length: number, value: T): void {
    if (length > LARGEST_HEAD) return;
    if (this.#size >= this.#capacity) this.#forgetOldest();
    const key = keyOf(bytes);
    const bucket = this.#buckets.get(key) ?? [];
    this.#clock += 1;
    bucket.push({ head: Buffer.from(bytes.subarray(0, length)), value, usedAt: this.#clock });
    this.#buckets.set(key, bucket);
    this.#size += 1;
  }

  #forgetOldest(): void {
    let oldest: { key: number; index: number; usedAt: number } | undefined;
    for (const [key, bucket] of this.#buckets) {
      bucket.forEach(({ usedAt }, index) => {
        if (oldest === undefined || usedAt < oldest.usedAt) oldest = { key, index, usedAt };
      });
    }
    if (oldest === undefined) return;
    const bucket = this.#buckets.get(oldest.key)!;
    bucket.splice(oldest.index, 1);
    if (bucket.length === 0) this.#buckets.delete(oldest.key);
    this.#size -= 1;
  }
}

/** Several times the largest head of a survey [bytes]: so much, times the capacity, is all that a cache can hold. */
const LARGEST_HEAD = 256 * 1024;

interface Entry<T> {
  readonly head: Buffer;
  readonly value: T;
  usedAt: number;
}

/** The first bytes hold the length of the schema and its beginning: that tells nearly all heads apart. */
function keyOf(bytes: Buffer): number {
  let key = 0;
  const end = Math.min(bytes.length, 48);
  for (let i = 4; i < end; i += 1) key = (Math.imul(key, 31) + bytes[i]!) | 0;
  return key;
}
