import { join } from 'node:path';
import { AntaresError, errorCode, errorMessage } from '../../model/errors.ts';
import type { StoredRecord, StreamPage, StreamReader } from '../streams.ts';
import { checkTopicName } from '../topic-name.ts';
import { listTopicFolders, topicFolderName } from './topic-folder.ts';
import { TopicReader, type TopicState, TopicStateOnDisk } from './topic-reader.ts';

/** Records that a follower gets at a time, at most. */
const FOLLOW_LIMIT = 1000;

/** How a log is read by a process that does not write it. */
export interface TopicLogReaderOptions {
  /** Time between two looks for new records, while somebody follows [ms]. Default 25. */
  readonly pollMs?: number | undefined;
}

/** Reads the topic log of a folder, while another process writes it, or none. */
export class TopicLogReader implements StreamReader {
  readonly #root: string;
  readonly #findState: ((topic: string) => Promise<TopicState | undefined>) | undefined;
  readonly #pollMs: number;
  readonly #readers = new Map<string, TopicReader>();
  readonly #closed = new AbortController();
  readonly #waiting = new Map<string, Set<() => void>>();

  /**
   * @param root       folder of the log; need not exist yet
   * @param findState  where the writer itself knows the topics' states: it then calls `notify` after each append
   */
  constructor(
    root: string,
    options: TopicLogReaderOptions = {},
    findState?: (topic: string) => Promise<TopicState | undefined>,
  ) {
    this.#root = root;
    this.#pollMs = options.pollMs ?? 25;
    this.#findState = findState;
  }

  async read(topic: string, fromOffset: bigint, limit: number): Promise<StreamPage> {
    if (fromOffset < 0n) throw new TypeError(`offsets begin at 0, got ${fromOffset}`);
    if (!Number.isInteger(limit) || limit < 1)
      throw new TypeError(`a page has at least one record, got a limit of ${limit}`);
    return toStreamErrors(() => this.#readerOf(topic).read(fromOffset, limit));
  }

  async startOffset(topic: string): Promise<bigint> {
    return toStreamErrors(() => this.#readerOf(topic).startOffset());
  }

  async endOffset(topic: string): Promise<bigint> {
    return toStreamErrors(() => this.#readerOf(topic).endOffset());
  }

  async listTopics(): Promise<string[]> {
    return toStreamErrors(async () => {
      const topics = await listTopicFolders(this.#root);
      // A folder whose first record never came to be is no topic yet.
      const ends = await Promise.all(topics.map((topic) => this.endOffset(topic)));
      return topics.filter((_, i) => ends[i]! > 0n);
    });
  }

  /** See `StreamReader.follow`. Passes over damage: the offsets tell. */
  async *follow(topic: string, fromOffset: bigint, signal: AbortSignal): AsyncGenerator<readonly StoredRecord[]> {
    const stopped = AbortSignal.any([signal, this.#closed.signal]);
    const reader = this.#readerOf(topic);
    let offset = fromOffset;
    while (!stopped.aborted) {
      let page: StreamPage;
      try {
        page = await this.read(topic, offset, FOLLOW_LIMIT);
      } catch (error) {
        if (errorCode(error) !== 'STREAM_DAMAGED') throw error;
        offset = await toStreamErrors(() => reader.offsetAfterDamage(offset));
        continue;
      }
      offset = page.nextOffset;
      if (page.records.length > 0) {
        if (stopped.aborted) return;
        yield page.records;
      } else {
        await this.#waitBeyond(topic, offset, stopped);
      }
    }
  }

  /** Wakes those who follow a topic. */
  notify(topic: string): void {
    for (const wake of this.#waiting.get(topic) ?? []) wake();
  }

  async close(): Promise<void> {
    this.#closed.abort();
  }

  async #waitBeyond(topic: string, offset: bigint, stopped: AbortSignal): Promise<void> {
    const waiting = this.#waiting.get(topic) ?? new Set();
    const isFirst = waiting.size === 0;
    this.#waiting.set(topic, waiting);
    let wake: () => void = () => {};
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    waiting.add(wake);
    stopped.addEventListener('abort', wake, { once: true });
    try {
      // Something may have come between the read and now.
      if (stopped.aborted || (await this.endOffset(topic)) > offset) return;
      if (isFirst && this.#findState === undefined) this.#poll(topic, offset);
      await woken;
    } finally {
      stopped.removeEventListener('abort', wake);
      waiting.delete(wake);
      if (waiting.size === 0) this.#waiting.delete(topic);
    }
  }

  /** Looks for new records for all who wait for them, until nobody does. One look serves any number of followers. */
  #poll(topic: string, offset: bigint): void {
    setTimeout(() => {
      if (!this.#waiting.has(topic)) return;
      this.endOffset(topic).then(
        (end) => {
          if (end > offset) this.notify(topic);
          else this.#poll(topic, offset);
        },
        // Their next read meets the same trouble, and tells them.
        () => this.notify(topic),
      );
    }, this.#pollMs);
  }

  #readerOf(topic: string): TopicReader {
    let reader = this.#readers.get(topic);
    if (reader === undefined) {
      checkTopicName(topic);
      const folder = join(this.#root, topicFolderName(topic));
      const onDisk = new TopicStateOnDisk(folder);
      const findState = this.#findState;
      reader = new TopicReader(folder, topic, findState === undefined ? () => onDisk.find() : () => findState(topic));
      this.#readers.set(topic, reader);
    }
    return reader;
  }
}

/** Runs something, and says what the system said in the words of the streams. */
export async function toStreamErrors<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw toStreamError(error);
  }
}

/** What the system said, in the words of the streams. */
export function toStreamError(error: unknown): unknown {
  if (error instanceof AntaresError || error instanceof TypeError) return error;
  switch (errorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new AntaresError(
        'STREAM_FULL',
        `there is no room for the streams: ${errorMessage(error)}; make room, then go on`,
        { cause: error },
      );
    default:
      return new AntaresError('STREAM_UNREACHABLE', `the streams cannot be read or written: ${errorMessage(error)}`, {
        cause: error,
      });
  }
}
