/** A summary over all hits, checked. */
export interface Aggregation {
  readonly kind: string;
}

/** What a summary came to. */
export type AggregationResult = Readonly<Record<string, unknown>>;
