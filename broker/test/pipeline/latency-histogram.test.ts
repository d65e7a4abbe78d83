import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../../src/pipeline/latency-histogram.ts';

describe('a latency histogram', () => {
  it('gives percentiles to 3 percent', () => {
    const histogram = new LatencyHistogram();
    for (let i = 1; i <= 10_000; i += 1) histogram.add(i / 10);
    for (const fraction of [0.01, 0.5, 0.9, 0.99]) {
      expect(Math.abs(histogram.percentile(fraction) / (fraction * 1000) - 1)).toBeLessThan(0.03);
    }
    expect(histogram.max).toBe(1000);
    expect(histogram.count).toBe(10_000);
  });

  it('has no percentile before the first value, and none above the largest', () => {
    const histogram = new LatencyHistogram();
    expect(histogram.percentile(0.5)).toBeNaN();
    histogram.add(5);
    expect(histogram.percentile(1)).toBeLessThanOrEqual(5);
  });

  it('a clock that stepped back counts as nought', () => {
    const histogram = new LatencyHistogram();
    histogram.add(-3);
    expect(histogram.percentile(0.5)).toBeLessThan(0.02);
  });
});
