import type { AlertId, LocusId, ProvenanceId } from '../model/ids.ts';
import type { AlertKind, LightCurvePoint } from '../model/light-curve.ts';
import type { LightCurveBuilder } from '../model/light-curve-builder.ts';
import type { LocusReading, LocusRecord, LocusRef } from '../model/locus.ts';
import type { AlertBody, SurveyObject } from '../model/packet.ts';
import type { Properties, PropertyDefinition } from '../model/property.ts';

/**
 * The alert store: the single source of truth for loci, alerts, light curves, packets, catalogues and provenance.
 *
 * Everything is asynchronous and in batches, because a batch is what a network likes; there is no cursor and no
 * transaction across partitions, because only one machine can give those. Each call says in its last line how Apache
 * Cassandra would serve it.
 *
 * Ordering: calls of one client see that client's finished commits. Idempotence: the same commit twice leaves what the
 * first one left. Concurrency: reads at any time; commits of several clients at the same time as long as they hold the
 * region locks of the loci that they write (`coordination`).
 */
export interface AlertStore {
  readonly supports: AlertStoreSupport;

  /**
   * The locus to which each survey object is bound, or undefined.
   * Cassandra: `survey_objects` by (survey, role, id), one SELECT each, concurrently, LOCAL_QUORUM.
   */
  findLociByObject(objects: readonly SurveyObject[]): Promise<(LocusRef | undefined)[]>;

  /**
   * Associable loci whose present position lies in each cone, nearest first.
   * Cassandra: `locus_positions` by HTM id at level 16, one SELECT a trixel of the cover, concurrently, LOCAL_QUORUM.
   *
   * @param cones  centre ICRS unit vector; radius [arcsec], up to 60
   */
  findLociNear(cones: readonly NearQuery[]): Promise<NearbyLocus[][]>;

  /**
   * Records and light curves, undefined where there is no such locus.
   * Cassandra: `loci` and `light_curves` by locus id, one partition each, LOCAL_QUORUM.
   */
  getLoci(refs: readonly LocusRef[]): Promise<(StoredLocus | undefined)[]>;

  /**
   * Gives back loci that nobody looks at any more: their light curves and properties are empty from then on, and what they
   * took up may serve the next ones. Whoever does not call it loses nothing but some time. Cassandra: not needed.
   */
  release(loci: Iterable<StoredLocus>): void;

  /**
   * Records alone, undefined where there is no such locus: what lists and searches need, at a tenth of the cost.
   * Cassandra: `loci` by locus id, one SELECT each, concurrently, LOCAL_ONE.
   */
  getLocusRecords(refs: readonly LocusRef[]): Promise<(LocusRecord | undefined)[]>;

  /**
   * As {@link getLocusRecords}, for whoever goes through the properties and needs no map of them, above all the search
   * index, which reads every locus that changes. Cassandra: as there.
   */
  readLoci(refs: readonly LocusRef[]): Promise<(LocusReading | undefined)[]>;

  /** Refs by public id. Cassandra: not needed there (the id is the key); one SELECT on `loci` to see that it exists. */
  findLoci(ids: readonly LocusId[]): Promise<(LocusRef | undefined)[]>;

  /**
   * Where each alert is, or undefined. An alert that is found is stored in full.
   * Cassandra: `alert_index` by alert id, one SELECT each, concurrently, LOCAL_QUORUM.
   */
  findAlerts(ids: readonly AlertId[]): Promise<(AlertAddress | undefined)[]>;

  /**
   * Rows of a locus in light-curve order of arrival; removed rows are left out.
   * Cassandra: `alerts` by locus id, one partition, LOCAL_ONE.
   */
  getAlertRows(ref: LocusRef): Promise<AlertRow[]>;

  /** Rows by alert id, undefined where unknown. Cassandra: `alert_index`, then `alerts` by (locus id, row). */
  getAlerts(ids: readonly AlertId[]): Promise<(AlertRow | undefined)[]>;

  /**
   * Writes packets ahead of the commit that will point at them, so that the disk works while the pipeline computes.
   * Not durable before that commit; a packet that no commit names is garbage.
   * Cassandra: `packets` by alert id, one INSERT each, LOCAL_QUORUM; the address is the id itself.
   */
  stagePackets(packets: readonly Uint8Array[]): Promise<PacketAddress[]>;

  /**
   * Makes a batch durable. Resolves when it would survive a power cut.
   *
   * `alert_index` entries become visible last: an adapter without transactions writes packets, rows, loci, indexes in
   * this order, so that a repeated delivery after a crash in the middle writes the same things again.
   * Cassandra: INSERTs by partition in that order, LOCAL_QUORUM; ledger and progress rows keyed by batch, so that a
   * repetition overwrites instead of counting twice.
   *
   * @throws ALERT_STORE_FULL      no room; nothing of the batch was written, the same call may be made again
   * @throws ALERT_STORE_UNREACHABLE
   */
  commit(batch: CommitBatch): Promise<void>;

