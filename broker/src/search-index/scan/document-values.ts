import type { PropertyValue } from '../../model/property.ts';
import { htmIdOf } from '../../sky/htm/locate.ts';
import { HTM_FIELD_LEVEL, isLocusField, PROPERTY_PREFIX, SURVEY_PROPERTY } from '../query/fields.ts';
import type { LocusDocument } from '../search-index.ts';
import { surveyLists } from '../survey-lists.ts';

/** The values of a document by canonical field name; fields without a value are not there. */
export function valuesOfDocument(document: LocusDocument): Map<string, readonly PropertyValue[]> {
  const values = new Map<string, readonly PropertyValue[]>([
    ['locus_id', [document.ref.locusId]],
    ['ra', [document.ra]],
    ['dec', [document.dec]],
    ['htm16', [htmIdOf(document.ra, document.dec, HTM_FIELD_LEVEL)]],
    ['tags', [...new Set(document.tags)]],
    ['catalogs', [...new Set(document.catalogs)]],
    ['watch_lists', [...new Set(document.watchLists)]],
  ]);
  document.properties.forEach((value, name) => {
    const lists = name === SURVEY_PROPERTY && typeof value === 'string' ? surveyLists(value) : undefined;
    if (lists !== undefined) for (const [field, list] of lists) values.set(field, list);
    else if (typeof value !== 'number') values.set(PROPERTY_PREFIX + name, [value]);
    // Minus nought is nought.
    else if (Number.isFinite(value)) values.set(PROPERTY_PREFIX + name, [value + 0]);
  });
  for (const [field, list] of values) if (list.length === 0) values.delete(field);
  return values;
}

/** The type under which a field is listed. */
export function fieldTypeOf(
  field: string,
  value: PropertyValue,
): 'float' | 'int' | 'str' | 'bool' | 'keyword' | 'position' {
  if (field === 'ra' || field === 'dec') return 'position';
  if (field === 'htm16') return 'int';
  if (isLocusField(field) || field.startsWith(`${PROPERTY_PREFIX}${SURVEY_PROPERTY}.`)) return 'keyword';
  const types = { number: 'float', bigint: 'int', string: 'str', boolean: 'bool' } as const;
  return types[typeof value as keyof typeof types];
}
