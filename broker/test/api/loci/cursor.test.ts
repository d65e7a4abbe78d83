import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readCursor, writeCursor } from '../../../src/api/loci/cursor.ts';

it('a cursor comes back as it was written, whatever it sorts by', () => {
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.string(),
    fc.boolean(),
    fc.constant(undefined),
  );
  fc.assert(
    fc.property(
      fc.array(value, { maxLength: 8 }),
      fc.string(),
      fc.nat(),
      fc.option(fc.nat(), { nil: undefined }),
      (values, id, passed, seed) => {
        const cursor = { after: [...values, id], passed, seed };
        expect(readCursor(writeCursor(cursor))).toEqual(cursor);
      },
    ),
    { seed: 20_261_126 },
  );
});

it('whatever else comes is refused with a 400', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json().map((text) => Buffer.from(text).toString('base64url')),
      ),
      (text) => {
        try {
          const { after, passed } = readCursor(text);
          expect([typeof after.at(-1), Number.isSafeInteger(passed)]).toEqual(['string', true]);
        } catch (error) {
          expect(error).toMatchObject({ status: 400, code: 'CURSOR_INVALID' });
        }
      },
    ),
    { seed: 20_261_126, numRuns: 500 },
  );
  for (const text of [
    '',
    'null',
    '{"a":["x"]}',
    '{"a":[{"i":"1e5"},"x"],"n":0}',
    '{"a":[[],"x"],"n":0}',
    '{"a":["x"],"n":-1}',
  ]) {
    expect(() => readCursor(Buffer.from(text).toString('base64url')), text).toThrowError(
      expect.objectContaining({ code: 'CURSOR_INVALID' }),
    );
  }
});
