import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AntaresError } from '../../../src/model/errors.ts';
import { compilePropertyReader, compileWalker, ROWS_FILLED, type Take } from '../../../src/surveys/avro/compile.ts';
import { asView } from '../../../src/surveys/avro/container.ts';
import { readDatum } from '../../../src/surveys/avro/records.ts';
import { type AvroRecord, parseSchema } from '../../../src/surveys/avro/schema.ts';
import { avscType, difference, long, text } from '../avsc-oracle.ts';

/** A schema with a value of it. */
interface Sample {
  readonly schema: unknown;
  readonly value: unknown;
}

let names = 0;

function newName(letter: string): string {
  names += 1;
  return `${letter}${names}`;
}

/** Any type, with any value of it. Unions of two numbers are left out: which of the two a number is cannot be told. */
function sampleOf(depth: number): fc.Arbitrary<Sample> {
  const leaves: fc.Arbitrary<Sample>[] = [
    fc.constant({ schema: 'null', value: null }),
    fc.boolean().map((value) => ({ schema: 'boolean', value })),
    fc.integer().map((value) => ({ schema: 'int', value })),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ({ schema: 'long', value })),
    fc.float().map((value) => ({ schema: 'float', value })),
    fc.double().map((value) => ({ schema: 'double', value })),
    fc.uint8Array({ maxLength: 80 }).map((bytes) => ({ schema: 'bytes', value: Buffer.from(bytes) })),
    fc.string({ maxLength: 100, unit: 'binary' }).map((value) => ({ schema: 'string', value })),
    fc.string({ maxLength: 20 }).map((value) => ({ schema: 'string', value })),
    fc
      .constantFrom('A', 'B')
      .map((value) => ({ schema: { type: 'enum', name: newName('e'), symbols: ['A', 'B'] }, value })),
    fc.uint8Array({ minLength: 3, maxLength: 3 }).map((bytes) => ({
      schema: { type: 'fixed', name: newName('x'), size: 3 },
      value: Buffer.from(bytes),
    })),
  ];
  if (depth === 0) return fc.oneof(...leaves);
  const inner = sampleOf(depth - 1);
  const isNullable = ({ schema }: Sample): boolean => schema !== 'null' && !Array.isArray(schema);
  return fc.oneof(
    { weight: 3, arbitrary: fc.oneof(...leaves) },
    {
      weight: 4,
      arbitrary: fc
        .tuple(inner.filter(isNullable), fc.boolean(), fc.boolean())
        .map(([{ schema, value }, isNull, isFirst]) => ({
          schema: isFirst ? ['null', schema] : [schema, 'null'],
          value: isNull ? null : value,
        })),
    },
    {
      weight: 3,
      arbitrary: fc.array(inner, { minLength: 1, maxLength: 6 }).map((fields) => ({
        schema: {
          type: 'record',
          name: newName('r'),
          fields: fields.map(({ schema }, i) => ({ name: `f${i}`, type: schema })),
        },
        value: Object.fromEntries(fields.map(({ value }, i) => [`f${i}`, value])),
      })),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(
          inner.filter(({ schema }) => schema !== 'null'),
          fc.nat({ max: 4 }),
        )
        .map(([{ schema, value }, count]) => ({
          schema: { type: 'array', items: schema },
          value: new Array<unknown>(count).fill(value),
        })),
    },
    {
      weight: 1,
      arbitrary: inner.map(({ schema, value }) => ({
        schema: { type: 'map', values: schema },
        value: { k: value, '': value },
      })),
    },
  );
}

const recordSample = fc.array(sampleOf(3), { minLength: 1, maxLength: 12 }).map((fields) => ({
  schema: { type: 'record', name: 'top', fields: fields.map(({ schema }, i) => ({ name: `f${i}`, type: schema })) },
  value: Object.fromEntries(fields.map(({ value }, i) => [`f${i}`, value])),
}));

/** Samples whose schema has lists of items without bytes cannot be read; that is tested elsewhere. */
function parsed(schema: object): AvroRecord | undefined {
  try {
    return parseSchema(JSON.stringify(schema)) as AvroRecord;
  } catch {
    return undefined;
  }
}

