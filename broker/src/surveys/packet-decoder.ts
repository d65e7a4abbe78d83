import { AntaresError } from '../model/errors.ts';
import type { LightCurvePoint } from '../model/light-curve.ts';
import type { AlertBody, DecodedPacket } from '../model/packet.ts';
import type { Properties, PropertyValue } from '../model/property.ts';
import { AlertReader, type SurveyPacket } from './alert-reader.ts';
import type { PropertyKinds } from './avro/compile.ts';
import {
  asBuffer,
  asView,
  type ContainerBlock,
  type ContainerCodec,
  isContainer,
  readBlocks,
  readContainerHeader,
  writePlainContainer,
} from './avro/container.ts';
import { damaged, truncated } from './avro/damage.ts';
import { HeaderCache } from './avro/header-cache.ts';
import { type AvroRecord, parseSchema } from './avro/schema.ts';
import { isWireMessage, WIRE_HEADER_LENGTH, wireSchemaId } from './avro/wire.ts';
import { readPacketSchema, toPacketSchema } from './packet-schema.ts';
import type { SchemaSource } from './schema-source.ts';
import type { DecodeOptions, LocusContribution, PacketDecoder, PacketRoute } from './survey.ts';
import { getSurvey, recogniseSurvey, SURVEY_NAMES } from './surveys.ts';

/** What a decoder can be given. */
export interface PacketDecoderOptions {
  /** Where schemas of registry messages come from; without it, those messages are refused. */
  readonly schemaSource?: SchemaSource | undefined;
  /** Largest packet, and largest that one may decompress to [bytes]; default 64 MiB. */
  readonly maxPacketBytes?: number | undefined;
}

/** Default of `maxPacketBytes`: some hundred times the largest packet of any survey. */
export const MAX_PACKET_BYTES = 64 * 1024 * 1024;

/** Number of container heads kept; a stream has one at a time, an archive of years some eighty. */
const HEADS_KEPT = 96;
/** Number of schemas that packets may bring in. */
const SCHEMAS_KEPT = 1024;
/** How long an id that no source knows is not asked for again [ms]. */
const UNKNOWN_ID_MS = 60_000;

/** A writer's schema: its record, or why it cannot be used. */
interface WriterSchema {
  readonly record: AvroRecord | undefined;
  readonly refusal: { readonly code: string; readonly message: string } | undefined;
  /** By survey; '' for the recognised one. */
  readonly readers: Map<string, AlertReader>;
}

interface Head {
  readonly codec: ContainerCodec;
  readonly length: number;
  readonly writer: WriterSchema;
}

/** Reads the packets of all surveys in the table. @see PacketDecoder */
export class AvroPacketDecoder implements PacketDecoder {
  readonly #schemaSource: SchemaSource | undefined;
  readonly #maxPacketBytes: number;
  readonly #heads = new HeaderCache<Head>(HEADS_KEPT);
  readonly #wireSchemas = new Map<number, WriterSchema>();
  readonly #unknownIds = new Map<number, number>();
  /** By schema id; texts are compiled when the first body asks. */
  readonly #readers = new Map<string, AlertReader | string>();
  readonly #newSchemas = new Map<string, string>();
  #schemasSeen = 0;

  constructor({ schemaSource, maxPacketBytes = MAX_PACKET_BYTES }: PacketDecoderOptions = {}) {
    this.#schemaSource = schemaSource;
    this.#maxPacketBytes = maxPacketBytes;
  }

  needsSchema(bytes: Uint8Array): boolean {
    return isWireMessage(bytes) && bytes.length >= WIRE_HEADER_LENGTH && !this.#wireSchemas.has(wireSchemaId(bytes));
  }

