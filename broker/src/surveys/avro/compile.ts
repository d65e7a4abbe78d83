import type { Properties } from '../../model/property.ts';
import { damaged } from './damage.ts';
import { AVRO_LIMITS } from './limits.ts';
import { longBigInt, longEnd, longNumber } from './long.ts';
import { type AvroRecord, type AvroType, type AvroUnion, minimumSize } from './schema.ts';
import { bytesAt, bytesEnd, textAt } from './text.ts';
import { valueText } from './value.ts';

/**
 * Turns schemas into JavaScript functions that read bytes written with them.
 *
 * Three kinds of reader come out: a *walker* steps over a record and takes along only what it was asked for; a *value
 * reader* makes objects of everything; a *property reader* sets flat properties. All of them check every offset: the
 * `DataView` refuses to read beyond the packet (`RangeError`), counts and lengths are compared with the bytes that are
 * left, union branches with the schema. Work and memory are bounded by the number of bytes.
 *
 * Schemas come from outside, and their text must never become code: the only parts of a schema that enter the source
 * are names that `parseSchema` found to be Avro names, as JSON strings, and whole numbers.
 *
 * Generated names: `v` the view, `b` the same bytes as a Buffer, `o` the offset, `n` numbers, `p` places, `r` rows,
 * `m` the properties, `t` and `x` what was just read. `end` is where the value ended that a value reader returned.
 */

/** What to take along from a field while walking over it. Slots count in the walker's `numbers` and `places`. */
export interface Take {
  /** `numbers[slot]` = the value as a double; NaN for null, and for what is no number. Booleans are 0 and 1. */
  readonly number?: number;
  /** As `number`, and for text: 1 for `t`, `T`, `1`; 0 for `f`, `F`, `0`; NaN for anything else. */
  readonly flag?: number;
  /** `places[slot]` = offset of the value after its union branch; -1 for null. */
  readonly place?: number;
  /** For a record: what to take from its fields. Of a null record everything is NaN and -1. */
  readonly fields?: Takes;
  /** For an array of records: where its rows are. */
  readonly rows?: RowsTake;
}

/** Takes by field name. */
export type Takes = ReadonlyMap<string, Take>;

/** Each row appends to `rows`: its start, its end, and the place of each noted field (-1 for null or absent). */
export interface RowsTake {
  /** `places[first]` to `places[last]`: which part of `rows` the array filled. */
  readonly first: number;
  readonly last: number;
  /** Names of the noted fields. */
  readonly notes: readonly string[];
}

/** `places[ROWS_FILLED]` counts the entries of `rows`. Zero it before each walk. */
export const ROWS_FILLED = 0;

/**
 * Steps over a record.
 *
 * Only slots of fields that the schema has are written: fill the others with NaN and -1 once.
 *
 * @returns the offset after the record (or, for a walker that stops early, after the last field taken)
 * @throws PACKET_DAMAGED; RangeError when the bytes end first
 */
export type Walker = (
  view: DataView,
  offset: number,
  numbers: Float64Array,
  places: Int32Array,
  rows: number[],
) => number;

/** What a walker is to do beside taking fields. */
export interface WalkOptions {
  /** Write the start of each field of the record to `places` from this slot on, and the end after the last. */
  readonly starts?: number;
  /** Stop after the last field that is taken. */
  readonly stopEarly?: boolean;
}

/** Makes a walker. @throws PACKET_SCHEMA_INVALID */
export function compileWalker(record: AvroRecord, takes: Takes, options: WalkOptions = {}): Walker {
  const unit = new Unit();
  const body = new Emitter(unit);
  walkFields(body, record, takes, options.starts, options.stopEarly === true);
  body.flush();
  return unit.build(`function(v,o,n,p,r){let t=0;${body.text()}return o;}`) as Walker;
}

/**
 * Sets the properties of a record, flat: a field of a record within it is called `<record>_<field>`.
 *
 * Null, NaN and infinities are absent; integers are bigint; lists, maps and bytes are JSON text.
 *
 * @returns the offset after the record
 * @throws PACKET_DAMAGED; RangeError when the bytes end first
 */
