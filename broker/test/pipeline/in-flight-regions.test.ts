import { describe, expect, it } from 'vitest';
import { InFlightRegions } from '../../src/pipeline/in-flight-regions.ts';

describe('regions in flight', () => {
  it('an alert finds the lane of another one that shares a region with it', () => {
    const regions = new InFlightRegions();
    regions.enter([1, 2, 'ztf/object/A'], 1);
    expect(regions.lanesOf([2, 3])).toEqual([1]);
    expect(regions.lanesOf(['ztf/object/A'])).toEqual([1]);
    expect(regions.lanesOf([3])).toEqual([]);
  });

  it('a region stays in its lane until the last alert of it has left', () => {
    const regions = new InFlightRegions();
    regions.enter([1], 0);
    regions.enter([1], 0);
    regions.leave([1]);
    expect(regions.lanesOf([1])).toEqual([0]);
    regions.leave([1]);
    expect(regions.lanesOf([1])).toEqual([]);
    expect(regions.size).toBe(0);
  });

  it('an alert that bridges two lanes names both', () => {
    const regions = new InFlightRegions();
    regions.enter([1], 0);
    regions.enter([2], 1);
    expect(regions.lanesOf([1, 2])).toEqual([0, 1]);
  });

  it('refuses to put one region into two lanes', () => {
    const regions = new InFlightRegions();
    regions.enter([1], 0);
    expect(() => regions.enter([1], 1)).toThrow(TypeError);
  });
});
