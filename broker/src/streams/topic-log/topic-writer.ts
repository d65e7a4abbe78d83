import { fdatasync, write } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { AntaresError, errorCode } from '../../model/errors.ts';
import type { StreamRecord } from '../streams.ts';
import { COMMITTED_FILE, type CommittedEnd, decodeCommittedEnd, encodeCommittedEnd } from './committed-end.ts';
import { decodeProducerSnapshot, encodeProducerSnapshot, type ProducerSnapshot } from './producer-sequences.ts';
import {
  type DecodedRecord,
  decodeRecord,
  decodeSegmentHeader,
  type EncodableRecord,
  encodedLength,
  encodeRecord,
  encodeSegmentHeader,
  recordLengthAt,
  segmentHeaderBytes,
} from './record-format.ts';
import { INDEX_ENTRY_BYTES, INDEX_INTERVAL_BYTES, SegmentIndex } from './segment-index.ts';
import { listSegments, segmentPath } from './topic-folder.ts';

const writeAt = promisify(write);
const syncData = promisify(fdatasync);

/** Log written between two snapshots of the producers: what opening after a crash scans at most, when writes are durable. */
const SNAPSHOT_INTERVAL_BYTES = 4 * 1024 * 1024;
const SNAPSHOT_FILE = 'producers';
const SCAN_BYTES = 1024 * 1024;
/** Memory that a topic keeps from append to append: fresh memory for each would cost more than filling it. */
const MOST_KEPT_BYTES = 4 * 1024 * 1024;

/** How a topic is written. */
export interface TopicWriterOptions {
  /** A segment is closed before it grows beyond this [bytes]. */
  readonly segmentBytes: number;
  /** Whether records are synced to the disk before they count as written. */
  readonly isDurable: boolean;
}

/** Records laid out for the end of a topic, not written yet. */
export interface StagedRecords {
  readonly bytes: Buffer;
  readonly count: number;
  /** Where each record begins in `bytes`. */
  readonly starts: readonly number[];
  readonly sequences: ReadonlyMap<string, bigint>;
}

/**
 * The writing end of one topic. Its calls come one after the other; `TopicLogStreams` sees to that.
 *
 * Writing has three steps, so that a batch for several topics goes in whole or not at all: `stage` lays out, `write`
 * writes and syncs behind the committed end, where nobody looks, `commit` moves that end. What was written and not
 * committed is overwritten by the next batch.
 */
export class TopicWriter {
  readonly #folder: string;
  readonly #topic: string;
  readonly #options: TopicWriterOptions;
  readonly #log: SegmentLog;
  readonly #committedFile: FileHandle;
  #segments: bigint[];
  #nextOffset: bigint;
  #sequences: Map<string, bigint>;
  #memory = Buffer.alloc(0);
  #snapshotPosition = 0;

  private constructor(
    folder: string,
    topic: string,
    options: TopicWriterOptions,
    parts: {
      log: SegmentLog;
      committedFile: FileHandle;
      segments: bigint[];
      nextOffset: bigint;
      sequences: Map<string, bigint>;
    },
  ) {
    this.#folder = folder;
    this.#topic = topic;
    this.#options = options;
    this.#log = parts.log;
    this.#committedFile = parts.committedFile;
    this.#segments = parts.segments;
    this.#nextOffset = parts.nextOffset;
    this.#sequences = parts.sequences;
  }

