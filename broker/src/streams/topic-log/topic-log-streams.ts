import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AntaresError } from '../../model/errors.ts';
import type { StoredRecord, StreamPage, StreamRecord, Streams, StreamsSupport } from '../streams.ts';
import { checkTopicName } from '../topic-name.ts';
import { listTopicFolders, segmentPath, topicFolderName } from './topic-folder.ts';
import { TopicLogReader, toStreamError, toStreamErrors } from './topic-log-reader.ts';
import type { TopicState } from './topic-reader.ts';
import { type StagedRecords, TopicWriter } from './topic-writer.ts';
import { WriterLock } from './writer-lock.ts';

/** How long records are kept. Whole segments are dropped, oldest first, never the one that is being written. */
export interface StreamRetention {
  /** Segments that were last written to longer ago are dropped [ms]. Default: kept for good. */
  readonly maxAgeMs?: number | undefined;
  /** Largest size of a topic [bytes], to a segment. Default: no limit. */
  readonly maxBytes?: number | undefined;
}

/** How a topic log is written. */
export interface TopicLogOptions {
  /** Whether an append resolves only when its records are on the disk. Default true; false survives a crash of the process, not of the machine. */
  readonly isDurable?: boolean | undefined;
  /** Size of a segment file [bytes], at most 1 GiB. Default 64 MiB. */
  readonly segmentBytes?: number | undefined;
  /** Largest key and value of a record together [bytes]. Default 1 MiB. */
  readonly maxRecordBytes?: number | undefined;
  /** How long records are kept. Default: for good. */
  readonly retention?: StreamRetention | undefined;
}

const LOCK_FILE = 'LOCK';
const RETENTION_INTERVAL_MS = 60_000;
/** How often the writer makes sure that nobody took its lock. */
const LOCK_CHECK_INTERVAL_MS = 1000;
const MAX_SEGMENT_BYTES = 1024 ** 3;
const MAX_KEY_BYTES = 65_534;
const MAX_PRODUCER_BYTES = 255;
const MAX_SEQUENCE = 2n ** 63n;

interface PendingAppend {
  readonly records: readonly StreamRecord[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Streams in files: an append-only log a topic, in segments, in one folder.
 *
 * One process writes, and in it one thread: threads that make records hand them to the one that owns this. Any number of
 * processes read, with this class or, beside a writer, with `TopicLogReader`. Appends that come while another is on its
 * way to the disk go there together: one write and one sync for each topic that they touch.
 *
 * A second writer is refused with `STREAM_LOCKED`.
 */
export class TopicLogStreams implements Streams {
  readonly supports: StreamsSupport = { manyWriters: false };
  readonly #root: string;
  readonly #lock: WriterLock;
  readonly #isDurable: boolean;
  readonly #segmentBytes: number;
  readonly #maxRecordBytes: number;
  readonly #retention: StreamRetention;
  readonly #writers = new Map<string, TopicWriter>();
  readonly #reader: TopicLogReader;
  readonly #retentionTimer: NodeJS.Timeout;
  #queue: PendingAppend[] = [];
  /** What is being done to the files, one thing after the other. Never rejects. */
  #work: Promise<void> = Promise.resolve();
  #isClosed = false;
  #lockCheckedAt = 0;

  private constructor(root: string, lock: WriterLock, options: TopicLogOptions) {
    this.#root = root;
    this.#lock = lock;
    this.#isDurable = options.isDurable ?? true;
    this.#segmentBytes = options.segmentBytes ?? 64 * 1024 * 1024;
    this.#maxRecordBytes = options.maxRecordBytes ?? 1024 * 1024;
    this.#retention = options.retention ?? {};
    this.#reader = new TopicLogReader(root, {}, async (topic) => this.#stateOf(topic));
    this.#retentionTimer = setInterval(() => {
      // A failure here is a failing disk or a lost lock: the next append meets it, and says so to somebody.
      this.applyRetention().catch(() => {});
    }, RETENTION_INTERVAL_MS);
    this.#retentionTimer.unref();
  }

  /**
   * Opens the log of a folder for writing, and makes the folder if need be.
   *
   * @throws STREAM_LOCKED, STREAM_FULL, STREAM_UNREACHABLE, STREAM_VERSION_UNKNOWN
   */
  static async open(root: string, options: TopicLogOptions = {}): Promise<TopicLogStreams> {
    if ((options.segmentBytes ?? 0) > MAX_SEGMENT_BYTES)
      throw new TypeError(`a segment has at most ${MAX_SEGMENT_BYTES} bytes`);
    return toStreamErrors(async () => {
      await mkdir(root, { recursive: true });
      const lock = await WriterLock.acquire(join(root, LOCK_FILE));
      const streams = new TopicLogStreams(root, lock, options);
      try {
        for (const topic of await listTopicFolders(root)) await streams.#writerOf(topic);
        await streams.applyRetention();
      } catch (error) {
        await streams.close().catch(() => {});
        throw error;
      }
      return streams;
    });
  }

