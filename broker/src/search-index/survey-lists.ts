import { PROPERTY_PREFIX, SURVEY_PROPERTY } from './query/fields.ts';

/** Levels of objects inside the property. */
const MAX_DEPTH = 8;
/** Paths that are remembered; more come only from a survey that invents them. */
const MOST_PATHS = 10_000;

/**
 * The lists in the property `survey` (JSON text), as fields: `{"lsst":{"dia_object_id":["17"]}}` gives the field
 * `properties.survey.lsst.dia_object_id` the text `17`. Numbers and flags in there become text.
 *
 * @returns by canonical field name; elements unique, in order of appearance. Undefined where the text is no JSON object
 */
export function surveyLists(text: string): Map<string, string[]> | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const lists = new Map<string, string[]>();
  collect(parsed as Record<string, unknown>, ROOT, lists, 0);
  return lists;
}

/** The field of a list in the property, by the names of the object that it is in and its own. */
export function surveyField(group: string, name: string): string {
  return below(below(ROOT, group), name).field;
}

function collect(object: Record<string, unknown>, above: Path, lists: Map<string, string[]>, depth: number): void {
  for (const name of Object.keys(object)) {
    const value = object[name];
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      if (depth < MAX_DEPTH) collect(value as Record<string, unknown>, below(above, name), lists, depth + 1);
    } else if (Array.isArray(value)) {
      for (const item of value as unknown[]) add(item, above, name, lists);
    } else {
      add(value, above, name, lists);
    }
  }
}

function add(item: unknown, above: Path, name: string, lists: Map<string, string[]>): void {
  if (typeof item !== 'string' && typeof item !== 'number' && typeof item !== 'boolean') return;
  const { field } = below(above, name);
  const list = lists.get(field);
  if (list === undefined) lists.set(field, [String(item)]);
  else if (!list.includes(String(item))) list.push(String(item));
}

/** A path into the property, with those below it that were met: the same few hundred for all loci. */
interface Path {
  readonly field: string;
  readonly below: Map<string, Path>;
}

const ROOT: Path = { field: `${PROPERTY_PREFIX}${SURVEY_PROPERTY}`, below: new Map() };
let paths = 0;

function below(above: Path, name: string): Path {
  let path = above.below.get(name);
  if (path === undefined) {
    path = { field: `${above.field}.${name}`, below: new Map() };
    if (paths < MOST_PATHS) {
      above.below.set(name, path);
      paths += 1;
    }
  }
  return path;
}
