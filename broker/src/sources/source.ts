import type { Chunk, ChunkPool } from '../disk/chunk-pool.ts';
import type { AntaresError } from '../model/errors.ts';

/**
 * A source: raw survey packets, one after the other, each at a place that stays the same whenever the source is read again.
 *
 * Ordering: ascending ordinals, the same packet under the same ordinal on every reading, as long as `id` is the same.
 * Ordinals may have gaps (a topic whose old messages are gone). Back-pressure: a source reads ahead by a bounded amount
 * and goes on when it is asked for more. Faults of a single packet, archive or file are delivered as packets with a
 * `fault`; the source then goes on with what it can still read, so only a fault of the consumer ends the iteration early.
 *
 * How far a source was taken in is the consumer's to remember: it keeps the first ordinal that is not durable under `id`
 * and begins there next time.
 */
export interface PacketSource {
  /** Stable identity, under which progress is kept; changes when the content may have changed. */
  readonly id: string;
  /** What people call it; shown in the ledger. */
  readonly name: string;
  /** Whether it can be read a second time. When not, `id` is new for each run and progress is of no use. */
  readonly isResumable: boolean;
  /** How much there is to read, for progress bars [bytes, as stored]; undefined when nobody knows. */
  readonly totalBytes: number | undefined;
  /** How much was read so far, in the unit of `totalBytes`. */
  readonly bytesRead: number;
  /** Things met in folders and archives that are not packets, and were passed over. */
  readonly passedOver: number;

  /**
   * The packets, in batches of a few megabytes at most (a single packet may be larger), never empty.
   *
   * What comes before `fromOrdinal` is stepped over undecoded. One iteration at a time.
   * Kafka: one source a partition, ordinal = offset, assign and seek.
   *
   * @param fromOrdinal  the first ordinal wanted, ≥ 0; default 0
   */
  packets(fromOrdinal?: number, options?: ReadingOptions): AsyncIterable<readonly SourcePacket[]>;

  /** Ends a running iteration and frees what is open. May be called at any time, and twice. */
  close(): Promise<void>;
}

/** How a source is read. */
export interface ReadingOptions {
  /**
   * Where large files are read into. The bytes of a batch then need only stay until the next one is asked for, or the
   * iteration is ended; who wants one for longer holds its `chunk`. Default: bytes are never overwritten.
   */
  readonly pool?: ChunkPool | undefined;
}

/** A packet as it lies in its source. */
export interface SourcePacket {
  /**
   * The raw bytes: an Avro container or a schema-registry message; with a `fault`, what there was of it, maybe nothing.
   *
   * Possibly a view of a larger buffer that other packets share: whoever keeps one for long keeps the whole buffer alive.
   */
  readonly bytes: Uint8Array;
  /** The chunk of the reader's pool that the bytes lie in; undefined where they lie in memory that nobody overwrites. */
  readonly chunk?: Chunk | undefined;
  /** Its place in the source: 0, 1, 2, … */
  readonly ordinal: number;
  /** File, `archive!member`, or topic with offset: for people. */
  readonly name: string;
  /** When it was read [Unix ms]. */
  readonly receivedAtMs: number;
  /**
   * Why this is not a packet to decode: `PACKET_TOO_LARGE`, or one of `SOURCE_ERRORS`, whose item stands for what could
   * not be read from here on in its file.
   */
  readonly fault: AntaresError | undefined;
}

/** What can go wrong with a source, with a sentence on when it appears. The keys are stable. */
export const SOURCE_ERRORS = {
  SOURCE_NOT_FOUND: 'A path that was asked for does not exist. Nothing was taken in.',
  SOURCE_UNREADABLE:
    'The system refused to open or read a file or folder: permissions, a failing disk, a file that went away.',
  SOURCE_TRUNCATED:
    'A file ends before it should: a download or copy that was cut off. What came before it was delivered.',
  SOURCE_DAMAGED:
    'An archive or container contradicts itself, mostly after a transfer error. What came before it was delivered.',
  SOURCE_UNSUPPORTED: 'An archive member is stored in a way that is not read here (sparse files).',
} as const;
