import { describe, expect, it } from 'vitest';
import { Stems, TAIL, tailStart } from '../../../src/search-index/columnar/stems.ts';
import { TailSet } from '../../../src/search-index/columnar/tail-set.ts';
import { compareText } from '../../../src/search-index/query/text-order.ts';
import { seededRandom } from '../random-search.ts';

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'utf8');

/** The stem of a text, or undefined where it is kept whole. */
function stemOf(text: string): string | undefined {
  const at = tailStart(bytesOf(text), 0, bytesOf(text).length);
  return at < 0 ? undefined : Buffer.from(bytesOf(text).subarray(0, at)).toString('utf8');
}

/** What is left of a text that was taken apart and put together. */
function thereAndBack(stems: Stems, text: string): string | undefined {
  const bytes = bytesOf(text);
  const code = stems.find(bytes, 0, bytes.length);
  if (code < 0) return undefined;
  const target = new Uint8Array(stems.mostBytes);
  return Buffer.from(target.subarray(0, stems.write(code, stems.high, stems.low, target))).toString('utf8');
}

describe('a text is taken apart', () => {
  const cases: readonly (readonly [text: string, stem: string | undefined])[] = [
    ['ztf_candidate:2345678901234567890', 'ztf_candidate:'],
    ['x:0', 'x:'],
    ['170032882292621441', ''],
    ['0', ''],
    ['a1b2', 'a1b'],
    ['x:-1', 'x:-'],
    ['x:1.05', undefined],
    ['x:1.5', 'x:1.'],
    ['ωω7', 'ωω'],
    ['x:9999999999999999999', 'x:'],
    ['ZTF18abcdefg', 'ZTF18'],
    ['abcdefghijklmnop', 'abcd'],
    ['x:00', undefined],
    ['x:007', undefined],
    ['x:10000000000000000000', undefined],
    ['x:18446744073709551615', undefined],
    ['x:99999999999999999999999', undefined],
    ['x:', undefined],
    ['X', undefined],
    ['', undefined],
    ['7ω', undefined],
  ];
  for (const [text, stem] of cases) {
    it(`${JSON.stringify(text)} ${stem === undefined ? 'not at all' : `after ${JSON.stringify(stem)}`}`, () => {
      expect(stemOf(text)).toBe(stem);
    });
  }
});

describe('stem and tail give the text back', () => {
  const stems = new Stems(
    ['', 'x:', 'ztf_candidate:', 'ω'].flatMap((stem) =>
      Object.values(TAIL).map((kind) => ({ kind, bytes: bytesOf(stem) })),
    ),
  );

  it('at the limits of what is kept where', () => {
    for (const digits of ['0', '9', '10', '999999999', '1000000000', '3999999999', '4000000000', '4294967296']) {
      expect(thereAndBack(stems, `x:${digits}`)).toBe(`x:${digits}`);
    }
    for (const exponent of [31, 32, 33, 53, 62, 63]) {
      for (const more of [-1n, 0n, 1n]) {
        const text = `ω${2n ** BigInt(exponent) + more}`;
        expect(thereAndBack(stems, text)).toBe(text);
      }
    }
    for (const text of ['9999999999999999999', 'a', 'zzzzzzzzzzzz', 'x:abcdef', 'x:abcdefg', 'x:z']) {
      expect(thereAndBack(stems, text)).toBe(text);
    }
  });

  it('for numbers of any length (seed 5)', () => {
    const random = seededRandom(5);
    for (let i = 0; i < 5000; i += 1) {
      const digits = 1 + Math.floor(19 * random());
      let text = String(1 + Math.floor(9 * random()));
      while (text.length < digits) text += String(Math.floor(10 * random()));
      expect(thereAndBack(stems, `ztf_candidate:${text}`)).toBe(`ztf_candidate:${text}`);
    }
  });

  it('and different texts are different', () => {
    const texts = ['x:1', 'x:a', '1', 'a', 'ω1', 'x:10', 'x:1000000000', 'x:aa'].sort(compareText);
    const seen = new Set<string>();
    for (const text of texts) {
      const code = stems.find(bytesOf(text), 0, bytesOf(text).length);
      seen.add(`${code} ${stems.high} ${stems.low}`);
    }
    expect(seen.size).toBe(texts.length);
  });

  it('not where the stem is none of these', () => {
    expect(thereAndBack(stems, 'y:1')).toBeUndefined();
    expect(thereAndBack(new Stems(), 'x:1')).toBeUndefined();
  });
});

describe('a set of stems and tails', () => {
  it('tells apart what differs in the stem, in either half, or not at all', () => {
    const set = new TailSet();
    const pairs = Array.from({ length: 3000 }, (_, i) => [i % 3, (i >> 5) << 28, i % 7] as const);
    const different = new Set(pairs.map(String));
    const numbers = pairs.map((pair) => set.numberOf(...pair));
    expect([set.size, new Set(numbers).size]).toEqual([different.size, different.size]);
    for (const [i, number] of numbers.entries()) {
      expect([set.stemOf(number), set.highOf(number), set.lowOf(number)]).toEqual(pairs[i]);
    }
    expect([set.has(...pairs[0]!), set.has(3, 0, 0)]).toEqual([true, false]);
  });
});