describe('generated readers', () => {
  test('read whatever avsc writes, value by value, and step over it to the same byte', () => {
    let read = 0;
    fc.assert(
      fc.property(recordSample, ({ schema, value }) => {
        const type = parsed(schema);
        if (type === undefined) return;
        const bytes = avscType(schema).toBuffer(value);
        expect(difference(readDatum(type, bytes), value)).toBeUndefined();

        const takes = new Map<string, Take>(type.fields.map(({ name }, i) => [name, { place: i + 1 }]));
        const count = type.fields.length;
        const places = new Int32Array(2 * count + 4);
        const end = compileWalker(type, takes, { starts: count + 1 })(
          asView(bytes),
          0,
          new Float64Array(0),
          places,
          [],
        );
        expect(end).toBe(bytes.length);
        expect(places[2 * count + 1]).toBe(bytes.length);
        expect(compileWalker(type, new Map())(asView(bytes), 0, new Float64Array(0), places, [])).toBe(bytes.length);

        const properties = new Map<string, unknown>();
        const { read: readProperties } = compilePropertyReader(type, (path) => path.join('_'));
        expect(readProperties(asView(bytes), bytes, 0, properties)).toBe(bytes.length);
        read += 1;
      }),
      { seed: 424242, numRuns: 600 },
    );
    expect(read).toBeGreaterThan(300);
  });

  test('never read on when the bytes end early, wherever that is', () => {
    fc.assert(
      fc.property(recordSample, fc.double({ min: 0, max: 1, noNaN: true }), ({ schema, value }, where) => {
        const type = parsed(schema);
        if (type === undefined) return;
        const whole = avscType(schema).toBuffer(value);
        if (whole.length === 0) return;
        // A buffer of its own: bytes after the end of a part of a larger one would not be missed.
        const bytes = Buffer.from(
          new Uint8Array(whole.subarray(0, Math.min(whole.length - 1, Math.floor(where * whole.length)))),
        );
        expect(() => readDatum(type, bytes)).toThrow(AntaresError);
      }),
      { seed: 99, numRuns: 400 },
    );
  });

  test('take numbers, flags, places and rows along in one walk', () => {
    const type = parseSchema(
      JSON.stringify({
        type: 'record',
        name: 'packet',
        fields: [
          { name: 'id', type: ['null', 'long'] },
          {
            name: 'head',
            type: [
              {
                type: 'record',
                name: 'head',
                fields: [
                  { name: 'jd', type: 'double' },
                  { name: 'mag', type: ['float', 'null'] },
                  { name: 'positive', type: ['string', 'null'] },
                  { name: 'fid', type: ['int', 'null'] },
                ],
              },
              'null',
            ],
          },
          {
            name: 'rows',
            type: [
              'null',
              {
                type: 'array',
                items: [
                  'null',
                  {
                    type: 'record',
                    name: 'row',
                    fields: [
                      { name: 'a', type: 'string' },
                      { name: 'id', type: ['null', 'long'] },
                    ],
                  },
                ],
              },
            ],
          },
          { name: 'tail', type: 'int' },
        ],
      }),
    ) as AvroRecord;
    const takes = new Map<string, Take>([
      ['id', { place: 1 }],
      [
        'head',
        {
          fields: new Map<string, Take>([
            ['jd', { number: 0 }],
            ['mag', { number: 1 }],
            ['positive', { flag: 2 }],
            ['fid', { number: 3, place: 4 }],
          ]),
        },
      ],
      ['rows', { rows: { first: 2, last: 3, notes: ['id', 'absent'] } }],
    ]);
    const walk = compileWalker(type, takes);
    const numbers = new Float64Array(4);
    const places = new Int32Array(5);
    const rows: number[] = [];
    const head = Buffer.concat([long(0), doubleOf(2.5), Buffer.from([2]), long(0), text('t'), long(0), long(-7)]);
    const list = Buffer.concat([
      long(1),
      long(2),
      long(1),
      text('x'),
      long(1),
      long(9),
      long(0),
      long(1),
      long(1),
      text('yy'),
      long(0),
      long(0),
    ]);
    const bytes = Buffer.concat([long(1), long(5), head, list, long(1)]);

    expect(walk(asView(bytes), 0, numbers, places, rows)).toBe(bytes.length);
    expect([...numbers]).toEqual([2.5, Number.NaN, 1, -7]);
    expect(places[1]).toBe(1);
    expect(bytes[places[4]!]).toBe(13);
    // Two rows, the null between them left out: start, end, place of id, place of what is not there.
    expect(places[ROWS_FILLED]).toBe(8);
    expect([places[2], places[3]]).toEqual([0, 8]);
    const [start, end, id, absent] = rows;
    expect(bytes.subarray(start, end).equals(Buffer.concat([text('x'), long(1), long(9)]))).toBe(true);
    expect(bytes[id!]).toBe(18);
    expect(absent).toBe(-1);
    expect(rows.slice(6, 8)).toEqual([-1, -1]);

    places[ROWS_FILLED] = 0;
    const empty = Buffer.concat([long(0), long(1), long(0), long(1)]);
    expect(walk(asView(empty), 0, numbers, places, rows)).toBe(empty.length);
    expect([...numbers]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
    expect([...places]).toEqual([0, -1, 0, 0, -1]);
  });

  test('a walker that stops early reads no further than it must', () => {
    const type = parseSchema(
      JSON.stringify({ type: 'record', name: 'r', fields: ['a', 'b', 'c'].map((name) => ({ name, type: 'double' })) }),
    ) as AvroRecord;
    const walk = compileWalker(type, new Map([['b', { number: 0 }]]), { stopEarly: true });
    const numbers = new Float64Array(1);
    // The third field is not there at all.
    expect(walk(asView(Buffer.concat([doubleOf(1), doubleOf(2)])), 0, numbers, new Int32Array(1), [])).toBe(16);
    expect(numbers[0]).toBe(2);
  });
});

describe('properties', () => {
  const read = (fields: readonly object[], value: object): Map<string, unknown> => {
    const schema = { type: 'record', name: 'r', fields };
    const type = parseSchema(JSON.stringify(schema)) as AvroRecord;
    const bytes = avscType(schema).toBuffer(value);
    const properties = new Map<string, unknown>();
    const { read: readProperties } = compilePropertyReader(type, (path) =>
      path[0] === 'hidden' ? undefined : ['p', ...path].join('_'),
    );
    readProperties(asView(bytes), bytes, 0, properties);
    return properties;
  };

  test('integers are bigint however small, flags boolean, floats widened exactly', () => {
    const properties = read(
      [
        { name: 'i', type: 'int' },
        { name: 'l', type: ['null', 'long'] },
        { name: 'f', type: 'float' },
        { name: 'b', type: 'boolean' },
        { name: 's', type: 'string' },
        { name: 'hidden', type: 'string' },
      ],
      { i: -64, l: 2n ** 62n, f: Math.fround(0.1), b: true, s: 'null', hidden: 'x' },
    );
    expect([...properties]).toEqual([
      ['p_i', -64n],
      ['p_l', 2n ** 62n],
      ['p_f', Math.fround(0.1)],
      ['p_b', true],
      ['p_s', 'null'],
    ]);
  });

  test('null, NaN and infinities are absent', () => {
    const fields = ['a', 'b', 'c'].map((name) => ({ name, type: ['null', 'double'] }));
    expect([...read(fields, { a: null, b: Number.NaN, c: Number.NEGATIVE_INFINITY })]).toEqual([]);
  });

  test('records within become flat names, and lists, maps and bytes JSON text: nothing is dropped', () => {
    const properties = read(
      [
        { name: 'r', type: ['null', { type: 'record', name: 'inner', fields: [{ name: 'x', type: 'float' }] }] },
        { name: 'list', type: { type: 'array', items: ['null', 'long'] } },
        { name: 'map', type: { type: 'map', values: ['string', 'null'] } },
        { name: 'bytes', type: 'bytes' },
      ],
      { r: { x: 1.5 }, list: [9007199254740993n, null], map: { a: 'b' }, bytes: Buffer.from('hi') },
    );
    expect(Object.fromEntries(properties)).toEqual({
      p_r_x: 1.5,
      p_list: '[9007199254740993,null]',
      p_map: '{"a":"b"}',
      p_bytes: 'aGk=',
    });
  });
});

describe('crafted bytes', () => {
  const list = parseSchema(JSON.stringify({ type: 'array', items: 'boolean' }));

  test.each([
    ['a list of more items than there are bytes', list, long(1_000_000)],
    ['a list of 2^62 items', list, long(2n ** 62n)],
    ['a list of -2^62 items', list, Buffer.concat([long(-(2n ** 62n)), long(1)])],
    ['a string of negative length', parseSchema('"string"'), long(-5)],
    ['a string of 2^60 bytes', parseSchema('"string"'), long(2n ** 60n)],
    [
      'a map with a key beyond the end',
      parseSchema(JSON.stringify({ type: 'map', values: 'int' })),
      Buffer.concat([long(1), long(50), long(1)]),
    ],
    ['a union branch that is not there', parseSchema('["null","int"]'), long(2)],
    ['a negative union branch', parseSchema('["null","int"]'), long(-1)],
    [
      'an enumeration symbol that is not there',
      parseSchema(JSON.stringify({ type: 'enum', name: 'e', symbols: ['A'] })),
      long(1),
    ],
  ])('%s is damage', (_title, type, bytes) => {
    expect(() => readDatum(type, bytes)).toThrow(expect.objectContaining({ code: 'PACKET_DAMAGED' }));
  });
});

function doubleOf(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}
