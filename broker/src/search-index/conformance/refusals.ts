import { match, rejects, strictEqual } from 'node:assert/strict';
import type { AntaresError } from '../../model/errors.ts';
import type { ClaimApi } from './claim-api.ts';
import { ask, fill, found } from './specimens.ts';

const CASES: readonly (readonly [title: string, body: unknown, code: string, message: RegExp])[] = [
  ['an unknown property', { query: { term: { 'properties.num_alert': 1 } } }, 'QUERY_FIELD_UNKNOWN', /num_alerts/],
  ['an unknown bare name', { query: { exists: { field: 'tagz' } } }, 'QUERY_FIELD_UNKNOWN', /did you mean.*tags/],
  ['__proto__', { query: { exists: { field: '__proto__' } } }, 'QUERY_FIELD_UNKNOWN', /properties\.__proto__/],
  ['constructor', { query: { term: { constructor: 1 } } }, 'QUERY_FIELD_UNKNOWN', /properties\.constructor/],
  ['toString in a text', { query: { query_string: { query: 'toString:1' } } }, 'QUERY_FIELD_UNKNOWN', /toString/],
  [
    'an unknown field deep inside',
    { query: { bool: { must_not: [{ range: { nope: {} } }] } } },
    'QUERY_FIELD_UNKNOWN',
    /nope/,
  ],
  ['an unknown sort key', { sort: '-nope' }, 'SORT_INVALID', /nope/],
  ['an unknown field of an aggregation', { aggs: { a: { max: { field: 'nope' } } } }, 'AGGREGATION_INVALID', /nope/],
  ['a sum of text', { aggs: { a: { sum: { field: 'tags' } } } }, 'AGGREGATION_INVALID', /text/],
  [
    'a histogram with too many intervals',
    { aggs: { a: { histogram: { field: 'ra', interval: 1e-9 } } } },
    'QUERY_TOO_COSTLY',
    /buckets/,
  ],
  ['search_after of another order', { sort: 'ra', search_after: ['a'] }, 'SORT_INVALID', /2 values/],
];

/** What is refused, with a message that helps. */
export function refusalClaims({ describe, claim }: ClaimApi): void {
  describe('refused', () => {
    for (const [title, body, code, message] of CASES) {
      claim(title, async (index) => {
        await fill(index);
        await rejects(
          async () => ask(index, body),
          (error: unknown) => {
            strictEqual((error as AntaresError).code, code);
            match((error as AntaresError).message, message);
            return (error as AntaresError).name === 'AntaresError';
          },
        );
      });
    }
    claim('a property that was said to exist is none of them', async (index) => {
      await fill(index);
      await index.defineProperties([{ name: 'never_seen', type: 'float' }]);
      strictEqual((await found(index, { range: { never_seen: { gt: 1 } } })).length, 0);
      strictEqual((await ask(index, { sort: '-never_seen' })).total, 5);
    });
  });
}