export type PropertyReader = (
  view: DataView,
  bytes: Buffer,
  offset: number,
  properties: Pick<Properties, 'set'>,
) => number;

/** Which properties there can be, and as what each is written. */
export type PropertyKinds = ReadonlyMap<string, AvroType['kind']>;

/**
 * Makes a property reader.
 *
 * @param nameOf  property name of a field by its path in the record; undefined to leave the field out
 */
export function compilePropertyReader(
  record: AvroRecord,
  nameOf: (path: readonly string[]) => string | undefined,
): { readonly read: PropertyReader; readonly kinds: PropertyKinds } {
  const unit = new Unit();
  const kinds = new Map<string, AvroType['kind']>();
  const name = unit.propertyFunction(record, [], nameOf, kinds);
  return { read: unit.build(name) as PropertyReader, kinds };
}

/** Reads a value of a type. `end` of the reader's result is the offset after it. */
export type ValueReader = (view: DataView, bytes: Buffer, offset: number) => unknown;

/**
 * Makes a reader of whole values: records as objects, `int` as number, `long` as bigint, `float` and `double` as number,
 * bytes as views, maps as `Map`, unions as the value itself, enumerations as their symbol.
 *
 * The last function of the pair tells where the value read last ended.
 */
export function compileValueReader(type: AvroType): { readonly read: ValueReader; readonly end: () => number } {
  const unit = new Unit();
  const name = unit.valueFunction(type);
  return unit.build(`{read:${name},end:()=>end}`) as { read: ValueReader; end: () => number };
}

/** What generated code may call. */
const runtime = {
  longEnd,
  longNumber,
  longBigInt,
  bytesEnd,
  bytesAt,
  textAt,
  valueText,
  smallBigInts: Array.from({ length: 128 }, (_, byte) => BigInt((byte >>> 1) ^ -(byte & 1))),
  badBranch: (offset: number): never => {
    throw damaged(offset, 'a union branch that the schema does not have');
  },
  badCount: (offset: number, count: number): never => {
    throw damaged(offset, `a list of ${count} items, more than the bytes that are left can hold`);
  },
  badSymbol: (offset: number): never => {
    throw damaged(offset, 'an enumeration symbol that the schema does not have');
  },
  tooManyRows: (offset: number): never => {
    throw damaged(offset, `more than ${AVRO_LIMITS.historyRows} history rows`);
  },
};

/** One compilation: functions that call each other, in one scope. */
class Unit {
  readonly #functions: string[] = [];
  readonly #skips = new Map<AvroType, string>();
  readonly #values = new Map<AvroType, string>();
  #count = 0;

  build(expression: string): unknown {
    const source = `"use strict";const {${Object.keys(runtime).join(',')}}=runtime;let end=0;\n${this.#functions.join('\n')}\nreturn ${expression.startsWith('{') ? `(${expression})` : expression};`;
    return new Function('runtime', source)(runtime);
  }

  define(prefix: string, parametersAndBody: string): string {
    const name = `${prefix}${this.#count}`;
    this.#count += 1;
    this.#functions.push(`function ${name}${parametersAndBody}`);
    return name;
  }

  /** A function that steps over a type: `(v,o) => offset after it`. One for each type, however often it appears. */
  skipFunction(type: AvroType): string {
    let name = this.#skips.get(type);
    if (name === undefined) {
      const body = new Emitter(this);
      if (type.kind === 'record') for (const field of type.fields) skip(body, field.type);
      else if (type.kind === 'array') emitList(body, minimumSize(type.items), (inner) => skip(inner, type.items));
      else if (type.kind === 'map') {
        emitList(body, 1 + minimumSize(type.values), (inner) => {
          skipBytes(inner);
          skip(inner, type.values);
        });
      }
      body.flush();
      name = this.define('s', `(v,o){let t=0;${body.text()}return o;}`);
      this.#skips.set(type, name);
    }
    return name;
  }

