import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Simulator } from '../../../src/simulator/simulator.ts';
import { readPacket, recordIn } from '../read-packet.ts';

/** One header-data unit of a FITS file, read by the letter of the standard. */
interface Unit {
  readonly cards: ReadonlyMap<string, string>;
  readonly width: number;
  readonly height: number;
  readonly pixels: readonly number[];
}

function readFits(bytes: Buffer): Unit[] {
  expect(bytes.length % 2880).toBe(0);
  const units: Unit[] = [];
  let at = 0;
  while (at < bytes.length) {
    const cards = new Map<string, string>();
    let ended = false;
    for (; !ended; at += 80) {
      const card = bytes.subarray(at, at + 80).toString('latin1');
      if (!/^[\x20-\x7e]{80}$/.test(card)) throw new Error(`not a FITS card: ${card}`);
      ended = card.startsWith('END');
      if (!ended) cards.set(card.slice(0, 8).trim(), card.slice(10).split(' /')[0]!.trim());
    }
    at = Math.ceil(at / 2880) * 2880;
    const [width, height] = [Number(cards.get('NAXIS1')), Number(cards.get('NAXIS2'))];
    const bitpix = Number(cards.get('BITPIX'));
    const size = Math.abs(bitpix) / 8;
    const pixels: number[] = [];
    for (let i = 0; i < width * height; i += 1) {
      pixels.push(size === 4 ? bytes.readFloatBE(at + 4 * i) : bytes.readDoubleBE(at + 8 * i));
    }
    at += Math.ceil((width * height * size) / 2880) * 2880;
    units.push({ cards, width, height, pixels });
  }
  return units;
}

function centroid({ pixels, width, height }: Unit, box: number): readonly [number, number] {
  const centre = (width - 1) / 2;
  const sky = median(pixels);
  let [sum, x, y] = [0, 0, 0];
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      if (Math.abs(row - centre) > box || Math.abs(column - centre) > box) continue;
      const value = Math.abs(pixels[row * width + column]! - sky);
      sum += value;
      x += value * (column - centre);
      y += value * (row - centre);
    }
  }
  return [x / sum, y / sum];
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

describe('stamps', () => {
  it.each(['each', 'pool'] as const)(
    'ZTF, %s: three gzipped FITS images with the source in the middle',
    async (cutouts) => {
      const simulator = new Simulator({ seed: 5, sources: 90, cutouts, includesM31: false });
      let seen = 0;
      for (const packet of simulator.packets()) {
        const { kind } = packet.source;
        if (packet.snr < 25 || kind === 'artefact' || seen === 6) continue;
        seen += 1;
        const record = await readPacket(packet.bytes);
        for (const name of ['cutoutScience', 'cutoutTemplate', 'cutoutDifference'] as const) {
          const { stampData, fileName } = recordIn(record, name) as { stampData: Buffer; fileName: string };
          expect(fileName).toMatch(/^candid\d+_.*\.fits\.gz$/);
          expect(stampData.length).toBeGreaterThan(8_000);
          expect(stampData.length).toBeLessThan(20_000);
          const [unit, ...others] = readFits(gunzipSync(stampData));
          expect(others).toEqual([]);
          expect([unit!.width, unit!.height]).toEqual([63, 63]);
          expect(unit!.cards.get('SIMPLE')).toBe('T');
          expect(unit!.cards.get('BITPIX')).toBe('-32');
          if (name !== 'cutoutDifference') continue;
          const sky = median(unit!.pixels);
          const peak = unit!.pixels.reduce(
            (best, value, i) => (Math.abs(value - sky) > Math.abs(unit!.pixels[best]! - sky) ? i : best),
            0,
          );
          expect(Math.abs((peak % 63) - 31)).toBeLessThanOrEqual(1);
          expect(Math.abs(Math.floor(peak / 63) - 31)).toBeLessThanOrEqual(1);
          const isPositive = recordIn(record, 'candidate')['isdiffpos'] === 't';
          expect(unit!.pixels[peak]! > sky).toBe(isPositive);
          const [x, y] = centroid(unit!, 3);
          expect(Math.hypot(x, y)).toBeLessThan(0.6);
        }
      }
      expect(seen).toBe(6);
    },
  );

  it('LSST: image, variance and point spread function, at the place of the alert', async () => {
    const simulator = new Simulator({ seed: 6, sources: 60, surveys: ['lsst'], cutouts: 'each', areaDeg2: 4 });
    let seen = 0;
    for (const packet of simulator.packets()) {
      if (packet.snr < 30 || packet.source.kind === 'artefact' || seen === 3) continue;
      seen += 1;
      const record = await readPacket(packet.bytes);
      const sizes: number[] = [];
      for (const name of ['cutoutScience', 'cutoutTemplate', 'cutoutDifference'] as const) {
        const bytes = record[name] as Buffer;
        sizes.push(bytes.length);
        const [image, variance, spread] = readFits(bytes);
        expect(image!.cards.get('BUNIT')).toBe("'nJy     '");
        expect(Number(image!.cards.get('CRVAL1'))).toBeCloseTo(packet.ra, 9);
        expect(Number(image!.cards.get('CRVAL2'))).toBeCloseTo(packet.dec, 9);
        expect(variance!.cards.get('EXTNAME')).toBe("'UNCERT  '");
        expect(Math.min(...variance!.pixels)).toBeGreaterThan(0);
        expect(spread!.cards.get('EXTNAME')).toBe("'PSFIMAGE'");
        expect(spread!.pixels.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
        if (name !== 'cutoutDifference') continue;
        const [x, y] = centroid(image!, 4);
        expect(Math.hypot(x, y)).toBeLessThan(1);
        const middle = image!.pixels[14 * 30 + 14]!;
        expect(Math.abs(middle)).toBeGreaterThan(4 * Math.sqrt(variance!.pixels[0]!));
      }
      // Sizes of real alerts.
      expect(sizes).toEqual([34_560, 40_320, 34_560]);
    }
    expect(seen).toBe(3);
  });

  it('none leaves the fields null', async () => {
    for (const survey of ['ztf', 'lsst'] as const) {
      const [packet] = new Simulator({ seed: 7, alerts: 1, surveys: [survey], cutouts: 'none' }).packets();
      const record = await readPacket(packet!.bytes);
      expect([record['cutoutScience'], record['cutoutTemplate'], record['cutoutDifference']]).toEqual([
        null,
        null,
        null,
      ]);
    }
  });
});
