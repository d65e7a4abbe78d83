import type { PropertyValue } from '../../model/property.ts';
import type { Aggregation, AggregationResult, Aggregations } from '../query/aggregation.ts';
import { histogramResult, percentilesResult, summaryResult, termsResult } from '../query/aggregation-results.ts';
import { timeBucketOf, toUnixMs } from '../query/time-buckets.ts';
import { matches, type ScannedDocument } from './evaluate.ts';

/** Summaries over documents, by name. */
export function aggregateDocuments(
  aggregations: Aggregations,
  documents: readonly ScannedDocument[],
): Record<string, AggregationResult> {
  return Object.fromEntries(
    Object.entries(aggregations).map(([name, aggregation]) => [name, aggregate(aggregation, documents)]),
  );
}

function aggregate(aggregation: Aggregation, documents: readonly ScannedDocument[]): AggregationResult {
  switch (aggregation.kind) {
    case 'filter': {
      const found = documents.filter((document) => matches(aggregation.query, document));
      return { doc_count: found.length, ...aggregateDocuments(aggregation.aggregations, found) };
    }
    case 'terms': {
      const groups = groupBy(documents, (document) => valuesOf(document, aggregation.field).map(toKey));
      const counts = [...groups].map(([key, { length }]) => ({ key, count: length }));
      return termsResult(counts, aggregation, (key) =>
        aggregateDocuments(aggregation.aggregations, groups.get(key as PropertyValue) ?? []),
      );
    }
    case 'histogram': {
      const { interval, offset } = aggregation;
      const groups = groupBy(documents, (document) =>
        numbersOf(document, aggregation.field).map((value) => Math.floor((value - offset) / interval)),
      );
      return histogramResult(countsOf(groups), aggregation, (bucket) =>
        aggregateDocuments(aggregation.aggregations, groups.get(bucket) ?? []),
      );
    }
    case 'date_histogram': {
      const groups = groupBy(documents, (document) =>
        numbersOf(document, aggregation.field)
          .map((value) => timeBucketOf(toUnixMs(value, aggregation.time), aggregation.interval))
          .filter(Number.isFinite),
      );
      return histogramResult(countsOf(groups), aggregation, (bucket) =>
        aggregateDocuments(aggregation.aggregations, groups.get(bucket) ?? []),
      );
    }
    case 'percentiles': {
      const numbers = documents.flatMap((document) => numbersOf(document, aggregation.field));
      return percentilesResult(
        numbers.sort((a, b) => a - b),
        aggregation.percents,
      );
    }
    case 'value_count':
      return { value: documents.reduce((sum, document) => sum + valuesOf(document, aggregation.field).length, 0) };
    case 'cardinality':
      return {
        value: new Set(documents.flatMap((document) => valuesOf(document, aggregation.field).map(toKey))).size,
      };
    default: {
      let [count, min, max, sum] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
      for (const document of documents) {
        for (const value of numbersOf(document, aggregation.field)) {
          count += 1;
          min = Math.min(min, value);
          max = Math.max(max, value);
          sum += value;
        }
      }
      return summaryResult(aggregation.kind, { count, min, max, sum });
    }
  }
}

function valuesOf({ values }: ScannedDocument, field: string): readonly PropertyValue[] {
  return values.get(field) ?? [];
}

function numbersOf(document: ScannedDocument, field: string): number[] {
  return valuesOf(document, field).flatMap((value) =>
    typeof value === 'number' || typeof value === 'bigint' ? [Number(value)] : [],
  );
}

/** One number is one value, whether it is kept as an integer or not. */
function toKey(value: PropertyValue): PropertyValue {
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** Documents by key; a document with several keys is in several groups, once in each. */
function groupBy<Key>(
  documents: readonly ScannedDocument[],
  keysOf: (document: ScannedDocument) => readonly Key[],
): Map<Key, ScannedDocument[]> {
  const groups = new Map<Key, ScannedDocument[]>();
  for (const document of documents) {
    for (const key of new Set(keysOf(document))) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [document]);
      else group.push(document);
    }
  }
  return groups;
}

function countsOf(groups: ReadonlyMap<number, readonly ScannedDocument[]>): Map<number, number> {
  return new Map([...groups].map(([key, { length }]) => [key, length]));
}
