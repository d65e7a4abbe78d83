import { describe, expect, it } from 'vitest';
import { DEFAULT_RATES, Population } from '../../../src/simulator/sky/population.ts';
import { capRadius, type SkyContext } from '../../../src/simulator/sky/sky-context.ts';
import { distanceArcsec } from '../../../src/simulator/sky/tangent-plane.ts';

const CONTEXT: SkyContext = {
  region: { centre: { ra: 359.5, dec: 60 }, areaDeg2: 12 },
  startMjd: 61_284,
  spanDays: 60,
  includesM31: false,
};

describe('a population', () => {
  it('the n-th source is the same whoever was asked for before', () => {
    const [a, b] = [new Population(7, CONTEXT), new Population('7', CONTEXT)];
    for (let index = 0; index < 300; index += 1) b.source(index);
    for (const index of [250, 3, 111, 0]) {
      const [one, other] = [a.source(index), b.source(index)];
      expect(one.truth).toEqual(other.truth);
      expect(one.place).toEqual(other.place);
      for (const mjd of [61_270.3, 61_284.1, 61_300.77]) {
        expect(one.difference('g', mjd)).toBe(other.difference('g', mjd));
      }
    }
  });

  it('another seed is another sky', () => {
    const [a, b] = [new Population(1, CONTEXT), new Population(2, CONTEXT)];
    const same = Array.from({ length: 100 }, (_, n) => n).filter((n) => a.source(n).place.ra === b.source(n).place.ra);
    expect(same).toEqual([]);
  });

  it('kinds come in the proportions asked for', () => {
    const population = new Population(3, CONTEXT);
    const counts = new Map<string, number>();
    const total = 3000;
    for (let index = 0; index < total; index += 1) {
      const { kind } = population.source(index);
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    const sum = Object.values(DEFAULT_RATES).reduce((all, rate) => all + rate, 0);
    for (const [kind, rate] of Object.entries(DEFAULT_RATES)) {
      const expected = (total * rate) / sum;
      expect(Math.abs((counts.get(kind) ?? 0) - expected), kind).toBeLessThan(5 * Math.sqrt(expected));
    }
  });

  it('sources fill the region, across RA 0 too', () => {
    const population = new Population(4, CONTEXT);
    const places = Array.from({ length: 500 }, (_, index) => population.source(index).place);
    const distances = places.map((place) => distanceArcsec(place, CONTEXT.region.centre) / 3600);
    // Supernovae lie beside their hosts, which are in the region: some arcseconds over the rim.
    expect(Math.max(...distances)).toBeLessThan(capRadius(12) + 0.1);
    expect(places.some(({ ra }) => ra < 10)).toBe(true);
    expect(places.some(({ ra }) => ra > 350)).toBe(true);
    expect(places.every(({ ra }) => ra >= 0 && ra < 360)).toBe(true);
    // Half the area lies within 1/√2 of the radius.
    const inner = distances.filter((distance) => distance < capRadius(12) * Math.SQRT1_2).length;
    expect(Math.abs(inner - 250)).toBeLessThan(5 * Math.sqrt(125));
  });

  it('refuses rates that make no sky', () => {
    expect(() => new Population(1, CONTEXT, { ...DEFAULT_RATES, nova: -1 })).toThrow(TypeError);
    const none = Object.fromEntries(Object.keys(DEFAULT_RATES).map((kind) => [kind, 0])) as typeof DEFAULT_RATES;
    expect(() => new Population(1, CONTEXT, none)).toThrow(TypeError);
  });
});
