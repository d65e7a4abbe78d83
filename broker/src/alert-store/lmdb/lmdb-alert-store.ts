import { existsSync, mkdirSync, readdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { AntaresError } from '../../model/errors.ts';
import type { AlertId, LocusId, ProvenanceId } from '../../model/ids.ts';
import type { LocusReading, LocusRecord, LocusRef } from '../../model/locus.ts';
import type { SurveyObject } from '../../model/packet.ts';
import type { PropertyDefinition } from '../../model/property.ts';
import type {
  AlertAddress,
  AlertRow,
  AlertStore,
  AlertStoreSupport,
  CommitBatch,
  CrashRecord,
  LedgerEntry,
  NearbyLocus,
  NearQuery,
  PacketAddress,
  Page,
  PendingMessage,
  Rejection,
  RejectionWrite,
  SourceProgress,
  StoredLocus,
  StoreTotals,
} from '../alert-store.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { makeCodecs } from './codecs.ts';
import { CommitEncoder, type EncodedCommit } from './commit-encoder.ts';
import { CommitWriter } from './commit-writer.ts';
import { StoreDatabase, type Table } from './database.ts';
import { readJsonValue, toJsonValue } from './json-value.ts';
import { findTextKey, prefixRange, sequenceKey, textKey, timeKey } from './keys.ts';
import { STORE_FORMAT, type TableName } from './layout.ts';
import { LmdbDataFiles } from './lmdb-data-files.ts';
import { LocusReader } from './locus-reader.ts';
import { checkFormat, migrate, readStoreRecord, writeStoreRecord } from './migrations.ts';
import { PacketSegments, SEGMENT_BYTES } from './packet-segments.ts';
import { pageOfValues } from './pages.ts';
import { Words } from './words.ts';
import { WriteList } from './write-list.ts';
import { WriterCounts } from './writer-counts.ts';
import { WritingProcess } from './writing-process.ts';

/**
 * How a store is opened.
 *
 * - `writer`: the one process that takes alerts in claims the store, makes it where there is none, and brings an older
 *   format up to date
 * - `thread`: everything without a claim. Commits of alerts need one, held by this process: so a worker thread of the
 *   writing process may commit, and another process (a catalogue load beside a running broker) may put in documents,
 *   definitions and data files
 * - `reader`: reads, in any process, whether somebody writes or not
 */
export type LmdbStoreMode = 'writer' | 'thread' | 'reader';

/** Options of the embedded store. */
export interface LmdbAlertStoreOptions {
  /** Folder of the store; made by the first that writes. */
  readonly directory: string;
  readonly mode: LmdbStoreMode;
  /** Name and version of the program, kept in a store that it makes. */
  readonly createdBy?: string;
  /** Address space for the index [bytes], by default 256 GiB: it costs nothing, and more is taken when it is used up. */
  readonly mapSize?: number;
  /** Size of a packet segment file beyond which the next one is begun [bytes]; by default 256 MiB. */
  readonly segmentBytes?: number;
  /** Room that is left alone on the disk, so that a full disk is noticed before it hurts others [bytes]; 32 MiB. */
  readonly reserveBytes?: number;
  /** How much room there is [bytes]; asked before every write. By default the system is asked. */
  readonly freeBytes?: (directory: string) => number;
}

const DEFAULT_MAP_SIZE = 2 ** 38;
const DEFAULT_RESERVE = 32 * 1024 * 1024;
const WRITERS_KEY = Buffer.from('writers');

/**
 * Opens the embedded alert store.
 *
 * @throws ALERT_STORE_LOCKED               mode `writer`: another process writes to it
 * @throws ALERT_STORE_NOT_A_STORE          the folder holds something else, or nothing and is to be read
 * @throws ALERT_STORE_VERSION_UNSUPPORTED  made by a newer program, or older and only to be read
 * @throws ALERT_STORE_UNREACHABLE          the system does not let it be opened
 */
export async function openLmdbAlertStore(options: LmdbAlertStoreOptions): Promise<LmdbAlertStore> {
  return LmdbAlertStore.open(options);
}

/**
 * The alert store in one LMDB environment, with packets in append-only files beside it.
 *
 * Reading: each call looks at one snapshot, taken when it is called, so it never sees half a commit, and sees every
 * commit that was reported before. Writing: a commit is one transaction. It is encoded when `commit` is called, then
 * waits for the commits before it, makes its packets durable, and is handed to the driver's thread. When a commit is
 * refused, those that were called behind it without waiting are refused too, so that all can be made again in order.
 *
 * @see layout.ts  the format on disk
 */
export class LmdbAlertStore implements AlertStore {
  readonly supports: AlertStoreSupport = { atomicCommit: true, concurrentProcesses: true };
  readonly files: LmdbDataFiles;
  readonly #options: LmdbAlertStoreOptions;
  readonly #database: StoreDatabase;
  readonly #tables: Readonly<Record<TableName, Table>>;
  readonly #claim: WritingProcess;
  readonly #segments: PacketSegments;
  readonly #words: Words;
  readonly #loci: LocusReader;
  readonly #counts: WriterCounts;
  readonly #encoder: CommitEncoder;
  readonly #commits: CommitWriter;
  readonly #reader = new ByteReader();
  /** For keys of look-ups, forgotten at once. */
  readonly #keys = new ByteWriter();
  /** For everything written, kept until it is durable. */
  readonly #values = new ByteWriter();
  #tail: Promise<unknown> = Promise.resolve();
  /** Why a commit was last refused: those that were called before that was told are refused with it. */
  #failure: unknown;
  #writer: number | undefined;
  #mayCommit = false;
  #isClosed = false;

  private constructor(options: LmdbAlertStoreOptions, database: StoreDatabase, claim: WritingProcess) {
    this.#options = options;
    this.#database = database;
    this.#tables = database.tables;
    this.#claim = claim;
    this.#words = new Words(database);
    const codecs = makeCodecs(this.#words);
    const writerNumber = (): number => this.#writerNumber();
    const checkRoom = (bytes: number): void => this.#checkRoom(bytes);
    this.#loci = new LocusReader(this.#tables, codecs, this.#keys);
    this.#counts = new WriterCounts(database, writerNumber);
    this.#encoder = new CommitEncoder(this.#tables, codecs);
    this.#commits = new CommitWriter(database, this.#values, this.#counts, checkRoom);
    this.#segments = new PacketSegments({
      directory: join(options.directory, 'packets'),
      segmentBytes: options.segmentBytes ?? SEGMENT_BYTES,
      writer: writerNumber,
      checkRoom,
    });
    this.files = new LmdbDataFiles(join(options.directory, 'files'), options.mode !== 'reader', checkRoom);
  }

  /** See `openLmdbAlertStore`. */
  static async open(options: LmdbAlertStoreOptions): Promise<LmdbAlertStore> {
    const { directory, mode } = options;
    const index = join(directory, 'index');
    admitDirectory(directory, index, mode);
    const database = StoreDatabase.open(
      directory,
      index,
      { isReader: mode === 'reader', mapSize: options.mapSize ?? DEFAULT_MAP_SIZE },
      (meta, root) => {
        const admit = (): void => {
          const record = readStoreRecord(meta);
          if (record !== undefined) {
            checkFormat(record, directory, mode !== 'reader');
          } else {
            if (mode === 'reader' || countTables(root) > 1) throw notAStore(directory);
            writeStoreRecord(meta, { format: STORE_FORMAT, createdBy: options.createdBy ?? 'antares' });
          }
        };
        if (mode === 'reader') admit();
        else root.transactionSync(admit);
      },
    );
    const claim = new WritingProcess(join(directory, 'writer.pid'));
    const { meta } = database.tables;
    let isClaimed = false;
    try {
      const isOutdated = readStoreRecord(meta)!.format < STORE_FORMAT;
      if (mode === 'writer' || isOutdated) {
        database.transaction(() => claim.claim(meta));
        isClaimed = true;
      }
      if (isOutdated) migrate(database);
      const store = new LmdbAlertStore(options, database, claim);
      if (mode === 'writer') await store.#begin();
      else if (isClaimed) database.transaction(() => claim.release(meta));
      return store;
    } catch (error) {
      if (isClaimed) database.transaction(() => claim.release(meta));
      await database.close();
      throw error;
    }
  }

  // Reading ------------------------------------------------------------------------------------------------------

  async findLociByObject(objects: readonly SurveyObject[]): Promise<(LocusRef | undefined)[]> {
    this.#look();
    return objects.map((object) => this.#loci.findByObject(object));
  }

  async findLociNear(cones: readonly NearQuery[]): Promise<NearbyLocus[][]> {
    this.#look();
    return cones.map((cone) => this.#loci.findNear(cone));
  }

  async getLoci(refs: readonly LocusRef[]): Promise<(StoredLocus | undefined)[]> {
    this.#look();
    return refs.map((ref) => this.#loci.find(ref));
  }

  release(loci: Iterable<StoredLocus>): void {
    this.#loci.release(loci);
  }

  async getLocusRecords(refs: readonly LocusRef[]): Promise<(LocusRecord | undefined)[]> {
    this.#look();
    return refs.map((ref) => this.#loci.findRecord(ref));
  }

  async readLoci(refs: readonly LocusRef[]): Promise<(LocusReading | undefined)[]> {
    this.#look();
    return this.#loci.readAll(refs);
  }

  async findLoci(ids: readonly LocusId[]): Promise<(LocusRef | undefined)[]> {
    this.#look();
    return ids.map((id) => this.#loci.findById(id));
  }

  async findAlerts(ids: readonly AlertId[]): Promise<(AlertAddress | undefined)[]> {
    this.#look();
    return ids.map((id) => this.#loci.findAlertAddress(id));
  }

  async getAlertRows(ref: LocusRef): Promise<AlertRow[]> {
    this.#look();
    return this.#loci.listAlerts(ref);
  }

  async getAlerts(ids: readonly AlertId[]): Promise<(AlertRow | undefined)[]> {
    this.#look();
    return ids.map((id) => this.#loci.findAlert(id));
  }

  async getPacket(alertId: AlertId): Promise<Uint8Array | undefined> {
    this.#look();
    const address = this.#loci.findPacketAddress(alertId);
    return address === undefined ? undefined : this.#segments.read(address);
  }

  async scanLoci(pageToken: string | undefined, limit: number): Promise<Page<LocusRef>> {
    this.#look();
    return this.#loci.scan(pageToken, limit);
  }

  async scanUnassociatedAlerts(pageToken: string | undefined, limit: number): Promise<Page<AlertRow>> {
    this.#look();
    return this.#loci.scanUnassociated(pageToken, limit);
  }

  async totals(): Promise<StoreTotals> {
    this.#look();
    return {
      loci: this.#database.count('loci'),
      alerts: this.#database.count('alert_index'),
      packets: this.#database.count('packets'),
    };
  }

  async listSchemas(): Promise<Map<string, string>> {
    return this.#listTexts('schemas', '');
  }

  async listProperties(): Promise<PropertyDefinition[]> {
    this.#look();
    const definitions: PropertyDefinition[] = [];
    for (const { value } of this.#tables.properties.getRange({})) {
      definitions.push(readJsonValue<PropertyDefinition>(value));
    }
    return definitions;
  }

  async getProvenance(id: ProvenanceId): Promise<string | undefined> {
    return this.#getText('provenance', id);
  }

  async listLedger(): Promise<LedgerEntry[]> {
    this.#look();
    return this.#counts.listLedger();
  }

  async scanRejections(pageToken: string | undefined, limit: number): Promise<Page<Rejection>> {
    this.#look();
    const { rejections } = this.#tables;
    return pageOfValues(rejections, pageToken, limit, (value) => readJsonValue<RejectionWrite>(value).rejection);
  }

  async getRejectedPacket(id: string): Promise<Uint8Array | undefined> {
    this.#look();
    const idKey = findTextKey(this.#keys, id);
    const key = idKey === undefined ? undefined : this.#tables.rejection_ids.getBinary(idKey);
    const value = key === undefined ? undefined : this.#tables.rejections.getBinary(key);
    if (value === undefined) return undefined;
    const { packet } = readJsonValue<RejectionWrite>(value);
    return packet === undefined ? undefined : this.#segments.read(packet);
  }

  async getProgress(sourceId: string): Promise<SourceProgress> {
    this.#look();
    return this.#counts.progressOf(sourceId);
  }

  async listPending(): Promise<PendingMessage[]> {
    this.#look();
    const messages: PendingMessage[] = [];
    const reader = this.#reader;
    for (const { key, value } of this.#tables.pending.getRange({})) {
      reader.load(value);
      const streams: string[] = [];
      for (let count = reader.varint(); count > 0; count -= 1) streams.push(reader.text());
      const messageKey = reader.text();
      reader.finish('a pending message');
      const sequence = Buffer.from(key).readBigUInt64BE(0);
      messages.push({ sequence, streams, key: messageKey, value: reader.raw(reader.end - reader.position) });
    }
    return messages;
  }

  async listCrashes(limit: number): Promise<CrashRecord[]> {
    this.#look();
    const crashes: CrashRecord[] = [];
    if (limit > 0) {
      for (const { value } of this.#tables.crashes.getRange({ reverse: true, limit })) {
        crashes.push(readJsonValue<CrashRecord>(value));
      }
    }
    return crashes;
  }

  async getDocument(name: string): Promise<string | undefined> {
    return this.#getText('documents', name);
  }

  async listDocuments(prefix: string): Promise<Map<string, string>> {
    return this.#listTexts('documents', prefix);
  }

  // Writing ------------------------------------------------------------------------------------------------------

  async stagePackets(packets: readonly Uint8Array[]): Promise<PacketAddress[]> {
    this.#checkCommitter();
    return this.#segments.stage(packets);
  }

  async commit(batch: CommitBatch): Promise<void> {
    this.#checkCommitter();
    let encoded: EncodedCommit;
    let slabs: ReturnType<ByteWriter['detach']>;
    try {
      encoded = this.#encoder.encode(this.#values, batch);
    } finally {
      slabs = this.#values.detach();
    }
    // The packets of this batch go to the disk while the batch before it is being committed.
    const packetsDurable = this.#segments.sync(encoded.places);
    packetsDurable.catch(() => undefined);
    const failure = this.#failure;
    await this.#enqueue(async () => {
      try {
        // A batch that was made on top of one that was refused must not be stored without it, nor before it.
        if (this.#failure !== failure) throw this.#failure;
        await packetsDurable;
        await this.#commits.write(encoded);
      } catch (error) {
        this.#failure = error;
        throw error;
      } finally {
        this.#values.recycle(slabs);
      }
    });
  }

  async putSchemas(schemas: ReadonlyMap<string, string>): Promise<void> {
    await this.#change((list) => this.#commits.putSchemas(list, schemas));
  }

  async defineProperties(definitions: readonly PropertyDefinition[]): Promise<PropertyDefinition[]> {
    this.#checkWritable();
    const inForce = (): { found: (PropertyDefinition | undefined)[]; areAll: boolean } => {
      const found = definitions.map(({ name }) => {
        this.#keys.reset();
        const value = this.#tables.properties.getBinary(textKey(this.#keys, name));
        return value === undefined ? undefined : readJsonValue<PropertyDefinition>(value);
      });
      return { found, areAll: !found.includes(undefined) };
    };
    this.#look();
    const before = inForce();
    if (before.areAll) return before.found as PropertyDefinition[];
    return this.#database.transaction(() => {
      for (const { name, type, subject, origin, description } of definitions) {
        this.#keys.reset();
        const key = textKey(this.#keys, name);
        if (this.#tables.properties.getBinaryFast(key) !== undefined) continue;
        this.#tables.properties.put(key, toJsonValue({ name, type, subject, origin, description }));
      }
      return inForce().found as PropertyDefinition[];
    });
  }

  async putProvenance(id: ProvenanceId, document: string): Promise<void> {
    await this.#change((list) => {
      const key = textKey(this.#values, id);
      if (!this.#tables.provenance.doesExist(key)) list.put(this.#tables.provenance, key, Buffer.from(document));
    });
  }

  async clearProgress(sourceId: string): Promise<void> {
    await this.#change((list) => this.#counts.removeProgress(list, sourceId));
  }

  async clearPending(sequences: readonly bigint[]): Promise<void> {
    await this.#change((list) => {
      for (const sequence of sequences) list.remove(this.#tables.pending, sequenceKey(this.#values, sequence));
    });
  }

  async clearRejections(ids: readonly string[]): Promise<void> {
    this.#look();
    await this.#change((list) => {
      for (const id of ids) {
        const idKey = textKey(this.#values, id);
        const key = this.#tables.rejection_ids.getBinary(idKey);
        if (key === undefined) continue;
        list.remove(this.#tables.rejections, key);
        list.remove(this.#tables.rejection_ids, idKey);
      }
    });
  }

  async putCrash(crash: CrashRecord): Promise<void> {
    await this.#change((list) => {
      list.put(this.#tables.crashes, timeKey(this.#values, crash.at, crash.crashLogId), toJsonValue(crash));
    });
  }

  async putDocument(name: string, text: string): Promise<void> {
    await this.#change((list) => {
      list.put(this.#tables.documents, textKey(this.#values, name), Buffer.from(text));
    });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#tail;
    await this.#segments.close();
    this.files.close();
    if (this.#options.mode === 'writer') {
      this.#claim.stopHeartbeat();
      this.#database.transaction(() => this.#claim.release(this.#tables.meta));
    }
    await this.#database.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  // Inside -------------------------------------------------------------------------------------------------------

  /** The writing process begins: what earlier ones left half-done is cleared away or folded. */
  async #begin(): Promise<void> {
    this.#claim.startHeartbeat();
    this.#mayCommit = true;
    await this.files.clearIncoming();
    this.#counts.fold(this.#values);
  }

  /** Takes a fresh snapshot for the look-ups of a call. */
  #look(): void {
    this.#checkOpen();
    this.#database.refresh();
    this.#words.refresh();
    this.#keys.reset();
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new AntaresError('ALERT_STORE_CLOSED', 'the alert store has been closed; open it again');
  }

  #checkWritable(): void {
    this.#checkOpen();
    if (this.#options.mode === 'reader') throw new TypeError('the store is open for reading');
  }

  #checkCommitter(): void {
    this.#checkWritable();
    if (this.#mayCommit) return;
    this.#database.refresh();
    if (!this.#claim.isOurs(this.#tables.meta)) {
      const pid = this.#claim.holderPid(this.#tables.meta);
      throw new AntaresError(
        'ALERT_STORE_LOCKED',
        pid === undefined
          ? 'alerts are committed under a claim: open the store in mode "writer" in this process first'
          : `process ${pid} writes alerts to this store; only it and its threads may`,
      );
    }
    this.#mayCommit = true;
  }

  #checkRoom(bytes: number): void {
    const { directory, freeBytes, reserveBytes } = this.#options;
    const free = (freeBytes ?? askSystem)(directory);
    const reserve = reserveBytes ?? DEFAULT_RESERVE;
    if (free < bytes + reserve) {
      throw new AntaresError(
        'ALERT_STORE_FULL',
        `the disk of ${directory} has ${free} bytes left, ${bytes + reserve} are needed; free some space there, the broker goes on by itself`,
      );
    }
  }

  /** The number of this writer: never given out before, nor ever again. */
  #writerNumber(): number {
    this.#writer ??= this.#database.transaction(() => {
      const before = this.#tables.meta.getBinary(WRITERS_KEY);
      const number = (before === undefined ? 0 : Number(before.toString())) + 1;
      this.#tables.meta.put(WRITERS_KEY, Buffer.from(String(number)));
      return number;
    });
    return this.#writer;
  }

  /** One write after the other, each seeing what the one before it left. */
  #enqueue<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(run);
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** A small write of its own. */
  async #change(collect: (list: WriteList) => void): Promise<void> {
    this.#checkWritable();
    await this.#enqueue(async () => {
      const list = new WriteList();
      let slabs: ReturnType<ByteWriter['detach']> = [];
      try {
        this.#database.refresh();
        try {
          collect(list);
        } finally {
          slabs = this.#values.detach();
        }
        if (list.length > 0) this.#checkRoom(list.bytes);
        await this.#database.write([list]);
      } finally {
        this.#values.recycle(slabs);
      }
    });
  }

  async #getText(name: TableName, key: string): Promise<string | undefined> {
    this.#look();
    const found = findTextKey(this.#keys, key);
    return found === undefined ? undefined : this.#tables[name].getBinary(found)?.toString();
  }

  async #listTexts(name: TableName, prefix: string): Promise<Map<string, string>> {
    this.#look();
    const texts = new Map<string, string>();
    const range = prefix.length === 0 ? {} : prefixRange(Buffer.from(prefix));
    for (const { key, value } of this.#tables[name].getRange(range)) texts.set(key.toString(), value.toString());
    return texts;
  }
}

/** Checks that a folder is a store or may become one, before anything is written to it. */
function admitDirectory(directory: string, index: string, mode: LmdbStoreMode): void {
  if (existsSync(join(index, 'data.mdb'))) return;
  if (mode === 'reader') throw notAStore(directory);
  if (existsSync(directory)) {
    const others = readdirSync(directory).filter((name) => name !== 'lost+found' && name !== 'index');
    if (others.length > 0) throw notAStore(directory);
  }
  mkdirSync(index, { recursive: true });
}

function notAStore(directory: string): AntaresError {
  return new AntaresError(
    'ALERT_STORE_NOT_A_STORE',
    `${directory} is not an alert store, and not an empty folder that could become one; give the folder of a store, or a new one`,
  );
}

function countTables(root: StoreDatabase['root']): number {
  const stats = root.getStats() as { readonly root: { readonly entryCount: number } };
  return stats.root.entryCount;
}

function askSystem(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}
