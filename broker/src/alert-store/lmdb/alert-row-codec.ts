import type { ProvenanceId } from '../../model/ids.ts';
import type { AlertBody } from '../../model/packet.ts';
import type { Properties } from '../../model/property.ts';
import { PropertyTable } from '../../model/property-table.ts';
import type { AlertRow } from '../alert-store.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { parsePacketAddress, putPacketAddress, readPacketAddress } from './packet-address.ts';
import type { PropertiesCodec } from './properties-codec.ts';
import type { Words } from './words.ts';

const HAS_PACKET = 1;
const HAS_ANNOTATIONS = 2;

/** An alert as it is kept beside its point. */
export interface DecodedAlertRow {
  readonly body: AlertBody;
  readonly receivedAt: number;
  readonly sentAt: number;
  readonly provenanceId: ProvenanceId;
  readonly annotations: Properties;
  readonly packet: string | undefined;
}

/**
 * Writes and reads alerts without their points.
 *
 * `flags` (8 bytes, one used); `received`, `sent`; words of schema id, part and provenance id; packet address and
 * annotations where the flags say so; body, to the end.
 */
export class AlertRowCodec {
  readonly #words: Words;
  readonly #properties: PropertiesCodec;

  constructor(words: Words, properties: PropertiesCodec) {
    this.#words = words;
    this.#properties = properties;
  }

  write(writer: ByteWriter, row: AlertRow): void {
    const hasAnnotations = row.annotations.size > 0;
    writer.uint8((row.packet === undefined ? 0 : HAS_PACKET) | (hasAnnotations ? HAS_ANNOTATIONS : 0));
    writer.align(8);
    writer.float64(row.receivedAt);
    writer.float64(row.sentAt);
    writer.varint(this.#words.numberOf(row.body.schemaId));
    writer.varint(this.#words.numberOf(row.body.part));
    writer.varint(this.#words.numberOf(row.provenanceId));
    if (row.packet !== undefined) putPacketAddress(writer, parsePacketAddress(row.packet));
    if (hasAnnotations) this.#properties.write(writer, row.annotations);
    writer.raw(row.body.bytes);
  }

  read(reader: ByteReader): DecodedAlertRow {
    const flags = reader.uint8();
    reader.align(8);
    const receivedAt = reader.float64();
    const sentAt = reader.float64();
    const schemaId = this.#words.textOf(reader.varint());
    const part = this.#words.textOf(reader.varint());
    const provenanceId = this.#words.textOf(reader.varint()) as ProvenanceId;
    const packet = (flags & HAS_PACKET) === 0 ? undefined : readPacketAddress(reader);
    const annotations = (flags & HAS_ANNOTATIONS) === 0 ? new Map() : this.#readAnnotations(reader);
    reader.finish('an alert');
    const bytes = reader.raw(reader.end - reader.position);
    return { body: { schemaId, part, bytes }, receivedAt, sentAt, provenanceId, annotations, packet };
  }

  /** Mostly few, and kept by whoever reads them: a map. */
  #readAnnotations(reader: ByteReader): Properties {
    return new Map(this.#properties.read(reader, () => new PropertyTable()));
  }
}
