import { AntaresError } from '../model/errors.ts';

/**
 * How much a filter may say. What is longer is refused, never cut: a shortened tag or text would be another statement.
 *
 * Lengths are UTF-16 units, as `string.length` counts them.
 */
export interface FilterLimits {
  /** Tags on one locus, whoever set them. A locus gathers tags for years, from filters that come and go. */
  readonly tagsPerLocus: number;
  readonly tagLength: number;
  /** Properties on one locus, and separately on one alert. The feature extractor alone sets 78 a band. */
  readonly propertiesPerSubject: number;
  readonly propertyNameLength: number;
  /** Text of a property. 8,191 units are at most 32,764 bytes of UTF-8: the longest term that Lucene indexes is 32,766. */
  readonly textLength: number;
  /** Tags, locus properties and alert properties that one filter may declare, each. */
  readonly declarationsPerFilter: number;
  /** Message and traceback of a crash; the rest is cut, since a report must not fail for being long. */
  readonly crashMessageLength: number;
  readonly crashTracebackLength: number;
}

/** The limits in force unless a host is given others. */
export const DEFAULT_FILTER_LIMITS: FilterLimits = {
  tagsPerLocus: 1000,
  tagLength: 128,
  propertiesPerSubject: 4096,
  propertyNameLength: 128,
  textLength: 8191,
  declarationsPerFilter: 1024,
  crashMessageLength: 2000,
  crashTracebackLength: 8000,
};

// Letters, digits and what occurs in production's names (`lantern_xgboost_t2.0.7_c0.95_max_score`, `i-z`). No blanks and
// no quotes: a property's name is a word of the query language.
const PROPERTY_NAME = /^[A-Za-z_][A-Za-z0-9_.+-]*$/;
const FILTER_NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/;
const CONTROL_CHARACTER = /\p{Cc}/u;

/** Properties of a locus that the broker keeps itself; no filter may set them. */
export const BROKER_LOCUS_PROPERTIES: ReadonlySet<string> = new Set([
  'num_alerts',
  'num_mag_values',
  ...['brightest', 'newest', 'oldest'].flatMap((which) =>
    ['id', 'magnitude', 'observation_time'].map((what) => `${which}_alert_${what}`),
  ),
  'is_corrected',
  'survey',
  'ztf_object_id',
  'ztf_ssnamenr',
  'replaced_by',
]);

/** Beginnings of property names that belong to the broker and to the surveys. */
export const RESERVED_PREFIXES: readonly string[] = ['ant_', 'ztf_', 'lsst_', 'decat_'];

/** What is wrong with a filter's name, or undefined. */
export function findFilterNameFault(name: string): string | undefined {
  if (FILTER_NAME.test(name)) return undefined;
  return `a filter's name is 1 to 100 letters, digits, _ . and -, a letter first; got ${JSON.stringify(name)}`;
}

/**
 * What is wrong with a tag, or undefined.
 *
 * Tags are free text: blanks, apostrophes and other scripts are in use. Not allowed are the empty tag, blanks at either
 * end, control characters and halves of surrogate pairs, which no UTF-8 text can carry back.
 */
export function findTagFault(name: string, limits: FilterLimits = DEFAULT_FILTER_LIMITS): string | undefined {
  if (typeof name !== 'string') return `a tag is text, got ${typeof name}`;
  if (name.length === 0) return 'a tag is never empty';
  if (name.length > limits.tagLength) return `a tag has at most ${limits.tagLength} characters, got ${name.length}`;
  if (name.trim() !== name) return `a tag has no blanks at its ends, got ${JSON.stringify(name)}`;
  if (CONTROL_CHARACTER.test(name)) return `a tag has no control characters, got ${JSON.stringify(name)}`;
  if (!isWellFormed(name)) return `a tag is well-formed Unicode, got ${JSON.stringify(name)}`;
  return undefined;
}

/** What is wrong with the name of a property that a filter wants to set, or undefined. */
export function findPropertyNameFault(name: string, limits: FilterLimits = DEFAULT_FILTER_LIMITS): string | undefined {
  if (typeof name !== 'string') return `a property's name is text, got ${typeof name}`;
  if (name.length > limits.propertyNameLength) {
    return `a property's name has at most ${limits.propertyNameLength} characters, got ${name.length}`;
  }
  if (!PROPERTY_NAME.test(name)) {
    return `a property's name has letters, digits, _ . + and -, no digit first; got ${JSON.stringify(name)}`;
  }
  if (BROKER_LOCUS_PROPERTIES.has(name)) return `${name} is kept by the broker itself`;
  const prefix = RESERVED_PREFIXES.find((candidate) => name.startsWith(candidate));
  if (prefix !== undefined) return `names that begin with ${prefix} belong to the broker and the surveys; got ${name}`;
  return undefined;
}

/** What is wrong with the text of a property, or undefined. */
export function findTextFault(text: string, limits: FilterLimits = DEFAULT_FILTER_LIMITS): string | undefined {
  if (text.length > limits.textLength) return `it has ${text.length} characters, at most ${limits.textLength} are kept`;
  if (!isWellFormed(text)) return 'it is not well-formed Unicode';
  return undefined;
}

/** Throws when a declaration has more entries than a filter may declare. */
export function checkDeclarationCount(filter: string, what: string, count: number, limits: FilterLimits): void {
  if (count <= limits.declarationsPerFilter) return;
  throw new AntaresError(
    'FILTER_DECLARATION_INVALID',
    `${filter} declares ${count} ${what}; at most ${limits.declarationsPerFilter} are allowed`,
  );
}

// String.prototype.isWellFormed is in Node.js 20 but not in the ES2023 library of the compiler.
function isWellFormed(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < 0xd800 || unit > 0xdfff) continue;
    const next = text.charCodeAt(i + 1);
    if (unit > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return false;
    i += 1;
  }
  return true;
}
