import avsc from 'avsc';

/** JSON of a schema without defaults: real ones have defaults that avsc refuses, and a writer's schema needs none. */
function withoutDefaults(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutDefaults);
  if (node === null || typeof node !== 'object') return node;
  // {"type": "long", …} would get past the registered type.
  if ('type' in node && node.type === 'long' && !('name' in node)) return 'long';
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key]) => key !== 'default' && key !== 'logicalType')
      .map(([key, value]) => [key, withoutDefaults(value)]),
  );
}

/** 64-bit integers as bigint. */
const longType = avsc.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigInt64LE(value);
    return buffer;
  },
  fromJSON: (text: string | number) => BigInt(text),
  toJSON: (value: bigint) => value.toString(),
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
});

/** The type that avsc makes of a schema: the independent reader and the writer of the tests. */
export function avscType(schema: string | object): avsc.Type {
  const json = typeof schema === 'string' ? (JSON.parse(schema) as unknown) : schema;
  return avsc.Type.forSchema(withoutDefaults(json) as avsc.Schema, { registry: { long: longType }, wrapUnions: false });
}

/**
 * Where two decoded values differ first, as a path, or undefined when they are equal: numbers bit by bit (NaN equals NaN),
 * 64-bit integers, bytes; a `Map` against a plain object.
 */
export function difference(ours: unknown, theirs: unknown, path = ''): string | undefined {
  if (Object.is(ours, theirs) || (ours === 0 && theirs === 0)) return undefined;
  if (ours instanceof Uint8Array && theirs instanceof Uint8Array) {
    return Buffer.compare(ours, theirs) === 0 ? undefined : `${path}: bytes differ`;
  }
  if (Array.isArray(ours) && Array.isArray(theirs)) {
    if (ours.length !== theirs.length) return `${path}: ${ours.length} items, expected ${theirs.length}`;
    for (let i = 0; i < ours.length; i += 1) {
      const found = difference(ours[i], theirs[i], `${path}[${i}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (ours === null || theirs === null || typeof ours !== 'object' || typeof theirs !== 'object') {
    return `${path}: ${String(ours)}, expected ${String(theirs)}`;
  }
  const mine =
    ours instanceof Map ? (Object.fromEntries(ours) as Record<string, unknown>) : (ours as Record<string, unknown>);
  const other = theirs as Record<string, unknown>;
  const keys = Object.keys(other);
  if (Object.keys(mine).length !== keys.length)
    return `${path}: keys ${Object.keys(mine).join()} expected ${keys.join()}`;
  for (const key of keys) {
    const found = difference(mine[key], other[key], `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A container file with records, as other programs write them. */
export function writeContainer(
  schema: object,
  blocks: readonly (readonly Buffer[])[],
  codec: 'null' | 'deflate' | 'snappy',
  compress: (bytes: Buffer) => Buffer,
): Buffer {
  const parts: Buffer[] = [
    Buffer.from([0x4f, 0x62, 0x6a, 1]),
    long(2),
    text('avro.codec'),
    text(codec),
    text('avro.schema'),
    text(JSON.stringify(schema)),
    long(0),
  ];
  const sync = Buffer.from('0123456789abcdef', 'latin1');
  parts.push(sync);
  for (const records of blocks) {
    const bytes = compress(Buffer.concat(records));
    parts.push(long(records.length), long(bytes.length), bytes, sync);
  }
  return Buffer.concat(parts);
}

/** An integer as Avro writes it. */
export function long(value: number | bigint): Buffer {
  let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
  const bytes: number[] = [];
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

/** A string as Avro writes it. */
export function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([long(bytes.length), bytes]);
}