  /** The packet in which an alert arrived, or undefined (history rows have none). Cassandra: `packets` by alert id. */
  getPacket(alertId: AlertId): Promise<Uint8Array | undefined>;

  /**
   * All loci, a page at a time, in no promised order.
   * Cassandra: token-range SELECT on `loci` with the driver's page state.
   *
   * @param pageToken  undefined for the first page, else what the last page returned
   */
  scanLoci(pageToken: string | undefined, limit: number): Promise<Page<LocusRef>>;

  /** Alerts stored without a locus (L1 filters said "store only"). Cassandra: `unassociated_alerts` by night. */
  scanUnassociatedAlerts(pageToken: string | undefined, limit: number): Promise<Page<AlertRow>>;

  /** How many loci and alerts there are; exact. Cassandra: counters kept by commits in `totals`. */
  totals(): Promise<StoreTotals>;

  /** Texts of all writer schemas in the store, by schema id. Cassandra: `schemas`, a small table read whole. */
  listSchemas(): Promise<Map<string, string>>;
  /** Keeps schema texts; known ids are left alone. Cassandra: INSERT IF NOT EXISTS. */
  putSchemas(schemas: ReadonlyMap<string, string>): Promise<void>;

  /** The catalogue of properties. Cassandra: `properties`, a small table read whole. */
  listProperties(): Promise<PropertyDefinition[]>;
  /**
   * Adds definitions; a name that is defined keeps its first type.
   * Cassandra: INSERT IF NOT EXISTS on `properties`.
   * @returns the definitions in force for the names given
   */
  defineProperties(definitions: readonly PropertyDefinition[]): Promise<PropertyDefinition[]>;

  /** Keeps a provenance document under its id; the same id again changes nothing. Cassandra: INSERT into `provenance`. */
  putProvenance(id: ProvenanceId, document: string): Promise<void>;
  getProvenance(id: ProvenanceId): Promise<string | undefined>;

  /** Ledger rows at the finest level. Cassandra: `ledger` by (source, night), summed by the reader. */
  listLedger(): Promise<LedgerEntry[]>;
  /** Rejected packets, oldest first. Cassandra: `rejected_packets` by night. */
  scanRejections(pageToken: string | undefined, limit: number): Promise<Page<Rejection>>;
  /** The bytes of a rejected packet. */
  getRejectedPacket(id: string): Promise<Uint8Array | undefined>;

  /** Takes packets off the list of rejections: they went through in the meantime. Cassandra: DELETE by (night, id). */
  clearRejections(ids: readonly string[]): Promise<void>;

  /** How far a source was taken in. Cassandra: `progress` by source. */
  getProgress(sourceId: string): Promise<SourceProgress>;
  /** Forgets a source that was taken in to its end: taking it in again is then a new delivery. */
  clearProgress(sourceId: string): Promise<void>;

  /**
   * Messages committed but not yet known to be published, in the order of commit.
   * Cassandra: `outbox` by worker, clustered by sequence.
   */
  listPending(): Promise<PendingMessage[]>;
  /** Drops pending messages that have been published. */
  clearPending(sequences: readonly bigint[]): Promise<void>;

  /** Crashes of filters, newest first. Cassandra: `crash_logs` by filter. */
  listCrashes(limit: number): Promise<CrashRecord[]>;
  putCrash(crash: CrashRecord): Promise<void>;

  /** Small named documents of the system (catalogue registry, filter states). Cassandra: `documents` by name. */
  getDocument(name: string): Promise<string | undefined>;
  putDocument(name: string, text: string): Promise<void>;
  listDocuments(prefix: string): Promise<Map<string, string>>;

  /**
   * Files that belong to the data: catalogue tables, filter data files, snapshots. Written once under a name, never
   * changed, removed whole. Cassandra: `files` in chunks of 1 MiB by (name, chunk).
   */
  readonly files: DataFiles;

  close(): Promise<void>;
}

/** What an adapter can do beyond the contract; callers ask here, never by class. */
export interface AlertStoreSupport {
  /** A commit is atomic as a whole. */
  readonly atomicCommit: boolean;
  /** Other processes may read while this one writes. */
  readonly concurrentProcesses: boolean;
}

/** A page of a scan; `next` is undefined on the last one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

/** A small cone: unit vector and radius. */
export interface NearQuery {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly radiusArcsec: number;
}

/** A locus found by position. */
export interface NearbyLocus {
  readonly ref: LocusRef;
  readonly separationArcsec: number;
}

/** A locus as stored: record and light curve, both owned by the caller. */
export interface StoredLocus {
  readonly record: LocusRecord;
  readonly lightCurve: LightCurveBuilder;
}

