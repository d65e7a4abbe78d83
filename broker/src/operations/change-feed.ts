import type { AlertStore } from '../alert-store/alert-store.ts';
import type { AlertId } from '../model/ids.ts';
import type { LocusRecord } from '../model/locus.ts';
import { readChanges } from '../pipeline/changed-loci.ts';
import type { StoredRecord, StreamReader } from '../streams/streams.ts';
import { CHANGED_LOCI, topicOfStream } from '../streams/topic-name.ts';

/** An alert that arrived on a locus, and the locus as it is when this is read. */
export interface ArrivedAlert {
  readonly record: LocusRecord;
  readonly alertId: AlertId;
}

/** What a message of the feed tells. */
export interface ChangeMessage {
  readonly offset: bigint;
  readonly publishedAtMs: number;
  /** In an order that is the same whenever the message is read; undefined in place of an alert whose locus is gone. */
  readonly arrived: readonly (ArrivedAlert | undefined)[];
}

/** Messages whose loci are kept: followers that are at the end of the feed read each message at nearly the same time. */
const KEPT_MESSAGES = 64;

/** Follows which alerts arrive on which loci, for any number of readers, each locus being read once for all of them. */
export class ChangeFeed {
  readonly topic = topicOfStream(CHANGED_LOCI);
  readonly #store: AlertStore;
  readonly #streams: StreamReader;
  readonly #kept = new Map<bigint, Promise<ChangeMessage>>();

  constructor(store: AlertStore, streams: StreamReader) {
    this.#store = store;
    this.#streams = streams;
  }

  /** Messages from an offset on, then each new one, until the signal says stop. @throws as `StreamReader.follow` */
  async *follow(fromOffset: bigint, signal: AbortSignal): AsyncGenerator<ChangeMessage> {
    for await (const records of this.#streams.follow(this.topic, fromOffset, signal)) {
      for (const record of records) {
        if (signal.aborted) return;
        yield await this.#read(record);
      }
    }
  }

  #read(record: StoredRecord): Promise<ChangeMessage> {
    const known = this.#kept.get(record.offset);
    if (known !== undefined) return known;
    const reading = this.#readLoci(record);
    if (this.#kept.size >= KEPT_MESSAGES) this.#kept.delete(this.#kept.keys().next().value!);
    this.#kept.set(record.offset, reading);
    reading.catch(() => this.#kept.delete(record.offset));
    return reading;
  }

  async #readLoci({ offset, timestampMs, value }: StoredRecord): Promise<ChangeMessage> {
    const changes = readChanges(value).filter(({ alertIds }) => alertIds.length > 0);
    const records = await this.#store.getLocusRecords(changes.map(({ ref }) => ref));
    return {
      offset,
      publishedAtMs: timestampMs,
      arrived: changes.flatMap(({ alertIds }, i) =>
        alertIds.map((alertId) => (records[i] === undefined ? undefined : { record: records[i], alertId })),
      ),
    };
  }
}
