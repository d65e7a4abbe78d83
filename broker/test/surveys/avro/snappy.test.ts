import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AntaresError } from '../../../src/model/errors.ts';
import { decompressSnappyBlock } from '../../../src/surveys/avro/snappy.ts';

/** Ends a raw snappy stream with the checksum of what it should hold. */
function block(raw: readonly number[], plain: Uint8Array): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(plain));
  return Buffer.concat([Buffer.from(raw), sum]);
}

const utf8 = (value: string): Buffer => Buffer.from(value);

describe('a snappy block', () => {
  test('of a literal and overlapping copies of each kind gives the text', () => {
    const plain = utf8(`abcd${'abcd'.repeat(3)}${'d'.repeat(10)}abcd`);
    // Literal of 4; copy of 12 at distance 4 (two-byte offset); copy of 10 at distance 1 (one-byte offset); four-byte offset.
    const raw = [
      plain.length,
      (4 - 1) << 2,
      ...utf8('abcd'),
      ((12 - 1) << 2) | 2,
      4,
      0,
      ((10 - 4) << 2) | 1,
      1,
      ((4 - 1) << 2) | 3,
      26,
      0,
      0,
      0,
    ];
    expect(Buffer.from(decompressSnappyBlock(block(raw, plain), 1000)!).toString()).toBe(plain.toString());
  });

  test('of a long literal has its length in one to four bytes', () => {
    const plain = Buffer.alloc(70_000, 'x');
    const raw = [0xf0, 0xa2, 0x04, 62 << 2, 0x6f, 0x11, 0x01, ...plain];
    expect(decompressSnappyBlock(block(raw, plain), 100_000)?.length).toBe(70_000);
  });

  test('that would grow beyond the cap is not expanded', () => {
    expect(decompressSnappyBlock(block([0xff, 0x7f, 0, 0], Buffer.alloc(0)), 1000)).toBeUndefined();
  });

  test.each([
    ['nothing', []],
    ['a length that never ends', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1]],
    ['a length that no snappy stream of these bytes has', [0xff, 0x7f, 0, 65]],
    ['a literal beyond the end', [9, (9 - 1) << 2, 65, 66]],
    ['a copy from before the beginning', [8, (4 - 1) << 2, 65, 66, 67, 68, ((4 - 1) << 2) | 2, 5, 0]],
    ['a copy of distance 0', [8, (4 - 1) << 2, 65, 66, 67, 68, ((4 - 1) << 2) | 2, 0, 0]],
    ['less than it says', [9, (4 - 1) << 2, 65, 66, 67, 68]],
    ['more than it says', [3, (4 - 1) << 2, 65, 66, 67, 68]],
  ])('of %s is damage', (_title, raw) => {
    expect(() => decompressSnappyBlock(block(raw, utf8('ABCD')), 1 << 20)).toThrow(
      expect.objectContaining({ code: 'PACKET_DAMAGED' }),
    );
  });

  test('with another checksum is damage', () => {
    expect(() => decompressSnappyBlock(block([4, (4 - 1) << 2, ...utf8('abcd')], utf8('abce')), 100)).toThrow(
      /checksum/,
    );
  });

  test('of anything never fails otherwise, and never takes long', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          decompressSnappyBlock(bytes, 1 << 16);
        } catch (error) {
          expect(error).toBeInstanceOf(AntaresError);
        }
      }),
      { seed: 77, numRuns: 2000 },
    );
  });
});
