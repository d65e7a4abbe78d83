import { AntaresError } from '../model/errors.ts';
import { canonicalSchema, schemaFingerprint } from './avro/canonical.ts';
import { type AvroField, type AvroRecord, parseSchema, withoutNull } from './avro/schema.ts';
import type { SurveyMapping } from './survey-mapping.ts';

/**
 * A writer schema as the store keeps it: its canonical text, the survey, and a mark on each field of the packet that
 * alert bodies leave out.
 *
 * The text alone says how to read a body, for good: a later version of this code may leave out other fields of new
 * packets (they then have another id), and still reads these.
 */
export interface PacketSchema {
  /** First 8 bytes of the SHA-256 of `text`, 16 hexadecimal digits. */
  readonly schemaId: string;
  readonly text: string;
  readonly survey: string;
  readonly record: AvroRecord;
}

/** Marks a writer schema for a survey, and names it. */
export function toPacketSchema(record: AvroRecord, mapping: SurveyMapping): PacketSchema {
  const marked: AvroRecord = {
    ...record,
    fields: record.fields.map((field) => ({
      ...field,
      isKept: !isHistory(field, mapping) && cutoutOf(field) === undefined,
    })),
  };
  const text = `${canonicalSchema(marked).slice(0, -1)},"survey":${JSON.stringify(mapping.survey)}}`;
  return { schemaId: schemaFingerprint(text), text, survey: mapping.survey, record: marked };
}

/** Reads a kept text. @throws PACKET_SCHEMA_INVALID */
export function readPacketSchema(schemaId: string, text: string): PacketSchema {
  const record = parseSchema(text);
  const { survey } = JSON.parse(text) as { readonly survey?: unknown };
  if (record.kind !== 'record' || typeof survey !== 'string') {
    throw new AntaresError(
      'PACKET_SCHEMA_INVALID',
      `the text kept under ${schemaId} is not the schema of a survey's packets`,
    );
  }
  return { schemaId, text, survey, record };
}

/**
 * Whether a field is a list of earlier observations: one that the mapping knows, or one that calls itself so (`prv…`,
 * `…hists`) and is a list of records. Any other field, known or not, belongs to the alert.
 */
function isHistory(field: AvroField, mapping: SurveyMapping): boolean {
  if (field.name === 'diaSourcesL2' || mapping.histories.some(({ fields }) => fields.includes(field.name))) return true;
  const type = withoutNull(field.type);
  return type.kind === 'array' && withoutNull(type.items).kind === 'record' && /^prv|_?hists?$/i.test(field.name);
}

/** A field of a packet that holds an image: bytes, or a record of a file name and bytes. */
export interface CutoutField {
  /** `science`, `template`, `difference`. */
  readonly name: string;
  /** Path of the bytes, and of the file name where there is one. */
  readonly data: string;
  readonly fileName: string | undefined;
}

/** The image that a field of a packet holds, or undefined when it holds none. */
export function cutoutOf(field: AvroField): CutoutField | undefined {
  const type = withoutNull(field.type);
  const name = field.name.replace(/^cutout_?/i, '').toLowerCase() || field.name.toLowerCase();
  if (type.kind === 'bytes') return { name, data: field.name, fileName: undefined };
  if (type.kind !== 'record') return undefined;
  const data = type.fields.find((inner) => withoutNull(inner.type).kind === 'bytes');
  if (data === undefined || type.fields.length > 4) return undefined;
  const file = type.fields.find((inner) => inner.name === 'fileName');
  return {
    name,
    data: `${field.name}.${data.name}`,
    fileName: file === undefined ? undefined : `${field.name}.${file.name}`,
  };
}
