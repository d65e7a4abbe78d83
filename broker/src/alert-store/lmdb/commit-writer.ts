import type { RejectionWrite } from '../alert-store.ts';
import { readAlertAddress } from './alert-index-value.ts';
import { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { EncodedCommit } from './commit-encoder.ts';
import type { StoreDatabase, Table } from './database.ts';
import { toJsonValue } from './json-value.ts';
import { textKey, timeKey } from './keys.ts';
import type { TableName } from './layout.ts';
import { WriteList } from './write-list.ts';
import type { WriterCounts } from './writer-counts.ts';

/**
 * Turns an encoded batch into one transaction: looks up what of it depends on what the store holds by now, right before
 * it is written.
 *
 * One batch at a time, and nobody else writes in between: the store's queue sees to both.
 */
export class CommitWriter {
  readonly #database: StoreDatabase;
  readonly #tables: Readonly<Record<TableName, Table>>;
  readonly #values: ByteWriter;
  readonly #counts: WriterCounts;
  readonly #checkRoom: (bytes: number) => void;
  readonly #reader = new ByteReader();
  readonly #knownSchemas = new Set<string>();

  /**
   * @param values     gets keys and values; its blocks are kept until the transaction has ended
   * @param checkRoom  throws when the disk has no room for that many bytes
   */
  constructor(database: StoreDatabase, values: ByteWriter, counts: WriterCounts, checkRoom: (bytes: number) => void) {
    this.#database = database;
    this.#tables = database.tables;
    this.#values = values;
    this.#counts = counts;
    this.#checkRoom = checkRoom;
  }

  /**
   * Writes a batch; durable when it resolves, without any effect when it rejects.
   *
   * @throws ALERT_STORE_FULL, ALERT_STORE_UNREACHABLE
   */
  async write(encoded: EncodedCommit): Promise<void> {
    this.#database.refresh();
    const before = new WriteList();
    const after = new WriteList();
    const writer = this.#values;
    let slabs: ReturnType<ByteWriter['detach']> = [];
    try {
      try {
        this.#removeAlerts(before, encoded);
        this.#putUnassociated(after, encoded);
        this.putSchemas(after, encoded.schemas);
        for (const entry of encoded.ledger) this.#counts.addLedger(after, writer, entry);
        for (const rejection of encoded.rejections) this.#putRejection(after, rejection);
        for (const progress of encoded.progress) this.#counts.addProgress(after, writer, progress);
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

  /** Puts the schemas that the store does not have yet on a list. */
  putSchemas(list: WriteList, schemas: ReadonlyMap<string, string>): void {
    for (const [id, text] of schemas) {
      if (this.#knownSchemas.has(id)) continue;
      const key = textKey(this.#values, id);
      if (this.#tables.schemas.doesExist(key)) this.#knownSchemas.add(id);
      else list.put(this.#tables.schemas, key, Buffer.from(text));
    }
  }

  /** Index entries of alerts that a locus gave away go, and alerts that have a locus now are no longer without one. */
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

  /** Alerts without a locus, unless they have one by now or get one in the same batch. */
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

  /** A rejection takes the place of an earlier one of the same packet. */
  #putRejection(list: WriteList, write: RejectionWrite): void {
    const { rejections, rejection_ids: ids } = this.#tables;
    const idKey = textKey(this.#values, write.rejection.id);
    const key = timeKey(this.#values, write.rejection.receivedAt, write.rejection.id);
    const before = ids.getBinary(idKey);
    if (before !== undefined) list.remove(rejections, before);
    list.put(rejections, key, toJsonValue(write));
    list.put(ids, idKey, key);
  }
}
