import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summarizeLedger, totalLedger } from '../../src/operations/ledger.ts';

const name = fc.constantFrom('a', 'b', 'c');
const entry = fc
  .record({
    source: name,
    survey: name,
    night: name,
    visit: name,
    stored: fc.nat(9),
    duplicate: fc.nat(9),
    x: fc.nat(9),
    y: fc.nat(9),
  })
  .map(({ x, y, ...rest }) => ({
    ...rest,
    rejected: x + y,
    received: rest.stored + rest.duplicate + x + y,
    reasons: { PACKET_TRUNCATED: x, PACKET_EMPTY: y },
  }));

describe('the ledger', () => {
  it('adds up at every level, and every level has the same total', () => {
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const total = totalLedger(entries);
        for (const level of ['source', 'night', 'visit'] as const) {
          const lines = summarizeLedger(entries, level);
          for (const line of lines) {
            expect(line.received).toBe(line.stored + line.duplicate + line.rejected);
            expect(line.rejected).toBe(Object.values(line.reasons).reduce((sum, count) => sum + count, 0));
          }
          expect(lines.reduce((sum, { received }) => sum + received, 0)).toBe(total.received);
        }
      }),
      { seed: 2 },
    );
  });

  it('a level names no key that is finer', () => {
    const entries = [
      {
        source: 's',
        survey: 'ztf',
        night: 'n',
        visit: 'v',
        received: 1,
        stored: 1,
        duplicate: 0,
        rejected: 0,
        reasons: {},
      },
    ];
    expect(Object.keys(summarizeLedger(entries, 'source')[0]!)).not.toContain('night');
    expect(Object.keys(summarizeLedger(entries, 'night')[0]!)).not.toContain('visit');
  });
});
