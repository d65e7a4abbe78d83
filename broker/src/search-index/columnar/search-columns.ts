import { checkFields } from '../query/check-fields.ts';
import { sortKeysInForce } from '../query/sort.ts';
import type { SearchHit, SearchRequest, SearchResult } from '../search-index.ts';
import { aggregateRows } from './aggregate-rows.ts';
import { CHUNK_ROWS, CHUNK_SHIFT, CHUNK_WORDS, countRows, isEmptySet } from './chunks.ts';
import type { Columns } from './columns.ts';
import { compileQuery, forEachRow } from './compile-query.ts';
import { FirstCandidates } from './first-candidates.ts';
import { HitOrder } from './hit-order.ts';
import { compileScores } from './write-scores.ts';

/** Answers a search, chunk by chunk. @throws what `SearchIndex.search` throws */
export function searchColumns(columns: Columns, asked: SearchRequest): SearchResult {
  const request = checkFields(asked, columns);
  const { query, from, size, searchAfter, aggregations } = request;
  const matcher = compileQuery(query, columns);
  const writeScores = compileScores(query, columns);
  const order = new HitOrder(sortKeysInForce(request.sort, query), columns);
  const isAfter = searchAfter === undefined ? undefined : order.isAfter(searchAfter);
  const best = new FirstCandidates(size === 0 ? 0 : from + size, order);
  const wantsRows = aggregations !== undefined && Object.keys(aggregations).length > 0;
  const words = new Int32Array(CHUNK_WORDS);
  const scores = new Float64Array(CHUNK_ROWS);
  const first = new Float64Array(CHUNK_ROWS);
  const rows: number[] = [];
  let total = 0;
  for (let chunk = 0; chunk < columns.live.length; chunk += 1) {
    words.set(columns.live[chunk]!);
    matcher.restrict(chunk, words);
    if (isEmptySet(words)) continue;
    total += countRows(words);
    const start = chunk << CHUNK_SHIFT;
    if (wantsRows) forEachRow(words, (place) => rows.push(start + place));
    if (size === 0) continue;
    if (writeScores !== undefined) {
      scores.fill(0);
      writeScores(chunk, words, scores);
    }
    order.writeFirst(chunk, scores, first);
    let { threshold } = best;
    for (let w = 0; w < CHUNK_WORDS; w += 1) {
      let left = words[w]!;
      while (left !== 0) {
        const lowest = left & -left;
        left ^= lowest;
        const place = (w << 5) + 31 - Math.clz32(lowest);
        if (first[place]! > threshold) continue;
        const candidate = { row: start + place, score: scores[place]!, first: first[place]! };
        if (isAfter !== undefined && !isAfter(candidate)) continue;
        best.offer(candidate);
        ({ threshold } = best);
      }
    }
  }
  const hits = best
    .toSorted()
    .slice(from)
    .map((candidate): SearchHit => {
      const { row, score } = candidate;
      return { ref: columns.refOf(row), score, sort: order.sortValues(candidate) };
    });
  return {
    total,
    hits,
    aggregations: wantsRows ? aggregateRows(aggregations, Uint32Array.from(rows), columns) : {},
  };
}
