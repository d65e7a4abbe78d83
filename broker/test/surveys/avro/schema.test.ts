import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { canonicalSchema, schemaFingerprint } from '../../../src/surveys/avro/canonical.ts';
import { compileValueReader } from '../../../src/surveys/avro/compile.ts';
import { AVRO_LIMITS } from '../../../src/surveys/avro/limits.ts';
import { readDatum } from '../../../src/surveys/avro/records.ts';
import { parseSchema } from '../../../src/surveys/avro/schema.ts';
import { joinSchemaFiles } from '../../../src/surveys/folder-schema-source.ts';
import { describeWithSharedData, sharedPath } from '../../shared-data.ts';
import { long, text } from '../avsc-oracle.ts';

function record(fields: readonly object[], more: object = {}): string {
  return JSON.stringify({ type: 'record', name: 'r', fields, ...more });
}

describe('what the wild brings is read', () => {
  test('defaults of the wrong branch, None and NaN do not matter', () => {
    const schema = `{"type":"record","name":"r","fields":[
      {"name":"a","type":["float","null"],"default":null},
      {"name":"b","type":"int","default":"None"},
      {"name":"c","type":"double","default": NaN},
      {"name":"d","type":["null","long"],"default":0}]}`;
    const bytes = Buffer.concat([Buffer.from([2]), long(7), Buffer.alloc(8), Buffer.from([0])]);
    expect(readDatum(parseSchema(schema), bytes)).toEqual({ a: null, b: 7, c: 0, d: null });
  });

  test('a field that occurs twice is read twice, and the later value stands', () => {
    const schema = parseSchema(
      record([
        { name: 'a', type: 'int' },
        { name: 'a', type: 'string' },
      ]),
    );
    expect(readDatum(schema, Buffer.concat([long(1), text('two')]))).toEqual({ a: 'two' });
  });

  test('types within "type", single-branch unions and names without namespace are resolved', () => {
    const schema = parseSchema(
      JSON.stringify({
        type: 'record',
        name: 'alert',
        namespace: 'atlas',
        fields: [
          { name: 'a', type: { type: { type: 'record', name: 'cutout', fields: [{ name: 'x', type: 'int' }] } } },
          { name: 'b', type: ['cutout'] },
          { name: 'c', type: { type: 'long', logicalType: 'timestamp-micros' } },
        ],
      }),
    );
    expect(readDatum(schema, Buffer.concat([long(1), long(0), long(2), long(3)]))).toEqual({
      a: { x: 1 },
      b: { x: 2 },
      c: 3n,
    });
  });

  test('a field called __proto__ is a field', () => {
    const value = readDatum(parseSchema(record([{ name: '__proto__', type: 'int' }])), long(5)) as object;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.entries(value)).toEqual([['__proto__', 5]]);
  });
});

describe('what cannot be decoded is refused', () => {
  const nested = (depth: number): string => {
    let type: object = { type: 'array', items: 'int' };
    for (let i = 0; i < depth; i += 1) type = { type: 'array', items: type };
    return JSON.stringify(type);
  };
  /** 2^30 fields in 30 records. */
  const bomb = (): string => {
    const fields = [{ name: 'f', type: { type: 'record', name: 'r0', fields: [{ name: 'x', type: 'int' }] } }];
    const records: object[] = [fields[0]!.type];
    for (let i = 1; i < 30; i += 1) {
      records.push({
        type: 'record',
        name: `r${i}`,
        fields: [
          { name: 'a', type: records[i - 1] },
          { name: 'b', type: `r${i - 1}` },
        ],
      });
    }
    return JSON.stringify(records.at(-1));
  };

  test.each([
    ['text that is no JSON', 'not json'],
    ['a name that is no name', record([{ name: 'a"]);process.exit();("', type: 'int' }])],
    ['a record name that is no name', record([], { name: 'r;alert(1)' })],
    ['a namespace that is no name', record([], { namespace: 'a b' })],
    ['a type that is not defined', record([{ name: 'a', type: 'nothing' }])],
    ['a type that contains itself', record([{ name: 'a', type: ['null', 'r'] }])],
    ['a record without fields', JSON.stringify({ type: 'record', name: 'r' })],
    ['a field that is no object', record([3 as unknown as object])],
    ['a union of nothing', record([{ name: 'a', type: [] }])],
    ['a fixed type of negative size', JSON.stringify({ type: 'fixed', name: 'f', size: -1 })],
    ['a list of items that take no bytes', JSON.stringify({ type: 'array', items: 'null' })],
    ['nesting without end', nested(AVRO_LIMITS.schemaDepth + 2)],
    ['a few names that stand for a million fields', bomb()],
    ['a text of megabytes', `"${'x'.repeat(AVRO_LIMITS.schemaBytes + 1)}"`],
    ['a number for a type', '42'],
  ])('%s', (_title, schema) => {
    expect(() => parseSchema(schema)).toThrow(expect.objectContaining({ code: 'PACKET_SCHEMA_INVALID' }));
  });
});

