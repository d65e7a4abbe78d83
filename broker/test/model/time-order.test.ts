import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toAlertId } from '../../src/model/ids.ts';
import { sortByTime } from '../../src/model/time-order.ts';

const curve = fc
  .array(fc.integer({ min: 59_000, max: 59_040 }), { maxLength: 60 })
  .map((days) => ({ mjd: Float64Array.from(days), ids: days.map((_, i) => toAlertId(`lsst:${(i * 7919) % 61}`)) }));

/** As the system sorts. */
function expected(mjd: Float64Array, ids: readonly string[]): number[] {
  return [...mjd.keys()].sort((a, b) => mjd[a]! - mjd[b]! || (ids[a]! < ids[b]! ? -1 : 1));
}

function byText(ids: readonly string[]): (a: number, b: number) => number {
  return (a, b) => (ids[a]! < ids[b]! ? -1 : 1);
}

describe('order of time', () => {
  it('is that of time, and of ids at one time, whatever the order of arrival', () => {
    fc.assert(
      fc.property(curve, ({ mjd, ids }) => {
        const rows = Uint32Array.from(mjd.keys());
        sortByTime(rows, mjd, byText(ids));
        expect([...rows]).toEqual(expected(mjd, ids));
      }),
      { seed: 20_260_801, numRuns: 500 },
    );
  });

  it('merges stretches that are in order by themselves: history, forced photometry, alerts', () => {
    const mjd = Float64Array.from([60, ...Array(40).keys(), ...Array.from({ length: 41 }, (_, i) => i - 0.5), 61]);
    const ids = [...mjd.keys()].map((i) => toAlertId(`a${i}`));
    const rows = Uint32Array.from(mjd.keys());
    sortByTime(rows, mjd, byText(ids));
    expect([...rows]).toEqual(expected(mjd, ids));
  });

  it('leaves out rows that are not named', () => {
    const mjd = Float64Array.from([3, Number.NaN, 1, 2]);
    const rows = Uint32Array.from([0, 2, 3]);
    sortByTime(rows, mjd, byText(['a', 'b', 'c', 'd']));
    expect([...rows]).toEqual([2, 3, 0]);
  });
});
