import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertStore } from '../alert-store/alert-store.ts';
import { openAlertStore, openCoordination, openStreams } from '../backends.ts';
import { readCatalogRegistry } from '../catalogs/catalog-registry.ts';
import { type CatalogImages, loadCatalogImages } from '../catalogs/catalog-set.ts';
import type { Config } from '../config/config.ts';
import type { Coordination } from '../coordination/coordination.ts';
import { CHUNK_BYTES, ChunkPool } from '../disk/chunk-pool.ts';
import { DisabledFlags } from '../filters/disabled-flags.ts';
import { selectFilters } from '../filters/registry.ts';
import { AntaresError, errorCode, errorMessage } from '../model/errors.ts';
import { conflictKeysOf } from '../pipeline/conflict-keys.ts';
import { Dispatcher, type OpenSource } from '../pipeline/dispatcher.ts';
import type { LaneResult } from '../pipeline/lane.ts';
import type { LatencyHistogram } from '../pipeline/latency-histogram.ts';
import { laneOfSequence } from '../pipeline/message-sequence.ts';
import { l1FiltersOf, openPacketDecoder } from '../pipeline/set-up.ts';
import { SourceTracker } from '../pipeline/source-tracker.ts';
import { WorkerLane } from '../pipeline/worker-lane.ts';
import type { PacketSource } from '../sources/source.ts';
import type { Streams } from '../streams/streams.ts';
import { topicOfStream } from '../streams/topic-name.ts';
import type { PacketDecoder } from '../surveys/survey.ts';
import { FilterStates } from './filter-states.ts';
import { knownProperties } from './known-properties.ts';
import { packageVersions } from './package-versions.ts';
import { catalogProvenance, recordProvenance } from './provenance.ts';

/** What a broker tells while it works. */
export interface BrokerEvents {
  /** After each block, with what became of it and the totals so far. */
  readonly onProgress?: (totals: IntakeTotals) => void;
  /** The store takes nothing in, and why; undefined when it does again. */
  readonly onStall?: (reason: { readonly code: string; readonly message: string } | undefined) => void;
  /** A filter crashed and is off. */
  readonly onCrash?: (crash: { readonly filter: string; readonly crashLogId: string }) => void;
  /** Something that a person should know and that stops nothing. */
  readonly onWarning?: (message: string) => void;
}

/** Counts of what was taken in since the broker started. received = stored + duplicate + rejected. */
export interface IntakeTotals {
  received: number;
  stored: number;
  duplicate: number;
  rejected: number;
  reasons: Record<string, number>;
  lociCreated: number;
  newTags: Record<string, number>;
}

/** How a source is taken in. */
export interface IntakeOptions {
  /** Survey to assume where packets do not say. */
  readonly survey?: string | undefined;
  /** Whether the L1 filters apply; as configured where not given. */
  readonly useL1Filters?: boolean | undefined;
  /**
   * Remember the source as taken in, until `forget`: for one of several that belong together, so that going on after an
   * interruption does not begin with those that were done.
   */
  readonly isPartOfMore?: boolean | undefined;
  /** Ends the intake early: what was received until then becomes durable. */
  readonly signal?: AbortSignal | undefined;
}

/** How often a running broker looks for new versions of catalogues. */
const CATALOG_POLL_MS = 1_000;
const RUN_DOCUMENT = 'broker-run';
/** Blocks of a lane that hold packets: two with the lane, one being filled. */
const BLOCKS_OF_LANE = 3;
/** Chunks of a lane beside those: messages on their way out, packets that had to be copied, what is being read. */
const OTHER_CHUNKS_OF_LANE = 12;
/** Codes of streams that cannot take messages now, and may later. */
const PASSING = new Set(['STREAM_FULL', 'STREAM_UNREACHABLE']);
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

/**
 * The broker in one process: main thread with sources and streams, worker threads with the pipeline, one store.
 *
 * Open it, `take` sources in, `close` it. It owns everything that it opens.
 */
export class Broker {
  readonly config: Config;
  readonly store: AlertStore;
  readonly streams: Streams;
  readonly totals: IntakeTotals = {
    received: 0,
    stored: 0,
    duplicate: 0,
    rejected: 0,
    reasons: {},
    lociCreated: 0,
    newTags: {},
  };
  readonly #coordination: Coordination;
  readonly #decoder: PacketDecoder;
  readonly #lanes: readonly WorkerLane[];
  /** Memory that packets and messages pass through. */
  readonly #pool: ChunkPool;
  readonly #dispatcher: Dispatcher;
  readonly #flags: DisabledFlags;
  readonly #filterStates: FilterStates;
  readonly #events: BrokerEvents;
  readonly #closing = new AbortController();
  #catalogs: CatalogImages;
  #catalogPoll: Promise<void>;

