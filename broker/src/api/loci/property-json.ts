import type { Properties, PropertyValue } from '../../model/property.ts';
import { RawJson } from '../json-text.ts';

/** Names are written again and again: their JSON is kept, for so many. */
const MOST_NAMES = 20_000;
const names = new Map<string, string>();

/**
 * Properties as a JSON object, in the order in which they were set: integers as digits, however long, and floats always
 * with a point, so that a reader in Python gets back the type that was stored.
 *
 * `survey` is kept as JSON text and comes out as the object that it is, always with the lists of LSST, as at ANTARES.
 *
 * @param isWanted  leaves out the properties that it answers false for
 */
export function propertiesJson(properties: Properties, isWanted?: (name: string) => boolean): RawJson {
  let text = '';
  for (const [name, value] of properties) {
    if (isWanted !== undefined && !isWanted(name)) continue;
    const json = name === 'survey' && typeof value === 'string' ? surveyText(value) : valueText(value);
    if (json === undefined) continue;
    text += text === '' ? `${nameText(name)}${json}` : `,${nameText(name)}${json}`;
  }
  return new RawJson(`{${text}}`);
}

/** A float as JSON, always with a point or an exponent; undefined where JSON has no such number. */
export function floatText(value: number): string | undefined {
  if (!Number.isFinite(value)) return undefined;
  const text = String(value);
  return Number.isInteger(value) && !text.includes('e') ? `${text}.0` : text;
}

/** A float as JSON, as {@link floatText} writes it, for a document. The number has to be finite. */
export function floatJson(value: number): RawJson {
  const text = floatText(value);
  if (text === undefined) throw new TypeError(`expected a finite number, got ${value}`);
  return new RawJson(text);
}

function valueText(value: PropertyValue): string | undefined {
  switch (typeof value) {
    case 'number':
      return floatText(value);
    case 'bigint':
      return value.toString();
    case 'boolean':
      return value ? 'true' : 'false';
    default:
      return JSON.stringify(value);
  }
}

function nameText(name: string): string {
  let text = names.get(name);
  if (text === undefined) {
    text = `${JSON.stringify(name)}:`;
    if (names.size < MOST_NAMES) names.set(name, text);
  }
  return text;
}

/** Lists that filters and clients index without asking, also on loci that LSST has never seen. */
const LSST_LISTS = { dia_object_id: [], ss_object_id: [] };

/** The names of the object at the surveys, as the object that they are; text that a filter has put there stays text. */
function surveyText(text: string): string {
  try {
    const survey = JSON.parse(text) as unknown;
    if (typeof survey !== 'object' || survey === null || Array.isArray(survey) || 'lsst' in survey) return text;
    return JSON.stringify({ ...survey, lsst: LSST_LISTS });
  } catch {
    return JSON.stringify(text);
  }
}
