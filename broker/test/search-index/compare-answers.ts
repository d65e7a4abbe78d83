import { expect } from 'vitest';
import type { AntaresError } from '../../src/model/errors.ts';
import { parseSearchBody } from '../../src/search-index/query/parse-search-body.ts';
import type { SearchIndex, SearchRequest, SearchResult } from '../../src/search-index/search-index.ts';

/**
 * Asks two indexes the same, and both again for what comes after the last hit: they answer alike, refusals included.
 *
 * @param search  a document of our own form
 */
export async function compareAnswers(index: SearchIndex, scan: SearchIndex, search: unknown): Promise<void> {
  const request = parseSearchBody(search, { form: 'own', seed: () => 'seed' });
  const [got, wanted] = [await answer(index, request), await answer(scan, request)];
  const what = JSON.stringify(search, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
  if (got instanceof Error || wanted instanceof Error) {
    expect((got as AntaresError).code, what).toBe((wanted as AntaresError).code);
    expect((got as AntaresError).message, what).toBe((wanted as AntaresError).message);
    return;
  }
  expect(got.total, what).toBe(wanted.total);
  expect(got.hits, what).toEqual(wanted.hits);
  expect(rounded(got.aggregations), what).toEqual(rounded(wanted.aggregations));
  const last = wanted.hits.at(-1);
  if (last === undefined) return;
  const next: SearchRequest = { ...request, from: 0, searchAfter: last.sort };
  expect((await index.search(next)).hits, `after ${String(last.sort)}: ${what}`).toEqual(
    (await scan.search(next)).hits,
  );
}

async function answer(index: SearchIndex, request: SearchRequest): Promise<SearchResult | Error> {
  try {
    return await index.search(request);
  } catch (error) {
    return error as Error;
  }
}

/** Sums of doubles depend on the order in which they are added: 12 digits of them are compared. */
function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(12)) + 0;
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, rounded(each)]));
}
