import { AntaresError } from '../../model/errors.ts';
import { AVRO_LIMITS } from './limits.ts';

/** A type of an Avro schema with every name resolved: a tree in which a named type may appear several times. */
export type AvroType = AvroPrimitive | AvroRecord | AvroEnum | AvroFixed | AvroArray | AvroMap | AvroUnion;

/** Names of Avro's primitive types. */
export type AvroPrimitiveName = 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string';

/** A primitive type. A logical type (`timestamp-micros`) is read as what it is written as. */
export interface AvroPrimitive {
  readonly kind: AvroPrimitiveName;
}

/** A record. */
export interface AvroRecord {
  readonly kind: 'record';
  /** Full name, with namespace. */
  readonly name: string;
  /** The survey's own version of the schema, where the record states one (ZTF: `4.02`). */
  readonly version: string | undefined;
  readonly fields: readonly AvroField[];
}

/** A field of a record. */
export interface AvroField {
  readonly name: string;
  readonly type: AvroType;
  /** What the survey says about the field, or undefined. */
  readonly doc: string | undefined;
  /** False for a field whose bytes are left out of alert bodies; see `packet-schema.ts`. */
  readonly isKept: boolean;
}

/** An enumeration. */
export interface AvroEnum {
  readonly kind: 'enum';
  readonly name: string;
  readonly symbols: readonly string[];
}

/** Bytes of a fixed length. */
export interface AvroFixed {
  readonly kind: 'fixed';
  readonly name: string;
  readonly size: number;
}

/** A list of items of one type. */
export interface AvroArray {
  readonly kind: 'array';
  readonly items: AvroType;
}

/** Values of one type by text. */
export interface AvroMap {
  readonly kind: 'map';
  readonly values: AvroType;
}

/** One of several types; which one is written before the value. */
export interface AvroUnion {
  readonly kind: 'union';
  readonly branches: readonly AvroType[];
}

