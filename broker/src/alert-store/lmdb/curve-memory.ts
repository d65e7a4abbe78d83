/** Size of the blocks of memory that curves are read into; a long curve has one to itself. */
const CURVE_BLOCK_BYTES = 0x40000;
/** Blocks without a curve that are kept for the next ones. */
const MOST_FREE_BLOCKS = 64;

/** Memory that curves lie in. */
export interface CurveBlock {
  readonly memory: ArrayBuffer;
  /** Where the curve that was put in last begins; a multiple of eight. */
  offset: number;
  /** Where the next one can. */
  end: number;
  /** Curves in it. */
  curves: number;
}

/**
 * Memory for curves that are read, a few of them in a block.
 *
 * Those of a batch come and go together. Blocks whose curves were given back serve the next ones: the collector of garbage
 * knows how much memory was asked for, and looks through the whole heap for every 64 MB of it. A curve that is not given
 * back keeps its whole block, until it is garbage with it.
 */
export class CurveMemory {
  #current: CurveBlock = newBlock(0);
  readonly #free: CurveBlock[] = [];

  /** Makes room. @returns the block; the room begins at its `offset` */
  take(bytes: number): CurveBlock {
    if (this.#current.end + bytes > this.#current.memory.byteLength) {
      this.#current = bytes > CURVE_BLOCK_BYTES ? newBlock(bytes) : (this.#free.pop() ?? newBlock(CURVE_BLOCK_BYTES));
    }
    const block = this.#current;
    block.offset = block.end;
    block.end += (bytes + 7) & ~7;
    block.curves += 1;
    return block;
  }

  /** A curve of a block is there no more. */
  giveBack(block: CurveBlock): void {
    block.curves -= 1;
    if (block.curves > 0) return;
    block.end = 0;
    const isOrdinary = block.memory.byteLength === CURVE_BLOCK_BYTES;
    if (block !== this.#current && isOrdinary && this.#free.length < MOST_FREE_BLOCKS) this.#free.push(block);
  }
}

function newBlock(bytes: number): CurveBlock {
  return { memory: new ArrayBuffer(bytes), offset: 0, end: 0, curves: 0 };
}
