import { AntaresError } from '../../model/errors.ts';
import { SCORE_FIELD, toFieldName } from './fields.ts';
import { describe, isObject, type JsonInput, membersOf, shown } from './parse-context.ts';
import { DEFAULT_QUERY_LIMITS, type QueryLimits } from './query-limits.ts';
import type { SortKey } from './sort.ts';

/**
 * Reads an order: JSON:API's `-properties.num_alerts,ra`, or Elasticsearch's `[{"ra": "asc"}, {"dec": {"order": "desc"}}]`.
 *
 * @param value  text, object, or a list of either; undefined and an empty text give no keys
 * @throws SORT_INVALID
 */
export function parseSort(value: JsonInput, limits: QueryLimits = DEFAULT_QUERY_LIMITS): readonly SortKey[] {
  if (value === undefined || value === null || value === '') return [];
  const items = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [value];
  const keys = items.flatMap((item) => keysOf(item, limits));
  if (keys.length > limits.maxSortKeys) {
    throw sortInvalid(`expected at most ${limits.maxSortKeys} sort keys; got ${keys.length}`);
  }
  return keys;
}

function keysOf(item: JsonInput, limits: QueryLimits): SortKey[] {
  if (typeof item === 'string') {
    const text = item.trim();
    const isDescending = text.startsWith('-');
    const name = text.replace(/^[+-]/, '');
    return [toKey(name, isDescending ? 'desc' : name === SCORE_FIELD ? 'desc' : 'asc', limits)];
  }
  if (!isObject(item)) {
    throw sortInvalid(`expected a field such as "-ra" or {"ra": "desc"} to sort by; got ${describe(item)}`);
  }
  return Object.entries(item).map(([name, order]) => {
    if (!isObject(order)) return toKey(name, orderOf(order, name), limits);
    for (const [option, given] of membersOf(order, 'sort', 'an object')) {
      if (!['order', 'missing', 'unmapped_type', 'mode', 'numeric_type'].includes(option)) {
        throw sortInvalid(`sort by ${shown(name)} has no option ${shown(option)}; known are order and missing`);
      }
      if (option === 'missing' && given !== '_last') {
        throw sortInvalid(`sort by ${shown(name)}: missing values come last, always; got ${describe(given)}`);
      }
    }
    const fallback = name === SCORE_FIELD ? 'desc' : 'asc';
    return toKey(name, order['order'] === undefined ? fallback : orderOf(order['order'], name), limits);
  });
}

function orderOf(value: JsonInput, name: string): SortKey['order'] {
  if (value === 'asc' || value === 'desc') return value;
  throw sortInvalid(`sort by ${shown(name)}: expected "asc" or "desc"; got ${describe(value)}`);
}

function toKey(name: string, order: SortKey['order'], limits: QueryLimits): SortKey {
  if (name === '' || name.length > limits.maxTextLength) {
    throw sortInvalid(`expected the name of a field to sort by; got ${shown(name)}`);
  }
  return { field: name === SCORE_FIELD ? SCORE_FIELD : toFieldName(name), order };
}

function sortInvalid(message: string): AntaresError {
  return new AntaresError('SORT_INVALID', message);
}
