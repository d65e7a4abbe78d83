import type { Pattern } from './pattern.ts';

/**
 * A query of the language, checked: what `parseQuery` makes of JSON, and what a program may also write by hand.
 *
 * Plain data: it passes between threads as it is. Field names are canonical (`toFieldName`).
 */
export type Query =
  | MatchAllQuery
  | MatchNoneQuery
  | FieldQuery
  | AnyFieldQuery
  | ConeQuery
  | BoolQuery
  | RandomScoreQuery
  | ConstantScoreQuery;

/** Every locus. */
export interface MatchAllQuery {
  readonly clause: 'match_all';
}

/** No locus. */
export interface MatchNoneQuery {
  readonly clause: 'match_none';
}

/** Loci of which a value of a field passes a test. Of a list, one element is enough. A missing value never passes. */
export interface FieldQuery {
  readonly clause: 'field';
  readonly field: string;
  readonly test: FieldTest;
}

/** Loci of which a value of any of several fields passes a test. */
export interface AnyFieldQuery {
  readonly clause: 'any_field';
  /**
   * Canonical names, or patterns of them (`properties.*`). Undefined: all that hold text, which are the locus id, the
   * lists of names, and properties that are text.
   */
  readonly fields: readonly string[] | undefined;
  readonly test: FieldTest;
}

/** Loci whose present position lies within a radius of a centre, rim included. */
export interface ConeQuery {
  readonly clause: 'cone';
  /** ICRS [deg], ra ∈ [0, 360), dec ∈ [−90, 90]. */
  readonly ra: number;
  readonly dec: number;
  /** [0, 648000] */
  readonly radiusArcsec: number;
}

/** Loci that match all of `must` and `filter`, none of `mustNot`, and at least so many of `should`. */
export interface BoolQuery {
  readonly clause: 'bool';
  readonly must: readonly Query[];
  readonly filter: readonly Query[];
  readonly should: readonly Query[];
  readonly mustNot: readonly Query[];
  /** Worked out: 0 to any number; more than there are in `should` matches nothing. 0 without `should`. */
  readonly minimumShouldMatch: number;
}

/** Matches what its query matches; the score is a number in [0, 1) made of the seed and the locus id. */
export interface RandomScoreQuery {
  readonly clause: 'random_score';
  readonly query: Query;
  readonly seed: string;
}

/** Matches what its query matches; the score is always the same number. */
export interface ConstantScoreQuery {
  readonly clause: 'constant_score';
  readonly query: Query;
  readonly score: number;
}

/** What a value is tried with. */
export type FieldTest = EqualsTest | RangeTest | ExistsTest | PatternTest;

/** Equal to one of several. */
export interface EqualsTest {
  readonly test: 'equals';
  readonly values: readonly Operand[];
  /** Concerns text. */
  readonly ignoreCase: boolean;
}

/** Between bounds: numbers as numbers, exactly; text in the order of code points; flags never. */
export interface RangeTest {
  readonly test: 'range';
  readonly gt?: Operand | undefined;
  readonly gte?: Operand | undefined;
  readonly lt?: Operand | undefined;
  readonly lte?: Operand | undefined;
}

/** There is a value. */
export interface ExistsTest {
  readonly test: 'exists';
}

/** Text of a certain form; numbers and flags never pass. */
export interface PatternTest {
  readonly test: 'pattern';
  readonly pattern: Pattern;
}

/**
 * A value that a query gives, as each kind of property sees it: text sees `text`, numbers see `number`, flags see `flag`.
 * So `"5"` finds the number 5, and 5 the text "5".
 */
export interface Operand {
  readonly text: string;
  /** Undefined where it is no number. Integers that a double does not hold are bigint. */
  readonly number: number | bigint | undefined;
  readonly flag: boolean | undefined;
}

/** Whether hits of a query differ by score, so that they are sorted by it where no order is asked for. */
export function isScoring(query: Query): boolean {
  switch (query.clause) {
    case 'random_score':
    case 'constant_score':
      return true;
    case 'bool':
      return query.must.some(isScoring) || query.should.some(isScoring);
    default:
      return false;
  }
}

/** All queries, joined by "and". */
export function allOf(...queries: readonly Query[]): Query {
  if (queries.length === 1) return queries[0]!;
  return { clause: 'bool', must: queries, filter: [], should: [], mustNot: [], minimumShouldMatch: 0 };
}

/** What a query does not match. */
export function not(query: Query): Query {
  return { clause: 'bool', must: [], filter: [], should: [], mustNot: [query], minimumShouldMatch: 0 };
}

/** Any of several queries. */
export function anyOf(...queries: readonly Query[]): Query {
  if (queries.length === 0) return { clause: 'match_none' };
  if (queries.length === 1) return queries[0]!;
  return { clause: 'bool', must: [], filter: [], should: queries, mustNot: [], minimumShouldMatch: 1 };
}
