import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AntaresError } from '../../../src/model/errors.ts';
import { parseJson } from '../../../src/search-index/query/parse-json.ts';
import { parseSearchBody, parseSearchText } from '../../../src/search-index/query/parse-search-body.ts';
import { parsePosition } from '../../../src/search-index/query/parse-sky-distance.ts';
import { parseSort } from '../../../src/search-index/query/parse-sort.ts';
import { DEFAULT_QUERY_LIMITS } from '../../../src/search-index/query/query-limits.ts';

/** The code and message with which a search document is refused. */
function refusal(read: () => unknown): { readonly code: string; readonly message: string } {
  try {
    read();
  } catch (error) {
    if (error instanceof AntaresError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('it was not refused');
}

const query = (clause: unknown): unknown => ({ query: clause });
const own = { form: 'own' } as const;

describe('a search document', () => {
  it('may be empty, and then asks for everything that is not hidden', () => {
    const hidden = parseSearchBody({ query: { match_all: {} } });
    expect(parseSearchBody({})).toEqual(hidden);
    expect(parseSearchBody({ query: {} })).toEqual(hidden);
  });

  it('of ANTARES has one member, and refuses others by name', () => {
    const { code, message } = refusal(() => parseSearchBody({ query: {}, aggs: {} }));
    expect(code).toBe('QUERY_INVALID');
    expect(message).toContain('"aggs"');
    expect(refusal(() => parseSearchBody({ quary: {} })).message).toContain('did you mean query?');
  });

  it('of our own form has an order, a page and aggregations', () => {
    const request = parseSearchBody(
      { sort: '-properties.num_alerts', from: 20, size: 5, aggs: { a: { max: { field: 'ra' } } } },
      own,
    );
    expect(request).toMatchObject({ from: 20, size: 5, sort: [{ field: 'properties.num_alerts', order: 'desc' }] });
    expect({ ...request.aggregations }).toEqual({ a: { kind: 'max', field: 'ra' } });
  });

  it('keeps 64-bit integers that stand in its text as numbers', () => {
    const text = '{"query":{"term":{"properties.survey.lsst.dia_object_id":170032882292621441}}}';
    expect(JSON.stringify(parseSearchText(text), (_, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v))).toContain(
      '"text":"170032882292621441"',
    );
  });

  const wrong: readonly (readonly [title: string, body: unknown, code: string, message: RegExp])[] = [
    ['no object', [], 'QUERY_INVALID', /JSON object/],
    ['null', null, 'QUERY_INVALID', /JSON object/],
    [
      'an unknown clause, with the nearest',
      query({ trem: {} }),
      'QUERY_CLAUSE_UNKNOWN',
      /query.*"trem".*did you mean term/,
    ],
    [
      'where an unknown clause stands',
      query({ bool: { filter: [{ x: 1 }] } }),
      'QUERY_CLAUSE_UNKNOWN',
      /bool\.filter\[0\]/,
    ],
    ['a clause called __proto__', JSON.parse('{"query":{"__proto__":{}}}'), 'QUERY_CLAUSE_UNKNOWN', /__proto__/],
    ['a clause called constructor', query({ constructor: {} }), 'QUERY_CLAUSE_UNKNOWN', /constructor/],
    ['two clauses in one object', query({ term: { a: 1 }, range: {} }), 'QUERY_INVALID', /exactly one member/],
    ['a member that bool does not have', query({ bool: { filters: [] } }), 'QUERY_INVALID', /did you mean filter/],
    ['a bound that range does not have', query({ range: { ra: { ge: 1 } } }), 'QUERY_INVALID', /"ge"/],
    ['a list as a value', query({ term: { tags: ['a'] } }), 'QUERY_INVALID', /list of 1/],
    ['null as a value', query({ term: { tags: null } }), 'QUERY_INVALID', /null/],
    [
      'a nonsense minimum',
      query({ bool: { should: [], minimum_should_match: '2<75%' } }),
      'QUERY_INVALID',
      /percentage/,
    ],
    ['a cone without a centre', query({ sky_distance: { distance: '1 degree' } }), 'QUERY_INVALID', /no centre/],
    ['a cone without a radius', query({ sky_distance: { location: '1 2' } }), 'QUERY_INVALID', /radius/],
    ['a negative radius', query({ sky_distance: { radius: '-1 degree', location: '1 2' } }), 'QUERY_INVALID', /180/],
    ['a radius in parsec', query({ sky_distance: { radius: '1 pc', location: '1 2' } }), 'QUERY_INVALID', /arcsec/],
    ['dec beyond the pole', query({ sky_distance: { radius: '1', location: '1 91' } }), 'QUERY_INVALID', /no position/],
    ['a text without an end', query({ query_string: { query: 'a:"b' } }), 'QUERY_INVALID', /no end/],
    ['a parenthesis without an end', query({ query_string: { query: '(a OR b' } }), 'QUERY_INVALID', /parenthesis/],
    ['a field without a value', query({ query_string: { query: 'tags:' } }), 'QUERY_INVALID', /value after "tags:"/],
    ['an operator without a word', query({ query_string: { query: 'a AND' } }), 'QUERY_INVALID', /expected/],
    ['a closing parenthesis too many', query({ query_string: { query: 'a)' } }), 'QUERY_INVALID', /the end/],
  ];
  for (const [title, body, code, message] of wrong) {
    it(`is refused with a message that helps: ${title}`, () => {
      const refused = refusal(() => parseSearchBody(body));
      expect(refused.code).toBe(code);
      expect(refused.message).toMatch(message);
    });
  }

  const wrongOwn: readonly (readonly [title: string, body: unknown, code: string])[] = [
    ['a page out of bounds', { from: -1 }, 'QUERY_INVALID'],
    ['a page too far out', { from: 9_995, size: 10 }, 'QUERY_TOO_COSTLY'],
    ['an order of a number', { sort: 7 }, 'SORT_INVALID'],
    ['an order of missing values', { sort: [{ ra: { missing: '_first' } }] }, 'SORT_INVALID'],
    ['too many sort keys', { sort: 'a,b,c,d,e,f,g,h,i' }, 'SORT_INVALID'],
    ['an unknown aggregation', { aggs: { a: { mx: { field: 'ra' } } } }, 'AGGREGATION_INVALID'],
    ['an aggregation without a field', { aggs: { a: { max: {} } } }, 'AGGREGATION_INVALID'],
    ['an interval of nought', { aggs: { a: { histogram: { field: 'ra', interval: 0 } } } }, 'AGGREGATION_INVALID'],
    ['too many buckets', { aggs: { a: { terms: { field: 'tags', size: 1e6 } } } }, 'AGGREGATION_INVALID'],
    ['search_after with from', { search_after: ['a'], from: 1 }, 'QUERY_INVALID'],
    ['objects in search_after', { search_after: [{}] }, 'SORT_INVALID'],
  ];
  for (const [title, body, code] of wrongOwn) {
    it(`of our own form is refused: ${title}`, () => {
      expect(refusal(() => parseSearchBody(body, own)).code).toBe(code);
    });
  }
});

describe('what a search may cost', () => {
  const nested = (levels: number): unknown =>
    levels === 0 ? { match_all: {} } : { bool: { filter: [nested(levels - 1)] } };

  it('queries nest only so deep, also by the thousand', () => {
    expect(refusal(() => parseSearchBody(query(nested(21)))).code).toBe('QUERY_TOO_COSTLY');
    expect(refusal(() => parseSearchBody(query(nested(4000)))).code).toBe('QUERY_TOO_COSTLY');
    parseSearchBody(query(nested(DEFAULT_QUERY_LIMITS.maxDepth)));
  });

  it('a text of JSON nests only so deep', () => {
    const { code } = refusal(() => parseSearchText(`${'{"query":'.repeat(100_000)}`));
    expect(code).toBe('QUERY_INVALID');
  });

  it('parentheses of a query_string nest only so deep', () => {
    const text = `${'('.repeat(1000)}a${')'.repeat(1000)}`;
    expect(refusal(() => parseSearchBody(query({ query_string: { query: text } }))).code).toBe('QUERY_TOO_COSTLY');
    const not = query({ query_string: { query: 'NOT '.repeat(1000) } });
    expect(refusal(() => parseSearchBody(not)).code).toMatch(/^QUERY_/);
  });

  it('there are only so many clauses, terms, letters', () => {
    const many = Array.from({ length: 600 }, () => ({ term: { tags: 'a' } }));
    expect(refusal(() => parseSearchBody(query({ bool: { should: many } }))).code).toBe('QUERY_TOO_COSTLY');
    const terms = Array.from({ length: 10_001 }, (_, i) => i);
    expect(refusal(() => parseSearchBody(query({ terms: { tags: terms } }))).code).toBe('QUERY_TOO_COSTLY');
    const long = 'x'.repeat(257);
    for (const clause of [{ term: { tags: long } }, { wildcard: { tags: long } }, { exists: { field: long } }]) {
      expect(refusal(() => parseSearchBody(query(clause))).code).toBe('QUERY_TOO_COSTLY');
    }
    const words = 'a '.repeat(2000);
    expect(refusal(() => parseSearchBody(query({ query_string: { query: words } }))).code).toBe('QUERY_TOO_COSTLY');
  });

  it('any JSON is read or refused with a code, never with another error', () => {
    const names = [
      'bool',
      'filter',
      'should',
      'must_not',
      'term',
      'terms',
      'range',
      'query_string',
      'query',
      'ra',
      'sky_distance',
      'distance',
      'location',
      'function_score',
      'random_score',
      '__proto__',
      'ids',
      'values',
      'wildcard',
    ];
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 6 },
        fc.constantFrom(null, true, 1, -1.5, '', 'a', '*', '1 degree', '10 20', '(', 'a:[1 TO 2]', 'NOT'),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 3 }),
      ),
    })).value;
    fc.assert(
      fc.property(json, (clause) => {
        try {
          parseSearchBody({ query: clause, aggs: { a: clause }, sort: clause, search_after: clause }, own);
        } catch (error) {
          if (!(error instanceof AntaresError)) throw error;
        }
      }),
      { seed: 20_261_126, numRuns: 3000 },
    );
  });

  it('any text of a query_string is read or refused with a code', () => {
    const word = fc.constantFrom(
      'a',
      'AND',
      'OR',
      'NOT',
      '(',
      ')',
      '"',
      ':',
      '[',
      ']',
      '{',
      '}',
      ' TO ',
      '>',
      '<=',
      '+',
      '-',
      '!',
      '\\',
      '*',
      '?',
      ' ',
      'tags:',
      '&&',
      '||',
      '1',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        try {
          parseSearchBody(query({ query_string: { query: words.join('') } }));
        } catch (error) {
          if (!(error instanceof AntaresError)) throw error;
        }
      }),
      { seed: 20_261_126, numRuns: 5000 },
    );
  });
});