  /** A function that reads a value: `(v,b,o) => value`, and sets `end`. */
  valueFunction(type: AvroType): string {
    let name = this.#values.get(type);
    if (name === undefined) {
      const body = new Emitter(this);
      const value = readValue(body, type);
      body.flush();
      name = this.define('m', `(v,b,o){let t=0;${body.declarations()}${body.text()}end=o;return ${value};}`);
      this.#values.set(type, name);
    }
    return name;
  }

  /** A function that sets the properties of a record: `(v,b,o,m) => offset after it`. */
  propertyFunction(
    record: AvroRecord,
    path: readonly string[],
    nameOf: (path: readonly string[]) => string | undefined,
    kinds: Map<string, AvroType['kind']>,
  ): string {
    const body = new Emitter(this);
    for (const field of record.fields) setProperties(body, field.type, [...path, field.name], nameOf, kinds);
    body.flush();
    return this.define('q', `(v,b,o,m){let t=0,x=0;${body.text()}return o;}`);
  }
}

/**
 * Lines of a function under construction. Constant advances are not written out but kept in `ahead`, so that a run of
 * fields of fixed size reads at `o+1`, `o+5`, `o+9`, … and moves `o` once.
 */
class Emitter {
  readonly unit: Unit;
  ahead = 0;
  readonly #lines: string[] = [];
  readonly #variables: string[];

  constructor(unit: Unit, parent?: Emitter) {
    this.unit = unit;
    this.#variables = parent === undefined ? [] : parent.#variables;
    this.ahead = parent === undefined ? 0 : parent.ahead;
  }

  at(extra = 0): string {
    const ahead = this.ahead + extra;
    return ahead === 0 ? 'o' : `o+${ahead}`;
  }

  line(text: string): void {
    this.#lines.push(text);
  }

  flush(): void {
    if (this.ahead !== 0) this.line(`o+=${this.ahead};`);
    this.ahead = 0;
  }

  variable(): string {
    const name = `x${this.#variables.length}`;
    this.#variables.push(name);
    return name;
  }

  declarations(): string {
    return this.#variables.length === 0 ? '' : `let ${this.#variables.join(',')};`;
  }

  text(): string {
    return this.#lines.join('\n');
  }
}

/** Number of bytes of a type whose values all take the same number; undefined for others. */
function constantSize(type: AvroType): number | undefined {
  switch (type.kind) {
    case 'null':
      return 0;
    case 'boolean':
      return 1;
    case 'float':
      return 4;
    case 'double':
      return 8;
    case 'fixed':
      return type.size;
    case 'record': {
      let sum = 0;
      for (const field of type.fields) {
        const size = constantSize(field.type);
        if (size === undefined) return undefined;
        sum += size;
      }
      return sum;
    }
    default:
      return undefined;
  }
}

/** Reads the branch of a union and does for each branch what `emitBranch` writes. */
function emitUnion(body: Emitter, union: AvroUnion, emitBranch: (inner: Emitter, branch: AvroType) => void): void {
  const isConstant = union.branches.every((branch) => constantSize(branch) !== undefined);
  if (!isConstant) body.flush();
  body.line(`t=v.getUint8(${body.at()});`);
  body.ahead += 1;
  if (!isConstant) body.flush();
  const before = body.ahead;
  // The branch number is a zigzag integer; with at most 60 branches it is one byte, twice the index.
  const cases = union.branches.map((branch, index) => {
    const inner = new Emitter(body.unit, body);
    emitBranch(inner, branch);
    // Where all branches have a constant size the common part stays ahead, and only the difference is written here.
    if (isConstant) {
      const extra = inner.ahead - before;
      if (extra !== 0) inner.line(`o+=${extra};`);
    } else inner.flush();
    return `if(t===${2 * index}){${inner.text()}}`;
  });
  body.line(`${cases.join('else ')}else badBranch(${body.at(-1)});`);
}

/** Reads the blocks of an array or a map. */
function emitList(body: Emitter, minimumItemSize: number, emitItem: (inner: Emitter) => void): void {
  body.flush();
  const inner = new Emitter(body.unit, body);
  emitItem(inner);
  inner.flush();
  body.line(`for(;;){
if((t=v.getUint8(o))===0){o++;break;}
let c=longNumber(v,o);o=longEnd(v,o);
if(c<0){c=-c;o=longEnd(v,o);}
if(!(c*${minimumItemSize}<=v.byteLength-o))badCount(o,c);
for(let i=0;i<c;i++){${inner.text()}}}`);
}

