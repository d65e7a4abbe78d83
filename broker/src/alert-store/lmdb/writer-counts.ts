import type { LedgerEntry, ProgressWrite, SourceProgress } from '../alert-store.ts';
import { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { StoreDatabase, Table } from './database.ts';
import { readJsonValue, toJsonValue } from './json-value.ts';
import { prefixRange } from './keys.ts';
import { addLedgerEntries, digestOf, ledgerSubject, sumLedger } from './ledger-rows.ts';
import { ProgressRow } from './progress-row.ts';
import type { WriteList } from './write-list.ts';

/** Where the number of the writer stands in a key of `progress`: behind the digest of the source. */
const PROGRESS_WRITER_AT = 16;

/**
 * Ledger lines and progress in sources, which each writer cumulates in rows of its own: threads never overwrite each
 * other's counts. Whoever reads adds the rows of all writers up.
 *
 * Look-ups are on the snapshot of the moment; which one that is, is up to the caller.
 */
export class WriterCounts {
  readonly #database: StoreDatabase;
  readonly #ledger: Table;
  readonly #progress: Table;
  readonly #writerNumber: () => number;
  readonly #reader = new ByteReader();
  readonly #digests = new Map<string, Buffer>();

  /** @param writerNumber  the number of this writer, asked for when it first counts something */
  constructor(database: StoreDatabase, writerNumber: () => number) {
    this.#database = database;
    this.#ledger = database.tables.ledger;
    this.#progress = database.tables.progress;
    this.#writerNumber = writerNumber;
  }

  /** The ledger of all writers together. */
  listLedger(): LedgerEntry[] {
    const rows: LedgerEntry[] = [];
    for (const { value } of this.#ledger.getRange({})) rows.push(readJsonValue<LedgerEntry>(value));
    return sumLedger(rows);
  }

  /** How far all writers together took in a source. */
  progressOf(sourceId: string): SourceProgress {
    let progress = ProgressRow.none;
    for (const { value } of this.#progressRows(sourceId)) {
      this.#reader.load(value);
      progress = progress.join(ProgressRow.read(this.#reader));
    }
    return progress.toSourceProgress();
  }

  /** Adds a line to what this writer has counted about the same visit, also earlier in the list. */
  addLedger(list: WriteList, writer: ByteWriter, entry: LedgerEntry): void {
    writer.begin();
    writer.uint32(this.#writerNumber());
    writer.raw(this.#digestOf(ledgerSubject(entry)));
    const key = writer.take();
    const before = list.valueOf(this.#ledger, key) ?? this.#ledger.getBinary(key);
    list.put(
      this.#ledger,
      key,
      toJsonValue(before === undefined ? entry : addLedgerEntries(readJsonValue<LedgerEntry>(before), entry)),
    );
  }

  /** Adds to what this writer has taken in of a source, also earlier in the list. */
  addProgress(list: WriteList, writer: ByteWriter, write: ProgressWrite): void {
    writer.begin();
    writer.raw(this.#digestOf(write.sourceId));
    writer.uint32(this.#writerNumber());
    const key = writer.take();
    const value = list.valueOf(this.#progress, key) ?? this.#progress.getBinary(key);
    let row = ProgressRow.none;
    if (value !== undefined) {
      this.#reader.load(value);
      row = ProgressRow.read(this.#reader);
    }
    writer.begin();
    row.with(write.ordinals, write.lowWater).write(writer);
    list.put(this.#progress, key, writer.take());
  }

  /** Forgets what any writer took in of a source. */
  removeProgress(list: WriteList, sourceId: string): void {
    for (const { key } of this.#progressRows(sourceId)) list.remove(this.#progress, key);
  }

  /**
   * Brings the rows of all earlier writers together under writer 0, so that they do not grow with every start.
   *
   * @param writer  nothing that it wrote before may still be needed
   */
  fold(writer: ByteWriter): void {
    this.#database.transaction(() => {
      const ledger = this.#ledger;
      const progress = this.#progress;
      for (const { key, value } of [...ledger.getRange({ start: Uint8Array.of(0, 0, 0, 1) })]) {
        const own = Buffer.from(key);
        own.writeUInt32BE(0, 0);
        const sum = ledger.getBinary(own);
        const entry = readJsonValue<LedgerEntry>(value);
        ledger.put(
          own,
          toJsonValue(sum === undefined ? entry : addLedgerEntries(readJsonValue<LedgerEntry>(sum), entry)),
        );
        ledger.remove(key);
      }
      for (const { key, value } of [...progress.getRange({})]) {
        const own = Buffer.from(key);
        if (own.readUInt32BE(PROGRESS_WRITER_AT) === 0) continue;
        own.writeUInt32BE(0, PROGRESS_WRITER_AT);
        this.#reader.load(value);
        let row = ProgressRow.read(this.#reader);
        const sum = progress.getBinary(own);
        if (sum !== undefined) {
          this.#reader.load(sum);
          row = row.join(ProgressRow.read(this.#reader));
        }
        writer.begin();
        row.write(writer);
        progress.put(own, Buffer.from(writer.take()));
        progress.remove(key);
      }
    });
    writer.recycle(writer.detach());
  }

  #progressRows(sourceId: string): Iterable<{ key: Uint8Array; value: Buffer }> {
    return [...this.#progress.getRange(prefixRange(this.#digestOf(sourceId)))];
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
}
