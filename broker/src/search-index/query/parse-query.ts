import { AntaresError } from '../../model/errors.ts';
import { toFieldName } from './fields.ts';
import {
  describe,
  finiteNumber,
  flag,
  invalid,
  isObject,
  type JsonInput,
  membersOf,
  onlyMember,
  type ParseContext,
  refuseOthers,
  shown,
  suggestion,
  tooCostly,
} from './parse-context.ts';
import { parseQueryString } from './parse-query-string.ts';
import { parseSkyDistance } from './parse-sky-distance.ts';
import { prefixPattern, readPattern } from './pattern.ts';
import type { BoolQuery, FieldTest, Query, RangeTest } from './query.ts';

/** Reads what stands below a clause's name. */
type ClauseParser = (body: JsonInput, path: string, context: ParseContext, depth: number) => Query;

const CLAUSES: Readonly<Record<string, ClauseParser>> = {
  bool: parseBool,
  term: parseTerm('term', ['value', 'query']),
  match: parseTerm('match', ['query', 'value']),
  match_phrase: parseTerm('match_phrase', ['query', 'value']),
  terms: parseTerms,
  range: parseRange,
  exists: parseExists,
  prefix: parsePrefix,
  wildcard: parseWildcard,
  query_string: parseQueryString,
  ids: parseIds,
  match_all: (body, path) => {
    refuseOthers(membersOf(body, path, 'an object such as {}'), ['boost', '_name'], path);
    return scored({ clause: 'match_all' }, body, path);
  },
  match_none: (body, path) => {
    refuseOthers(membersOf(body, path, 'an object such as {}'), ['boost', '_name'], path);
    return { clause: 'match_none' };
  },
  function_score: parseFunctionScore,
  constant_score: parseConstantScore,
  sky_distance: parseSkyDistance,
};

/** Clauses of the language, by the names that queries give them. */
export const CLAUSE_NAMES: readonly string[] = Object.keys(CLAUSES);

/**
 * Reads a clause: an object with one member, whose name says what it does.
 *
 * @param path   where it stands, for messages
 * @param depth  levels above it
 * @throws QUERY_INVALID, QUERY_CLAUSE_UNKNOWN, QUERY_TOO_COSTLY
 */
export function parseQuery(value: JsonInput, path: string, context: ParseContext, depth = 0): Query {
  context.spend(path, depth);
  const [name, body] = onlyMember(value, path, 'a clause such as {"term": {"tags": "extragalactic"}}');
  const parse = Object.hasOwn(CLAUSES, name) ? CLAUSES[name] : undefined;
  if (parse === undefined) {
    throw new AntaresError(
      'QUERY_CLAUSE_UNKNOWN',
      `${path} has the unknown clause ${shown(name)}; known are ${CLAUSE_NAMES.join(', ')}${suggestion(name, CLAUSE_NAMES)}`,
    );
  }
  return parse(body, `${path}.${name}`, context, depth);
}

/** A field's test, with the field noted as asked for. */
export function fieldQuery(spelt: string, test: FieldTest, path: string, context: ParseContext): Query {
  return { clause: 'field', field: fieldName(spelt, path, context), test };
}

/** The canonical name of a field, noted as asked for. @throws QUERY_INVALID, QUERY_TOO_COSTLY */
export function fieldName(spelt: string, path: string, context: ParseContext): string {
  if (spelt === '') throw invalid(`${path}: expected the name of a field; got an empty one`);
  context.checkLength(spelt, path);
  const name = toFieldName(spelt);
  context.fields.add(name);
  return name;
}

const BOOL_MEMBERS = [
  'must',
  'filter',
  'should',
  'must_not',
  'minimum_should_match',
  'boost',
  'adjust_pure_negative',
  '_name',
];

function parseBool(body: JsonInput, path: string, context: ParseContext, depth: number): Query {
  const members = membersOf(body, path, 'an object with filter, must, should or must_not');
  refuseOthers(members, BOOL_MEMBERS, path);
  const given = new Map(members);
  const clauses = (name: string): Query[] => {
    const list = given.get(name);
    if (list === undefined) return [];
    if (!Array.isArray(list)) return [parseQuery(list, `${path}.${name}`, context, depth + 1)];
    return list.map((item, i) => parseQuery(item, `${path}.${name}[${i}]`, context, depth + 1));
  };
  const [must, filter, should, mustNot] = [clauses('must'), clauses('filter'), clauses('should'), clauses('must_not')];
  const bool: BoolQuery = {
    clause: 'bool',
    must,
    filter,
    should,
    mustNot,
    minimumShouldMatch: minimumOf(
      given.get('minimum_should_match'),
      should.length,
      must.length + filter.length === 0,
      `${path}.minimum_should_match`,
    ),
  };
  if (given.has('boost')) finiteNumber(given.get('boost'), `${path}.boost`);
  return bool;
}