  async append(records: readonly StreamRecord[]): Promise<void> {
    if (this.#isClosed)
      throw new AntaresError('STREAM_CLOSED', 'the streams were closed; nothing more can be appended');
    for (const record of records) this.#check(record);
    if (records.length === 0) return;
    await new Promise<void>((resolve, reject) => {
      this.#queue.push({ records, resolve, reject });
      if (this.#queue.length === 1) this.#enqueue(() => this.#flush());
    });
  }

  read(topic: string, fromOffset: bigint, limit: number): Promise<StreamPage> {
    return this.#reader.read(topic, fromOffset, limit);
  }

  startOffset(topic: string): Promise<bigint> {
    return this.#reader.startOffset(topic);
  }

  endOffset(topic: string): Promise<bigint> {
    return this.#reader.endOffset(topic);
  }

  async listTopics(): Promise<string[]> {
    return this.#reader.listTopics();
  }

  follow(topic: string, fromOffset: bigint, signal: AbortSignal): AsyncIterable<readonly StoredRecord[]> {
    return this.#reader.follow(topic, fromOffset, signal);
  }

  /** Drops what retention says; runs by itself every minute. @param now [Unix ms] */
  async applyRetention(now = Date.now()): Promise<void> {
    await this.#enqueue(async () => {
      for (const [topic, writer] of this.#writers) await this.#retain(topic, writer, now);
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#retentionTimer);
    await this.#reader.close();
    await this.#enqueue(async () => {
      for (const writer of this.#writers.values()) await writer.close();
      this.#writers.clear();
      this.#lock.release();
    });
  }

  #check({ topic, key, value, producer }: StreamRecord): void {
    checkTopicName(topic);
    const keyBytes = Buffer.byteLength(key);
    if (keyBytes > MAX_KEY_BYTES) throw new TypeError(`a key has at most ${MAX_KEY_BYTES} bytes, got ${keyBytes}`);
    if (keyBytes + value.length > this.#maxRecordBytes) {
      throw new AntaresError(
        'STREAM_RECORD_TOO_LARGE',
        `key and value of a record have at most ${this.#maxRecordBytes} bytes together, this one for ${topic} has ${keyBytes + value.length}`,
      );
    }
    if (producer === undefined) return;
    if (Buffer.byteLength(producer.id) > MAX_PRODUCER_BYTES)
      throw new TypeError(`a producer id has at most ${MAX_PRODUCER_BYTES} bytes`);
    if (producer.sequence < 0n || producer.sequence >= MAX_SEQUENCE) {
      throw new TypeError(`a sequence lies in [0, 2^63), got ${producer.sequence}`);
    }
  }

  #enqueue(task: () => Promise<void>): Promise<void> {
    const done = this.#work.then(task);
    this.#work = done.catch(() => {});
    return done;
  }

  /** Appends everything that waits. Settles every append of it, and never rejects. */
  async #flush(): Promise<void> {
    const appends = this.#queue;
    this.#queue = [];
    try {
      this.#checkLock();
      await this.#writeAll(appends.length === 1 ? appends[0]!.records : appends.flatMap(({ records }) => records));
      for (const { resolve } of appends) resolve();
    } catch (error) {
      const failure = toStreamError(error);
      for (const { reject } of appends) reject(failure);
    }
  }

  async #writeAll(records: readonly StreamRecord[]): Promise<void> {
    const byTopic = new Map<string, StreamRecord[]>();
    for (const record of records) {
      const group = byTopic.get(record.topic);
      if (group === undefined) byTopic.set(record.topic, [record]);
      else group.push(record);
    }
    const staged: { topic: string; writer: TopicWriter; part: StagedRecords }[] = [];
    for (const [topic, group] of byTopic) {
      const writer = await this.#writerOf(topic);
      const part = writer.stage(group);
      if (part.count > 0) staged.push({ topic, writer, part });
    }
    const written = await Promise.allSettled(staged.map(({ writer, part }) => writer.write(part)));
    const failed = written.find((result) => result.status === 'rejected');
    if (failed !== undefined) {
      await Promise.all(staged.map(({ writer }) => writer.abandon()));
      throw failed.reason;
    }
    await Promise.all(
      staged.map(async ({ topic, writer, part }) => {
        await writer.commit(part);
        this.#reader.notify(topic);
      }),
    );
  }

  async #writerOf(topic: string): Promise<TopicWriter> {
    let writer = this.#writers.get(topic);
    if (writer === undefined) {
      writer = await TopicWriter.open(join(this.#root, topicFolderName(topic)), topic, {
        segmentBytes: this.#segmentBytes,
        isDurable: this.#isDurable,
      });
      this.#writers.set(topic, writer);
    }
    return writer;
  }

  #stateOf(topic: string): TopicState | undefined {
    const writer = this.#writers.get(topic);
    return writer === undefined ? undefined : { committed: writer.committed, segments: writer.segments };
  }

  async #retain(topic: string, writer: TopicWriter, now: number): Promise<void> {
    const { maxAgeMs = Number.POSITIVE_INFINITY, maxBytes = Number.POSITIVE_INFINITY } = this.#retention;
    if (maxAgeMs === Number.POSITIVE_INFINITY && maxBytes === Number.POSITIVE_INFINITY) return;
    const folder = join(this.#root, topicFolderName(topic));
    const { nextOffset, segment } = writer.committed;
    const last = await stat(segmentPath(folder, segment, 'log'));
    // A topic that nobody writes to any more would otherwise keep its last segment for good.
    if (now - last.mtimeMs > maxAgeMs && nextOffset > segment) await writer.roll();
    const closed = await Promise.all(
      writer.segments.slice(0, -1).map((base) => stat(segmentPath(folder, base, 'log'))),
    );
    let bytes = writer.committed.segmentBytes + closed.reduce((sum, { size }) => sum + size, 0);
    let drop = 0;
    for (const { size, mtimeMs } of closed) {
      if (now - mtimeMs <= maxAgeMs && bytes <= maxBytes) break;
      bytes -= size;
      drop += 1;
    }
    if (drop > 0) await writer.dropOldest(drop);
  }

  #checkLock(): void {
    const now = performance.now();
    if (now - this.#lockCheckedAt < LOCK_CHECK_INTERVAL_MS) return;
    if (!this.#lock.isHeld()) {
      throw new AntaresError(
        'STREAM_LOCKED',
        `the streams in ${this.#root} were taken over by another process; this one must be started again`,
      );
    }
    this.#lockCheckedAt = now;
  }
}
