import { existsSync, mkdirSync, readdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { AntaresError } from '../../model/errors.ts';
import type { AlertId, LocusId, ProvenanceId } from '../../model/ids.ts';
import type { LightCurveBuilder } from '../../model/light-curve-builder.ts';
import type { LocusReading, LocusRecord, LocusRef } from '../../model/locus.ts';
import type { SurveyObject } from '../../model/packet.ts';
import type { PropertyDefinition } from '../../model/property.ts';
import { coverRanges } from '../../sky/htm/cover.ts';
import {
  arcsecOfSquaredChord,
  RIM_ALLOWANCE_ARCSEC,
  squaredChord,
  squaredChordOfRadius,
} from '../../sky/separation.ts';
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
  ProgressWrite,
  Rejection,
  RejectionWrite,
  SourceProgress,
  StoredLocus,
  StoreTotals,
} from '../alert-store.ts';
import { AlertIdParts, findAlertKey } from './alert-id-parts.ts';
import { readAlertAddress } from './alert-index-value.ts';
import { AlertRowCodec } from './alert-row-codec.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { type Codecs, CommitEncoder, type EncodedCommit } from './commit-encoder.ts';
import { StoreDatabase, type Table } from './database.ts';
import {
  chunkKey,
  findObjectKey,
  findTextKey,
  keyAfterPrefix,
  nextKey,
  refKey,
  rowKey,
  sequenceKey,
  textKey,
  timeKey,
  trixelKey,
} from './keys.ts';
import { CHUNK_ROWS, CHUNK_SHIFT, POSITION_LEVEL, STORE_FORMAT, type TableName } from './layout.ts';
import { addLedgerEntries, digestOf, ledgerSubject, sumLedger } from './ledger-rows.ts';
import { LightCurveCodec } from './light-curve-codec.ts';
import { LmdbDataFiles } from './lmdb-data-files.ts';
import { LocusCodec, readRef } from './locus-codec.ts';
import { checkFormat, migrate, readStoreRecord, writeStoreRecord } from './migrations.ts';
import { readPacketAddress } from './packet-address.ts';
import { PacketSegments, SEGMENT_BYTES } from './packet-segments.ts';
import { ProgressRow } from './progress-row.ts';
import { PropertiesCodec } from './properties-codec.ts';
import { StoredPropertiesMemory } from './stored-properties.ts';
import { Words } from './words.ts';
import { WriteList } from './write-list.ts';
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
  readonly #codecs: Codecs;
  readonly #encoder: CommitEncoder;
  readonly #reader = new ByteReader();
  readonly #parts = new AlertIdParts();
  /** For keys of look-ups, forgotten at once. */
  readonly #keys = new ByteWriter();
  /** For everything written, kept until it is durable. */
  readonly #values = new ByteWriter();
  readonly #digests = new Map<string, Buffer>();
  readonly #knownSchemas = new Set<string>();
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
    const properties = new PropertiesCodec(this.#words);
    this.#codecs = {
      words: this.#words,
      locus: new LocusCodec(this.#words, properties),
      lightCurve: new LightCurveCodec(this.#words),
      alertRow: new AlertRowCodec(this.#words, properties),
    };
    this.#encoder = new CommitEncoder(this.#tables, this.#codecs);
    const checkRoom = (bytes: number): void => this.#checkRoom(bytes);
    this.#segments = new PacketSegments({
      directory: join(options.directory, 'packets'),
      segmentBytes: options.segmentBytes ?? SEGMENT_BYTES,
      writer: () => this.#writerNumber(),
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
    const table = this.#tables.survey_objects;
    return objects.map((object) => {
      const key = findObjectKey(this.#keys, object);
      const value = key === undefined ? undefined : table.getBinaryFast(key);
      if (value === undefined) return undefined;
      this.#reader.load(value);
      return readRef(this.#reader);
    });
  }

  async findLociNear(cones: readonly NearQuery[]): Promise<NearbyLocus[][]> {
    this.#look();
    return cones.map((cone) => this.#findNear(cone));
  }

  async getLoci(refs: readonly LocusRef[]): Promise<(StoredLocus | undefined)[]> {
    this.#look();
    return refs.map((ref) => this.#getLocus(ref));
  }

  release(loci: Iterable<StoredLocus>): void {
    for (const { record, lightCurve } of loci) {
      this.#codecs.lightCurve.release(lightCurve);
      this.#codecs.locus.release(record.properties);
    }
  }

  async getLocusRecords(refs: readonly LocusRef[]): Promise<(LocusRecord | undefined)[]> {
    this.#look();
    return refs.map((ref) => this.#getRecord(ref)?.record);
  }

  async readLoci(refs: readonly LocusRef[]): Promise<(LocusReading | undefined)[]> {
    this.#look();
    const kept = new StoredPropertiesMemory(this.#words);
    return refs.map((ref) => {
      const refBytes = this.#loadLocus(ref);
      return refBytes && this.#codecs.locus.readHead(this.#reader, { ...ref }, (reader) => kept.take(reader)).record;
    });
  }

  async findLoci(ids: readonly LocusId[]): Promise<(LocusRef | undefined)[]> {
    this.#look();
    return ids.map((locusId) => {
      const key = findTextKey(this.#keys, locusId);
      const value = key === undefined ? undefined : this.#tables.locus_ids.getBinaryFast(key);
      if (value === undefined) return undefined;
      this.#reader.load(value);
      return { birthTrixel: this.#reader.uint48(), locusId };
    });
  }

  async findAlerts(ids: readonly AlertId[]): Promise<(AlertAddress | undefined)[]> {
    this.#look();
    return ids.map((id) => this.#findAlert(id));
  }

  async getAlertRows(ref: LocusRef): Promise<AlertRow[]> {
    this.#look();
    const locus = this.#getLocus(ref);
    if (locus === undefined) return [];
    const own = locus.record.ref;
    const { lightCurve } = locus;
    this.#keys.reset();
    const refBytes = refKey(this.#keys, ref);
    const start = rowKey(this.#keys, refBytes, 0);
    const end = rowKey(this.#keys, refBytes, 0xffff_ffff);
    const rows: AlertRow[] = [];
    for (const { key, value } of this.#tables.alerts.getRange({ start, end })) {
      const row = Buffer.from(key).readUInt32BE(key.length - 4);
      if (row >= lightCurve.length || lightCurve.isRemoved(row)) continue;
      this.#reader.load(value);
      rows.push({ ref: own, point: lightCurve.pointAt(row), ...this.#codecs.alertRow.read(this.#reader) });
    }
    return rows;
  }

  async getAlerts(ids: readonly AlertId[]): Promise<(AlertRow | undefined)[]> {
    this.#look();
    return ids.map((id) => {
      const address = this.#findAlert(id);
      if (address === undefined) return undefined;
      return address.ref === undefined ? this.#getUnassociated(id) : this.#getAlert(address.ref, address.row);
    });
  }

  async getPacket(alertId: AlertId): Promise<Uint8Array | undefined> {
    this.#look();
    const key = findAlertKey(this.#keys, this.#parts, this.#words, alertId);
    const value = key === undefined ? undefined : this.#tables.packets.getBinaryFast(key);
    if (value === undefined) return undefined;
    this.#reader.load(value);
    return this.#segments.read(readPacketAddress(this.#reader));
  }

  async scanLoci(pageToken: string | undefined, limit: number): Promise<Page<LocusRef>> {
    this.#look();
    checkLimit(limit);
    const items: LocusRef[] = [];
    let last: Uint8Array | undefined;
    for (const key of this.#tables.loci.getKeys({ start: firstKeyOf(pageToken), limit: limit + 1 })) {
      if (items.length === limit) return { items, next: tokenOf(last!) };
      this.#reader.load(key);
      items.push(readRef(this.#reader));
      last = key;
    }
    return { items, next: undefined };
  }

  async scanUnassociatedAlerts(pageToken: string | undefined, limit: number): Promise<Page<AlertRow>> {
    this.#look();
    return this.#scan('unassociated', pageToken, limit, (value) => this.#readUnassociated(value));
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
    for (const { value } of this.#tables.properties.getRange({})) definitions.push(parse<PropertyDefinition>(value));
    return definitions;
  }

  async getProvenance(id: ProvenanceId): Promise<string | undefined> {
    return this.#getText('provenance', id);
  }

  async listLedger(): Promise<LedgerEntry[]> {
    this.#look();
    const rows: LedgerEntry[] = [];
    for (const { value } of this.#tables.ledger.getRange({})) rows.push(parse<LedgerEntry>(value));
    return sumLedger(rows);
  }

  async scanRejections(pageToken: string | undefined, limit: number): Promise<Page<Rejection>> {
    this.#look();
    return this.#scan('rejections', pageToken, limit, (value) => parse<RejectionWrite>(value).rejection);
  }

  async getRejectedPacket(id: string): Promise<Uint8Array | undefined> {
    this.#look();
    const idKey = findTextKey(this.#keys, id);
    const key = idKey === undefined ? undefined : this.#tables.rejection_ids.getBinary(idKey);
    const value = key === undefined ? undefined : this.#tables.rejections.getBinary(key);
    if (value === undefined) return undefined;
    const { packet } = parse<RejectionWrite>(value);
    return packet === undefined ? undefined : this.#segments.read(packet);
  }

  async getProgress(sourceId: string): Promise<SourceProgress> {
    this.#look();
    let progress = ProgressRow.none;
    for (const { value } of this.#progressRows(sourceId)) {
      this.#reader.load(value);
      progress = progress.join(ProgressRow.read(this.#reader));
    }
    return progress.toSourceProgress();
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
        crashes.push(parse<CrashRecord>(value));
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
        await this.#write(encoded);
      } catch (error) {
        this.#failure = error;
        throw error;
      } finally {
        this.#values.recycle(slabs);
      }
    });
  }

  async putSchemas(schemas: ReadonlyMap<string, string>): Promise<void> {
    await this.#change((list) => this.#putSchemas(list, schemas));
  }

  async defineProperties(definitions: readonly PropertyDefinition[]): Promise<PropertyDefinition[]> {
    this.#checkWritable();
    const inForce = (): { found: (PropertyDefinition | undefined)[]; areAll: boolean } => {
      const found = definitions.map(({ name }) => {
        this.#keys.reset();
        const value = this.#tables.properties.getBinary(textKey(this.#keys, name));
        return value === undefined ? undefined : parse<PropertyDefinition>(value);
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
        this.#tables.properties.put(key, json({ name, type, subject, origin, description }));
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
    await this.#change((list) => {
      for (const { key } of this.#progressRows(sourceId)) list.remove(this.#tables.progress, key);
    });
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
      list.put(this.#tables.crashes, timeKey(this.#values, crash.at, crash.crashLogId), json(crash));
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
    this.#fold();
  }

  /** Brings the rows of all earlier writers together under writer 0, so that they do not grow with every start. */
  #fold(): void {
    const writerOf = (key: Uint8Array, at: number): number => Buffer.from(key).readUInt32BE(at);
    this.#database.transaction(() => {
      const { ledger, progress } = this.#tables;
      for (const { key, value } of [...ledger.getRange({ start: Uint8Array.of(0, 0, 0, 1) })]) {
        const own = Buffer.from(key);
        own.writeUInt32BE(0, 0);
        const sum = ledger.getBinary(own);
        const entry = parse<LedgerEntry>(value);
        ledger.put(own, json(sum === undefined ? entry : addLedgerEntries(parse<LedgerEntry>(sum), entry)));
        ledger.remove(key);
      }
      for (const { key, value } of [...progress.getRange({})]) {
        if (writerOf(key, 16) === 0) continue;
        const own = Buffer.from(key);
        own.writeUInt32BE(0, 16);
        this.#reader.load(value);
        let row = ProgressRow.read(this.#reader);
        const sum = progress.getBinary(own);
        if (sum !== undefined) {
          this.#reader.load(sum);
          row = row.join(ProgressRow.read(this.#reader));
        }
        this.#values.begin();
        row.write(this.#values);
        progress.put(own, Buffer.from(this.#values.take()));
        progress.remove(key);
      }
    });
    this.#values.recycle(this.#values.detach());
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

  /** Looks up what the batch depends on, then writes it. */
  async #write(encoded: EncodedCommit): Promise<void> {
    this.#database.refresh();
    const before = new WriteList();
    const after = new WriteList();
    const writer = this.#values;
    let slabs: ReturnType<ByteWriter['detach']> = [];
    try {
      try {
        this.#removeAlerts(before, encoded);
        this.#putUnassociated(after, encoded);
        this.#putSchemas(after, encoded.schemas);
        for (const entry of encoded.ledger) this.#putLedger(after, writer, entry);
        for (const rejection of encoded.rejections) this.#putRejection(after, writer, rejection);
        for (const progress of encoded.progress) this.#putProgress(after, writer, progress);
      } finally {
        slabs = writer.detach();
      }
      // Twice: pages are copied before they are changed.
      this.#checkRoom(2 * (encoded.list.bytes + after.bytes));
      await this.#database.write([before, encoded.list, after]);
    } finally {
      writer.recycle(slabs);
    }
  }

  #removeAlerts(list: WriteList, encoded: EncodedCommit): void {
    const { alert_index: index, packets, unassociated } = this.#tables;
    for (const { alertKey, locusId, row } of encoded.removed) {
      const value = index.getBinaryFast(alertKey);
      if (value === undefined) continue;
      this.#reader.load(value);
      const address = readAlertAddress(this.#reader);
      if (address.ref?.locusId !== locusId || address.row !== row) continue;
      // Where the alert went to another locus in the same batch, that locus' entries come later in the transaction.
      list.remove(index, alertKey);
      list.remove(packets, alertKey);
    }
    if (encoded.alertKeys.length > 0 && this.#database.count('unassociated') > 0) {
      for (const alertKey of encoded.alertKeys) list.remove(unassociated, alertKey);
    }
  }

  #putUnassociated(list: WriteList, encoded: EncodedCommit): void {
    if (encoded.unassociated.length === 0) return;
    const inBatch = new Set(encoded.alertKeys.map((key) => Buffer.from(key).toString('latin1')));
    for (const { alertKey, value, indexValue, packetValue } of encoded.unassociated) {
      if (inBatch.has(Buffer.from(alertKey).toString('latin1'))) continue;
      const known = this.#tables.alert_index.getBinaryFast(alertKey);
      if (known !== undefined) {
        this.#reader.load(known);
        if (readAlertAddress(this.#reader).ref !== undefined) continue;
      }
      list.put(this.#tables.unassociated, alertKey, value);
      list.put(this.#tables.alert_index, alertKey, indexValue);
      if (packetValue !== undefined) list.put(this.#tables.packets, alertKey, packetValue);
    }
  }

  #putSchemas(list: WriteList, schemas: ReadonlyMap<string, string>): void {
    for (const [id, text] of schemas) {
      if (this.#knownSchemas.has(id)) continue;
      const key = textKey(this.#values, id);
      if (this.#tables.schemas.doesExist(key)) this.#knownSchemas.add(id);
      else list.put(this.#tables.schemas, key, Buffer.from(text));
    }
  }

  #putLedger(list: WriteList, writer: ByteWriter, entry: LedgerEntry): void {
    writer.begin();
    writer.uint32(this.#writerNumber());
    writer.raw(this.#digestOf(ledgerSubject(entry)));
    const key = writer.take();
    const before = list.valueOf(this.#tables.ledger, key) ?? this.#tables.ledger.getBinary(key);
    list.put(
      this.#tables.ledger,
      key,
      json(before === undefined ? entry : addLedgerEntries(parse<LedgerEntry>(before), entry)),
    );
  }

  #putRejection(list: WriteList, writer: ByteWriter, write: RejectionWrite): void {
    const { rejections, rejection_ids: ids } = this.#tables;
    const idKey = textKey(writer, write.rejection.id);
    const key = timeKey(writer, write.rejection.receivedAt, write.rejection.id);
    const before = ids.getBinary(idKey);
    if (before !== undefined) list.remove(rejections, before);
    list.put(rejections, key, json(write));
    list.put(ids, idKey, key);
  }

  #putProgress(list: WriteList, writer: ByteWriter, write: ProgressWrite): void {
    writer.begin();
    writer.raw(this.#digestOf(write.sourceId));
    writer.uint32(this.#writerNumber());
    const key = writer.take();
    const value = list.valueOf(this.#tables.progress, key) ?? this.#tables.progress.getBinary(key);
    let row = ProgressRow.none;
    if (value !== undefined) {
      this.#reader.load(value);
      row = ProgressRow.read(this.#reader);
    }
    writer.begin();
    row.with(write.ordinals, write.lowWater).write(writer);
    list.put(this.#tables.progress, key, writer.take());
  }

  #digestOf(text: string): Buffer {
    let digest = this.#digests.get(text);
    if (digest === undefined) {
      // Kept for the few subjects of a night; a broker that runs for years begins anew now and then.
      if (this.#digests.size >= 4096) this.#digests.clear();
      digest = digestOf(text);
      this.#digests.set(text, digest);
    }
    return digest;
  }

  #progressRows(sourceId: string): Iterable<{ key: Uint8Array; value: Buffer }> {
    const start = this.#digestOf(sourceId);
    return [...this.#tables.progress.getRange(between(start, keyAfterPrefix(start)))];
  }

  #getLocus(ref: LocusRef): StoredLocus | undefined {
    const found = this.#getRecord(ref);
    if (found === undefined) return undefined;
    return { record: found.record, lightCurve: this.#getLightCurve(found.refBytes, found.rows) };
  }

  #getRecord(ref: LocusRef): { record: LocusRecord; rows: number; refBytes: Uint8Array } | undefined {
    const refBytes = this.#loadLocus(ref);
    return refBytes && { ...this.#codecs.locus.read(this.#reader, { ...ref }), refBytes };
  }

  /** Begins to read a locus. @returns its key; undefined where there is none */
  #loadLocus(ref: LocusRef): Uint8Array | undefined {
    this.#keys.reset();
    const refBytes = refKey(this.#keys, ref);
    const value = this.#tables.loci.getBinaryFast(refBytes);
    if (value === undefined) return undefined;
    this.#reader.load(value);
    return refBytes;
  }

  #getLightCurve(refBytes: Uint8Array, rows: number): LightCurveBuilder {
    const { lightCurve } = this.#codecs;
    const target = lightCurve.begin(rows);
    for (let chunk = 0; chunk * CHUNK_ROWS < rows; chunk += 1) {
      const value = this.#tables.light_curves.getBinaryFast(chunkKey(this.#keys, refBytes, chunk));
      if (value === undefined) throw missingChunk(refBytes, chunk);
      this.#reader.load(value);
      lightCurve.read(this.#reader, target);
    }
    return target.builder;
  }

  #findAlert(id: AlertId): AlertAddress | undefined {
    const key = findAlertKey(this.#keys, this.#parts, this.#words, id);
    const value = key === undefined ? undefined : this.#tables.alert_index.getBinaryFast(key);
    if (value === undefined) return undefined;
    this.#reader.load(value);
    return readAlertAddress(this.#reader);
  }

  #getAlert(ref: LocusRef, row: number): AlertRow {
    const keys = this.#keys;
    keys.reset();
    const refBytes = refKey(keys, ref);
    const chunk = row >>> CHUNK_SHIFT;
    const columns = this.#tables.light_curves.getBinaryFast(chunkKey(keys, refBytes, chunk));
    if (columns === undefined) throw missingChunk(refBytes, chunk);
    const target = this.#codecs.lightCurve.begin(CHUNK_ROWS);
    this.#reader.load(columns);
    this.#codecs.lightCurve.read(this.#reader, target);
    const point = target.builder.pointAt(row - chunk * CHUNK_ROWS);
    const value = this.#tables.alerts.getBinaryFast(rowKey(keys, refBytes, row));
    if (value === undefined) {
      throw new AntaresError(
        'ALERT_STORE_DAMAGED',
        `row ${row} of ${ref.locusId} is missing; restore the store from a backup`,
      );
    }
    this.#reader.load(value);
    return { ref, point, ...this.#codecs.alertRow.read(this.#reader) };
  }

  #getUnassociated(id: AlertId): AlertRow | undefined {
    const key = findAlertKey(this.#keys, this.#parts, this.#words, id);
    const value = key === undefined ? undefined : this.#tables.unassociated.getBinaryFast(key);
    return value === undefined ? undefined : this.#readUnassociated(value);
  }

  #readUnassociated(value: Uint8Array): AlertRow {
    const target = this.#codecs.lightCurve.begin(1);
    this.#reader.load(value);
    this.#codecs.lightCurve.read(this.#reader, target);
    this.#reader.align(8);
    return { ref: undefined, point: target.builder.pointAt(0), ...this.#codecs.alertRow.read(this.#reader) };
  }

  #findNear(cone: NearQuery): NearbyLocus[] {
    const { x, y, z, radiusArcsec } = cone;
    const limit = squaredChordOfRadius(radiusArcsec);
    const found: NearbyLocus[] = [];
    const ranges = coverRanges(x, y, z, radiusArcsec + 2 * RIM_ALLOWANCE_ARCSEC, POSITION_LEVEL);
    for (const range of ranges) {
      this.#keys.reset();
      const start = trixelKey(this.#keys, range.first);
      const end = trixelKey(this.#keys, range.end);
      for (const { key, value } of this.#tables.locus_positions.getRange({ start, end })) {
        const squared = squaredChord(x, y, z, value.readDoubleLE(0), value.readDoubleLE(8), value.readDoubleLE(16));
        if (!(squared <= limit)) continue;
        this.#reader.load(key);
        this.#reader.position = 5;
        found.push({ ref: readRef(this.#reader), separationArcsec: arcsecOfSquaredChord(squared) });
      }
    }
    if (found.length > 1) {
      found.sort((a, b) => a.separationArcsec - b.separationArcsec || (a.ref.locusId < b.ref.locusId ? -1 : 1));
    }
    return found;
  }

  #scan<T>(name: TableName, pageToken: string | undefined, limit: number, toItem: (value: Buffer) => T): Page<T> {
    checkLimit(limit);
    const items: T[] = [];
    let last: Uint8Array | undefined;
    for (const { key, value } of this.#tables[name].getRange({ start: firstKeyOf(pageToken), limit: limit + 1 })) {
      if (items.length === limit) return { items, next: tokenOf(last!) };
      items.push(toItem(value));
      last = key;
    }
    return { items, next: undefined };
  }

  async #getText(name: TableName, key: string): Promise<string | undefined> {
    this.#look();
    const found = findTextKey(this.#keys, key);
    return found === undefined ? undefined : this.#tables[name].getBinary(found)?.toString();
  }

  async #listTexts(name: TableName, prefix: string): Promise<Map<string, string>> {
    this.#look();
    const texts = new Map<string, string>();
    const start = Buffer.from(prefix);
    const range = prefix.length === 0 ? {} : between(start, keyAfterPrefix(start));
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

function checkLimit(limit: number): void {
  if (!(Number.isInteger(limit) && limit > 0)) throw new TypeError(`a page has at least one item, got ${limit}`);
}

/** A page token is the last key of the page before. */
function tokenOf(key: Uint8Array): string {
  return Buffer.from(key).toString('base64url');
}

function firstKeyOf(pageToken: string | undefined): Uint8Array {
  return pageToken === undefined ? Uint8Array.of(0) : nextKey(Buffer.from(pageToken, 'base64url'));
}

function countTables(root: StoreDatabase['root']): number {
  const stats = root.getStats() as { readonly root: { readonly entryCount: number } };
  return stats.root.entryCount;
}

function missingChunk(refBytes: Uint8Array, chunk: number): AntaresError {
  return new AntaresError(
    'ALERT_STORE_DAMAGED',
    `chunk ${chunk} of the light curve of ${Buffer.from(refBytes.subarray(6)).toString()} is missing; restore the store from a backup`,
  );
}

function askSystem(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

function between(start: Uint8Array, end: Uint8Array | undefined): { start: Uint8Array; end?: Uint8Array } {
  return end === undefined ? { start } : { start, end };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function parse<T>(value: Uint8Array): T {
  return JSON.parse(Buffer.from(value).toString()) as T;
}
