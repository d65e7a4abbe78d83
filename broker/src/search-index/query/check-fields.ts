import { AntaresError } from '../../model/errors.ts';
import type { SearchRequest } from '../search-index.ts';
import type { Aggregations } from './aggregation.ts';
import {
  type FieldCatalog,
  isAlwaysKnown,
  LOCUS_FIELDS,
  nearestNames,
  PROPERTY_PREFIX,
  SCORE_FIELD,
} from './fields.ts';
import { suggestion } from './parse-context.ts';
import { patternTester, readPattern } from './pattern.ts';
import { anyOf, type Query } from './query.ts';

/**
 * A request whose fields all exist, with patterns of field names replaced by the fields that they stand for: what
 * adapters evaluate. `any_field` is gone; `exists` of an object is "any field below it".
 *
 * @throws QUERY_FIELD_UNKNOWN, SORT_INVALID, AGGREGATION_INVALID
 */
export function checkFields(request: SearchRequest, catalog: FieldCatalog): SearchRequest {
  const query = checkQuery(request.query, catalog);
  for (const { field } of request.sort) {
    if (field !== SCORE_FIELD && !isKnown(field, catalog)) throw unknownField('SORT_INVALID', 'sort', field, catalog);
  }
  const { searchAfter } = request;
  if (searchAfter !== undefined) {
    const expected = request.sort.length + 1;
    if (request.sort.length > 0 && searchAfter.length !== expected) {
      throw new AntaresError(
        'SORT_INVALID',
        `search_after: expected ${expected} values, those of the sort keys and the locus id; got ${searchAfter.length}`,
      );
    }
    if (typeof searchAfter.at(-1) !== 'string') {
      throw new AntaresError('SORT_INVALID', 'search_after: expected a locus id as the last value');
    }
  }
  const { aggregations } = request;
  return {
    ...request,
    query,
    aggregations: aggregations === undefined ? undefined : checkAggregations(aggregations, catalog),
  };
}

/** Aggregations that make nothing of text. */
const NEEDS_NUMBERS = new Set(['stats', 'min', 'max', 'avg', 'sum', 'percentiles', 'histogram', 'date_histogram']);

function checkQuery(query: Query, catalog: FieldCatalog): Query {
  switch (query.clause) {
    case 'field': {
      if (isKnown(query.field, catalog)) return query;
      if (query.test.test === 'exists') {
        const below = catalog.names().filter((name) => name.startsWith(`${query.field}.`));
        if (below.length > 0) return anyOf(...below.map((field): Query => ({ ...query, field })));
      }
      throw unknownField('QUERY_FIELD_UNKNOWN', 'query', query.field, catalog);
    }
    case 'any_field': {
      const { fields, test } = query;
      const names = fields === undefined ? textFields(catalog) : expanded(fields, catalog);
      return anyOf(...names.map((field): Query => ({ clause: 'field', field, test })));
    }
    case 'bool': {
      const all = (queries: readonly Query[]): Query[] => queries.map((each) => checkQuery(each, catalog));
      return {
        ...query,
        must: all(query.must),
        filter: all(query.filter),
        should: all(query.should),
        mustNot: all(query.mustNot),
      };
    }
    case 'random_score':
    case 'constant_score':
      return { ...query, query: checkQuery(query.query, catalog) };
    default:
      return query;
  }
}

function checkAggregations(aggregations: Aggregations, catalog: FieldCatalog): Aggregations {
  const entries = Object.entries(aggregations).map(([name, aggregation]) => {
    if ('field' in aggregation && !isKnown(aggregation.field, catalog)) {
      throw unknownField('AGGREGATION_INVALID', `aggregation ${JSON.stringify(name)}`, aggregation.field, catalog);
    }
    if (NEEDS_NUMBERS.has(aggregation.kind) && 'field' in aggregation) {
      const { field, kind } = aggregation;
      if (catalog.holdsText(field) && !catalog.holdsNumbers(field)) {
        throw new AntaresError(
          'AGGREGATION_INVALID',
          `aggregation ${JSON.stringify(name)}: ${kind} needs numbers, and ${field} holds text; terms, cardinality and value_count work on it`,
        );
      }
    }
    const inner =
      'aggregations' in aggregation
        ? { ...aggregation, aggregations: checkAggregations(aggregation.aggregations, catalog) }
        : aggregation;
    return [name, inner.kind === 'filter' ? { ...inner, query: checkQuery(inner.query, catalog) } : inner] as const;
  });
  return Object.fromEntries(entries);
}

function textFields(catalog: FieldCatalog): string[] {
  return catalog.names().filter((name) => catalog.holdsText(name));
}

function expanded(fields: readonly string[], catalog: FieldCatalog): string[] {
  return fields.flatMap((field) => {
    if (!field.includes('*')) {
      if (!isKnown(field, catalog)) throw unknownField('QUERY_FIELD_UNKNOWN', 'query', field, catalog);
      return [field];
    }
    const matches = patternTester(readPattern(field));
    return catalog.names().filter(matches);
  });
}

function isKnown(field: string, catalog: FieldCatalog): boolean {
  return isAlwaysKnown(field) || catalog.has(field);
}

function unknownField(code: string, where: string, field: string, catalog: FieldCatalog): AntaresError {
  const known = catalog.names();
  // A bare name may have been meant for a property or for a field of the locus.
  const bare = field.startsWith(PROPERTY_PREFIX) ? field.slice(PROPERTY_PREFIX.length) : field;
  const near = nearestNames(field, known).length > 0 ? suggestion(field, known) : suggestion(bare, known);
  return new AntaresError(
    code,
    `${where}: no locus has a field ${JSON.stringify(field)}; known are ${Object.keys(LOCUS_FIELDS).join(', ')} and properties.*${near}`,
  );
}
