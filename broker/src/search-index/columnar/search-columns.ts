import { checkFields } from '../query/check-fields.ts';
import { sortKeysInForce } from '../query/sort.ts';
import type { SearchHit, SearchRequest, SearchResult } from '../search-index.ts';
import { aggregateRows } from './aggregate-rows.ts';
import { CHUNK_ROWS, CHUNK_SHIFT, CHUNK_WORDS, countRows, isEmptySet, type RowSet } from './chunks.ts';
import type { Columns } from './columns.ts';
import { compileQuery } from './compile-query.ts';
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
  const rows = new Uint32Array(wantsRows ? columns.count : 0);
  let total = 0;
  for (let chunk = 0; chunk < columns.live.length; chunk += 1) {
    words.set(columns.live[chunk]!);
    matcher.restrict(chunk, words);
    if (isEmptySet(words)) continue;
    const start = chunk << CHUNK_SHIFT;
    if (wantsRows) writeRows(words, start, rows, total);
    total += countRows(words);
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
    aggregations: wantsRows ? aggregateRows(aggregations, rows.subarray(0, total), columns) : {},
  };
}

/** Writes the numbers of the rows of a set from some place on. */
function writeRows(words: RowSet, start: number, rows: Uint32Array, from: number): void {
  let at = from;
  for (let w = 0; w < CHUNK_WORDS; w += 1) {
    let left = words[w]!;
    while (left !== 0) {
      const lowest = left & -left;
      rows[at] = start + (w << 5) + 31 - Math.clz32(lowest);
      at += 1;
      left ^= lowest;
    }
  }
}
