import type { LocusId } from '../../model/ids.ts';
import type { LocusRecord, LocusRef, ObjectMatch } from '../../model/locus.ts';
import type { SurveyObject } from '../../model/packet.ts';
import type { Properties } from '../../model/property.ts';
import { PropertyTable, PropertyTablePool } from '../../model/property-table.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { PropertiesCodec } from './properties-codec.ts';
import type { Words } from './words.ts';

const ASSOCIABLE = 1;
const SOLAR_SYSTEM = 1;
/** Tables whose memory waits for the next loci: those of a few batches, some 17 kB each. */
const MOST_FREE_TABLES = 512;
/** Properties that an alert adds mostly find room. */
const ROOM_FOR_NEW = 32;

/** Writes a ref as it stands in keys: birth trixel, then locus id. */
export function putRef(writer: ByteWriter, ref: LocusRef): void {
  writer.uint48(ref.birthTrixel);
  writer.rawText(ref.locusId);
}

/** Reads a ref that takes up the rest of a value. */
export function readRef(reader: ByteReader): LocusRef {
  const birthTrixel = reader.uint48();
  return { birthTrixel, locusId: reader.rawText(reader.end - reader.position) as LocusId };
}

/** A record, and how many rows the light curve beside it has. */
export interface DecodedLocus<Values = LocusRecord['properties']> {
  readonly record: Omit<LocusRecord, 'properties'> & { readonly properties: Values };
  readonly rows: number;
}

/**
 * Writes and reads locus records.
 *
 * `flags` (8 bytes, one used); `ra`, `dec`; rows, alerts, detections, upper limits (4 bytes each, big-endian); objects
 * (survey word, role, id); tags (words); catalogue and watch matches (list word, object id, row, separation, radius);
 * properties. The ref is the key, it is not repeated.
 */
export class LocusCodec {
  readonly #words: Words;
  readonly #properties: PropertiesCodec;
  readonly #tables = new PropertyTablePool(MOST_FREE_TABLES);
  readonly #tableFor = (count: number): PropertyTable => this.#tables.take(count + ROOM_FOR_NEW);
  readonly #readProperties = (reader: ByteReader): PropertyTable => this.#properties.read(reader, this.#tableFor);

  constructor(words: Words, properties: PropertiesCodec) {
    this.#words = words;
    this.#properties = properties;
  }

  write(writer: ByteWriter, record: LocusRecord, rows: number): void {
    writer.uint8(record.isAssociable ? ASSOCIABLE : 0);
    writer.align(8);
    writer.float64(record.ra);
    writer.float64(record.dec);
    writer.uint32(rows);
    writer.uint32(record.numAlerts);
    writer.uint32(record.numDetections);
    writer.uint32(record.numUpperLimits);
    writer.varint(record.objects.length);
    for (const object of record.objects) {
      writer.varint(this.#words.numberOf(object.survey));
      writer.uint8(object.role === 'solar_system_object' ? SOLAR_SYSTEM : 0);
      writer.text(object.id);
    }
    writer.varint(record.tags.length);
    for (const tag of record.tags) writer.varint(this.#words.numberOf(tag));
    this.#writeMatches(writer, record.catalogMatches);
    this.#writeMatches(writer, record.watchMatches);
    this.#properties.write(writer, record.properties);
  }

  read(reader: ByteReader, ref: LocusRef): DecodedLocus<PropertyTable> {
    return this.readHead(reader, ref, this.#readProperties);
  }

  /** Takes back the memory of properties that were read and that nobody looks at any more: none are left then. */
  release(properties: Properties): void {
    if (properties instanceof PropertyTable) this.#tables.giveBack(properties);
  }

  /** As {@link read}, with the properties, which come last, left to another. */
  readHead<Values>(
    reader: ByteReader,
    ref: LocusRef,
    readProperties: (reader: ByteReader) => Values,
  ): DecodedLocus<Values> {
    const isAssociable = (reader.uint8() & ASSOCIABLE) !== 0;
    reader.align(8);
    const ra = reader.float64();
    const dec = reader.float64();
    const rows = reader.uint32();
    const numAlerts = reader.uint32();
    const numDetections = reader.uint32();
    const numUpperLimits = reader.uint32();
    const objects: SurveyObject[] = [];
    for (let count = reader.varint(); count > 0; count -= 1) {
      objects.push({
        survey: this.#words.textOf(reader.varint()),
        role: reader.uint8() === SOLAR_SYSTEM ? 'solar_system_object' : 'object',
        id: reader.text(),
      });
    }
    const tags: string[] = [];
    for (let count = reader.varint(); count > 0; count -= 1) tags.push(this.#words.textOf(reader.varint()));
    const catalogMatches = this.#readMatches(reader);
    const watchMatches = this.#readMatches(reader);
    const properties = readProperties(reader);
    reader.finish('a locus');
    const record = {
      ref,
      ra,
      dec,
      isAssociable,
      objects,
      numAlerts,
      numDetections,
      numUpperLimits,
      tags,
      catalogMatches,
      watchMatches,
      properties,
    };
    return { record, rows };
  }

  #writeMatches(writer: ByteWriter, matches: readonly ObjectMatch[]): void {
    writer.varint(matches.length);
    for (const match of matches) {
      writer.varint(this.#words.numberOf(match.list));
      writer.text(match.objectId);
      writer.varint(match.row);
      writer.float64(match.separationArcsec);
      writer.float64(match.radiusArcsec);
    }
  }

  #readMatches(reader: ByteReader): ObjectMatch[] {
    const matches: ObjectMatch[] = [];
    for (let count = reader.varint(); count > 0; count -= 1) {
      matches.push({
        list: this.#words.textOf(reader.varint()),
        objectId: reader.text(),
        row: reader.varint(),
        separationArcsec: reader.float64(),
        radiusArcsec: reader.float64(),
      });
    }
    return matches;
  }
}
