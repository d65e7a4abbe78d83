/** Bytes of log between two entries: what a reader scans at most to find an offset. */
export const INDEX_INTERVAL_BYTES = 64 * 1024;

/** Bytes of an entry on disk: u32 offset − base · u32 position, little-endian. */
export const INDEX_ENTRY_BYTES = 8;

/**
 * A sparse index of one segment: where some of its records begin, ascending.
 *
 * A help, not a truth: it is never synced, readers check what they find there, and whoever misses it scans.
 */
export class SegmentIndex {
  readonly #base: bigint;
  readonly #offsets: number[] = [];
  readonly #positions: number[] = [];

  constructor(base: bigint) {
    this.#base = base;
  }

  /** Reads entries; stops at the first that does not rise above the one before, or lies beyond `limitBytes`. */
  static decode(base: bigint, bytes: Buffer, limitBytes: number): SegmentIndex {
    const index = new SegmentIndex(base);
    for (let at = 0; at + INDEX_ENTRY_BYTES <= bytes.length; at += INDEX_ENTRY_BYTES) {
      const offset = bytes.readUInt32LE(at);
      const position = bytes.readUInt32LE(at + 4);
      if (
        position >= limitBytes ||
        offset <= (index.#offsets.at(-1) ?? -1) ||
        position <= (index.#positions.at(-1) ?? -1)
      )
        break;
      index.#offsets.push(offset);
      index.#positions.push(position);
    }
    return index;
  }

  get length(): number {
    return this.#offsets.length;
  }

  /** Position up to which the segment is indexed. */
  get lastPosition(): number {
    return this.#positions.at(-1) ?? 0;
  }

  add(offset: bigint, position: number): void {
    this.#offsets.push(Number(offset - this.#base));
    this.#positions.push(position);
  }

  /** Where to begin scanning for an offset; undefined: at the first record. */
  positionBefore(offset: bigint): number | undefined {
    const wanted = Number(offset - this.#base);
    let low = 0;
    let high = this.#offsets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#offsets[middle]! <= wanted) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? undefined : this.#positions[low - 1];
  }

  /** Positions of indexed records beyond an offset, ascending. */
  positionsAfter(offset: bigint): readonly number[] {
    const wanted = Number(offset - this.#base);
    const first = this.#offsets.findIndex((indexed) => indexed > wanted);
    return first === -1 ? [] : this.#positions.slice(first);
  }

  /** Entries from the n-th on, as they lie on disk. */
  encodeFrom(first: number): Buffer {
    const bytes = Buffer.alloc((this.#offsets.length - first) * INDEX_ENTRY_BYTES);
    for (let i = first; i < this.#offsets.length; i += 1) {
      bytes.writeUInt32LE(this.#offsets[i]!, (i - first) * INDEX_ENTRY_BYTES);
      bytes.writeUInt32LE(this.#positions[i]!, (i - first) * INDEX_ENTRY_BYTES + 4);
    }
    return bytes;
  }
}
