/** Fields that every locus has beside its properties. Lists of names are keywords: one element is enough to match. */
export const LOCUS_FIELDS = {
  locus_id: 'keyword',
  ra: 'position',
  dec: 'position',
  htm16: 'int',
  tags: 'keyword',
  catalogs: 'keyword',
  watch_lists: 'keyword',
} as const;

/** Names of {@link LOCUS_FIELDS}. */
export type LocusField = keyof typeof LOCUS_FIELDS;

/** Level of the HTM id that the field `htm16` holds. */
export const HTM_FIELD_LEVEL = 16;

/** Before the name of a property in a field name. */
export const PROPERTY_PREFIX = 'properties.';

/** The property with lists inside, kept as JSON text: each list is a field of its own below this name. */
export const SURVEY_PROPERTY = 'survey';

/** Loci that have it were merged into another: hidden, unless a query names the field. */
export const REPLACED_BY_FIELD = 'properties.replaced_by';

/** The sort key that is no field. */
export const SCORE_FIELD = '_score';

/** Whether a canonical name is that of a field that every locus has. */
export function isLocusField(name: string): name is LocusField {
  return Object.hasOwn(LOCUS_FIELDS, name);
}

/**
 * The canonical name of a field as a query spells it: without `.keyword` at the end; a bare name that is no field of a
 * locus is a property (`num_alerts` → `properties.num_alerts`); `_id` is the locus id.
 */
export function toFieldName(spelt: string): string {
  const name = spelt.endsWith('.keyword') ? spelt.slice(0, -'.keyword'.length) : spelt;
  if (name === '_id') return 'locus_id';
  if (isLocusField(name) || name.startsWith(PROPERTY_PREFIX)) return name;
  return `${PROPERTY_PREFIX}${name}`;
}

/** What is known of fields at the moment of a search. */
export interface FieldCatalog {
  /** Whether a canonical name may be asked for. */
  has(name: string): boolean;
  /** All canonical names; ascending. */
  names(): readonly string[];
  /** Whether a field holds text in some document. */
  holdsText(name: string): boolean;
  /** Whether a field holds numbers in some document. */
  holdsNumbers(name: string): boolean;
}

/** Whether a name is known without a document that has it: the fields of a locus, the hiding one, lists of surveys. */
export function isAlwaysKnown(name: string): boolean {
  return isLocusField(name) || name === REPLACED_BY_FIELD || name.startsWith(`${PROPERTY_PREFIX}${SURVEY_PROPERTY}.`);
}

/** Known names that are spelt like one that is not; nearest first, at most three. */
export function nearestNames(name: string, known: Iterable<string>): string[] {
  const wanted = name.toLowerCase();
  const allowed = Math.max(2, Math.floor(wanted.length / 4));
  const near: { readonly candidate: string; readonly distance: number }[] = [];
  for (const candidate of known) {
    if (Math.abs(candidate.length - wanted.length) > allowed) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance <= allowed) near.push({ candidate, distance });
  }
  near.sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1));
  return near.slice(0, 3).map(({ candidate }) => candidate);
}

/** Letters to be added, dropped or changed to make one text of another. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
