import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdText, isLongZero, longBigInt, longEnd, longNumber } from '../../../src/surveys/avro/long.ts';
import { long } from '../avsc-oracle.ts';

const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -70n, max: 70n }),
  fc
    .nat({ max: 62 })
    .chain((bits) => fc.constantFrom(2n ** BigInt(bits), 2n ** BigInt(bits) - 1n, -(2n ** BigInt(bits)))),
  fc.nat({ max: 18 }).chain((digits) => fc.constantFrom(10n ** BigInt(digits), 10n ** BigInt(digits) - 1n)),
);

test('any 64-bit integer survives whole, as bigint and as text after a prefix', () => {
  const candidate = new IdText('ztf_candidate:');
  fc.assert(
    fc.property(int64, fc.nat({ max: 3 }), (value, offset) => {
      const bytes = Buffer.concat([Buffer.alloc(offset, 0xff), long(value)]);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      expect(longBigInt(view, offset)).toBe(value);
      expect(candidate.at(view, offset)).toBe(`ztf_candidate:${value}`);
      expect(longEnd(view, offset)).toBe(bytes.length);
      expect(longNumber(view, offset)).toBe(Number(value));
      expect(isLongZero(view, offset)).toBe(value === 0n);
    }),
    { seed: 20260224, numRuns: 3000 },
  );
});

test('an integer of more than ten bytes, or of more than 64 bits, is damage', () => {
  const view = (bytes: number[]): DataView => new DataView(Uint8Array.from(bytes).buffer);
  const eleven = [...new Array<number>(10).fill(0x80), 1];
  expect(() => longEnd(view(eleven), 0)).toThrow(/more than ten bytes/);
  expect(() => longNumber(view(eleven), 0)).toThrow(/more than ten bytes/);
  expect(() => longBigInt(view([...new Array<number>(9).fill(0x80), 2]), 0)).toThrow(/64 bits/);
});

test('an integer that is cut off is a read beyond the end', () => {
  const view = new DataView(Uint8Array.from([0x80, 0x80]).buffer);
  for (const read of [longEnd, longNumber, longBigInt]) expect(() => read(view, 0)).toThrow(RangeError);
});
