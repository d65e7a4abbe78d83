import { describe, expect, it } from 'vitest';
import { laneOfSequence, messageSequences } from '../../src/pipeline/message-sequence.ts';

describe('message sequences', () => {
  it('ascend within a lane, over a restart too, and name their lane', () => {
    const first = messageSequences(1, 3);
    const second = messageSequences(2, 3);
    const numbers = [first(), first(), first(), second(), second()];
    expect([...numbers].sort((a, b) => (a < b ? -1 : 1))).toEqual(numbers);
    expect(numbers.map(laneOfSequence)).toEqual([3, 3, 3, 3, 3]);
  });

  it('of two lanes never meet', () => {
    const [a, b] = [messageSequences(1, 0), messageSequences(1, 1)];
    const seen = new Set<bigint>();
    for (let i = 0; i < 100; i += 1) seen.add(a()).add(b());
    expect(seen.size).toBe(200);
  });
});
