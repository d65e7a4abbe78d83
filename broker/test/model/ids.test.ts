import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counterFromLocusId, isLocusId, locusIdFromCounter } from '../../src/model/ids.ts';

describe('locus ids', () => {
  it.each([
    ['ae', 1n],
    ['ai', 2n],
    ['hwxa', 15790n],
    ['olxq', 29423n],
    ['akftg', 166707n],
    ['htcvs', 3982681n],
    ['j7wo4', 5237998n],
    ['so7ia', 9682560n],
    ['aeczfyy', 17142499n],
  ])('the body %s stands for the counter %s, as in ids that ANTARES gave', (body, counter) => {
    expect(locusIdFromCounter(2020, counter)).toBe(`ANT2020${body}`);
    expect(counterFromLocusId(`ANT2020${body}`)).toEqual({ year: 2020, counter });
  });

  it('come back as the counter they were made from', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 63n }), fc.integer({ min: 2018, max: 2040 }), (counter, year) => {
        expect(counterFromLocusId(locusIdFromCounter(year, counter))).toEqual({ year, counter });
      }),
      { seed: 4 },
    );
  });

  it('of both schemes are recognised; other texts are not', () => {
    expect(['ANT2020so7ia', 'ANT2026z3bqyjga24oc'].every(isLocusId)).toBe(true);
    expect(['', 'ANT20', 'ZTF18abcdefg', 'ANT2020SO7IA', 'ANT2020so7ia;'].some(isLocusId)).toBe(false);
  });

  it('a text that is no id is refused with an example of one', () => {
    expect(() => counterFromLocusId('ANT2020so7i1')).toThrow(/ANT2020so7ia/);
  });
});