  /**
   * Opens a topic's folder, or makes it. Whole records behind the committed end are kept (their append may have been
   * about to resolve), a torn one is cut off.
   */
  static async open(folder: string, topic: string, options: TopicWriterOptions): Promise<TopicWriter> {
    await mkdir(folder, { recursive: true });
    const committedFile = await openOrCreate(join(folder, COMMITTED_FILE));
    try {
      const committed = decodeCommittedEnd(await readFile(join(folder, COMMITTED_FILE)));
      const segments = await listSegments(folder);
      const last = segments.at(-1);
      if (last === undefined) {
        const base = committed?.nextOffset ?? 0n;
        const log = await SegmentLog.create(folder, topic, base);
        await syncFolder(folder);
        await syncFolder(dirname(folder));
        const writer = new TopicWriter(folder, topic, options, {
          log,
          committedFile,
          segments: [base],
          nextOffset: base,
          sequences: new Map(),
        });
        await writer.#writeCommitted();
        return writer;
      }
      const found = await recover(folder, topic, segments, committed, options);
      const writer = new TopicWriter(folder, topic, options, { ...found, committedFile });
      // Readers of other processes may look at once.
      await writer.#writeCommitted();
      return writer;
    } catch (error) {
      await committedFile.close();
      throw error;
    }
  }