  async ensureSchema(bytes: Uint8Array): Promise<void> {
    if (this.#schemaSource === undefined || !this.needsSchema(bytes)) return;
    const id = wireSchemaId(bytes);
    if ((this.#unknownIds.get(id) ?? 0) > Date.now()) return;
    const text = await this.#schemaSource.find(id);
    if (text !== undefined) {
      this.addWireSchema(id, text);
      return;
    }
    // Ids are four bytes of the packet: whatever comes in, the list of unknown ones stays short.
    if (this.#unknownIds.size >= SCHEMAS_KEPT) this.#unknownIds.clear();
    this.#unknownIds.set(id, Date.now() + UNKNOWN_ID_MS);
  }

  /** Makes a schema known under the id that registry messages carry. */
  addWireSchema(schemaId: number, text: string): void {
    if (this.#wireSchemas.size >= SCHEMAS_KEPT) this.#wireSchemas.clear();
    this.#wireSchemas.set(schemaId, readWriterSchema(text));
  }

  decode(bytes: Uint8Array, options: DecodeOptions = {}): DecodedPacket[] {
    const packets: SurveyPacket[] = [];
    const keepProblems = options.keepProblems === true;
    this.#eachBlock(bytes, (block, writer, isPlain) => {
      const reader = this.#readerOf(writer, options.survey);
      const declared = writer.record?.version;
      let offset = block.start;
      for (let i = 0; i < block.records; i += 1) {
        const { packet, end } = reader.read(block, offset, declared, isPlain, keepProblems);
        packets.push(packet);
        offset = end;
      }
      if (offset !== block.end) throw damaged(offset, `${block.end - offset} bytes after the last record of a block`);
    });
    if (packets.length === 0) throw emptyContainer();
    return packets;
  }

  route(bytes: Uint8Array, options: Pick<DecodeOptions, 'survey'> = {}): PacketRoute {
    let first: { readonly block: ContainerBlock; readonly writer: WriterSchema } | undefined;
    let records = 0;
    this.#eachBlock(bytes, (block, writer) => {
      first ??= { block, writer };
      records += block.records;
    });
    if (first === undefined) throw emptyContainer();
    const { block, writer } = first;
    const reader = this.#readerOf(writer, options.survey);
    return reading(isWireMessage(bytes), () => reader.route(block, block.start, records));
  }

  unpack(bytes: Uint8Array, options: Pick<DecodeOptions, 'survey'> = {}): Uint8Array[] {
    if (isWireMessage(bytes)) return [bytes];
    let records = 0;
    let isPlain = true;
    this.#eachBlock(bytes, (block, _writer, plain) => {
      records += block.records;
      isPlain &&= plain;
    });
    if (records === 1 && isPlain) return [bytes];
    if (records === 0) throw emptyContainer();
    const { schemaText } = readContainerHeader(asBuffer(bytes), asView(bytes));
    const packets: Uint8Array[] = [];
    this.#eachBlock(bytes, (block, writer, plain) => {
      const reader = this.#readerOf(writer, options.survey);
      let offset = block.start;
      for (let i = 0; i < block.records; i += 1) {
        const { end } = reader.read(block, offset, undefined, plain, true);
        packets.push(writePlainContainer(schemaText, 1, block.bytes.subarray(offset, end)));
        offset = end;
      }
    });
    return packets;
  }

  properties(body: AlertBody, point?: LightCurvePoint, into?: Properties): Properties {
    const properties = into ?? new Map();
    const reader = this.#readerOfBody(body);
    addNormalisedProperties(point ?? reader.readPoint(body), properties);
    reader.addProperties(body, properties);
    return properties;
  }

  values(body: AlertBody): Omit<LightCurvePoint, 'alertId'> {
    const { alertId: _, ...values } = this.#readerOfBody(body).readPoint(body);
    return values;
  }

  sameContent(a: AlertBody, b: AlertBody): boolean {
    if (a.schemaId === b.schemaId && a.part === b.part && asBuffer(a.bytes).equals(asBuffer(b.bytes))) return true;
    const readerA = this.#readerOfBody(a);
    const readerB = this.#readerOfBody(b);
    const inA: Properties = new Map();
    const inB: Properties = new Map();
    readerA.addProperties(a, inA);
    readerB.addProperties(b, inB);
    const kindsA = readerA.propertyKinds(a.part);
    const kindsB = readerB.propertyKinds(b.part);
    return holdsAll(inA, inB, kindsA, kindsB) && holdsAll(inB, inA, kindsB, kindsA);
  }

  locusContribution(packet: DecodedPacket): LocusContribution {
    return this.#readerOfBody(packet.alert.body).readContribution(packet.alert.body, packet.object);
  }

  newSchemas(): ReadonlyMap<string, string> {
    return new Map(this.#newSchemas);
  }

  markKept(schemas: ReadonlyMap<string, string>): void {
    for (const schemaId of schemas.keys()) this.#newSchemas.delete(schemaId);
  }

  addSchemas(schemas: ReadonlyMap<string, string>): void {
    for (const [schemaId, text] of schemas) {
      if (!this.#readers.has(schemaId)) this.#readers.set(schemaId, text);
    }
  }

  /** Calls back with each block of records of a packet, and turns reading beyond its end into a verdict. */
  #eachBlock(
    bytes: Uint8Array,
    onBlock: (block: ContainerBlock, writer: WriterSchema, isPlain: boolean) => void,
  ): void {
    if (bytes.length === 0) throw new AntaresError('PACKET_EMPTY', 'a packet of no bytes');
    if (bytes.length > this.#maxPacketBytes) {
      throw new AntaresError(
        'PACKET_TOO_LARGE',
        `a packet of ${bytes.length} bytes; at most ${this.#maxPacketBytes} are read`,
      );
    }
    const buffer = asBuffer(bytes);
    const view = asView(bytes);
    if (isContainer(bytes)) {
      const head = this.#readHead(buffer, view);
      const isPlain = head.codec === 'null';
      reading(false, () => {
        readBlocks(buffer, view, head, this.#maxPacketBytes, (block) => onBlock(block, head.writer, isPlain));
      });
      return;
    }
    if (!isWireMessage(bytes)) throw notAvro(bytes);
    const id = wireSchemaId(bytes);
    const writer = this.#wireSchemas.get(id);
    if (writer === undefined) throw this.#unknownWireSchema(id);
    const block = { records: 1, bytes: buffer, view, start: WIRE_HEADER_LENGTH, end: bytes.length };
    reading(true, () => onBlock(block, writer, true));
  }

  #unknownWireSchema(id: number): AntaresError {
    const where =
      this.#schemaSource === undefined
        ? 'no schema folder or registry is configured'
        : `not in ${this.#schemaSource.name}`;
    return new AntaresError('PACKET_SCHEMA_UNKNOWN', `the message was written with schema ${id}: ${where}`);
  }

  #readHead(buffer: Buffer, view: DataView): Head {
    const known = this.#heads.find(buffer);
    if (known !== undefined) return known;
    const { codec, length, schemaText } = readContainerHeader(buffer, view);
    const head = { codec, length, writer: readWriterSchema(schemaText) };
    this.#heads.remember(buffer, length, head);
    return head;
  }

  #readerOf(writer: WriterSchema, survey: string | undefined): AlertReader {
    return writer.readers.get(survey ?? '') ?? this.#makeReader(writer, survey);
  }

  #makeReader(writer: WriterSchema, survey: string | undefined): AlertReader {
    const { record, refusal } = writer;
    if (record === undefined) throw new AntaresError(refusal!.code, refusal!.message);
    const mapping = survey === undefined ? recogniseSurvey(record) : getSurvey(survey);
    if (mapping === undefined) {
      throw new AntaresError(
        'PACKET_SURVEY_UNKNOWN',
        `a record ${record.name} of none of the surveys that are read (${SURVEY_NAMES.join(', ')})`,
      );
    }
    const schema = toPacketSchema(record, mapping);
    let reader = this.#readers.get(schema.schemaId);
    if (reader === undefined) {
      if (this.#schemasSeen >= SCHEMAS_KEPT) {
        throw new AntaresError(
          'PACKET_SCHEMA_LIMIT',
          `the ${SCHEMAS_KEPT} schemas seen before this one are more than surveys have`,
        );
      }
      this.#schemasSeen += 1;
      this.#newSchemas.set(schema.schemaId, schema.text);
    }
    if (reader === undefined || typeof reader === 'string') {
      reader = new AlertReader(schema, mapping);
      this.#readers.set(schema.schemaId, reader);
    }
    writer.readers.set(survey ?? '', reader);
    return reader;
  }

  #readerOfBody({ schemaId }: AlertBody): AlertReader {
    const known = this.#readers.get(schemaId);
    if (known instanceof AlertReader) return known;
    if (known === undefined) {
      throw new AntaresError(
        'PACKET_SCHEMA_UNKNOWN',
        `an alert was stored with schema ${schemaId}, which is not in the store`,
      );
    }
    const schema = readPacketSchema(schemaId, known);
    const reader = new AlertReader(schema, getSurvey(schema.survey));
    this.#readers.set(schemaId, reader);
    return reader;
  }
}

