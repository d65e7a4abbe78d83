import type { WritableJson } from '../json/json-text.ts';

/** A clause of the ANTARES query language: what Elasticsearch calls a query, and `sky_distance`. */
export interface QueryClause {
  readonly [clause: string]: WritableJson;
}

/** A value to compare with. 64-bit integers are `bigint` or text. */
export type QueryValue = string | number | bigint | boolean;

/** Bounds of a range; each may be left out. */
export interface RangeBounds {
  /** Greater than or equal. */
  readonly gte?: QueryValue | undefined;
  readonly gt?: QueryValue | undefined;
  /** Less than or equal. */
  readonly lte?: QueryValue | undefined;
  readonly lt?: QueryValue | undefined;
}

/** A circle on the sky. */
export interface Cone {
  /** ICRS degrees: ra ∈ [0, 360], dec ∈ [−90, 90]. */
  readonly ra: number;
  readonly dec: number;
  /** > 0 */
  readonly radiusArcsec: number;
}

/** Fields of a locus that are not properties. */
const LOCUS_FIELDS = new Set(['locus_id', 'ra', 'dec', 'htm16', 'tags', 'catalogs', 'watch_lists']);

/**
 * Builds queries in the ANTARES query language. Names of properties may be given as they are
 * (`newest_alert_magnitude`) or in full (`properties.newest_alert_magnitude`).
 */
export const query = {
  /** Every locus. */
  all(): QueryClause {
    return { match_all: {} };
  },

  /** Loci with at least one of the tags. */
  tag(...tags: readonly string[]): QueryClause {
    return anyOf('tags', tags);
  },

  /** Loci with an object of at least one of the catalogues at their position. */
  catalog(...catalogs: readonly string[]): QueryClause {
    return anyOf('catalogs', catalogs);
  },

  /** Loci at the position of an object of at least one of the watch lists. */
  watchList(...watchLists: readonly string[]): QueryClause {
    return anyOf('watch_lists', watchLists);
  },

  /**
   * Loci within a circle, its rim included.
   *
   * @throws TypeError  no place on the sky, or no radius
   */
  cone({ ra, dec, radiusArcsec }: Cone): QueryClause {
    if (!(ra >= 0 && ra <= 360)) throw new TypeError(`expected a right ascension in [0, 360] degrees, got ${ra}`);
    if (!(dec >= -90 && dec <= 90)) throw new TypeError(`expected a declination in [-90, 90] degrees, got ${dec}`);
    if (!(radiusArcsec > 0 && radiusArcsec <= 648_000)) {
      throw new TypeError(`expected a radius in (0, 648000] arcsec, got ${radiusArcsec}`);
    }
    return {
      sky_distance: {
        distance: `${decimal(radiusArcsec / 3600)} degree`,
        htm16: { center: `${decimal(ra)} ${decimal(dec)}` },
      },
    };
  },

  /** Loci whose value of a field is within bounds; those without a value are not. */
  range(field: string, bounds: RangeBounds): QueryClause {
    const { gte, gt, lte, lt } = bounds;
    if ([gte, gt, lte, lt].every((bound) => bound === undefined)) {
      throw new TypeError(`expected at least one of gte, gt, lte, lt for the range of ${field}`);
    }
    return { range: { [fieldName(field)]: { gte, gt, lte, lt } } };
  },

  /** Loci with exactly this value of a field. */
  term(field: string, value: QueryValue): QueryClause {
    return { term: { [fieldName(field)]: value } };
  },

  /** Loci with one of these values of a field. */
  terms(field: string, values: readonly QueryValue[]): QueryClause {
    return { terms: { [fieldName(field)]: values } };
  },

  /** Loci whose value of a field matches, as Elasticsearch's `match` does. */
  match(field: string, value: QueryValue): QueryClause {
    return { match: { [fieldName(field)]: value } };
  },

  /** Loci that have a value of a field. */
  exists(field: string): QueryClause {
    return { exists: { field: fieldName(field) } };
  },

  /** Loci whose text in a field begins so. */
  prefix(field: string, value: string): QueryClause {
    return { prefix: { [fieldName(field)]: value } };
  },

  /** Loci whose text in a field looks so: `*` is any text, `?` any letter. */
  wildcard(field: string, pattern: string): QueryClause {
    return { wildcard: { [fieldName(field)]: pattern } };
  },

  /**
   * Loci by a line of text in Lucene's language: `tags:nuclear_transient AND properties.num_alerts:>=10`.
   *
   * @param fields  where to look for words that name no field
   */
  text(line: string, fields?: readonly string[]): QueryClause {
    return { query_string: { query: line, fields: fields?.map(fieldName) } };
  },

  /** Loci by their ids. */
  ids(...locusIds: readonly string[]): QueryClause {
    return { ids: { values: locusIds } };
  },

  /** The locus of an object of ZTF: `ZTF20aafqubg`. */
  ztfObject(objectId: string): QueryClause {
    return query.term('ztf_object_id', objectId);
  },

  /** The locus of an object of LSST. The id has 64 bits: text or bigint, a number would be rounded. */
  lsstObject(diaObjectId: string | bigint): QueryClause {
    return query.term('survey.lsst.dia_object_id', String(diaObjectId));
  },

  /** Loci that all clauses match. */
  and(...clauses: readonly QueryClause[]): QueryClause {
    return { bool: { filter: clauses } };
  },

  /** Loci that at least one of the clauses matches. */
  or(...clauses: readonly QueryClause[]): QueryClause {
    return clauses.length === 0 ? { match_none: {} } : { bool: { should: clauses, minimum_should_match: 1 } };
  },

  /** Loci that none of the clauses matches. */
  not(...clauses: readonly QueryClause[]): QueryClause {
    return { bool: { must_not: clauses } };
  },

  /** The loci of a clause in random order; the same seed gives the same order. */
  random(clause: QueryClause = query.all(), seed?: number): QueryClause {
    return { function_score: { query: clause, random_score: { seed } } };
  },
} as const;

/** The name of a field as the query language has it. */
export function fieldName(field: string): string {
  return LOCUS_FIELDS.has(field) || field.startsWith('properties.') || field.startsWith('_')
    ? field
    : `properties.${field}`;
}

/** A sort key as the interfaces have it: `-newest_alert_observation_time` → `-properties.newest_alert_observation_time`. */
export function sortKey(key: string): string {
  return key.startsWith('-') ? `-${fieldName(key.slice(1))}` : fieldName(key);
}

function anyOf(field: string, names: readonly string[]): QueryClause {
  if (names.length === 0) throw new TypeError(`expected at least one name for ${field}`);
  return names.length === 1 ? { term: { [field]: names[0] } } : { terms: { [field]: names } };
}

/** A number without an exponent: not every reader of positions knows one. */
function decimal(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(20).replace(/\.?0+$/, '') : text;
}
