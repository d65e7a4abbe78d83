import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertStore } from '../alert-store/alert-store.ts';
import { errorCode, errorMessage } from '../model/errors.ts';
import type { LocusReading, LocusRef } from '../model/locus.ts';
import { readChangedLoci } from '../pipeline/changed-loci.ts';
import type { LocusDocument, SearchIndex } from '../search-index/search-index.ts';
import type { StreamReader } from '../streams/streams.ts';
import { CHANGED_LOCI, topicOfStream } from '../streams/topic-name.ts';

/** Loci read and put at a time. */
const PAGE = 512;
/** A checkpoint is made after so long with changes [ms]: what a restart reads again is bounded by it. */
const CHECKPOINT_EVERY_MS = 60_000;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 10_000;

/** What an indexer works with. */
export interface IndexerParts {
  readonly store: AlertStore;
  readonly streams: StreamReader;
  readonly index: SearchIndex;
  /** Whether to make checkpoints: not where the index is another process' to keep. Default yes. */
  readonly keepsIndex?: boolean;
  /** Told what keeps it from going on; it tries again by itself. */
  readonly onWarning?: (message: string) => void;
}

/** How far an indexer is. */
export interface IndexerStatus {
  /** `building`: reads the whole store; `following`: reads what changes. */
  readonly state: 'building' | 'following' | 'closed';
  /** Loci put so far since the start. */
  readonly indexed: number;
  /** Of a building: loci in the store. */
  readonly total: number;
  /** Messages of the feed that are there and not taken in yet. */
  readonly behind: number;
}

/**
 * Keeps the search index up with the store: follows the feed of changed loci, and reads each locus as it is by then.
 *
 * An index without a position, of another store, or so old that the feed does not go back that far, is filled from the
 * whole store first. What is heard twice changes nothing, so a crash costs no more than what came after the last
 * checkpoint.
 */
export class Indexer {
  readonly #parts: IndexerParts;
  readonly #topic = topicOfStream(CHANGED_LOCI);
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #caughtUp: () => void = () => undefined;
  /** Resolves when it has caught up for the first time with what was there at the start. */
  readonly ready: Promise<void>;
  #status: IndexerStatus = { state: 'building', indexed: 0, total: 0, behind: 0 };
  /** Offset of the feed up to which all is in the index. */
  #offset = 0n;
  #isChanged = false;
  /** What was put last and may not be in the index yet: the next loci are read meanwhile. */
  #landing: Promise<void> = Promise.resolve();
  #checkpointAt = performance.now();

  private constructor(parts: IndexerParts) {
    this.#parts = parts;
    this.ready = new Promise((resolve) => {
      this.#caughtUp = resolve;
    });
    this.#running = this.#run();
  }

  /** Begins; returns at once. */
  static start(parts: IndexerParts): Indexer {
    return new Indexer(parts);
  }

  get status(): IndexerStatus {
    return this.#status;
  }

