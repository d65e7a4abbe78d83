import { isScoring, type Query } from '../query/query.ts';
import { randomScore, randomScorer } from '../query/random-score.ts';
import { CHUNK_SHIFT, CHUNK_WORDS, type RowSet } from './chunks.ts';
import type { Columns } from './columns.ts';
import { compileQuery } from './compile-query.ts';
import { forEachRow } from './matcher.ts';

/** Adds what the rows of a set score, by place in the chunk. */
export type ScoreWriter = (chunk: number, words: RowSet, scores: Float64Array) => void;

/** Makes the scores of a query ready; undefined where it does not score. */
export function compileScores(query: Query, columns: Columns): ScoreWriter | undefined {
  if (!isScoring(query)) return undefined;
  switch (query.clause) {
    case 'random_score': {
      const { seed } = query;
      const scoreOf = randomScorer(seed);
      const { ids } = columns;
      return (chunk, words, scores) => {
        const first = chunk << CHUNK_SHIFT;
        forEachRow(words, (place) => {
          const row = first + place;
          const score = scoreOf(ids.bytes, ids.startOf(row), ids.endOf(row));
          scores[place]! += score < 0 ? randomScore(seed, ids.textOf(row)) : score;
        });
      };
    }
    case 'constant_score': {
      const { score } = query;
      return (_, words, scores) => {
        forEachRow(words, (place) => {
          scores[place]! += score;
        });
      };
    }
    case 'bool': {
      const must = query.must.flatMap((each) => compileScores(each, columns) ?? []);
      const should = query.should.flatMap((each) => {
        const write = compileScores(each, columns);
        return write === undefined ? [] : [{ write, matcher: compileQuery(each, columns) }];
      });
      const matched = new Int32Array(CHUNK_WORDS);
      return (chunk, words, scores) => {
        for (const write of must) write(chunk, words, scores);
        for (const { write, matcher } of should) {
          matched.set(words);
          matcher.restrict(chunk, matched);
          write(chunk, matched, scores);
        }
      };
    }
    default:
      return undefined;
  }
}