  private constructor(parts: {
    config: Config;
    store: AlertStore;
    streams: Streams;
    coordination: Coordination;
    decoder: PacketDecoder;
    lanes: readonly WorkerLane[];
    flags: DisabledFlags;
    filterStates: FilterStates;
    catalogs: CatalogImages;
    events: BrokerEvents;
  }) {
    this.config = parts.config;
    this.store = parts.store;
    this.streams = parts.streams;
    this.#coordination = parts.coordination;
    this.#decoder = parts.decoder;
    this.#lanes = parts.lanes;
    this.#flags = parts.flags;
    this.#filterStates = parts.filterStates;
    this.#catalogs = parts.catalogs;
    this.#events = parts.events;
    const { workers, commitEveryBytes, commitEveryPackets } = parts.config.pipeline;
    this.#pool = new ChunkPool({
      mostBytes: workers * (BLOCKS_OF_LANE * commitEveryBytes + OTHER_CHUNKS_OF_LANE * CHUNK_BYTES),
      onDrop: (memory) => {
        for (const lane of parts.lanes) lane.forget(memory);
      },
    });
    this.#dispatcher = new Dispatcher({
      lanes: parts.lanes,
      pool: this.#pool,
      conflictKeys: conflictKeysOf(parts.decoder),
      publish: (_lane, messages) => this.#publish(messages),
      onResult: (result) => this.#count(result),
      maxBlockPackets: commitEveryPackets,
      maxBlockBytes: commitEveryBytes,
    });
    this.#catalogPoll = this.#watchCatalogs();
  }

  /** Tables of the catalogues and watch lists in force, in shared memory. */
  get catalogs(): CatalogImages {
    return this.#catalogs;
  }

  /**
   * Opens store, streams and workers. What an earlier run committed but could not publish any more is published first.
   *
   * @throws ALERT_STORE_LOCKED  another broker has the store
   */
  static async open(config: Config, events: BrokerEvents = {}): Promise<Broker> {
    const opened: { close(): Promise<void> }[] = [];
    try {
      const store = await openAlertStore(config, 'writer');
      opened.push(store);
      const streams = await openStreams(config);
      opened.push(streams);
      const pending = await store.listPending();
      await publish(streams, pending);
      await store.clearPending(pending.map(({ sequence }) => sequence));
      const { coordination, handle } = await openCoordination(config);
      opened.push(coordination);

      const selected = selectFilters(config.filters);
      await store.defineProperties(knownProperties(selected));
      const flags = DisabledFlags.create(selected.map(({ name }) => name));
      const filterStates = await FilterStates.open(store);
      for (const name of filterStates.disabled) if (flags.indexOf(name) !== -1) flags.disable(name);
      const catalogs = await loadCatalogImages(store);
      const provenanceId = await recordProvenance(store, provenanceOf(config, catalogs, flags));
      const run = Number((await store.getDocument(RUN_DOCUMENT)) ?? '0') + 1;
      await store.putDocument(RUN_DOCUMENT, String(run));
      const decoder = await openPacketDecoder(config, store);

      const lanes = await Promise.all(
        Array.from({ length: config.pipeline.workers }, (_, lane) =>
          WorkerLane.start(
            { config, lane, run, coordination: handle, disabledFilters: flags.handle, catalogs, provenanceId },
            { onStall: (reason) => events.onStall?.(reason) },
          ),
        ),
      );
      return new Broker({
        config,
        store,
        streams,
        coordination,
        decoder,
        lanes,
        flags,
        filterStates,
        catalogs,
        events,
      });
    } catch (error) {
      for (const resource of opened.reverse()) await resource.close().catch(() => undefined);
      throw error;
    }
  }

  /** From arrival of a packet to durable and published [ms]. */
  get latency(): LatencyHistogram {
    return this.#dispatcher.latency;
  }

  /** Names of filters that are off because they crashed, or because somebody said so. */
  get disabledFilters(): string[] {
    return this.#flags.listDisabled();
  }

  /**
   * Takes a source in, to its end. Resolves when all of it is durable and published.
   *
   * A source that was interrupted goes on where it stopped; one that was taken in to its end before is a new delivery,
   * and its packets are duplicates. Several sources may be taken in at the same time.
   */
  async take(source: PacketSource, options: IntakeOptions = {}): Promise<void> {
    const progress = !source.isResumable ? undefined : await this.store.getProgress(source.id);
    const tracker = new SourceTracker(progress?.lowWater, progress?.done);
    const open: OpenSource = {
      id: source.isResumable ? source.id : '',
      name: source.name,
      survey: options.survey,
      useL1Filters: options.useL1Filters ?? this.config.l1Filters.enabled,
      tracker,
    };
    // A source that has nothing to say (an idle pipe) would not notice otherwise.
    const stop = (): void => void source.close();
    options.signal?.addEventListener('abort', stop, { once: true });
    for await (const packets of source.packets(tracker.lowWater, { pool: this.#pool })) {
      for (const packet of packets) {
        if (options.signal?.aborted === true) break;
        if (tracker.isDone(packet.ordinal)) tracker.pass(packet.ordinal);
        else {
          await this.#ensureSchema(packet.bytes);
          await this.#dispatcher.offer(packet, open);
        }
      }
      if (options.signal?.aborted === true) break;
    }
    options.signal?.removeEventListener('abort', stop);
    await this.#dispatcher.drain();
    if (options.signal?.aborted !== true && options.isPartOfMore !== true) await this.forget([source]);
  }

  /** Forgets how far sources were taken in: taking them in again is a new delivery. */
  async forget(sources: readonly PacketSource[]): Promise<void> {
    for (const { id, isResumable } of sources) if (isResumable) await this.store.clearProgress(id);
  }

  /** Resolves when everything taken in is durable and published. */
  drain(): Promise<void> {
    return this.#dispatcher.drain();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#catalogPoll;
    // A lane that failed cannot drain; closing must go on all the same.
    await this.#dispatcher.drain().catch(() => undefined);
    await this.store.clearPending(this.#dispatcher.takePublished());
    await Promise.all(this.#lanes.map((lane) => lane.close()));
    await this.#coordination.close();
    await this.streams.close();
    await this.store.close();
  }

  /** Publishes messages; where the streams take nothing at the moment, waits until they do. */
  async #publish(messages: Parameters<typeof publish>[1]): Promise<void> {
    let stalled = false;
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
      try {
        await publish(this.streams, messages);
        if (stalled) this.#events.onStall?.(undefined);
        return;
      } catch (error) {
        // What is not published now is published at the next start: giving up at the end loses nothing.
        if (!PASSING.has(errorCode(error)) || this.#closing.signal.aborted) throw error;
        if (!stalled) this.#events.onStall?.({ code: errorCode(error), message: errorMessage(error) });
        stalled = true;
        await sleep(waitMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      }
    }
  }

  #count(result: LaneResult): void {
    const { totals } = this;
    totals.received += result.received;
    totals.stored += result.stored;
    totals.duplicate += result.duplicate;
    totals.rejected += result.rejected;
    totals.lociCreated += result.lociCreated;
    for (const [reason, count] of Object.entries(result.reasons))
      totals.reasons[reason] = (totals.reasons[reason] ?? 0) + count;
    for (const [tag, count] of Object.entries(result.newTags)) totals.newTags[tag] = (totals.newTags[tag] ?? 0) + count;
    for (const crash of result.crashes) {
      this.#events.onCrash?.(crash);
      this.#filterStates.disable(crash.filter, crash.crashLogId).catch((error: unknown) => {
        this.#events.onWarning?.(`the state of filter ${crash.filter} could not be kept: ${errorCode(error)}`);
      });
    }
    this.#events.onProgress?.(totals);
  }

  /** A wire message names its schema by number: the dispatcher can only read it once the schema is there. */
  async #ensureSchema(bytes: Uint8Array): Promise<void> {
    try {
      await this.#decoder.ensureSchema(bytes);
    } catch (error) {
      // The worker will meet the same, and book the packet with the reason.
      if (!(error instanceof AntaresError)) throw error;
    }
  }

  /** Puts new versions of catalogues and watch lists in force within a second of their load. */
  async #watchCatalogs(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      await sleep(CATALOG_POLL_MS, undefined, { signal: this.#closing.signal, ref: false }).catch(() => undefined);
      if (this.#closing.signal.aborted) return;
      try {
        const { revision } = await readCatalogRegistry(this.store);
        if (revision === this.#catalogs.revision) continue;
        this.#catalogs = await loadCatalogImages(this.store, this.#catalogs);
        const id = await recordProvenance(this.store, provenanceOf(this.config, this.#catalogs, this.#flags));
        for (const lane of this.#lanes) lane.setCatalogs(this.#catalogs, id);
      } catch (error) {
        this.#events.onWarning?.(`new catalogue versions could not be put in force yet: ${errorCode(error)}`);
      }
    }
  }
}

function provenanceOf(
  config: Config,
  catalogs: CatalogImages,
  flags: DisabledFlags,
): Parameters<typeof recordProvenance>[1] {
  const packages = packageVersions();
  return {
    antares_version: packages['antares'] ?? '',
    node_version: process.version,
    config,
    l1_filters: l1FiltersOf(config).map(({ name }) => name),
    filters: selectFilters(config.filters).map(({ name, version }) => ({
      name,
      version,
      enabled: !flags.isDisabled(name),
    })),
    catalogs: catalogProvenance(catalogs.lists.map(({ catalog }) => catalog)),
    packages,
  };
}

/** Appends messages to their streams; each at most once, by the sequence of the lane that made it. */
async function publish(streams: Streams, messages: readonly Parameters<typeof toRecords>[0][]): Promise<void> {
  const records = messages.flatMap(toRecords);
  if (records.length > 0) await streams.append(records);
}

function toRecords(message: {
  sequence: bigint;
  streams: readonly string[];
  key: string;
  value: Uint8Array;
}): Parameters<Streams['append']>[0][number][] {
  const { sequence, key, value } = message;
  return message.streams.map((name) => ({
    topic: topicOfStream(name),
    key,
    value,
    timestampMs: Date.now(),
    producer: { id: `lane-${laneOfSequence(sequence)}`, sequence },
  }));
}