function skipBytes(body: Emitter): void {
  body.line(
    `t=v.getUint8(${body.at()});if(t<128&&(t&1)===0)o+=${body.ahead + 1}+(t>>>1);else o=bytesEnd(v,${body.at()});`,
  );
  body.ahead = 0;
}

function skipLong(body: Emitter): void {
  body.line(`if(v.getUint8(${body.at()})>127)o=longEnd(v,${body.at()});else o+=${body.ahead + 1};`);
  body.ahead = 0;
}

function skip(body: Emitter, type: AvroType): void {
  const size = constantSize(type);
  if (size !== undefined) {
    body.ahead += size;
    return;
  }
  switch (type.kind) {
    case 'int':
    case 'long':
    case 'enum':
      skipLong(body);
      return;
    case 'string':
    case 'bytes':
      skipBytes(body);
      return;
    case 'union':
      emitUnion(body, type, skip);
      return;
    default:
      body.flush();
      body.line(`o=${body.unit.skipFunction(type)}(v,o);`);
  }
}

function walkFields(
  body: Emitter,
  record: AvroRecord,
  takes: Takes,
  starts: number | undefined,
  stopEarly: boolean,
): void {
  let left = takes.size;
  const seen = new Set<string>();
  record.fields.forEach((field, index) => {
    if (stopEarly && left === 0) return;
    if (starts !== undefined) body.line(`p[${starts + index}]=${body.at()};`);
    const take = seen.has(field.name) ? undefined : takes.get(field.name);
    seen.add(field.name);
    if (take === undefined) skip(body, field.type);
    else {
      left -= 1;
      walk(body, field.type, take, stopEarly && left === 0);
    }
  });
  if (starts !== undefined) body.line(`p[${starts + record.fields.length}]=${body.at()};`);
}

function walk(body: Emitter, type: AvroType, take: Take, stopEarly: boolean): void {
  if (type.kind === 'union') {
    emitUnion(body, type, (inner, branch) => walk(inner, branch, take, stopEarly));
    return;
  }
  if (type.kind === 'null') {
    takeNothing(body, take);
    return;
  }
  if (constantSize(type) === undefined) body.flush();
  if (take.place !== undefined) body.line(`p[${take.place}]=${body.at()};`);
  if (take.fields !== undefined && type.kind === 'record') {
    walkFields(body, type, take.fields, undefined, stopEarly);
    return;
  }
  if (take.rows !== undefined && type.kind === 'array') {
    walkRows(body, type.items, take.rows);
    return;
  }
  if (take.fields !== undefined) takeNothing(body, { fields: take.fields });
  if (take.rows !== undefined) takeNothing(body, { rows: take.rows });
  const slot = take.number ?? take.flag;
  if (slot === undefined) {
    skip(body, type);
    return;
  }
  switch (type.kind) {
    case 'boolean':
      body.line(`n[${slot}]=v.getUint8(${body.at()})===0?0:1;`);
      body.ahead += 1;
      return;
    case 'float':
      body.line(`n[${slot}]=v.getFloat32(${body.at()},true);`);
      body.ahead += 4;
      return;
    case 'double':
      body.line(`n[${slot}]=v.getFloat64(${body.at()},true);`);
      body.ahead += 8;
      return;
    case 'int':
    case 'long':
      body.line(
        `t=v.getUint8(o);if(t<128){n[${slot}]=(t>>>1)^-(t&1);o++;}else{n[${slot}]=longNumber(v,o);o=longEnd(v,o);}`,
      );
      return;
    case 'string':
      if (take.flag !== undefined) {
        body.line(
          `t=v.getUint8(o)===0?0:v.getUint8(o+1);n[${slot}]=t===116||t===84||t===49?1:t===102||t===70||t===48?0:NaN;`,
        );
        skip(body, type);
        return;
      }
      break;
    default:
  }
  body.line(`n[${slot}]=NaN;`);
  skip(body, type);
}

