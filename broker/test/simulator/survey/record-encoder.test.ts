import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AvroRecord, type FieldLine, fieldsOf, schemaText } from '../../../src/simulator/schemas/avro-schema.ts';
import { ByteSink } from '../../../src/simulator/survey/byte-sink.ts';
import { compileRecordEncoder } from '../../../src/simulator/survey/record-encoder.ts';
import { avscType } from '../../surveys/avsc-oracle.ts';

const LINES: readonly FieldLine[] = [
  ['aLong', 'long', 'x'],
  ['maybeLong', 'long?', 'x'],
  ['anInt', 'int', 'x'],
  ['maybeInt', 'int?', 'x'],
  ['aFloat', 'float', 'x'],
  ['maybeFloat', 'float?', 'x'],
  ['aDouble', 'double', 'x'],
  ['maybeDouble', 'double?', 'x'],
  ['aFlag', 'boolean', 'x'],
  ['maybeFlag', 'boolean?', 'x'],
  ['aText', 'string', 'x'],
  ['maybeText', 'string?', 'x'],
  ['moment', 'timestamp?', 'x'],
];
const RECORD: AvroRecord = { type: 'record', namespace: 'test', name: 'row', doc: 'x', fields: fieldsOf(LINES) };
const TYPE = avscType(schemaText(RECORD));
const NAMES = LINES.map(([name]) => name);

const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const values = fc.record({
  aLong: long,
  maybeLong: maybe(long),
  anInt: int,
  maybeInt: maybe(int),
  aFloat: fc.float(),
  maybeFloat: maybe(fc.float()),
  aDouble: fc.double(),
  maybeDouble: maybe(fc.double()),
  aFlag: fc.boolean(),
  maybeFlag: maybe(fc.boolean()),
  aText: fc.string({ unit: 'grapheme' }),
  maybeText: maybe(fc.string()),
  moment: maybe(long),
});

function withNulls(row: object): object {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value ?? null]));
}

describe('the record encoder', () => {
  it('writes the bytes that avsc writes, whichever fields are fixed', () => {
    fc.assert(
      fc.property(values, fc.subarray(NAMES), (row, fixedNames) => {
        const fixed = Object.fromEntries(fixedNames.map((name) => [name, row[name as keyof typeof row]]));
        const varying = NAMES.filter((name) => !fixedNames.includes(name));
        const sink = new ByteSink(8);
        compileRecordEncoder(RECORD, fixed, varying)(row, sink);
        expect(Buffer.from(sink.toBytes()).toString('hex')).toBe(TYPE.toBuffer(withNulls(row)).toString('hex'));
      }),
      { seed: 20_260_901, numRuns: 300 },
    );
  });

  it('a number and a bigint of the same value are the same long', () => {
    for (const value of [0, 1, -1, 63, 64, -64, -65, 2 ** 31, -(2 ** 31) - 1, 2 ** 40, 2 ** 53 - 1, -(2 ** 53) + 1]) {
      const [a, b] = [new ByteSink(16), new ByteSink(16)];
      a.long(value);
      b.long(BigInt(value));
      expect(a.toBytes()).toEqual(b.toBytes());
    }
  });

  it('a field without a value, an unknown field and a null that may not be are mistakes of the caller', () => {
    expect(() => compileRecordEncoder(RECORD, {}, [])).toThrow(/no value for row.aLong/);
    expect(() => compileRecordEncoder(RECORD, {}, [...NAMES, 'surprise'])).toThrow(/no field surprise/);
    expect(() => compileRecordEncoder(RECORD, { aLong: undefined }, NAMES.slice(1))).toThrow(/cannot be null/);
    expect(() => compileRecordEncoder(RECORD, { aLong: 'one' }, NAMES.slice(1))).toThrow(/is a long/);
    expect(() => compileRecordEncoder(RECORD, { aLong: 1 }, NAMES)).toThrow(/fixed and varies/);
  });
});