/**
 * How many of the `should` clauses have to match. Without `must` and `filter` at least one has, whatever is asked for.
 * Percentages round down; negative ones, and negative numbers, say how many may fail.
 */
function minimumOf(value: JsonInput, count: number, isAlone: boolean, path: string): number {
  const least = isAlone && count > 0 ? 1 : 0;
  if (value === undefined) return least;
  const text = String(typeof value === 'string' || typeof value === 'number' ? value : '').trim();
  const match = /^(-?\d{1,9})(%?)$/.exec(text);
  if (match === null) {
    throw invalid(`${path}: expected a number or a percentage such as 2, -1, "75%" or "-25%"; got ${describe(value)}`);
  }
  if (count === 0) return 0;
  const number = Number(match[1]);
  const size = match[2] === '%' ? Math.trunc((Math.abs(number) * count) / 100) : Math.abs(number);
  const isNegative = text.startsWith('-');
  return Math.max(least, isNegative ? count - size : size);
}

function parseTerm(clause: string, valueNames: readonly [string, string]): ClauseParser {
  return (body, path, context) => {
    const [field, given] = fieldAndValue(body, path, `{"${clause}": {"tags": "extragalactic"}}`);
    const at = `${path}.${field}`;
    let value = given;
    let ignoreCase = false;
    if (isObject(given)) {
      const options = Object.entries(given);
      refuseOthers(options, [...valueNames, 'boost', 'case_insensitive', 'operator', '_name'], at);
      const found = options.find(([name]) => valueNames.includes(name));
      if (found === undefined) throw invalid(`${at}: expected a value, or an object with "${valueNames[0]}"`);
      value = found[1];
      ignoreCase = 'case_insensitive' in given && flag(given['case_insensitive'], `${at}.case_insensitive`);
    }
    const query = fieldQuery(
      field,
      { test: 'equals', values: [context.operand(value, at)], ignoreCase },
      path,
      context,
    );
    return scored(query, given, at);
  };
}

function parseTerms(body: JsonInput, path: string, context: ParseContext): Query {
  const members = membersOf(body, path, 'a field with a list of values').filter(
    ([name]) => name !== 'boost' && name !== '_name',
  );
  const [field, list] = onlyMember(Object.fromEntries(members), path, 'a field with a list of values');
  const at = `${path}.${field}`;
  const values = Array.isArray(list) ? list : [list];
  if (values.length > context.limits.maxTerms) {
    throw tooCostly(`${at} has ${values.length} values; at most ${context.limits.maxTerms} are allowed`);
  }
  const operands = values.map((value, i) => {
    const inner = isObject(value) ? (value['value'] ?? value['query']) : value;
    return context.operand(inner, `${at}[${i}]`);
  });
  const query = fieldQuery(field, { test: 'equals', values: operands, ignoreCase: false }, path, context);
  return scored(query, body, path);
}

const BOUNDS = ['gt', 'gte', 'lt', 'lte'] as const;

function parseRange(body: JsonInput, path: string, context: ParseContext): Query {
  const [field, bounds] = fieldAndValue(body, path, '{"range": {"ra": {"gte": 10, "lt": 20}}}');
  const at = `${path}.${field}`;
  const members = membersOf(bounds, at, 'an object with gt, gte, lt or lte');
  refuseOthers(members, [...BOUNDS, 'from', 'to', 'include_lower', 'include_upper', 'boost', 'relation', '_name'], at);
  const given = new Map(members);
  const test: { -readonly [Name in keyof RangeTest]: RangeTest[Name] } = { test: 'range' };
  for (const bound of BOUNDS) {
    const value = given.get(bound);
    // Elasticsearch reads null as "no bound", and clients send it for an empty box of a form.
    if (value !== undefined && value !== null) test[bound] = context.operand(value, `${at}.${bound}`);
  }
  const [from, to] = [given.get('from'), given.get('to')];
  if (from !== undefined && from !== null) {
    test[given.get('include_lower') === false ? 'gt' : 'gte'] = context.operand(from, `${at}.from`);
  }
  if (to !== undefined && to !== null) {
    test[given.get('include_upper') === false ? 'lt' : 'lte'] = context.operand(to, `${at}.to`);
  }
  return scored(fieldQuery(field, test, path, context), bounds, at);
}

function parseExists(body: JsonInput, path: string, context: ParseContext): Query {
  const members = membersOf(body, path, 'an object with "field"');
  refuseOthers(members, ['field', 'boost', '_name'], path);
  const field = new Map(members).get('field');
  return fieldQuery(context.text(field, `${path}.field`), { test: 'exists' }, path, context);
}

function parsePrefix(body: JsonInput, path: string, context: ParseContext): Query {
  const { field, text, ignoreCase, given } = patternParts(body, path, context, ['value', 'prefix']);
  const query = fieldQuery(field, { test: 'pattern', pattern: prefixPattern(text, ignoreCase) }, path, context);
  return scored(query, given, path);
}

