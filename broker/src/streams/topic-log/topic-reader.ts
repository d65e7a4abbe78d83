import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AntaresError, errorCode } from '../../model/errors.ts';
import type { StoredRecord, StreamPage } from '../streams.ts';
import { COMMITTED_FILE, type CommittedEnd, decodeCommittedEnd } from './committed-end.ts';
import { decodeRecord, RECORD_OVERHEAD_BYTES, recordLengthAt, segmentHeaderBytes } from './record-format.ts';
import { SegmentIndex } from './segment-index.ts';
import { listSegments, segmentPath } from './topic-folder.ts';

const READ_BYTES = 256 * 1024;
/** Values of a page, together; a page with one larger record has that one. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;
/** Places at which readers stopped, remembered so that reading on needs no search. */
const MAX_BOOKMARKS = 256;

/** What a reader must know of a topic: how far it may read, and which segments there are. */
export interface TopicState {
  readonly committed: CommittedEnd;
  /** First offsets, ascending; at least one. */
  readonly segments: readonly bigint[];
}

/** Where a record begins. */
interface Place {
  readonly offset: bigint;
  readonly segment: bigint;
  readonly position: number;
}

/** The reading end of one topic. Any number of reads at the same time; the files may belong to another process. */
export class TopicReader {
  readonly #folder: string;
  readonly #topic: string;
  readonly #findState: () => Promise<TopicState | undefined>;
  readonly #bookmarks = new Map<bigint, Place>();

  /** @param findState  asked at each read; undefined while the topic does not exist */
  constructor(folder: string, topic: string, findState: () => Promise<TopicState | undefined>) {
    this.#folder = folder;
    this.#topic = topic;
    this.#findState = findState;
  }

