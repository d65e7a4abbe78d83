/** A type in an Avro schema, as far as survey schemas use them. */
export type AvroType =
  | 'null'
  | 'boolean'
  | 'int'
  | 'long'
  | 'float'
  | 'double'
  | 'bytes'
  | 'string'
  | AvroRecord
  | AvroArray
  | AvroLogical
  | readonly AvroType[];

/** A record: a name and its fields in the order in which they are written. */
export interface AvroRecord {
  readonly type: 'record';
  readonly namespace: string;
  readonly name: string;
  readonly doc: string;
  /** Attributes beside the standard ones: `version` (ZTF), `confluent:version` (LSST). */
  readonly attributes?: Readonly<Record<string, string | number>>;
  readonly fields: readonly AvroField[];
}

/** A field of a record. */
export interface AvroField {
  readonly name: string;
  readonly type: AvroType;
  readonly doc: string;
  /** Whether the schema gives null as the default: all fields that may be null do, but for a few of ZTF's. */
  readonly defaultsToNull: boolean;
}

/** An array. */
export interface AvroArray {
  readonly type: 'array';
  readonly items: AvroType;
}

/** A primitive with a meaning on top. */
export interface AvroLogical {
  readonly type: 'long';
  readonly logicalType: 'timestamp-micros';
}

/** Types of a field as a survey's table prints them: `float`, or `float?` where the field may be null. */
export type FieldTypeName = 'boolean' | 'int' | 'long' | 'float' | 'double' | 'string' | 'bytes' | 'timestamp';

/** A field in short: name, type (a trailing `?` where it may be null), what it is. */
export type FieldLine = readonly [name: string, type: FieldTypeName | `${FieldTypeName}?`, doc: string];

/** The fields that short lines describe. */
export function fieldsOf(lines: readonly FieldLine[]): AvroField[] {
  return lines.map(([name, type, doc]) => {
    const nullable = type.endsWith('?');
    const plain = (nullable ? type.slice(0, -1) : type) as FieldTypeName;
    const avro: AvroType = plain === 'timestamp' ? { type: 'long', logicalType: 'timestamp-micros' } : plain;
    return { name, type: nullable ? ['null', avro] : avro, doc, defaultsToNull: nullable };
  });
}

/**
 * The schema as JSON text in one piece: a named type is written out where it first occurs and named after that, as the
 * header of a container holds it.
 */
export function schemaText(top: AvroRecord): string {
  const written = new Set<string>();
  return JSON.stringify(
    toJson(top, (record) => {
      const fullName = `${record.namespace}.${record.name}`;
      if (written.has(fullName)) return false;
      written.add(fullName);
      return true;
    }),
  );
}

/** The schema of one record as JSON text in which every other named type is only named: one file of a schema folder. */
export function schemaFileText(record: AvroRecord): string {
  return `${JSON.stringify(
    toJson(record, (inner) => inner === record),
    null,
    2,
  )}\n`;
}

/** All records that a record is made of, those it needs before those that need them, itself last. */
export function recordsWithin(top: AvroRecord): AvroRecord[] {
  const found: AvroRecord[] = [];
  const visit = (type: AvroType): void => {
    if (typeof type === 'string') return;
    if (Array.isArray(type)) {
      for (const branch of type) visit(branch);
    } else if ('fields' in type) {
      for (const field of type.fields) visit(field.type);
      if (!found.includes(type)) found.push(type);
    } else if ('items' in type) {
      visit(type.items);
    }
  };
  visit(top);
  return found;
}

function toJson(type: AvroType, mayWriteOut: (record: AvroRecord) => boolean): unknown {
  if (typeof type === 'string') return type;
  if (isUnion(type)) return type.map((branch) => toJson(branch, mayWriteOut));
  if ('items' in type) return { type: 'array', items: toJson(type.items, mayWriteOut) };
  if ('logicalType' in type) return { type: type.type, logicalType: type.logicalType };
  if (!mayWriteOut(type)) return `${type.namespace}.${type.name}`;
  return {
    namespace: type.namespace,
    type: 'record',
    name: type.name,
    doc: type.doc,
    ...type.attributes,
    fields: type.fields.map((field) => ({
      name: field.name,
      type: toJson(field.type, mayWriteOut),
      doc: field.doc,
      ...(field.defaultsToNull ? { default: null } : {}),
    })),
  };
}

function isUnion(type: AvroType): type is readonly AvroType[] {
  return Array.isArray(type);
}
