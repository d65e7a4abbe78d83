import { PROPERTY_PREFIX, SURVEY_PROPERTY } from './query/fields.ts';

/** Levels of objects inside the property. */
const MAX_DEPTH = 8;

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
  collect(parsed as Record<string, unknown>, `${PROPERTY_PREFIX}${SURVEY_PROPERTY}`, lists, 0);
  return lists;
}

function collect(object: Record<string, unknown>, path: string, lists: Map<string, string[]>, depth: number): void {
  for (const [name, value] of Object.entries(object)) {
    const field = `${path}.${name}`;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      if (depth < MAX_DEPTH) collect(value as Record<string, unknown>, field, lists, depth + 1);
      continue;
    }
    for (const item of Array.isArray(value) ? value : [value]) {
      if (typeof item !== 'string' && typeof item !== 'number' && typeof item !== 'boolean') continue;
      const list = lists.get(field);
      if (list === undefined) lists.set(field, [String(item)]);
      else if (!list.includes(String(item))) list.push(String(item));
    }
  }
}
