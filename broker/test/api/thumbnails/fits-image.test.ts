import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readFitsImage } from '../../../src/api/thumbnails/fits-image.ts';
import { greyLevels } from '../../../src/api/thumbnails/render-image.ts';
import { zscale } from '../../../src/api/thumbnails/zscale.ts';

/** A FITS file of one header and data. */
function fits(cards: readonly string[], data: Uint8Array = new Uint8Array()): Buffer {
  const header = [...cards, 'END'].map((card) => card.padEnd(80)).join('');
  const pad = (bytes: Buffer, filler: number): Buffer =>
    Buffer.concat([bytes, Buffer.alloc((2880 - (bytes.length % 2880)) % 2880, filler)]);
  return Buffer.concat([pad(Buffer.from(header, 'latin1'), 32), pad(Buffer.from(data), 0)]);
}

const image = (bitpix: number, width: number, height: number, further: readonly string[] = []): string[] => [
  'SIMPLE  =                    T / a comment',
  `BITPIX  = ${String(bitpix).padStart(20)} / bits`,
  'NAXIS   =                    2',
  `NAXIS1  = ${String(width).padStart(20)}`,
  `NAXIS2  = ${String(height).padStart(20)}`,
  ...further,
];

it('every pixel type is read, with scale, zero and blank', () => {
  const int16 = Buffer.alloc(8);
  [1, -2, 300, -32768].forEach((value, i) => void int16.writeInt16BE(value, 2 * i));
  const cards = image(16, 2, 2, [
    'BSCALE  =                  2.0',
    'BZERO   =               1.0D+2',
    'BLANK   =               -32768',
  ]);
  expect([...readFitsImage(fits(cards, int16)).pixels]).toEqual([102, 96, 700, Number.NaN]);
  const float = Buffer.alloc(8);
  float.writeFloatBE(1.5, 0);
  float.writeFloatBE(Number.NaN, 4);
  expect([...readFitsImage(fits(image(-32, 2, 1), float)).pixels]).toEqual([1.5, Number.NaN]);
  const double = Buffer.alloc(8);
  double.writeDoubleBE(-2.25);
  expect([...readFitsImage(fits(image(-64, 1, 1), double)).pixels]).toEqual([-2.25]);
  expect([...readFitsImage(fits(image(8, 2, 1), Uint8Array.of(0, 255))).pixels]).toEqual([0, 255]);
});

it('an image in an extension is found behind an empty first part', () => {
  const primary = fits([
    'SIMPLE  =                    T',
    'BITPIX  =                    8',
    'NAXIS   =                    0',
  ]);
  const extension = fits(
    [
      "XTENSION= 'IMAGE   '           / Image extension",
      ...image(8, 2, 1).slice(1),
      'PCOUNT  =                    0',
      'GCOUNT  =                    1',
    ],
    Uint8Array.of(7, 9),
  );
  expect([...readFitsImage(Buffer.concat([primary, extension])).pixels]).toEqual([7, 9]);
});

it('whatever is no image is refused, never read beyond its end', () => {
  const cases: [string, Buffer][] = [
    ['empty', Buffer.alloc(0)],
    ['text', Buffer.alloc(2880, 'not FITS')],
    [
      'no end',
      Buffer.from(
        image(8, 1, 1)
          .map((card) => card.padEnd(80))
          .join('')
          .padEnd(2880, ' '),
      ),
    ],
    ['cut off', fits(image(-32, 100, 100))],
    ['too large', fits(image(8, 100_000, 100_000))],
    ['endless', fits(image(8, 1e300 as number, 1))],
    ['odd pixels', fits(image(12, 1, 1), Uint8Array.of(1))],
    [
      'cube',
      fits(
        [
          ...image(8, 2, 2).map((card) =>
            card.replace('NAXIS   =                    2', 'NAXIS   =                    3'),
          ),
          'NAXIS3  =                    2',
        ],
        new Uint8Array(8),
      ),
    ],
  ];
  for (const [name, bytes] of cases) {
    expect(() => readFitsImage(bytes), name).toThrowError(expect.objectContaining({ code: 'IMAGE_UNREADABLE' }));
  }
});

it('random bytes behind a good beginning never do anything but be refused or read', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 6000 }), (bytes) => {
      const file = Buffer.concat([Buffer.from('SIMPLE  =                    T'.padEnd(80)), bytes]);
      try {
        readFitsImage(file);
      } catch (error) {
        expect(error).toMatchObject({ code: 'IMAGE_UNREADABLE' });
      }
    }),
    { seed: 20_260_704, numRuns: 200 },
  );
});

it('grey levels fill the range, hold for images of one value, and leave NaN black', () => {
  const pixels = Float64Array.from({ length: 100 }, (_, i) => (i === 5 ? Number.NaN : i));
  const levels = greyLevels({ width: 10, height: 10, pixels });
  expect(Math.max(...levels)).toBe(255);
  expect(levels[90 + 5]).toBe(0);
  // The first row of the file is the last one of the picture.
  expect(levels[90]).toBeLessThan(levels[0]!);
  expect(new Set(greyLevels({ width: 2, height: 2, pixels: new Float64Array(4).fill(3) })).size).toBe(1);
  expect([...greyLevels({ width: 2, height: 1, pixels: new Float64Array(2).fill(Number.NaN) })]).toEqual([0, 0]);
});

it('one very bright source does not turn the sky black: the interval is that of the sky', () => {
  const sky = Float64Array.from({ length: 4096 }, (_, i) => Math.sin(i * 12.9898) * 10);
  sky[2000] = 1e9;
  const { low, high } = zscale(sky);
  expect(high - low).toBeLessThan(1000);
  expect(low).toBeGreaterThanOrEqual(-10);
});