function parseWildcard(body: JsonInput, path: string, context: ParseContext): Query {
  const { field, text, ignoreCase, given } = patternParts(body, path, context, ['value', 'wildcard']);
  const query = fieldQuery(field, { test: 'pattern', pattern: readPattern(text, ignoreCase) }, path, context);
  return scored(query, given, path);
}

function patternParts(
  body: JsonInput,
  path: string,
  context: ParseContext,
  valueNames: readonly string[],
): { readonly field: string; readonly text: string; readonly ignoreCase: boolean; readonly given: JsonInput } {
  const [field, given] = fieldAndValue(body, path, '{"wildcard": {"properties.ztf_object_id": "ZTF21*"}}');
  const at = `${path}.${field}`;
  if (!isObject(given)) return { field, text: context.text(given, at), ignoreCase: false, given };
  const options = Object.entries(given);
  refuseOthers(options, [...valueNames, 'case_insensitive', 'boost', 'rewrite', '_name'], at);
  const found = options.find(([name]) => valueNames.includes(name));
  const ignoreCase = 'case_insensitive' in given && flag(given['case_insensitive'], `${at}.case_insensitive`);
  return { field, text: context.text(found?.[1], at), ignoreCase, given };
}

function parseIds(body: JsonInput, path: string, context: ParseContext): Query {
  const members = membersOf(body, path, 'an object with "values"');
  refuseOthers(members, ['values', 'boost', '_name'], path);
  const list = new Map(members).get('values');
  const values = Array.isArray(list) ? list : [list];
  if (values.length > context.limits.maxTerms) {
    throw tooCostly(`${path} has ${values.length} values; at most ${context.limits.maxTerms} are allowed`);
  }
  const operands = values.map((value, i) => context.operand(value, `${path}.values[${i}]`));
  return fieldQuery('locus_id', { test: 'equals', values: operands, ignoreCase: false }, path, context);
}

/** Members of a `function_score` that change scores alone, in ways that make no difference where there is one function. */
const SCORE_MODES = ['score_mode', 'boost_mode', 'boost', 'weight', 'max_boost', '_name'];

function parseFunctionScore(body: JsonInput, path: string, context: ParseContext, depth: number): Query {
  const members = membersOf(body, path, 'an object with "query" and "random_score"');
  refuseOthers(members, ['query', 'random_score', 'functions', ...SCORE_MODES], path);
  const given = new Map(members);
  const inner = given.get('query');
  const query: Query =
    inner === undefined ? { clause: 'match_all' } : parseQuery(inner, `${path}.query`, context, depth + 1);
  let random = given.get('random_score');
  let at = `${path}.random_score`;
  const functions = given.get('functions');
  if (functions !== undefined) {
    if (!Array.isArray(functions) || functions.length !== 1 || random !== undefined) {
      throw invalid(`${path}.functions: expected a list of one function, {"random_score": {}}`);
    }
    const entries = membersOf(functions[0], `${path}.functions[0]`, 'an object with "random_score"');
    refuseOthers(entries, ['random_score', 'weight'], `${path}.functions[0]`);
    random = new Map(entries).get('random_score');
    at = `${path}.functions[0].random_score`;
  }
  if (random === undefined) return query;
  const options = membersOf(random, at, 'an object such as {"seed": 42}');
  refuseOthers(options, ['seed', 'field'], at);
  const seed = new Map(options).get('seed');
  return {
    clause: 'random_score',
    query,
    seed: seed === undefined || seed === null ? context.seed() : context.text(seed, `${at}.seed`),
  };
}

function parseConstantScore(body: JsonInput, path: string, context: ParseContext, depth: number): Query {
  const members = membersOf(body, path, 'an object with "filter"');
  refuseOthers(members, ['filter', 'boost', '_name'], path);
  const given = new Map(members);
  return {
    clause: 'constant_score',
    query: parseQuery(given.get('filter'), `${path}.filter`, context, depth + 1),
    score: given.has('boost') ? finiteNumber(given.get('boost'), `${path}.boost`) : 1,
  };
}

/** The field of a clause and what is said of it; `boost` may stand beside it. */
function fieldAndValue(body: JsonInput, path: string, example: string): [string, JsonInput] {
  const members = membersOf(body, path, `a field and what is asked of it, such as ${example}`);
  const fields = members.filter(([name]) => name !== 'boost' && name !== '_name');
  return onlyMember(Object.fromEntries(fields), path, `a field and what is asked of it, such as ${example}`);
}

/** A clause with a `boost` scores with it. */
function scored(query: Query, given: JsonInput, path: string): Query {
  if (!isObject(given) || given['boost'] === undefined) return query;
  return { clause: 'constant_score', query, score: finiteNumber(given['boost'], `${path}.boost`) };
}