  /** The end that readers may read to. */
  get committed(): CommittedEnd {
    return { nextOffset: this.#nextOffset, segment: this.#log.base, segmentBytes: this.#log.end };
  }

  /** First offsets of the segments, ascending. */
  get segments(): readonly bigint[] {
    return this.#segments;
  }

  /**
   * Lays records out for the end of the topic, without those that a producer has sent before.
   *
   * What it gives holds until it is called again.
   */
  stage(records: readonly StreamRecord[]): StagedRecords {
    const sequences = new Map<string, bigint>();
    const encodable: EncodableRecord[] = [];
    let total = 0;
    for (const { key, value, timestampMs, producer } of records) {
      if (producer !== undefined) {
        const last = sequences.get(producer.id) ?? this.#sequences.get(producer.id) ?? -1n;
        if (producer.sequence <= last) continue;
        sequences.set(producer.id, producer.sequence);
      }
      const record: EncodableRecord = {
        key,
        keyBytes: Buffer.byteLength(key),
        producer: producer?.id ?? '',
        producerBytes: producer === undefined ? 0 : Buffer.byteLength(producer.id),
        sequence: producer?.sequence ?? -1n,
        timestampMs,
        value,
      };
      encodable.push(record);
      total += encodedLength(record);
    }
    const bytes = this.#room(total);
    const starts: number[] = [];
    let at = 0;
    let offset = this.#nextOffset;
    for (const record of encodable) {
      starts.push(at);
      at = encodeRecord(record, offset, bytes, at);
      offset += 1n;
    }
    return { bytes, count: encodable.length, starts, sequences };
  }

  /** Memory to lay records out in: the same as before where it is large enough. */
  #room(bytes: number): Buffer {
    if (bytes > MOST_KEPT_BYTES) return Buffer.allocUnsafeSlow(bytes);
    if (this.#memory.length < bytes) this.#memory = Buffer.allocUnsafeSlow(Math.min(MOST_KEPT_BYTES, 2 * bytes));
    return this.#memory.subarray(0, bytes);
  }

  /** Writes staged records behind the end, and syncs them. Nobody sees them yet. */
  async write(staged: StagedRecords): Promise<void> {
    const isRoomLeft = this.#log.end + staged.bytes.length <= this.#options.segmentBytes;
    if (!isRoomLeft && this.#nextOffset > this.#log.base) await this.roll();
    await this.#log.write(staged.bytes, this.#options.isDurable);
  }

  /** Makes what was written visible. */
  async commit(staged: StagedRecords): Promise<void> {
    const first = this.#nextOffset;
    const start = this.#log.end;
    const nextOffset = first + BigInt(staged.count);
    const segmentBytes = start + staged.bytes.length;
    await writeAll(
      this.#committedFile.fd,
      encodeCommittedEnd({ nextOffset, segment: this.#log.base, segmentBytes }),
      0,
    );
    this.#nextOffset = nextOffset;
    this.#log.end = segmentBytes;
    for (const [id, sequence] of staged.sequences) this.#sequences.set(id, sequence);
    for (const [i, at] of staged.starts.entries()) this.#log.noteRecord(first + BigInt(i), start + at);
    await this.#log.saveIndex();
    if (segmentBytes - this.#snapshotPosition >= SNAPSHOT_INTERVAL_BYTES) {
      this.#snapshotPosition = segmentBytes;
      // A help for the next opening; without it, that scans the segment.
      await this.#saveSnapshot(join(this.#folder, SNAPSHOT_FILE), false).catch(() => {});
    }
  }

  /** Gives back the room of what was written and is not wanted. */
  async abandon(): Promise<void> {
    await this.#log.cut().catch(() => {});
  }

  /** Closes the segment and begins the next. */
  async roll(): Promise<void> {
    const base = this.#nextOffset;
    await saveFirstSnapshot(this.#folder, this.#topic, base, this.#sequences);
    await this.#log.sync();
    await this.#log.cut();
    await this.#log.beginNext(this.#folder, this.#topic, base);
    this.#segments = [...this.#segments, base];
    this.#snapshotPosition = 0;
    await syncFolder(this.#folder);
    await this.#writeCommitted();
  }

  /** Deletes the oldest segments, `count` of them; never the one that is being written. */
  async dropOldest(count: number): Promise<void> {
    for (const base of this.#segments.slice(0, Math.min(count, this.#segments.length - 1))) {
      // The log first: a segment without it is none, the rest is found and overwritten or ignored.
      for (const kind of ['log', 'index', 'producers'] as const) {
        await unlink(segmentPath(this.#folder, base, kind)).catch((error: unknown) => {
          if (errorCode(error) !== 'ENOENT') throw error;
        });
      }
      this.#segments = this.#segments.filter((other) => other !== base);
    }
  }

  async close(): Promise<void> {
    try {
      if (!this.#options.isDurable) await this.#log.sync();
      await this.#saveSnapshot(join(this.#folder, SNAPSHOT_FILE), true).catch(() => {});
    } finally {
      await this.#committedFile.close();
      await this.#log.close();
    }
  }

  async #writeCommitted(): Promise<void> {
    await writeAll(this.#committedFile.fd, encodeCommittedEnd(this.committed), 0);
  }

  #snapshot(isClosed: boolean): ProducerSnapshot {
    return {
      segment: this.#log.base,
      position: this.#log.end,
      nextOffset: this.#nextOffset,
      isClosed,
      sequences: this.#sequences,
    };
  }

  async #saveSnapshot(path: string, isClosed: boolean): Promise<void> {
    const temporary = `${path}.new`;
    await writeFile(temporary, encodeProducerSnapshot(this.#snapshot(isClosed)));
    await rename(temporary, path);
  }
}

/** The segment that is being written: its log and its index. */
class SegmentLog {
  base: bigint;
  /** Where the next record goes. Bytes behind it are nobody's. */
  end: number;
  #file: FileHandle;
  #index: SegmentIndex;
  #indexFile: FileHandle | undefined;
  #indexSaved = 0;

  constructor(
    base: bigint,
    end: number,
    file: FileHandle,
    index: SegmentIndex,
    indexFile: FileHandle | undefined,
    indexSaved: number,
  ) {
    this.base = base;
    this.end = end;
    this.#file = file;
    this.#index = index;
    this.#indexFile = indexFile;
    this.#indexSaved = indexSaved;
  }

  static async create(folder: string, topic: string, base: bigint): Promise<SegmentLog> {
    const { file, indexFile, end } = await createSegment(folder, topic, base);
    return new SegmentLog(base, end, file, new SegmentIndex(base), indexFile, 0);
  }

  async beginNext(folder: string, topic: string, base: bigint): Promise<void> {
    const { file, indexFile, end } = await createSegment(folder, topic, base);
    await this.close();
    this.base = base;
    this.end = end;
    this.#file = file;
    this.#index = new SegmentIndex(base);
    this.#indexFile = indexFile;
    this.#indexSaved = 0;
  }

  async write(bytes: Buffer, isDurable: boolean): Promise<void> {
    await writeAll(this.#file.fd, bytes, this.end);
    if (isDurable) await syncData(this.#file.fd);
  }

  async sync(): Promise<void> {
    await syncData(this.#file.fd);
  }

  async cut(): Promise<void> {
    await this.#file.truncate(this.end);
  }

  noteRecord(offset: bigint, position: number): void {
    if (position - this.#index.lastPosition >= INDEX_INTERVAL_BYTES) this.#index.add(offset, position);
  }

  /** Writes new index entries; gives the index up when that fails, since readers do without. */
  async saveIndex(): Promise<void> {
    if (this.#indexFile === undefined || this.#index.length === this.#indexSaved) return;
    try {
      await writeAll(
        this.#indexFile.fd,
        this.#index.encodeFrom(this.#indexSaved),
        this.#indexSaved * INDEX_ENTRY_BYTES,
      );
      this.#indexSaved = this.#index.length;
    } catch {
      await this.#indexFile.close();
      this.#indexFile = undefined;
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
    await this.#indexFile?.close();
    this.#indexFile = undefined;
  }
}

async function createSegment(
  folder: string,
  topic: string,
  base: bigint,
): Promise<{ file: FileHandle; indexFile: FileHandle | undefined; end: number }> {
  const header = encodeSegmentHeader(topic, base);
  const path = segmentPath(folder, base, 'log');
  const file = await open(path, 'w+');
  try {
    await writeAll(file.fd, header, 0);
    await syncData(file.fd);
  } catch (error) {
    await file.close();
    await unlink(path).catch(() => {});
    throw error;
  }
  const indexFile = await open(segmentPath(folder, base, 'index'), 'w').catch(() => undefined);
  return { file, indexFile, end: header.length };
}

/** Keeps what producers sent last before a segment, for good: what scanning the segment begins with. */
async function saveFirstSnapshot(
  folder: string,
  topic: string,
  base: bigint,
  sequences: ReadonlyMap<string, bigint>,
): Promise<void> {
  const file = await open(segmentPath(folder, base, 'producers'), 'w');
  try {
    const position = segmentHeaderBytes(topic);
    await file.writeFile(
      encodeProducerSnapshot({ segment: base, position, nextOffset: base, isClosed: false, sequences }),
    );
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** Finds the end of the last segment, and what its producers sent last. */
async function recover(
  folder: string,
  topic: string,
  segments: bigint[],
  committed: CommittedEnd | undefined,
  options: TopicWriterOptions,
): Promise<{ log: SegmentLog; segments: bigint[]; nextOffset: bigint; sequences: Map<string, bigint> }> {
  const base = segments.at(-1)!;
  const file = await open(segmentPath(folder, base, 'log'), 'r+');
  let log: SegmentLog | undefined;
  try {
    const { size } = await file.stat();
    const headerEnd = segmentHeaderBytes(topic);
    const head = Buffer.alloc(headerEnd);
    await file.read(head, 0, headerEnd, 0);
    const header = decodeSegmentHeader(head);
    if (header === undefined || header.topic !== topic || header.baseOffset !== base) {
      // A crash while the segment was made: nothing was ever in it.
      if (size <= headerEnd && (committed === undefined || committed.segment < base)) {
        await file.close();
        await unlink(segmentPath(folder, base, 'log'));
        const earlier = segments.slice(0, -1);
        if (earlier.length > 0) return recover(folder, topic, earlier, committed, options);
        return {
          log: await SegmentLog.create(folder, topic, base),
          segments: [base],
          nextOffset: base,
          sequences: new Map(),
        };
      }
      throw new AntaresError(
        'STREAM_VERSION_UNKNOWN',
        `${segmentPath(folder, base, 'log')} is no segment of topic ${topic}, or one of a newer version`,
      );
    }
    const snapshot = await bestSnapshot(folder, base, size, committed, options);
    const indexPath = segmentPath(folder, base, 'index');
    const savedIndex = await readFile(indexPath).catch(() => Buffer.alloc(0));
    const index = SegmentIndex.decode(base, savedIndex, snapshot?.position ?? 0);
    const indexFile = await openOrCreate(indexPath).catch(() => undefined);
    await indexFile?.truncate(index.length * INDEX_ENTRY_BYTES);
    const sequences = new Map(snapshot?.sequences);
    log = new SegmentLog(base, snapshot?.position ?? headerEnd, file, index, indexFile, index.length);
    let nextOffset = snapshot?.nextOffset ?? base;
    if (snapshot?.isClosed !== true) {
      for await (const { record, start, end } of scan(file, log.end, size)) {
        if (record.offset !== nextOffset) break;
        log.noteRecord(record.offset, start);
        log.end = end;
        nextOffset += 1n;
        if (record.sequence >= 0n) sequences.set(record.producer, record.sequence);
      }
      await log.saveIndex();
    }
    if (committed !== undefined && nextOffset < committed.nextOffset) {
      // Records that counted as written are not there any more. What is left stays as it is, for whoever wants to look;
      // their offsets are not given out again.
      await log.close();
      await saveFirstSnapshot(folder, topic, committed.nextOffset, sequences);
      const fresh = await SegmentLog.create(folder, topic, committed.nextOffset);
      await syncFolder(folder);
      return { log: fresh, segments: [...segments, committed.nextOffset], nextOffset: committed.nextOffset, sequences };
    }
    await log.cut();
    if (options.isDurable) await log.sync();
    return { log, segments, nextOffset, sequences };
  } catch (error) {
    await (log?.close() ?? file.close()).catch(() => {});
    throw error;
  }
}

/** The snapshot that leaves least to scan, among those that can be believed. */
async function bestSnapshot(
  folder: string,
  base: bigint,
  size: number,
  committed: CommittedEnd | undefined,
  options: TopicWriterOptions,
): Promise<ProducerSnapshot | undefined> {
  const read = async (path: string): Promise<ProducerSnapshot | undefined> => {
    const text = await readFile(path, 'utf8').catch(() => '');
    const snapshot = decodeProducerSnapshot(text);
    return snapshot?.segment === base && snapshot.position <= size ? snapshot : undefined;
  };
  const latest = await read(join(folder, SNAPSHOT_FILE));
  if (latest !== undefined && latest.nextOffset <= (committed?.nextOffset ?? 0n)) {
    // Closed, and nothing came after it: as good as scanned.
    if (latest.isClosed && latest.nextOffset === committed?.nextOffset && latest.position === size) return latest;
    // Without syncing, a power cut may have taken records before the snapshot: only a scan from the start would tell.
    if (options.isDurable) return { ...latest, isClosed: false };
  }
  return read(segmentPath(folder, base, 'producers'));
}

/** Whole records from a place on, up to the first that is not; `start` and `end` are positions in the file. */
async function* scan(
  file: FileHandle,
  from: number,
  size: number,
): AsyncGenerator<{ record: DecodedRecord; start: number; end: number }> {
  let position = from;
  let wanted = SCAN_BYTES;
  while (position < size) {
    const buffer = Buffer.allocUnsafe(Math.min(wanted, size - position));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    const bytes = buffer.subarray(0, bytesRead);
    let at = 0;
    for (;;) {
      const record = decodeRecord(bytes, at);
      if (record === undefined) break;
      yield { record, start: position + at, end: position + record.end };
      at = record.end;
    }
    const length = recordLengthAt(bytes, at);
    const isCutByBuffer = position + bytes.length < size && (length === undefined || length > bytes.length - at);
    if (!isCutByBuffer || bytesRead === 0) return;
    if (at === 0) wanted = Math.min(size - position, Math.max(2 * wanted, length ?? 0));
    position += at;
  }
}

async function writeAll(file: number, bytes: Buffer, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await writeAt(file, bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

async function openOrCreate(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return open(path, 'wx+');
  }
}

/** Makes new names durable. Systems that cannot sync a folder do not need it. */
async function syncFolder(path: string): Promise<void> {
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
