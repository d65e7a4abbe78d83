import { describe, expect, it } from 'vitest';
import { Random, wordOf } from '../../src/simulator/random.ts';

function draw(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random.unit());
}

describe('random streams', () => {
  it('a stream is the same each time it is begun', () => {
    const random = new Random(1, 2, 3, 4);
    const first = draw(random, 50);
    expect(draw(random.restart(1, 2, 3, 4), 50)).toEqual(first);
  });

  it('each of the four words of a name makes another stream, from its first number on', () => {
    const names = [
      [1, 2, 3, 4],
      [2, 2, 3, 4],
      [1, 3, 3, 4],
      [1, 2, 4, 4],
      [1, 2, 3, 5],
      [4, 3, 2, 1],
      [0, 0, 0, 0],
    ] as const;
    const firsts = names.map(([a, b, c, d]) => new Random(a, b, c, d).unit());
    expect(new Set(firsts).size).toBe(names.length);
  });

  it('the first numbers of neighbouring streams do not follow each other', () => {
    const firsts = Array.from({ length: 4000 }, (_, n) => new Random(wordOf('seed'), 7, 8, n).unit());
    const mean = firsts.reduce((sum, value) => sum + value, 0) / firsts.length;
    expect(mean).toBeCloseTo(0.5, 1);
    let correlation = 0;
    for (let i = 1; i < firsts.length; i += 1) correlation += (firsts[i]! - 0.5) * (firsts[i - 1]! - 0.5) * 12;
    // Four standard deviations of a mean of 4,000 products.
    expect(Math.abs(correlation / firsts.length)).toBeLessThan(4 / Math.sqrt(4000));
  });

  it('deviates have the moments of their distributions', () => {
    const random = new Random(5);
    const count = 40_000;
    const normals = Array.from({ length: count }, () => random.normal(3, 2));
    const mean = normals.reduce((sum, value) => sum + value, 0) / count;
    const variance = normals.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
    expect(mean).toBeCloseTo(3, 1);
    expect(variance).toBeGreaterThan(3.85);
    expect(variance).toBeLessThan(4.15);
    for (const expected of [0.4, 6, 80]) {
      const counts = Array.from({ length: 10_000 }, () => random.poisson(expected));
      const average = counts.reduce((sum, value) => sum + value, 0) / counts.length;
      expect(Math.abs(average - expected)).toBeLessThan(5 * Math.sqrt(expected / counts.length));
    }
  });

  it('a unit number is never 0 or 1', () => {
    const random = new Random(6);
    const values = draw(random, 100_000);
    expect(values.filter((value) => !(value > 0 && value < 1))).toEqual([]);
  });

  it('a negative Poisson mean is a mistake of the caller', () => {
    expect(() => new Random(1).poisson(-1)).toThrow(TypeError);
  });
});