/** Where an alert is. Without a ref it was stored only (no locus). */
export interface AlertAddress {
  readonly ref: LocusRef | undefined;
  /** Row in the light curve; -1 without a locus. */
  readonly row: number;
  readonly kind: AlertKind;
}

/** Where a staged packet lies. Opaque to callers; small. */
export type PacketAddress = string;

/** An alert in full. */
export interface AlertRow {
  /** undefined for an alert that was stored only. */
  readonly ref: LocusRef | undefined;
  readonly point: LightCurvePoint;
  readonly body: AlertBody;
  /** When the broker received the packet [Unix seconds]: `ant_time_received`. */
  readonly receivedAt: number;
  /** When the survey sent the message [Unix seconds], 0 when not known: `ant_input_msg_time`. */
  readonly sentAt: number;
  readonly provenanceId: ProvenanceId;
  /** Written by filters on this alert, once. */
  readonly annotations: Properties;
  /** The packet it arrived in as an alert of its own; undefined for history rows. */
  readonly packet: PacketAddress | undefined;
}

/** Everything that one batch of alerts changes. */
export interface CommitBatch {
  readonly loci: readonly LocusWrite[];
  /** Alerts stored without a locus. Ones that have a locus meanwhile are left alone. */
  readonly unassociated: readonly AlertRow[];
  readonly schemas: ReadonlyMap<string, string>;
  readonly ledger: readonly LedgerEntry[];
  readonly rejections: readonly RejectionWrite[];
  readonly progress: readonly ProgressWrite[];
  readonly pending: readonly PendingMessage[];
  readonly clearPending: readonly bigint[];
}

/** A locus made or changed. */
export interface LocusWrite {
  readonly record: LocusRecord;
  readonly lightCurve: LightCurveBuilder;
  /** The position under which the store knows the locus now; undefined for a new locus or one that is not associable. */
  readonly previousPosition: { readonly ra: number; readonly dec: number } | undefined;
  /** Objects bound by this batch. */
  readonly newObjects: readonly SurveyObject[];
  /** Rows added or replaced, by row index; their points are in the light curve already. */
  readonly rows: ReadonlyMap<number, AlertRow>;
  /** Rows taken out because their alert turned out to belong to another locus. */
  readonly removedRows: readonly number[];
}

/** One line of the ledger: received = stored + duplicate + rejected, always. */
export interface LedgerEntry {
  readonly source: string;
  readonly survey: string;
  readonly night: string;
  readonly visit: string;
  readonly received: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly rejected: number;
  /** Rejections by reason code. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** A packet that was not processed, kept so that it can be tried again after a fix. */
export interface Rejection {
  readonly id: string;
  readonly source: string;
  readonly survey: string;
  readonly night: string;
  readonly visit: string;
  /** File, archive member, or topic with offset. */
  readonly name: string;
  readonly reason: string;
  readonly message: string;
  readonly receivedAt: number;
  readonly bytes: number;
}

/** A rejection with the staged packet. */
export interface RejectionWrite {
  readonly rejection: Rejection;
  /** undefined when the packet was too large to keep. */
  readonly packet: PacketAddress | undefined;
}

/** Which packets of a source are done. */
export interface ProgressWrite {
  readonly sourceId: string;
  /** Ordinals that this batch finishes, ascending. */
  readonly ordinals: readonly number[];
  /** Every ordinal below this one is durable already. */
  readonly lowWater: number;
}

/** How far a source was taken in: everything below `lowWater`, and `done` above it. */
export interface SourceProgress {
  readonly lowWater: number;
  readonly done: ReadonlySet<number>;
}

/** A message to be published after the commit that made it true. */
export interface PendingMessage {
  /** Unique and ascending per store; a stream appends it at most once. */
  readonly sequence: bigint;
  readonly streams: readonly string[];
  readonly key: string;
  readonly value: Uint8Array;
}

/** What happened when a filter failed. */
export interface CrashRecord {
  readonly crashLogId: string;
  readonly filter: string;
  readonly locusId: string;
  readonly alertId: string;
  readonly at: number;
  readonly error: { readonly type: string; readonly message: string; readonly traceback: string };
}

/** Counts of the whole store. */
export interface StoreTotals {
  readonly loci: number;
  readonly alerts: number;
  readonly packets: number;
}

/** Files that belong to the data. */
export interface DataFiles {
  /** Writes a file; visible under its name only when complete and durable. Chunks are written in order. */
  write(name: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void>;
  /** Reads a whole file into shared memory. @throws DATA_FILE_MISSING */
  readShared(name: string): Promise<SharedArrayBuffer>;
  /** Reads a range; shorter at the end of the file. Synchronous where the adapter `supports` it is not promised. */
  readRange(name: string, offset: number, length: number): Promise<Uint8Array>;
  list(prefix: string): Promise<{ readonly name: string; readonly bytes: number }[]>;
  remove(name: string): Promise<void>;
}
