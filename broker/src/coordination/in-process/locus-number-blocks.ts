import { mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AntaresError, errorCode, errorMessage } from '../../model/errors.ts';

/** Numbers in the first blocks of a year; little is lost when a short run leaves one half used. */
const FIRST_BLOCK = 256n;
/** After so many blocks the size doubles, so that a year of a large survey needs a few thousand. */
const BLOCKS_OF_A_SIZE = 16;
const MAX_DOUBLINGS = 8;

interface Block {
  /** The next number, and the one after the last. */
  next: bigint;
  end: bigint;
  /** Its place in the year. */
  index: number;
}

/**
 * Locus numbers of a folder, reserved in blocks.
 *
 * A block is reserved by making an empty file of its name, which only one can: `2020/0000000003`. So threads and processes
 * need no lock, and a reservation is durable when the folder is synced. The files stay: as long as they do, nothing is
 * given out twice, and that is all the proof there is to it.
 */
export class LocusNumberBlocks {
  readonly #folder: string;
  readonly #blocks = new Map<number, Block>();
  /** Calls for a year follow each other. */
  readonly #turns = new Map<number, Promise<unknown>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** `count` numbers that follow each other; the first of them. @throws COORDINATION_UNREACHABLE */
  take(year: number, count: number): Promise<bigint> {
    const turn = (this.#turns.get(year) ?? Promise.resolve()).then(
      () => this.#takeNow(year, BigInt(count)),
      () => this.#takeNow(year, BigInt(count)),
    );
    this.#turns.set(year, turn);
    return turn;
  }

  async #takeNow(year: number, count: bigint): Promise<bigint> {
    let block = this.#blocks.get(year);
    while (block === undefined || block.end - block.next < count) {
      const reserved = await this.#reserve(year, block?.index);
      // Nobody took the one between: the rest of the block before is used up too.
      if (block !== undefined && reserved.index === block.index + 1) reserved.next = block.next;
      block = reserved;
      this.#blocks.set(year, block);
    }
    const first = block.next;
    block.next += count;
    return first;
  }

  async #reserve(year: number, lastIndex: number | undefined): Promise<Block> {
    const folder = join(this.#folder, String(year));
    try {
      await mkdir(folder, { recursive: true });
      for (let index = (lastIndex ?? (await highestIn(folder))) + 1; ; index += 1) {
        try {
          await (await open(join(folder, String(index).padStart(10, '0')), 'wx')).close();
        } catch (error) {
          if (errorCode(error) === 'EEXIST') continue;
          throw error;
        }
        await syncFolder(folder);
        if (lastIndex === undefined) await syncFolder(this.#folder);
        const next = firstOfBlock(index);
        return { index, next, end: next + sizeOfBlock(index) };
      }
    } catch (cause) {
      throw new AntaresError(
        'COORDINATION_UNREACHABLE',
        `cannot reserve locus numbers in ${folder}: ${errorMessage(cause)}`,
        { cause },
      );
    }
  }
}

/** How many numbers a block has; a function of its place, so that its name says everything. */
export function sizeOfBlock(index: number): bigint {
  return FIRST_BLOCK << BigInt(Math.min(MAX_DOUBLINGS, Math.floor(index / BLOCKS_OF_A_SIZE)));
}

/** The first number of a block: 1 for the first, and each begins where the one before ends. */
export function firstOfBlock(index: number): bigint {
  const doublings = Math.min(MAX_DOUBLINGS, Math.floor(index / BLOCKS_OF_A_SIZE));
  // Whole sizes before this one: 16 × 256 × (1 + 2 + 4 + …), then the blocks of its own size.
  const before = BigInt(BLOCKS_OF_A_SIZE) * FIRST_BLOCK * ((1n << BigInt(doublings)) - 1n);
  return 1n + before + BigInt(index - doublings * BLOCKS_OF_A_SIZE) * sizeOfBlock(index);
}

async function highestIn(folder: string): Promise<number> {
  let highest = -1;
  for (const name of await readdir(folder)) if (/^\d{10}$/.test(name)) highest = Math.max(highest, Number(name));
  return highest;
}

/** Makes new names durable. Systems that cannot sync a folder do not need it. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync().catch((error: unknown) => {
      const code = errorCode(error);
      if (code !== 'EINVAL' && code !== 'EPERM' && code !== 'EBADF') throw error;
    });
  } finally {
    await folder.close();
  }
}