/** What a null leaves in the slots of a take. */
function takeNothing(body: Emitter, take: Take): void {
  const slot = take.number ?? take.flag;
  if (slot !== undefined) body.line(`n[${slot}]=NaN;`);
  if (take.place !== undefined) body.line(`p[${take.place}]=-1;`);
  if (take.rows !== undefined) body.line(`p[${take.rows.first}]=p[${take.rows.last}]=p[${ROWS_FILLED}];`);
  if (take.fields !== undefined) for (const inner of take.fields.values()) takeNothing(body, inner);
}

function walkRows(body: Emitter, items: AvroType, rows: RowsTake): void {
  const row = items.kind === 'union' ? items.branches.find((branch) => branch.kind === 'record') : items;
  if (row?.kind !== 'record') {
    takeNothing(body, { rows });
    skip(body, { kind: 'array', items });
    return;
  }
  const stride = 2 + rows.notes.length;
  const inner = new Emitter(body.unit);
  emitList(inner, minimumSize(items), (item) => {
    const walkOne = (one: Emitter, type: AvroType): void => {
      one.flush();
      if (type !== row) {
        skip(one, type);
        return;
      }
      one.line(`if(q>${AVRO_LIMITS.historyRows * stride})tooManyRows(o);r[q]=o;r[q+1]=o;`);
      rows.notes.forEach((_, note) => {
        one.line(`r[q+${2 + note}]=-1;`);
      });
      const seen = new Set<string>();
      for (const field of row.fields) {
        const note = seen.has(field.name) ? -1 : rows.notes.indexOf(field.name);
        seen.add(field.name);
        if (note === -1) skip(one, field.type);
        else noteField(one, field.type, 2 + note);
      }
      one.flush();
      one.line(`r[q+1]=o;q+=${stride};`);
    };
    if (items.kind === 'union') emitUnion(item, items, walkOne);
    else walkOne(item, items);
  });
  const name = body.unit.define(
    'r',
    `(v,o,p,r){let t=0,q=p[${ROWS_FILLED}];${inner.text()}p[${ROWS_FILLED}]=q;return o;}`,
  );
  body.flush();
  body.line(`p[${rows.first}]=p[${ROWS_FILLED}];o=${name}(v,o,p,r);p[${rows.last}]=p[${ROWS_FILLED}];`);
}

function noteField(body: Emitter, type: AvroType, note: number): void {
  if (type.kind === 'union') {
    emitUnion(body, type, (inner, branch) => noteField(inner, branch, note));
    return;
  }
  if (type.kind !== 'null') {
    if (constantSize(type) === undefined) body.flush();
    body.line(`r[q+${note}]=${body.at()};`);
  }
  skip(body, type);
}

function setProperties(
  body: Emitter,
  type: AvroType,
  path: readonly string[],
  nameOf: (path: readonly string[]) => string | undefined,
  kinds: Map<string, AvroType['kind']>,
): void {
  const name = nameOf(path);
  if (name === undefined) {
    skip(body, type);
    return;
  }
  const key = JSON.stringify(name);
  switch (type.kind) {
    case 'null':
      return;
    case 'union':
      emitUnion(body, type, (inner, branch) => setProperties(inner, branch, path, nameOf, kinds));
      return;
    case 'record':
      body.flush();
      body.line(`o=${body.unit.propertyFunction(type, path, nameOf, kinds)}(v,b,o,m);`);
      return;
    default:
  }
  // Of several branches the least precise one counts.
  if (kinds.get(name) !== 'float') kinds.set(name, type.kind);
  switch (type.kind) {
    case 'boolean':
      body.line(`m.set(${key},v.getUint8(${body.at()})!==0);`);
      body.ahead += 1;
      return;
    case 'float':
      body.line(`x=v.getFloat32(${body.at()},true);if(x-x===0)m.set(${key},x);`);
      body.ahead += 4;
      return;
    case 'double':
      body.line(`x=v.getFloat64(${body.at()},true);if(x-x===0)m.set(${key},x);`);
      body.ahead += 8;
      return;
    case 'int':
    case 'long':
      body.flush();
      body.line(
        `t=v.getUint8(o);if(t<128){m.set(${key},smallBigInts[t]);o++;}else{m.set(${key},longBigInt(v,o));o=longEnd(v,o);}`,
      );
      return;
    case 'string':
      body.flush();
      body.line(`m.set(${key},textAt(v,b,o));`);
      skipBytes(body);
      return;
    default:
      body.flush();
      body.line(`m.set(${key},valueText(${body.unit.valueFunction(type)}(v,b,o)));o=end;`);
  }
}