function readWriterSchema(text: string): WriterSchema {
  const readers = new Map<string, AlertReader>();
  try {
    const type = parseSchema(text);
    if (type.kind === 'record') return { record: type, refusal: undefined, readers };
    const refusal = {
      code: 'PACKET_SURVEY_UNKNOWN',
      message: `values of type ${type.kind}, where a survey's records are read`,
    };
    return { record: undefined, refusal, readers };
  } catch (error) {
    if (!(error instanceof AntaresError)) throw error;
    return { record: undefined, refusal: { code: error.code, message: error.message }, readers };
  }
}

/** A view that is read beyond its end: within a container, whose blocks are there in full, something is wrong in them. */
function reading<T>(isWire: boolean, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    if (isWire) throw truncated('the bytes end within the record of the message');
    throw damaged(0, 'a record that goes on beyond the end of the packet');
  }
}

function emptyContainer(): AntaresError {
  return new AntaresError('PACKET_EMPTY', 'a valid Avro container without any record');
}

function notAvro(bytes: Uint8Array): AntaresError {
  const magic = [0x4f, 0x62, 0x6a, 1];
  if (bytes.length < 4 && magic.slice(0, bytes.length).every((byte, i) => bytes[i] === byte)) {
    return truncated('the bytes end within the first four');
  }
  const begins = asBuffer(bytes).toString('latin1', 0, 24);
  return new AntaresError(
    'PACKET_NOT_AVRO',
    `expected an Avro container (Obj, 1) or a registry message (0 and a schema id), got ${JSON.stringify(begins)}; a bare datum cannot be read without its schema`,
  );
}