describe('text of JSON', () => {
  it('gives what JSON.parse gives, but for long integers', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const rounded = JSON.stringify(parseJson(text), (_, v: unknown) => (typeof v === 'bigint' ? Number(v) : v));
        expect(rounded).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  for (const text of [
    '',
    '{',
    '{"query"}',
    '{"query":}',
    "{'query':{}}",
    '{"query":{}} x',
    '{"query":01}',
    '"\n"',
    'nul',
    '{"a":"\\x"}',
  ]) {
    it(`is refused where it is none: ${JSON.stringify(text)}`, () => {
      expect(refusal(() => parseSearchText(text)).code).toBe('QUERY_INVALID');
    });
  }
});

describe('an order', () => {
  it('is read from text, objects and lists', () => {
    const keys = [
      { field: 'properties.num_alerts', order: 'desc' },
      { field: 'ra', order: 'asc' },
    ];
    expect(parseSort('-properties.num_alerts,ra')).toEqual(keys);
    expect(parseSort([{ num_alerts: 'desc' }, { ra: { order: 'asc', missing: '_last' } }])).toEqual(keys);
    expect(parseSort(['-num_alerts.keyword', 'ra'])).toEqual(keys);
    expect(parseSort(undefined)).toEqual([]);
  });
});

describe('positions', () => {
  const spelt: readonly (readonly [string, number, number])[] = [
    ['10.5 -20.25', 10.5, -20.25],
    ['10.5,-20.25', 10.5, -20.25],
    ['  10.5 ,  +20.25 ', 10.5, 20.25],
    ['360 90', 0, 90],
    ['1e1 -1E-1', 10, -0.1],
    ['12h 30m 0s -0d 30m 0s', 187.5, -0.5],
    ['12h30m00s -00d30m00s', 187.5, -0.5],
    ['12:30:00 -00:30:00', 187.5, -0.5],
    ['12:30 -00:30', 187.5, -0.5],
    ['12 30 00 -00 30 00', 187.5, -0.5],
    ['187°30\'0" −0°30\'0"', 187.5, -0.5],
    ['187.5d -0.5d', 187.5, -0.5],
    ['12.5h -0.5d', 187.5, -0.5],
    ['11h04m29.62962936s +23d00m44.4444444s', 166.123_456_789, 23.012_345_679],
  ];
  for (const [text, ra, dec] of spelt) {
    it(`are read: ${text}`, () => {
      const position = parsePosition(text)!;
      expect(position.ra).toBeCloseTo(ra, 9);
      expect(position.dec).toBeCloseTo(dec, 9);
    });
  }
  for (const text of [
    '',
    '1',
    '1 2 3',
    '1 2 3 4 5',
    'a b',
    '1 91',
    '12h30m 12h30m',
    '12:70 0',
    '1 2 x',
    '12h -5m3d',
    '1;2',
    '500 2',
    '1 2 3 4 5 6 7',
  ]) {
    it(`are refused: ${JSON.stringify(text)}`, () => {
      expect(parsePosition(text)).toBeUndefined();
    });
  }
});
