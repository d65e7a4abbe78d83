import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactJson, parseJson, toJsonText, type WritableJson } from '../../src/json/json-text.ts';
import { describeWithRecordedAnswers, recorded } from '../shared-data.ts';

const SEED = 20260703;
/** A number with enough digits to have a text read by hand, in front of everything else. */
const WIDE = '[9007199254740993,';

describe('reading JSON', () => {
  it('gives integers beyond 2^53 as their digits, and smaller ones as numbers', () => {
    expect(parseJson('[9007199254740991,9007199254740992,-9007199254740993,18446744073709551615]')).toEqual([
      9007199254740991,
      '9007199254740992',
      '-9007199254740993',
      '18446744073709551615',
    ]);
  });

  it('leaves alone what only looks like an integer inside of a text', () => {
    const text =
      '{"a":"x: 9007199254740993, y","b":"[9007199254740993]","c":": 9007199254740993","d":[9007199254740993 ]}';
    expect(parseJson(text)).toEqual({ ...JSON.parse(text), d: ['9007199254740993'] });
    expect(parseJson(' 9007199254740993\n')).toBe('9007199254740993');
  });

  it('gives the same whether quotes help or it is read by hand', () => {
    const part = fc.constantFrom(
      ...'[]{},:"\\ -'.split(''),
      '9007199254740993',
      '12345678901234567',
      '"a"',
      '1.5',
      '0',
      'null',
      'e5',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const byHand = outcome(() => byText(parseExactJson(text)));
        expect(outcome(() => parseJson(text))).toEqual(byHand);
        expect(byHand === 'refused').toBe(outcome(() => JSON.parse(text)) === 'refused');
      }),
      { seed: SEED, numRuns: 20_000 },
    );
  });

  it('gives them as bigint where they are to be written again', () => {
    const text = '{"a":[9007199254740993,1.5,"9007199254740993"]}';
    expect(parseExactJson(text)).toEqual({ a: [9007199254740993n, 1.5, '9007199254740993'] });
    expect(toJsonText(parseExactJson(text))).toBe(text);
  });

  it('keeps fractions and exponents numbers, however many digits they have', () => {
    const digits = ['61224.49046299979123456789', '1234567890123456789.5', '1e20', '12345678901234567890e-2'];
    expect(parseJson(`[${digits.join()}]`)).toEqual(digits.map(Number));
  });

  it('agrees with JSON.parse on every document without wide integers', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        fc.pre(!/\d{16}(?![\d.eE])/.test(text));
        expect(parseJson(`${WIDE}${text}]`)).toEqual(['9007199254740993', JSON.parse(text)]);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it('gives back every 64-bit integer that was written', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n })), (values) => {
        const back = parseJson(toJsonText(values)) as (string | number)[];
        expect(back.map(BigInt)).toEqual(values);
      }),
      { seed: SEED },
    );
  });

  it('refuses what JSON.parse refuses, whether read by hand or not', () => {
    const wrong = [
      '',
      '{',
      '[1,]',
      '{"a":1,}',
      '{a:1}',
      "['a']",
      '01',
      '+1',
      '1.',
      '.5',
      '1e',
      'tru',
      'nul',
      '"a',
      '"\u0001"',
      '"\\x"',
      '1 2',
      '{"a" 1}',
      '[1 2]',
      '-',
      'NaN',
      '\u00a01',
    ];
    for (const text of wrong) {
      expect(() => JSON.parse(text), text).toThrow();
      for (const whole of [text, `${WIDE}${text}]`]) {
        expect(() => parseJson(whole), whole).toThrow(expect.objectContaining({ code: 'ANSWER_MALFORMED' }));
      }
    }
  });

  it('refuses random damage, or reads the same as JSON.parse', () => {
    const text = '{"a":[1,2.5,{"b":"c\\n\\u00e9"}],"wide":1234567890123456,"t":true,"n":null}';
    fc.assert(
      fc.property(fc.nat(text.length), fc.constantFrom('', '"', '{', ']', ',', '\\', '0', '-', 'e', '\n'), (at, by) => {
        const damaged = text.slice(0, at) + by + text.slice(at + 1);
        let expected: unknown;
        try {
          expected = JSON.parse(damaged);
        } catch {
          expect(() => parseJson(damaged)).toThrow(expect.objectContaining({ code: 'ANSWER_MALFORMED' }));
          return;
        }
        // Damage may make the number wider than a double: then it is text, and only then.
        expect(
          JSON.stringify(parseJson(damaged)).replaceAll(/"(\d{16,})"/g, (_, digits) => String(Number(digits))),
        ).toBe(JSON.stringify(expected));
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  it('takes __proto__ for a member like any other', () => {
    const object = parseJson('{"__proto__":{"polluted":1},"id":9007199254740993}') as { polluted?: unknown };
    expect(object.polluted).toBeUndefined();
    expect(Object.keys(object)).toEqual(['__proto__', 'id']);
  });

  it('refuses nesting that would exhaust the stack', () => {
    const deep = `${WIDE}${'['.repeat(200_000)}`;
    expect(() => parseJson(deep)).toThrow(expect.objectContaining({ code: 'ANSWER_MALFORMED' }));
  });
});

/** What a reader gives, or that it refuses. */
function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return 'refused';
  }
}

/** A value with integers beyond 2^53 as text. */
function byText(value: WritableJson): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(byText);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, byText(member)]));
}

describe('writing JSON', () => {
  it('leaves out undefined members, and refuses numbers that JSON does not have', () => {
    expect(toJsonText({ a: undefined, b: [undefined, null, true], c: 'é"' })).toBe('{"b":[null,null,true],"c":"é\\""}');
    expect(() => toJsonText({ a: Number.NaN })).toThrow(TypeError);
  });

  it('writes what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(toJsonText(value as WritableJson)).toBe(JSON.stringify(value));
      }),
      { seed: SEED },
    );
  });
});

describeWithRecordedAnswers('recorded answers', () => {
  it('keep every digit of every integer', () => {
    const text = recorded('antares_api_v1_response_1.json');
    const wide = [...text.matchAll(/: (\d{16,}),/g)].map(([, digits]) => digits);
    expect(wide).toContain('3470490460915015042');
    const read = JSON.stringify(parseJson(text));
    for (const digits of wide) expect(read).toContain(`"${digits}"`);
  });
});