/** The properties that all surveys share. Undefined values are absent. */
function addNormalisedProperties(point: LightCurvePoint, properties: Properties): void {
  const setNumber = (name: string, value: number): void => {
    if (Number.isFinite(value)) properties.set(name, value);
  };
  setNumber('ant_mjd', point.mjd);
  setNumber('ant_mag', point.mag);
  setNumber('ant_magerr', point.magErr);
  setNumber('ant_maglim', point.magLimit);
  setNumber('ant_ra', point.ra);
  setNumber('ant_dec', point.dec);
  if (point.passband !== '') properties.set('ant_passband', point.passband);
  properties.set('ant_survey', BigInt(point.surveyNumber));
}

/** Whether everything in `a` is the same in `b`, as far as `b` could have it. */
function holdsAll(a: Properties, b: Properties, kindsA: PropertyKinds, kindsB: PropertyKinds): boolean {
  for (const [name, value] of a) {
    const kind = kindsB.get(name);
    if (kind === undefined) continue;
    const other = b.get(name);
    if (other === undefined || !isSameValue(value, other, kind === 'float' || kindsA.get(name) === 'float'))
      return false;
  }
  return true;
}

/** @param isSingle  whether one of the two was written in single precision */
function isSameValue(a: PropertyValue, b: PropertyValue, isSingle: boolean): boolean {
  if (a === b) return true;
  if (typeof a === 'bigint' && typeof b === 'bigint') return false;
  const x = typeof a === 'bigint' ? Number(a) : a;
  const y = typeof b === 'bigint' ? Number(b) : b;
  if (typeof x !== 'number' || typeof y !== 'number') return x === y;
  return x === y || (isSingle && Math.fround(x) === Math.fround(y));
}
