import type {
  AlertAddress,
  AlertRow,
  AlertStore,
  NearbyLocus,
  PacketAddress,
  PendingMessage,
} from '../alert-store/alert-store.ts';
import type { CatalogSet } from '../catalogs/catalog-set.ts';
import type { Coordination, RegionLease } from '../coordination/coordination.ts';
import type { FilterHost, FilterRunOutcome } from '../filters/filter-host.ts';
import type { L1Filter } from '../filters/l1/l1-filter.ts';
import type { LocusId, ProvenanceId } from '../model/ids.ts';
import type { LocusInFlight } from '../model/locus-in-flight.ts';
import type { DecodedPacket, PacketAlert } from '../model/packet.ts';
import type { StreamIndex } from '../streams/stream-definition.ts';
import type { PacketDecoder } from '../surveys/survey.ts';
import type { LociOfBatch } from './loci-of-batch.ts';
import type { LocusNumbers } from './locus-numbers.ts';

/**
 * A step of the pipeline, named as in the paper (figure 4).
 *
 * For each batch, `prepare` of every stage is called in pipeline order: the place for questions to the store, all at
 * once. Then every alert passes through the `process` of all stages before the next alert begins, so that an alert sees
 * what the one before it did to the same locus. Last, `finish` of every stage, in order: the place for writing.
 */
export interface Stage {
  /** The paper's name of the step. */
  readonly name: string;
  prepare?(batch: Batch, context: PipelineContext): Promise<void> | void;
  process?(alert: AlertInFlight, batch: Batch, context: PipelineContext): Promise<void> | void;
  finish?(batch: Batch, context: PipelineContext): Promise<void> | void;
}

/** What a pipeline works with: contracts and configuration, never adapters. */
export interface PipelineContext {
  readonly store: AlertStore;
  readonly coordination: Coordination;
  readonly decoder: PacketDecoder;
  readonly l1Filters: readonly L1Filter[];
  readonly filters: FilterHost;
  /** Streams and the tags that each wants. */
  readonly streams: StreamIndex;
  /** Catalogues and watch lists in force; replaced as a whole when a new version is loaded. */
  catalogs: CatalogSet;
  /** What this process is, as of now: changes with the catalogues. */
  provenanceId: ProvenanceId;
  readonly associationRadiusArcsec: number;
  /** Whether alerts of one solar-system object share a locus, or each makes its own. */
  readonly solarSystemLoci: 'detection' | 'object';
  readonly locusNumbers: LocusNumbers;
  /** Next sequence number for a message of this worker: unique in the store, ascending for good. */
  readonly nextSequence: () => bigint;
}

/** A packet as a source delivered it. */
export interface RawPacket {
  readonly bytes: Uint8Array;
  /** Where it stands in its source: 0, 1, 2, …; see `SourceProgress`. */
  readonly ordinal: number;
  /** Which of the batch's sources it comes from. */
  readonly source: BatchSource;
  /** File, archive member, or topic with offset: for people. */
  readonly name: string;
  /** Arrival in the broker [Unix milliseconds]. */
  readonly receivedAtMs: number;
  /** A fault that the source found itself (too large to read, unreadable): the packet is booked as rejected. */
  readonly fault?: { readonly code: string; readonly message: string } | undefined;
}

/** A source, as far as a batch needs to know it. */
export interface BatchSource {
  /** Identity for progress; empty when progress is not kept. */
  readonly id: string;
  /** Name in the ledger. */
  readonly name: string;
  /** Survey to assume for packets whose schema does not say; undefined to recognise. */
  readonly survey: string | undefined;
  /** Whether the L1 filters apply. */
  readonly useL1Filters: boolean;
}

/** What became of an alert, as the ledger books it. `pending` until a stage decides. */
export type Outcome = 'pending' | 'stored' | 'duplicate' | 'rejected';

/** An alert on its way: the packet, then what each stage found. */
export interface AlertInFlight {
  readonly raw: RawPacket;
  /** The packet of this alert alone, uncompressed: what is kept. The raw bytes themselves for all that surveys send. */
  readonly bytes: Uint8Array;
  readonly packet: DecodedPacket;
  outcome: Outcome;
  /** L1 filters said: store it, and do nothing else. The name of the filter that said so. */
  storeOnlyBecause: string | undefined;
  /** Address of the alert as it stood before this batch, by the alert's id. */
  address: AlertAddress | undefined;
  /** History rows that its locus may not have, decoded. */
  historyRows: readonly PacketAlert[];
  /** Associable loci near by, as the store knew them when the batch began, nearest first. */
  nearby: readonly NearbyLocus[];
  /** The locus that `historyRows` were read against. */
  likelyLocusId: LocusId | undefined;
  locus: LocusInFlight | undefined;
  /** The row that the store will keep of this alert; its packet's address is filled in by stage 7. */
  row: WritableAlertRow | undefined;
  /** What the L2 filters did. */
  filterOutcome: FilterRunOutcome | undefined;
}

/** An alert row while its packet's address is not known yet. */
export type WritableAlertRow = Omit<AlertRow, 'packet'> & { packet: PacketAddress | undefined };

/** A batch: the unit of committing. */
export interface Batch {
  readonly packets: readonly RawPacket[];
  /** Readable alerts in order of arrival; filled by stage 1. */
  readonly alerts: AlertInFlight[];
  /** Packets that no stage after the one that refused them sees. */
  readonly rejections: RejectedPacket[];
  /** Loci touched so far, and questions answered ahead. */
  readonly loci: LociOfBatch;
  readonly unassociated: AlertRow[];
  readonly pending: PendingMessage[];
  /** Sequences of messages that are known to be published: to be dropped with this commit. */
  readonly published: readonly bigint[];
  /** Per source: everything below is durable. */
  readonly lowWater: ReadonlyMap<string, number>;
  /** Filled by stage 3, released after the commit. */
  lease: RegionLease | undefined;
  /** Packets on their way to the disk; filled by stage 7 when the batch begins. */
  staged: { readonly packets: readonly Uint8Array[]; readonly addresses: Promise<PacketAddress[]> } | undefined;
  lociCreated: number;
  /** Called by stage 7 when the commit is in the store's hands: nothing is left to compute, and the next batch may begin. */
  readonly onComputed: () => void;
}

/** A packet that was refused, with the reason for the ledger. */
export interface RejectedPacket {
  readonly raw: RawPacket;
  readonly code: string;
  readonly message: string;
  readonly survey: string;
  readonly night: string;
  readonly visit: string;
}