  async startOffset(): Promise<bigint> {
    return (await this.#findState())?.segments[0] ?? 0n;
  }

  async endOffset(): Promise<bigint> {
    return (await this.#findState())?.committed.nextOffset ?? 0n;
  }

  /** See `StreamReader.read`. */
  async read(fromOffset: bigint, limit: number): Promise<StreamPage> {
    for (;;) {
      const state = await this.#findState();
      const endOffset = state?.committed.nextOffset ?? 0n;
      if (fromOffset > endOffset) {
        throw new AntaresError(
          'STREAM_OFFSET_AHEAD',
          `topic ${this.#topic} ends at offset ${endOffset}, so it cannot be read from ${fromOffset}; begin at ${endOffset} for new records, or at 0`,
        );
      }
      if (state === undefined || fromOffset === endOffset) return { records: [], nextOffset: fromOffset, endOffset };
      try {
        return await this.#readPage(state, fromOffset, limit);
      } catch (error) {
        // Retention was faster: what is oldest has changed.
        if (errorCode(error) !== 'ENOENT') throw error;
        const again = await this.#findState();
        if (again?.segments[0] === state.segments[0]) throw error;
      }
    }
  }

  /** The first offset after damage at `offset` that can be read again. */
  async offsetAfterDamage(offset: bigint): Promise<bigint> {
    const state = await this.#findState();
    if (state === undefined) return offset;
    const segment = segmentOf(state.segments, offset);
    const next = state.segments.find((base) => base > segment) ?? state.committed.nextOffset;
    const { position: start } = await this.#find(state, offset);
    const file = await open(segmentPath(this.#folder, segment, 'log'));
    try {
      const end = await this.#endOf(file, state, segment);
      // Mostly a record's content has changed, and its length still leads to the next one.
      for (let position = start; position < end; ) {
        const record = await readRecord(file, position, end);
        if (record !== undefined && record.offset > offset) return record.offset;
        const length = recordLengthAt(await readAt(file, position, 8), 0);
        if (length === undefined || length < RECORD_OVERHEAD_BYTES) break;
        position += length;
      }
      const index = await this.#readIndex(segment, end);
      for (const position of index.positionsAfter(offset)) {
        const record = await readRecord(file, position, end);
        if (record !== undefined) return record.offset;
      }
    } finally {
      await file.close();
    }
    return next > offset ? next : offset + 1n;
  }

  async #readPage(state: TopicState, fromOffset: bigint, limit: number): Promise<StreamPage> {
    const endOffset = state.committed.nextOffset;
    const records: StoredRecord[] = [];
    let pageBytes = 0;
    let wanted = fromOffset > state.segments[0]! ? fromOffset : state.segments[0]!;
    let place = await this.#find(state, wanted);
    while (records.length < limit && pageBytes < MAX_PAGE_BYTES && wanted < endOffset) {
      const file = await open(segmentPath(this.#folder, place.segment, 'log'));
      let position = place.position;
      let here = place.offset;
      try {
        const end = await this.#endOf(file, state, place.segment);
        let readBytes = READ_BYTES;
        while (position < end && records.length < limit && pageBytes < MAX_PAGE_BYTES) {
          const bytes = await readAt(file, position, Math.min(readBytes, end - position));
          let at = 0;
          while (records.length < limit && pageBytes < MAX_PAGE_BYTES) {
            const record = decodeRecord(bytes, at);
            if (record === undefined) {
              const length = recordLengthAt(bytes, at) ?? 0;
              if (here >= wanted || length < RECORD_OVERHEAD_BYTES || length > bytes.length - at) break;
              // Damaged, but on the way only: its length leads to the next.
              at += length;
              here += 1n;
              continue;
            }
            here = record.offset + 1n;
            if (record.offset >= wanted) {
              // Left out records between two that are there: not something that we write.
              if (record.offset !== wanted) throw this.#damaged(wanted);
              const { offset, key, value, timestampMs } = record;
              records.push({ topic: this.#topic, offset, key, value, timestampMs });
              pageBytes += value.length;
              wanted = offset + 1n;
            }
            at = record.end;
          }
          position += at;
          if (at > 0) continue;
          const length = recordLengthAt(bytes, 0);
          const isMore = position + bytes.length < end && (length === undefined || length > bytes.length);
          if (!isMore || length === undefined || position + length > end) {
            if (records.length > 0)
              return this.#pageOf(records, wanted, endOffset, { offset: wanted, segment: place.segment, position });
            throw this.#damaged(wanted);
          }
          readBytes = length;
        }
        if (position < end || wanted >= endOffset) {
          return this.#pageOf(records, wanted, endOffset, { offset: wanted, segment: place.segment, position });
        }
      } finally {
        await file.close();
      }
      const next = state.segments.find((base) => base > place.segment);
      if (next === undefined || next !== wanted) {
        if (records.length > 0) break;
        throw this.#damaged(wanted);
      }
      place = { offset: next, segment: next, position: segmentHeaderBytes(this.#topic) };
    }
    return { records, nextOffset: wanted, endOffset };
  }

  #pageOf(records: StoredRecord[], nextOffset: bigint, endOffset: bigint, place: Place): StreamPage {
    this.#bookmarks.delete(nextOffset);
    this.#bookmarks.set(nextOffset, place);
    if (this.#bookmarks.size > MAX_BOOKMARKS) {
      for (const oldest of this.#bookmarks.keys()) {
        this.#bookmarks.delete(oldest);
        break;
      }
    }
    return { records, nextOffset, endOffset };
  }

  async #find(state: TopicState, offset: bigint): Promise<Place> {
    const segment = segmentOf(state.segments, offset);
    const bookmark = this.#bookmarks.get(offset);
    // A segment may have been closed behind the bookmark: then the next one begins with this offset.
    if (bookmark !== undefined && bookmark.segment === segment) return bookmark;
    const headerEnd = segmentHeaderBytes(this.#topic);
    if (offset === segment) return { offset: segment, segment, position: headerEnd };
    const file = await open(segmentPath(this.#folder, segment, 'log'));
    try {
      const end = await this.#endOf(file, state, segment);
      const position = (await this.#readIndex(segment, end)).positionBefore(offset);
      if (position !== undefined) {
        const record = await readRecord(file, position, end);
        if (record !== undefined && record.offset <= offset) return { offset: record.offset, segment, position };
      }
    } finally {
      await file.close();
    }
    return { offset: segment, segment, position: headerEnd };
  }

  async #endOf(file: FileHandle, state: TopicState, segment: bigint): Promise<number> {
    return segment === state.committed.segment ? state.committed.segmentBytes : (await file.stat()).size;
  }

  async #readIndex(segment: bigint, end: number): Promise<SegmentIndex> {
    const bytes = await readFile(segmentPath(this.#folder, segment, 'index')).catch(() => Buffer.alloc(0));
    return SegmentIndex.decode(segment, bytes, end);
  }

  #damaged(offset: bigint): AntaresError {
    return new AntaresError(
      'STREAM_DAMAGED',
      `record ${offset} of topic ${this.#topic} cannot be read: its bytes in ${this.#folder} have changed; following the topic passes over it`,
    );
  }
}

/** Reads what a reader must know from the files, for processes that do not write. */
export class TopicStateOnDisk {
  readonly #folder: string;
  #segments: readonly bigint[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  async find(): Promise<TopicState | undefined> {
    const path = join(this.#folder, COMMITTED_FILE);
    for (let attempt = 0; ; attempt += 1) {
      let bytes: Buffer;
      try {
        bytes = await readFile(path);
      } catch (error) {
        if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
        throw error;
      }
      const committed = decodeCommittedEnd(bytes);
      if (committed === undefined) {
        // Caught while it was written, or made a moment ago.
        if (attempt < 3) continue;
        return undefined;
      }
      this.#segments = await listSegments(this.#folder);
      const visible = this.#segments.filter((base) => base <= committed.segment);
      if (visible.at(-1) === committed.segment) return { committed, segments: visible };
      // The segment was dropped or replaced between the two looks.
      if (attempt >= 3) return undefined;
    }
  }
}

function segmentOf(segments: readonly bigint[], offset: bigint): bigint {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (segments[middle]! <= offset) low = middle + 1;
    else high = middle;
  }
  return segments[Math.max(0, low - 1)]!;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

async function readRecord(file: FileHandle, position: number, end: number): Promise<ReturnType<typeof decodeRecord>> {
  const head = await readAt(file, position, Math.min(8, end - position));
  const length = recordLengthAt(head, 0);
  if (length === undefined || position + length > end) return undefined;
  return decodeRecord(await readAt(file, position, length), 0);
}
