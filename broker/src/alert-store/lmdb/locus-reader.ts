import { AntaresError } from '../../model/errors.ts';
import type { AlertId, LocusId } from '../../model/ids.ts';
import type { LightCurveBuilder } from '../../model/light-curve-builder.ts';
import type { LocusReading, LocusRecord, LocusRef } from '../../model/locus.ts';
import type { SurveyObject } from '../../model/packet.ts';
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
  NearbyLocus,
  NearQuery,
  PacketAddress,
  Page,
  StoredLocus,
} from '../alert-store.ts';
import { AlertIdParts, findAlertKey } from './alert-id-parts.ts';
import { readAlertAddress } from './alert-index-value.ts';
import { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { Codecs } from './codecs.ts';
import type { Table } from './database.ts';
import { chunkKey, findObjectKey, findTextKey, refKey, rowKey, trixelKey } from './keys.ts';
import { CHUNK_ROWS, CHUNK_SHIFT, POSITION_LEVEL, type TableName } from './layout.ts';
import { readRef } from './locus-codec.ts';
import { readPacketAddress } from './packet-address.ts';
import { pageOfKeys, pageOfValues } from './pages.ts';
import { StoredPropertiesMemory } from './stored-properties.ts';

/**
 * Finds and reads loci, their light curves and their alerts.
 *
 * Every call looks at the snapshot of the moment and ends in it: which one that is, and that the dictionary is as new,
 * is up to the store. One call at a time, as all of them read through the same memory.
 */
export class LocusReader {
  readonly #tables: Readonly<Record<TableName, Table>>;
  readonly #codecs: Codecs;
  readonly #keys: ByteWriter;
  readonly #reader = new ByteReader();
  readonly #parts = new AlertIdParts();

  /** @param keys  for keys of look-ups, forgotten at once */
  constructor(tables: Readonly<Record<TableName, Table>>, codecs: Codecs, keys: ByteWriter) {
    this.#tables = tables;
    this.#codecs = codecs;
    this.#keys = keys;
  }

  // Loci ---------------------------------------------------------------------------------------------------------

  /** The locus to which a survey's object is bound. */
  findByObject(object: SurveyObject): LocusRef | undefined {
    const key = findObjectKey(this.#keys, object);
    const value = key === undefined ? undefined : this.#tables.survey_objects.getBinaryFast(key);
    if (value === undefined) return undefined;
    this.#reader.load(value);
    return readRef(this.#reader);
  }

  /** The locus that has a public id. */
  findById(locusId: LocusId): LocusRef | undefined {
    const key = findTextKey(this.#keys, locusId);
    const value = key === undefined ? undefined : this.#tables.locus_ids.getBinaryFast(key);
    if (value === undefined) return undefined;
    this.#reader.load(value);
    return { birthTrixel: this.#reader.uint48(), locusId };
  }

  /** Associable loci whose present position lies in a cone, nearest first. */
  findNear(cone: NearQuery): NearbyLocus[] {
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

  /** Record and light curve; undefined where there is no such locus. */
  find(ref: LocusRef): StoredLocus | undefined {
    const found = this.#read(ref);
    if (found === undefined) return undefined;
    return { record: found.record, lightCurve: this.#readLightCurve(found.refBytes, found.rows) };
  }

  /** The record alone. */
  findRecord(ref: LocusRef): LocusRecord | undefined {
    return this.#read(ref)?.record;
  }

  /** Records whose properties stay as they are stored, undefined where there is no such locus. */
  readAll(refs: readonly LocusRef[]): (LocusReading | undefined)[] {
    const kept = new StoredPropertiesMemory(this.#codecs.words);
    return refs.map((ref) => {
      const refBytes = this.#load(ref);
      return refBytes && this.#codecs.locus.readHead(this.#reader, { ...ref }, (reader) => kept.take(reader)).record;
    });
  }

  /** A page of all loci. */
  scan(pageToken: string | undefined, limit: number): Page<LocusRef> {
    return pageOfKeys(this.#tables.loci, pageToken, limit, (key) => {
      this.#reader.load(key);
      return readRef(this.#reader);
    });
  }

  /** Takes back the memory of loci that nobody looks at any more. */
  release(loci: Iterable<StoredLocus>): void {
    for (const { record, lightCurve } of loci) {
      this.#codecs.lightCurve.release(lightCurve);
      this.#codecs.locus.release(record.properties);
    }
  }

  // Alerts -------------------------------------------------------------------------------------------------------

  /** Where an alert is. */
  findAlertAddress(id: AlertId): AlertAddress | undefined {
    const key = findAlertKey(this.#keys, this.#parts, this.#codecs.words, id);
    const value = key === undefined ? undefined : this.#tables.alert_index.getBinaryFast(key);
    if (value === undefined) return undefined;
    this.#reader.load(value);
    return readAlertAddress(this.#reader);
  }

  /** Where the packet of an alert is. */
  findPacketAddress(id: AlertId): PacketAddress | undefined {
    const key = findAlertKey(this.#keys, this.#parts, this.#codecs.words, id);
    const value = key === undefined ? undefined : this.#tables.packets.getBinaryFast(key);
    if (value === undefined) return undefined;
    this.#reader.load(value);
    return readPacketAddress(this.#reader);
  }

  /** An alert, with or without a locus. */
  findAlert(id: AlertId): AlertRow | undefined {
    const address = this.findAlertAddress(id);
    if (address === undefined) return undefined;
    return address.ref === undefined ? this.#findUnassociated(id) : this.#getAlert(address.ref, address.row);
  }

  /** Alerts of a locus in the order of its light curve, without removed ones; none where there is no such locus. */
  listAlerts(ref: LocusRef): AlertRow[] {
    const locus = this.find(ref);
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

  /** A page of the alerts without a locus. */
  scanUnassociated(pageToken: string | undefined, limit: number): Page<AlertRow> {
    return pageOfValues(this.#tables.unassociated, pageToken, limit, (value) => this.#readUnassociated(value));
  }

  // Inside -------------------------------------------------------------------------------------------------------

  #read(ref: LocusRef): { record: LocusRecord; rows: number; refBytes: Uint8Array } | undefined {
    const refBytes = this.#load(ref);
    return refBytes && { ...this.#codecs.locus.read(this.#reader, { ...ref }), refBytes };
  }

  /** Begins to read a locus. @returns its key; undefined where there is none */
  #load(ref: LocusRef): Uint8Array | undefined {
    this.#keys.reset();
    const refBytes = refKey(this.#keys, ref);
    const value = this.#tables.loci.getBinaryFast(refBytes);
    if (value === undefined) return undefined;
    this.#reader.load(value);
    return refBytes;
  }

  #readLightCurve(refBytes: Uint8Array, rows: number): LightCurveBuilder {
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

  #findUnassociated(id: AlertId): AlertRow | undefined {
    const key = findAlertKey(this.#keys, this.#parts, this.#codecs.words, id);
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
}

function missingChunk(refBytes: Uint8Array, chunk: number): AntaresError {
  return new AntaresError(
    'ALERT_STORE_DAMAGED',
    `chunk ${chunk} of the light curve of ${Buffer.from(refBytes.subarray(6)).toString()} is missing; restore the store from a backup`,
  );
}
