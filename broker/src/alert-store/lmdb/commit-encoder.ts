import type { LocusId } from '../../model/ids.ts';
import { LightCurveBuilder } from '../../model/light-curve-builder.ts';
import { htmIdAt } from '../../sky/htm/locate.ts';
import { writeUnitVector } from '../../sky/position.ts';
import type { AlertRow, CommitBatch, LedgerEntry, LocusWrite, ProgressWrite, RejectionWrite } from '../alert-store.ts';
import { AlertIdParts, putAlertKey } from './alert-id-parts.ts';
import { putAddressWithoutLocus, putAlertAddress } from './alert-index-value.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { Codecs } from './codecs.ts';
import type { Table } from './database.ts';
import { chunkKey, objectKey, positionKey, refKey, rowKey, sequenceKey, takeKey, textKey } from './keys.ts';
import { CHUNK_ROWS, CHUNK_SHIFT, POSITION_LEVEL, type TableName } from './layout.ts';
import { type PacketPlace, parsePacketAddress, putPacketAddress } from './packet-address.ts';
import { WriteList } from './write-list.ts';

/** An alert that a locus gave away: its index entry goes, if it still points there. */
export interface RemovedAlert {
  readonly alertKey: Uint8Array;
  readonly locusId: LocusId;
  readonly row: number;
}

/** An alert without a locus: written unless it has one by now. */
export interface UnassociatedWrite {
  readonly alertKey: Uint8Array;
  readonly value: Uint8Array;
  readonly indexValue: Uint8Array;
  /** undefined when no packet was kept. */
  readonly packetValue: Uint8Array | undefined;
}

/** A batch in bytes, and what of it depends on what the store holds at the moment of writing. */
export interface EncodedCommit {
  readonly list: WriteList;
  /** Packets that must be durable first. */
  readonly places: readonly PacketPlace[];
  /** Keys of all alerts written to a locus. */
  readonly alertKeys: readonly Uint8Array[];
  readonly removed: readonly RemovedAlert[];
  readonly unassociated: readonly UnassociatedWrite[];
  readonly schemas: ReadonlyMap<string, string>;
  readonly ledger: readonly LedgerEntry[];
  readonly rejections: readonly RejectionWrite[];
  readonly progress: readonly ProgressWrite[];
}

/**
 * Turns a batch into bytes, at once: the caller may go on changing its loci while the batch waits for the disk.
 *
 * Nothing is read here but the dictionary. What a write depends on (does this alert have a locus by now? what has this
 * writer counted so far?) is looked up by `CommitWriter` right before the transaction.
 */
export class CommitEncoder {
  readonly #tables: Readonly<Record<TableName, Table>>;
  readonly #codecs: Codecs;
  readonly #parts = new AlertIdParts();
  readonly #vector = new Float64Array(3);

  constructor(tables: Readonly<Record<TableName, Table>>, codecs: Codecs) {
    this.#tables = tables;
    this.#codecs = codecs;
  }

