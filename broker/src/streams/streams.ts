/**
 * Streams: topics to which the broker appends messages, and from which anybody reads, from any point, as often as wanted.
 *
 * Ordering: records of a topic have offsets that rise in the order of appending. Offsets may have gaps, and are never
 * used twice. Durability: what an `append` that resolved has written survives a crash of the process and of the machine
 * (unless the adapter was told otherwise), and only such records are ever read. Idempotence: by producer and sequence,
 * see `StreamRecord`. Concurrency: any number of `append` and of readers at the same time, in this process and others;
 * whether several processes may append is the adapter's to say (`supports.manyWriters`).
 */
export interface Streams extends StreamReader {
  readonly supports: StreamsSupport;

  /**
   * Appends records, all or none as long as the process lives; after a crash in the middle, any prefix of each topic's.
   *
   * Records of one call to the same topic keep their order. A topic comes into being with its first record.
   * Kafka: one idempotent producer, acks=all; producer and sequence travel as headers and are compared with the last ones
   * found in the topic when the producer starts.
   *
   * @throws STREAM_TOPIC_INVALID, STREAM_RECORD_TOO_LARGE  nothing was appended; the same call will fail again
   * @throws STREAM_FULL         no room; nothing was appended, the same call may be made again
   * @throws STREAM_UNREACHABLE  the disk or the server failed; nothing was appended, or, with a server, perhaps all
   * @throws STREAM_LOCKED       another writer has taken over
   * @throws STREAM_CLOSED
   */
  append(records: readonly StreamRecord[]): Promise<void>;
}

/** The reading half of the streams. */
export interface StreamReader {
  /**
   * Records from an offset on, as many as there are, up to `limit`; perhaps fewer (a page is a few megabytes at most), but
   * none only at the end of the topic. A topic that does not exist is an empty one.
   *
   * Records that retention has removed are passed over: the first record tells.
   * Kafka: assign, seek, fetch.
   *
   * @param fromOffset  ≥ 0
   * @param limit       ≥ 1
   * @throws STREAM_OFFSET_AHEAD  `fromOffset` is beyond the end: a bookmark of another log
   * @throws STREAM_DAMAGED       the record was changed on disk; the message says from where on one can read
   */
  read(topic: string, fromOffset: bigint, limit: number): Promise<StreamPage>;

  /** Offset of the oldest record that is still there; equals the end when there is none. Kafka: ListOffsets, earliest. */
  startOffset(topic: string): Promise<bigint>;

  /** Offset that the next record will get, or a lower bound of it. Kafka: ListOffsets, latest. */
  endOffset(topic: string): Promise<bigint>;

  /** Names of all topics that have had a record, ascending by code unit. Kafka: Metadata, internal topics left out. */
  listTopics(): Promise<string[]>;

  /**
   * Records from an offset on, then each new one as it comes, whoever appends it, until the signal says stop.
   * Kafka: assign, seek, fetch again and again.
   *
   * @param fromOffset  as for `read`; the topic need not exist yet
   * @returns           batches in order, none empty; ends without an error when stopped, and when the reader is closed
   * @throws            as `read`
   */
  follow(topic: string, fromOffset: bigint, signal: AbortSignal): AsyncIterable<readonly StoredRecord[]>;

  /** Ends followers, waits for running appends, and frees what is open. May be called twice. */
  close(): Promise<void>;
}

/** What an adapter can do, where adapters differ. */
export interface StreamsSupport {
  /** Whether several processes may append at the same time. */
  readonly manyWriters: boolean;
}

/** A message to append. */
export interface StreamRecord {
  /** Where to: 1 to 249 of `a-z A-Z 0-9 . _ -`, see `checkTopicName`. */
  readonly topic: string;
  /** What it is about (a locus id); records of one key keep their order in every adapter. At most 65,534 bytes. */
  readonly key: string;
  readonly value: Uint8Array;
  /** When it was made [Unix ms], a whole number. */
  readonly timestampMs: number;
  /**
   * Who made it, with a number that rises from record to record: a record whose sequence is not above the last one of its
   * producer in its topic is left out, so that what is sent again after a crash is there once.
   *
   * `id` at most 255 bytes of UTF-8; `sequence` ∈ [0, 2⁶³).
   */
  readonly producer?: { readonly id: string; readonly sequence: bigint } | undefined;
}

/** A message as it is read. */
export interface StoredRecord {
  readonly topic: string;
  readonly offset: bigint;
  readonly key: string;
  /** Possibly a view of a buffer that the page's records share. */
  readonly value: Uint8Array;
  readonly timestampMs: number;
}

/** Records that follow each other in a topic. */
export interface StreamPage {
  readonly records: readonly StoredRecord[];
  /** Where to read on. */
  readonly nextOffset: bigint;
  /** The topic's end, as known when the page was read. */
  readonly endOffset: bigint;
}

/** What can go wrong with streams, with a sentence on when it appears. The keys are stable. */
export const STREAM_ERRORS = {
  STREAM_TOPIC_INVALID: 'A topic name is empty, too long, `.`, `..`, or has other letters than a-z A-Z 0-9 . _ -.',
  STREAM_RECORD_TOO_LARGE: 'Key and value of a record are beyond the limit of the log. Raise the limit, or send less.',
  STREAM_FULL: 'The disk, or the quota on it, has no room. Nothing was appended; go on when there is room.',
  STREAM_UNREACHABLE: 'The disk or the server that keeps the streams failed.',
  STREAM_LOCKED: 'Another process writes to the same log, or took it over from this one.',
  STREAM_CLOSED: 'The log was closed while somebody still wanted to write to it.',
  STREAM_OFFSET_AHEAD: 'A reader asks for an offset beyond the end, mostly with a bookmark of another log.',
  STREAM_DAMAGED: 'Bytes of a record that was once durable have changed: a failing disk, or somebody edited the files.',
  STREAM_VERSION_UNKNOWN: 'The files were written by a newer version, or are none of ours.',
  STREAM_NAME_INVALID: 'The name of a stream in the configuration makes no topic name.',
  STREAM_NAME_DUPLICATE: 'Two streams in the configuration have the same name.',
  STREAM_EXPRESSION_INVALID: 'The tags of a stream are not a readable expression.',
} as const;
