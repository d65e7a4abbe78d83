import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decay } from '../../../../src/filters/built-in/light-curve-features/decay.ts';

describe('decay', () => {
  it('is exp(−x) to some units of the last place, in its table and beyond it', () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
        expect(Math.abs(decay(x) / Math.exp(-x) - 1)).toBeLessThan(1e-15);
      }),
      { seed: 64, numRuns: 5_000 },
    );
  });

  it('is exact at 0, goes on across the steps of the table, and to nothing at the end', () => {
    expect(decay(0)).toBe(1);
    expect(decay(Number.POSITIVE_INFINITY)).toBe(0);
    expect(decay(1_000)).toBe(0);
    expect(decay(Number.NaN)).toBeNaN();
    for (let k = 0; k < 64 * 64; k += 1) {
      const edge = (k + 0.5) / 64;
      expect(Math.abs(decay(edge - 1e-13) / decay(edge + 1e-13) - 1)).toBeLessThan(1e-12);
    }
  });
});