  /** Takes in all that is announced by now. */
  async catchUp(): Promise<void> {
    const end = await this.#parts.streams.endOffset(this.#topic);
    while (this.#offset < end && !this.#closing.signal.aborted) await sleep(5);
  }

  /** Ends, with a checkpoint where it keeps the index. The index stays open. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
    if (this.#isChanged) await this.#checkpoint();
    this.#status = { ...this.#status, state: 'closed' };
  }

  async #run(): Promise<void> {
    let waitMs = FIRST_WAIT_MS;
    let isBuilt = false;
    while (!this.#closing.signal.aborted) {
      try {
        this.#landing = Promise.resolve();
        if (!isBuilt) {
          await this.#begin();
          isBuilt = true;
        }
        await this.#follow();
        waitMs = FIRST_WAIT_MS;
      } catch (error) {
        if (errorCode(error) === 'STREAM_OFFSET_AHEAD') isBuilt = false;
        this.#parts.onWarning?.(`the search index does not go on for now: ${errorCode(error)}: ${errorMessage(error)}`);
        await sleep(waitMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
        waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
      }
    }
    this.#caughtUp();
  }

  /** Finds where to go on; fills the index from the store where there is no such place. */
  async #begin(): Promise<void> {
    const { index, streams, store } = this.#parts;
    // A property that no locus has yet is no mistake of whoever asks for it.
    await index.defineProperties((await store.listProperties()).filter(({ subject }) => subject === 'locus'));
    const known = offsetOf(index.position);
    const [start, end] = [await streams.startOffset(this.#topic), await streams.endOffset(this.#topic)];
    if (known !== undefined && known >= start && known <= end) {
      this.#offset = known;
      return;
    }
    await this.#fill();
    // Half of a store under a position would pass for the whole.
    if (this.#closing.signal.aborted) return;
    // What changed while the store was read was announced after this end, and is read again.
    this.#offset = end;
    this.#isChanged = true;
    await this.#checkpoint();
  }

  async #fill(): Promise<void> {
    const { store } = this.#parts;
    const { loci } = await store.totals();
    this.#status = { state: 'building', indexed: 0, total: loci, behind: 0 };
    let token: string | undefined;
    do {
      if (this.#closing.signal.aborted) return;
      const page = await store.scanLoci(token, PAGE);
      await this.#put(page.items);
      token = page.next;
    } while (token !== undefined);
    await this.#landing;
  }

  async #follow(): Promise<void> {
    const { streams } = this.#parts;
    await this.#noteDistance();
    for await (const records of streams.follow(this.#topic, this.#offset, this.#closing.signal)) {
      const refs = new Map<string, LocusRef>();
      for (const { value } of records) for (const ref of readChangedLoci(value)) refs.set(ref.locusId, ref);
      const all = [...refs.values()];
      for (let i = 0; i < all.length; i += PAGE) await this.#put(all.slice(i, i + PAGE));
      await this.#landing;
      this.#offset = records.at(-1)!.offset + 1n;
      this.#isChanged = true;
      await this.#noteDistance();
      if (performance.now() - this.#checkpointAt > CHECKPOINT_EVERY_MS) await this.#checkpoint();
    }
  }

  async #noteDistance(): Promise<void> {
    const end = await this.#parts.streams.endOffset(this.#topic);
    const behind = end > this.#offset ? Number(end - this.#offset) : 0;
    this.#status = { ...this.#status, state: 'following', behind };
    if (behind === 0) this.#caughtUp();
  }

  /** Puts loci as they are by now. Resolves when those before have landed; these may still be on their way. */
  async #put(refs: readonly LocusRef[]): Promise<void> {
    const loci = await this.#parts.store.readLoci(refs);
    const documents = loci.flatMap((locus) => (locus === undefined ? [] : [toLocusDocument(locus)]));
    await this.#landing;
    this.#landing = documents.length > 0 ? this.#putAll(documents) : Promise.resolve();
    // Whoever awaits it next hears of a failure.
    this.#landing.catch(() => undefined);
    this.#status = { ...this.#status, indexed: this.#status.indexed + documents.length };
  }

  /** Puts documents; one that the index can never take is left out with a word, so that it does not hold up the others. */
  async #putAll(documents: readonly LocusDocument[]): Promise<void> {
    try {
      await this.#parts.index.put(documents);
    } catch (error) {
      if (!errorCode(error).startsWith('SKY_')) throw error;
      if (documents.length > 1) {
        for (const document of documents) await this.#putAll([document]);
        return;
      }
      this.#parts.onWarning?.(`${documents[0]!.ref.locusId} cannot be searched: ${errorMessage(error)}`);
    }
  }

  async #checkpoint(): Promise<void> {
    this.#checkpointAt = performance.now();
    if (this.#parts.keepsIndex === false) return;
    await this.#parts.index.checkpoint(positionOf(this.#offset));
    this.#isChanged = false;
  }
}

/** What the index is told of a locus. */
export function toLocusDocument(record: LocusReading): LocusDocument {
  const { ref, ra, dec, tags, catalogMatches, watchMatches, properties } = record;
  return {
    ref,
    ra,
    dec,
    tags,
    catalogs: [...new Set(catalogMatches.map(({ list }) => list))],
    watchLists: [...new Set(watchMatches.map(({ list }) => list))],
    properties,
  };
}

/** A position of the feed as the index keeps it. */
function positionOf(offset: bigint): string {
  return `changed-loci@${offset}`;
}

function offsetOf(position: string | undefined): bigint | undefined {
  const match = /^changed-loci@(\d+)$/.exec(position ?? '');
  return match === null ? undefined : BigInt(match[1]!);
}
