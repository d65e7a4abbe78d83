import { describe, expect, test } from 'vitest';
import { BestStarts } from '../../../../src/filters/built-in/light-curve-features/best-starts.ts';
import { seededRandom } from './light-curves.ts';

function offer(starts: BestStarts, shape: number, time: number, gain: number): void {
  if (!(gain > starts.gainToBeat(shape))) return;
  starts.offered[0] = gain;
  starts.add(shape, time);
}

function ranked(starts: BestStarts): [shape: number, time: number][] {
  return Array.from({ length: starts.length }, (_, rank) => [starts.shape(rank), starts.time(rank)]);
}

describe('the best starts', () => {
  test('are those that a sort of all of them finds, of each shape its best time', () => {
    const random = seededRandom(54);
    const starts = new BestStarts(30, 12);
    for (const most of [1, 4, 12]) {
      starts.clear(most);
      const best = new Map<number, [gain: number, time: number]>();
      for (let time = 0; time < 10; time += 1) {
        for (let shape = 0; shape < 30; shape += 1) {
          const gain = random();
          offer(starts, shape, time, gain);
          if (gain > (best.get(shape)?.[0] ?? 0)) best.set(shape, [gain, time]);
        }
      }
      const expected = [...best].sort(([, a], [, b]) => b[0] - a[0]).slice(0, most);
      expect(ranked(starts)).toEqual(expected.map(([shape, [, time]]) => [shape, time]));
    }
  });

  test('hold of equal curves the first, and another in place of the second', () => {
    const starts = new BestStarts(4, 2);
    starts.clear(2);
    offer(starts, 0, 0, 5);
    offer(starts, 1, 0, 5 * (1 + 1e-12));
    offer(starts, 2, 0, 3);
    expect(ranked(starts)).toEqual([
      [0, 0],
      [2, 0],
    ]);
  });

  test('have room for a start that explains nothing, when there is no other', () => {
    const starts = new BestStarts(2, 2);
    starts.clear(2);
    offer(starts, 1, 3, 0);
    expect(ranked(starts)).toEqual([[1, 3]]);
    starts.clear(2);
    expect(starts.length).toBe(0);
  });
});