/** Writes the reading of a value, and returns the expression that holds it. */
function readValue(body: Emitter, type: AvroType): string {
  switch (type.kind) {
    case 'null':
      return 'null';
    case 'boolean':
      body.ahead += 1;
      return assign(body, `v.getUint8(${body.at(-1)})!==0`);
    case 'float':
      body.ahead += 4;
      return assign(body, `v.getFloat32(${body.at(-4)},true)`);
    case 'double':
      body.ahead += 8;
      return assign(body, `v.getFloat64(${body.at(-8)},true)`);
    case 'int': {
      body.flush();
      const variable = body.variable();
      body.line(
        `t=v.getUint8(o);if(t<128){${variable}=(t>>>1)^-(t&1);o++;}else{${variable}=longNumber(v,o);o=longEnd(v,o);}`,
      );
      return variable;
    }
    case 'long': {
      body.flush();
      const variable = body.variable();
      body.line(
        `t=v.getUint8(o);if(t<128){${variable}=smallBigInts[t];o++;}else{${variable}=longBigInt(v,o);o=longEnd(v,o);}`,
      );
      return variable;
    }
    case 'string': {
      body.flush();
      const variable = assign(body, 'textAt(v,b,o)');
      skipBytes(body);
      return variable;
    }
    case 'bytes': {
      body.flush();
      const variable = assign(body, 'bytesAt(v,b,o)');
      skipBytes(body);
      return variable;
    }
    case 'fixed':
      body.flush();
      body.ahead = type.size;
      return assign(body, `new Uint8Array(b.buffer,b.byteOffset+o,${type.size})`);
    case 'enum': {
      body.flush();
      const variable = assign(body, `${JSON.stringify(type.symbols)}[longNumber(v,o)]`);
      body.line(`if(${variable}===undefined)badSymbol(o);`);
      skipLong(body);
      return variable;
    }
    case 'record': {
      const members = new Map<string, string>();
      for (const field of type.fields) members.set(field.name, readField(body, field.type));
      // As a plain key this one name would set the prototype.
      return `{${[...members].map(([name, value]) => `${name === '__proto__' ? '["__proto__"]' : JSON.stringify(name)}:${value}`).join(',')}}`;
    }
    case 'array': {
      const list = assign(body, '[]');
      emitList(body, minimumSize(type.items), (inner) => {
        const value = readField(inner, type.items);
        inner.line(`${list}.push(${value});`);
      });
      return list;
    }
    case 'map': {
      const map = assign(body, 'new Map()');
      emitList(body, 1 + minimumSize(type.values), (inner) => {
        const key = readField(inner, { kind: 'string' });
        const value = readField(inner, type.values);
        inner.line(`${map}.set(${key},${value});`);
      });
      return map;
    }
    case 'union': {
      const variable = body.variable();
      emitUnion(body, type, (inner, branch) => {
        inner.line(`${variable}=${readField(inner, branch)};`);
      });
      return variable;
    }
  }
}

/** As `readValue`, but what is no primitive gets a function of its own: long functions are compiled badly. */
function readField(body: Emitter, type: AvroType): string {
  if (type.kind !== 'record' && type.kind !== 'array' && type.kind !== 'map') return readValue(body, type);
  body.flush();
  const variable = assign(body, `${body.unit.valueFunction(type)}(v,b,o)`);
  body.line('o=end;');
  return variable;
}

function assign(body: Emitter, expression: string): string {
  const variable = body.variable();
  body.line(`${variable}=${expression};`);
  return variable;
}