const PRIMITIVES = new Map<unknown, AvroPrimitive>(
  (['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const).map((kind) => [kind, { kind }]),
);

const NAME = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;

/**
 * Reads the text of a schema.
 *
 * Refuses only what cannot be decoded: union defaults of the wrong branch, `None` and `NaN` defaults, fields that occur
 * twice and types defined twice are all met in real packets, and none of them matters to a reader. Types that contain
 * themselves are refused: no survey has them, and their size has no bound.
 *
 * @param text  JSON, at most `AVRO_LIMITS.schemaBytes`
 * @throws PACKET_SCHEMA_INVALID
 */
export function parseSchema(text: string): AvroType {
  if (text.length > AVRO_LIMITS.schemaBytes) {
    throw invalid(`the schema is ${text.length} characters long, at most ${AVRO_LIMITS.schemaBytes} are read`);
  }
  const reader = new SchemaReader();
  const type = reader.read(parseJson(text), '', 0);
  new SizeCheck().check(type);
  return type;
}

/** Python writes NaN and infinities into JSON; they occur in defaults, which do not matter here. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    try {
      return JSON.parse(text.replace(/(:\s*)(?:NaN|-?Infinity)(?=\s*[,}\]])/g, '$1null'));
    } catch {
      throw new AntaresError('PACKET_SCHEMA_INVALID', 'expected a schema in JSON', { cause: error });
    }
  }
}

function invalid(message: string): AntaresError {
  return new AntaresError('PACKET_SCHEMA_INVALID', message);
}

class SchemaReader {
  readonly #named = new Map<string, AvroType | 'open'>();
  #types = 0;

  read(node: unknown, namespace: string, depth: number): AvroType {
    this.#types += 1;
    if (this.#types > AVRO_LIMITS.schemaTypes)
      throw invalid(`the schema has more than ${AVRO_LIMITS.schemaTypes} types`);
    if (depth > AVRO_LIMITS.schemaDepth)
      throw invalid(`the schema is nested more than ${AVRO_LIMITS.schemaDepth} deep`);
    if (typeof node === 'string') return PRIMITIVES.get(node) ?? this.#resolve(node, namespace);
    if (Array.isArray(node)) return this.#union(node, namespace, depth);
    if (node === null || typeof node !== 'object') throw invalid(`expected a type, got ${JSON.stringify(node)}`);
    const object = node as Readonly<Record<string, unknown>>;
    switch (object['type']) {
      case 'record':
      case 'error':
        return this.#record(object, namespace, depth);
      case 'enum':
        return this.#enum(object, namespace);
      case 'fixed':
        return this.#fixed(object, namespace);
      case 'array':
        return { kind: 'array', items: this.read(object['items'], namespace, depth + 1) };
      case 'map':
        return { kind: 'map', values: this.read(object['values'], namespace, depth + 1) };
      default:
        // {"type": "long", "logicalType": …}, {"type": {"type": …}}, {"type": ["null", …]}
        return this.read(object['type'], namespace, depth + 1);
    }
  }

  #union(nodes: readonly unknown[], namespace: string, depth: number): AvroUnion {
    if (nodes.length === 0 || nodes.length > 60) throw invalid(`a union of ${nodes.length} types; 1 to 60 are read`);
    return { kind: 'union', branches: nodes.map((node) => this.read(node, namespace, depth + 1)) };
  }

  #record(object: Readonly<Record<string, unknown>>, namespace: string, depth: number): AvroRecord {
    const { name, inner } = fullName(object, namespace);
    const nodes = object['fields'];
    if (!Array.isArray(nodes)) throw invalid(`record ${name} has no list of fields`);
    const shadowed = this.#named.get(name);
    this.#named.set(name, 'open');
    const fields = nodes.map((node: unknown): AvroField => {
      if (node === null || typeof node !== 'object') throw invalid(`record ${name} has a field that is no object`);
      const field = node as Readonly<Record<string, unknown>>;
      const fieldName = field['name'];
      if (typeof fieldName !== 'string' || !NAME.test(fieldName) || fieldName.includes('.')) {
        throw invalid(
          `record ${name} has a field whose name is no Avro name: ${JSON.stringify(fieldName)?.slice(0, 80)}`,
        );
      }
      return {
        name: fieldName,
        type: this.read(field['type'], inner, depth + 1),
        doc: typeof field['doc'] === 'string' ? field['doc'] : undefined,
        isKept: field['isKept'] !== false,
      };
    });
    const version = object['version'];
    const record: AvroRecord = {
      kind: 'record',
      name,
      version: typeof version === 'string' ? version : undefined,
      fields,
    };
    // A second definition under the same name is against the specification; what it was before no longer counts.
    if (shadowed === 'open') throw invalid(`type ${name} contains itself`);
    this.#named.set(name, record);
    return record;
  }

  #enum(object: Readonly<Record<string, unknown>>, namespace: string): AvroEnum {
    const { name } = fullName(object, namespace);
    const symbols = object['symbols'];
    if (!Array.isArray(symbols) || symbols.some((symbol) => typeof symbol !== 'string')) {
      throw invalid(`enumeration ${name} has no list of symbols`);
    }
    const type: AvroEnum = { kind: 'enum', name, symbols: symbols as string[] };
    this.#named.set(name, type);
    return type;
  }

  #fixed(object: Readonly<Record<string, unknown>>, namespace: string): AvroFixed {
    const { name } = fullName(object, namespace);
    const size = object['size'];
    if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || size > 1 << 20) {
      throw invalid(`fixed type ${name} has size ${JSON.stringify(size)}; 0 to 1048576 are read`);
    }
    const type: AvroFixed = { kind: 'fixed', name, size };
    this.#named.set(name, type);
    return type;
  }

  #resolve(name: string, namespace: string): AvroType {
    const type =
      this.#named.get(name.includes('.') || namespace === '' ? name : `${namespace}.${name}`) ?? this.#named.get(name);
    if (type === undefined) throw invalid(`type ${JSON.stringify(name.slice(0, 80))} is not defined before it is used`);
    if (type === 'open') throw invalid(`type ${name} contains itself`);
    return type;
  }
}

function fullName(object: Readonly<Record<string, unknown>>, namespace: string): { name: string; inner: string } {
  const name = object['name'];
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw invalid(`expected a named type, got name ${JSON.stringify(name)?.slice(0, 80)}`);
  }
  const own = object['namespace'];
  const space = typeof own === 'string' ? own : namespace;
  if (space !== '' && !NAME.test(space))
    throw invalid(`namespace ${JSON.stringify(space.slice(0, 80))} is no Avro name`);
  const full = name.includes('.') || space === '' ? name : `${space}.${name}`;
  const dot = full.lastIndexOf('.');
  return { name: full, inner: dot === -1 ? '' : full.slice(0, dot) };
}

/** Smallest number of bytes that a value of a type takes. */
export function minimumSize(type: AvroType): number {
  switch (type.kind) {
    case 'null':
      return 0;
    case 'float':
      return 4;
    case 'double':
      return 8;
    case 'fixed':
      return type.size;
    case 'record':
      return minimumRecordSize(type);
    case 'union':
      return 1 + Math.min(...type.branches.map(minimumSize));
    default:
      return 1;
  }
}

const recordSizes = new WeakMap<AvroRecord, number>();

function minimumRecordSize(record: AvroRecord): number {
  let size = recordSizes.get(record);
  if (size === undefined) {
    size = record.fields.reduce((sum, field) => sum + minimumSize(field.type), 0);
    recordSizes.set(record, size);
  }
  return size;
}

/** Refuses schemas that are small as text and huge when written out, and lists of items that take no bytes. */
class SizeCheck {
  readonly #records = new Map<AvroRecord, number>();

  check(type: AvroType): void {
    this.#count(type, 0);
  }

  #count(type: AvroType, depth: number): number {
    // Names may nest further than text does.
    if (depth > 4 * AVRO_LIMITS.schemaDepth)
      throw invalid(`the schema is nested more than ${4 * AVRO_LIMITS.schemaDepth} deep`);
    const total = 1 + this.#countInside(type, depth);
    if (total > AVRO_LIMITS.schemaTypes) {
      throw invalid(`the schema stands for more than ${AVRO_LIMITS.schemaTypes} types when its names are written out`);
    }
    return total;
  }

  #countInside(type: AvroType, depth: number): number {
    switch (type.kind) {
      case 'record': {
        const known = this.#records.get(type);
        if (known !== undefined) return known;
        let sum = 0;
        for (const field of type.fields) sum += this.#count(field.type, depth + 1);
        this.#records.set(type, sum);
        return sum;
      }
      case 'union':
        return type.branches.reduce((sum, branch) => sum + this.#count(branch, depth + 1), 0);
      case 'array':
        // A count of items that take no bytes is work without end in a few bytes.
        if (minimumSize(type.items) === 0) throw invalid('a list of items that take no bytes');
        return this.#count(type.items, depth + 1);
      case 'map':
        return this.#count(type.values, depth + 1);
      default:
        return 0;
    }
  }
}

/** The type without its null: the other branch of a union with one, the type itself otherwise. */
export function withoutNull(type: AvroType): AvroType {
  if (type.kind !== 'union') return type;
  const others = type.branches.filter((branch) => branch.kind !== 'null');
  return others.length === 1 ? others[0]! : type;
}

/** The named field of a record, or undefined. Of fields that occur twice, the first. */
export function findField(record: AvroRecord, names: readonly string[]): AvroField | undefined {
  for (const name of names) {
    const field = record.fields.find((candidate) => candidate.name === name);
    if (field !== undefined) return field;
  }
  return undefined;
}
