import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SourceTracker } from '../../src/pipeline/source-tracker.ts';

describe('the tracker of a source', () => {
  it('everything below the low water is done, whatever order lanes finish in', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(Array.from({ length: 30 }, (_, i) => i)), (finished) => {
        const tracker = new SourceTracker();
        for (let ordinal = 0; ordinal < 30; ordinal += 1) tracker.begin(ordinal);
        const done = new Set<number>();
        for (const ordinal of finished) {
          tracker.finish(ordinal);
          done.add(ordinal);
          const missing = Array.from({ length: 30 }, (_, i) => i).find((i) => !done.has(i)) ?? 30;
          expect(tracker.lowWater).toBe(missing);
        }
      }),
      { seed: 1 },
    );
  });

  it('a restart passes over what is done, and only that', () => {
    const tracker = new SourceTracker(10, new Set([12, 14]));
    expect([9, 10, 11, 12, 13, 14, 15].filter((ordinal) => !tracker.isDone(ordinal))).toEqual([10, 11, 13, 15]);
  });

  it('packets that were passed over do not hold the low water back', () => {
    const tracker = new SourceTracker(10, new Set([10, 11]));
    tracker.pass(10);
    tracker.pass(11);
    tracker.begin(12);
    expect(tracker.lowWater).toBe(12);
    tracker.finish(12);
    expect(tracker.lowWater).toBe(13);
  });
});
