/** What one search may cost. A query beyond is refused with QUERY_TOO_COSTLY before any work is done. */
export interface QueryLimits {
  /** Queries inside queries, and parentheses inside parentheses. */
  readonly maxDepth: number;
  /** Clauses in all; aggregations count too. */
  readonly maxClauses: number;
  /** Values of one `terms` or `ids`. */
  readonly maxTerms: number;
  /** Characters of a value, a pattern or a field name. */
  readonly maxTextLength: number;
  /** Characters of a `query_string`. */
  readonly maxQueryStringLength: number;
  /** `from` and `size` together. */
  readonly maxWindow: number;
  /** Sort keys. */
  readonly maxSortKeys: number;
  /** Buckets of one aggregation. */
  readonly maxBuckets: number;
}

/** For users from outside. */
export const DEFAULT_QUERY_LIMITS: QueryLimits = {
  maxDepth: 20,
  maxClauses: 512,
  maxTerms: 10_000,
  maxTextLength: 256,
  maxQueryStringLength: 4096,
  maxWindow: 10_000,
  maxSortKeys: 8,
  maxBuckets: 10_000,
};

/** For the operator's own command line: any page, longer lists. */
export const OPERATOR_QUERY_LIMITS: QueryLimits = {
  ...DEFAULT_QUERY_LIMITS,
  maxTerms: 1_000_000,
  maxWindow: Number.MAX_SAFE_INTEGER,
};