  /** @param writer  gets the bytes; its blocks are to be kept until the transaction has ended */
  encode(writer: ByteWriter, batch: CommitBatch): EncodedCommit {
    const list = new WriteList();
    const places: PacketPlace[] = [];
    const alertKeys: Uint8Array[] = [];
    const removed: RemovedAlert[] = [];
    for (const write of batch.loci) this.#encodeLocus(writer, list, write, places, alertKeys, removed);
    const unassociated = batch.unassociated.map((row) => this.#encodeUnassociated(writer, row, places));
    for (const rejection of batch.rejections) {
      if (rejection.packet !== undefined) places.push(parsePacketAddress(rejection.packet));
    }
    for (const message of batch.pending) {
      const key = sequenceKey(writer, message.sequence);
      writer.begin();
      writer.varint(message.streams.length);
      for (const stream of message.streams) writer.text(stream);
      writer.text(message.key);
      writer.raw(message.value);
      list.put(this.#tables.pending, key, writer.take());
    }
    for (const sequence of batch.clearPending) list.remove(this.#tables.pending, sequenceKey(writer, sequence));
    const { schemas, ledger, rejections, progress } = batch;
    return { list, places, alertKeys, removed, unassociated, schemas, ledger, rejections, progress };
  }

  #encodeLocus(
    writer: ByteWriter,
    list: WriteList,
    write: LocusWrite,
    places: PacketPlace[],
    alertKeys: Uint8Array[],
    removed: RemovedAlert[],
  ): void {
    const { record, lightCurve } = write;
    const tables = this.#tables;
    const refBytes = refKey(writer, record.ref);
    writer.begin();
    this.#codecs.locus.write(writer, record, lightCurve.length);
    list.put(tables.loci, refBytes, writer.take());
    if (write.previousPosition === undefined) {
      // New, or keyed by its object alone; for the latter this writes what is there already.
      list.put(tables.locus_ids, textKey(writer, record.ref.locusId), refBytes.subarray(0, 6));
    }
    this.#encodePosition(writer, list, write, refBytes);
    for (const object of write.newObjects) list.put(tables.survey_objects, objectKey(writer, object), refBytes);
    this.#encodeChunks(writer, list, write, refBytes);
    for (const [row, alert] of write.rows) {
      const alertKey = this.#alertKey(writer, alert.point.alertId);
      alertKeys.push(alertKey);
      writer.begin();
      putAlertAddress(writer, lightCurve.kind[row]!, row, refBytes);
      list.put(tables.alert_index, alertKey, writer.take());
      const key = rowKey(writer, refBytes, row);
      writer.begin();
      this.#codecs.alertRow.write(writer, alert);
      list.put(tables.alerts, key, writer.take());
      if (alert.packet !== undefined) {
        const place = parsePacketAddress(alert.packet);
        places.push(place);
        writer.begin();
        putPacketAddress(writer, place);
        list.put(tables.packets, alertKey, writer.take());
      }
    }
    for (const row of write.removedRows) {
      list.remove(tables.alerts, rowKey(writer, refBytes, row));
      const alertKey = this.#alertKey(writer, lightCurve.alertIdAt(row));
      removed.push({ alertKey, locusId: record.ref.locusId, row });
    }
  }

  #encodePosition(writer: ByteWriter, list: WriteList, write: LocusWrite, refBytes: Uint8Array): void {
    const { record, previousPosition } = write;
    const table = this.#tables.locus_positions;
    const isMoved =
      previousPosition === undefined || previousPosition.ra !== record.ra || previousPosition.dec !== record.dec;
    if (record.isAssociable && !isMoved) return;
    const before = previousPosition === undefined ? -1 : this.#trixelAt(previousPosition.ra, previousPosition.dec);
    const now = record.isAssociable ? this.#trixelAt(record.ra, record.dec) : -1;
    if (before !== -1 && before !== now) list.remove(table, positionKey(writer, before, refBytes));
    if (now !== -1) {
      const key = positionKey(writer, now, refBytes);
      writer.begin();
      writer.float64s(this.#vector, 3);
      list.put(table, key, writer.take());
    }
  }

  /** The trixel of a position, whose unit vector stays in `#vector`. */
  #trixelAt(ra: number, dec: number): number {
    const vector = this.#vector;
    writeUnitVector(ra, dec, vector, 0);
    return htmIdAt(vector[0]!, vector[1]!, vector[2]!, POSITION_LEVEL);
  }

  #encodeChunks(writer: ByteWriter, list: WriteList, write: LocusWrite, refBytes: Uint8Array): void {
    const { lightCurve } = write;
    let last = -1;
    let rest: Set<number> | undefined;
    const touch = (row: number): void => {
      const chunk = row >>> CHUNK_SHIFT;
      // Nearly always there is one: a set is made for the others only.
      if (chunk === last) return;
      if (last === -1) {
        last = chunk;
        return;
      }
      rest ??= new Set();
      rest.add(chunk);
    };
    for (const row of write.rows.keys()) touch(row);
    for (const row of write.removedRows) touch(row);
    if (last === -1) return;
    this.#encodeChunk(writer, list, lightCurve, refBytes, last);
    if (rest !== undefined) for (const chunk of rest) this.#encodeChunk(writer, list, lightCurve, refBytes, chunk);
  }

  #encodeChunk(
    writer: ByteWriter,
    list: WriteList,
    lightCurve: LightCurveBuilder,
    refBytes: Uint8Array,
    chunk: number,
  ): void {
    const key = chunkKey(writer, refBytes, chunk);
    const from = chunk * CHUNK_ROWS;
    writer.begin();
    this.#codecs.lightCurve.write(writer, lightCurve, from, Math.min(lightCurve.length, from + CHUNK_ROWS));
    list.put(this.#tables.light_curves, key, writer.take());
  }

  #encodeUnassociated(writer: ByteWriter, row: AlertRow, places: PacketPlace[]): UnassociatedWrite {
    const alertKey = this.#alertKey(writer, row.point.alertId);
    const curve = new LightCurveBuilder(1);
    curve.append(row.point);
    writer.begin();
    this.#codecs.lightCurve.write(writer, curve, 0, 1);
    writer.align(8);
    this.#codecs.alertRow.write(writer, row);
    const value = writer.take();
    writer.begin();
    putAddressWithoutLocus(writer, row.point.kind);
    const indexValue = writer.take();
    let packetValue: Uint8Array | undefined;
    if (row.packet !== undefined) {
      const place = parsePacketAddress(row.packet);
      places.push(place);
      writer.begin();
      putPacketAddress(writer, place);
      packetValue = writer.take();
    }
    return { alertKey, value, indexValue, packetValue };
  }

  #alertKey(writer: ByteWriter, id: string): Uint8Array {
    writer.begin();
    putAlertKey(writer, this.#parts, this.#codecs.words, id);
    return takeKey(writer);
  }
}
