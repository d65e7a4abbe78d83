import type { Coordination } from '../coordination/coordination.ts';

/** Numbers for new loci, taken from the shared counter in blocks, so that most calls ask nobody. */
export class LocusNumbers {
  readonly #coordination: Coordination;
  readonly #blockSize: number;
  readonly #blocks = new Map<number, { next: bigint; end: bigint }>();

  constructor(coordination: Coordination, blockSize = 64) {
    this.#coordination = coordination;
    this.#blockSize = blockSize;
  }

  /** The next number of a year, used nowhere else. */
  async next(year: number): Promise<bigint> {
    let block = this.#blocks.get(year);
    if (block === undefined || block.next === block.end) {
      const first = await this.#coordination.nextLocusNumbers(year, this.#blockSize);
      block = { next: first, end: first + BigInt(this.#blockSize) };
      this.#blocks.set(year, block);
    }
    const number = block.next;
    block.next += 1n;
    return number;
  }
}