describe('the canonical text', () => {
  test('is the same whatever a schema says in its comments, and different when its bytes are', () => {
    const plain = record([{ name: 'a', type: ['null', 'float'] }]);
    const wordy = record([{ doc: 'a', type: ['null', 'float'], default: null, name: 'a', aliases: ['b'] }], {
      doc: 'words',
      version: '3',
    });
    const other = record([{ name: 'a', type: ['float', 'null'] }]);
    expect(canonicalSchema(parseSchema(wordy))).toBe(canonicalSchema(parseSchema(plain)));
    expect(canonicalSchema(parseSchema(other))).not.toBe(canonicalSchema(parseSchema(plain)));
    expect(canonicalSchema(parseSchema(plain))).toBe(
      '{"name":"r","type":"record","fields":[{"name":"a","type":["null","float"]}]}',
    );
  });

  test('reads back to itself, also when one name is defined twice', () => {
    const twice = record([
      { name: 'a', type: { type: 'record', name: 's', fields: [{ name: 'x', type: 'int' }] } },
      { name: 'b', type: { type: 'record', name: 's', fields: [{ name: 'y', type: 'string' }] } },
      { name: 'c', type: 's' },
    ]);
    const text = canonicalSchema(parseSchema(twice));
    expect(canonicalSchema(parseSchema(text))).toBe(text);
  });

  test('has a fingerprint of 16 hexadecimal digits', () => {
    // First 8 bytes of the SHA-256 of `"int"`.
    expect(schemaFingerprint('"int"')).toBe('3f2b87a9fe7cc9b1');
  });
});

describeWithSharedData('every real schema', () => {
  const embedded = sharedPath('data/schemas/embedded');
  test.each(readdirSync(embedded).filter((file) => file.endsWith('.avsc')))(
    '%s compiles, and its canonical text reads back',
    (file) => {
      const type = parseSchema(readFileSync(join(embedded, file), 'utf8'));
      compileValueReader(type);
      const canonical = canonicalSchema(type);
      expect(canonicalSchema(parseSchema(canonical))).toBe(canonical);
    },
  );

  const folders = (root: string): string[] =>
    readdirSync(root, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? folders(join(root, entry.name)) : [root],
    );
  const official = [
    ...new Set([...folders(sharedPath('data/schemas/ztf')), ...folders(sharedPath('data/schemas/lsst'))]),
  ];
  test.each(official.map((folder) => [folder.split('/').slice(-3).join('/'), folder]))(
    '%s is joined and compiles',
    async (_title, folder) => {
      const files = readdirSync(folder).filter((file) => file.endsWith('.avsc'));
      const tops = files.map((file) => basename(file, '.avsc')).filter((name) => name.endsWith('.alert'));
      const schema = await joinSchemaFiles(folder, files.sort(), ['ztf.alert', ...tops]);
      expect(schema).toBeDefined();
      compileValueReader(parseSchema(schema!));
    },
  );
});
