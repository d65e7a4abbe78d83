import type { LocusRecord, ObjectMatch } from './locus.ts';
import type { Properties, PropertyValue } from './property.ts';

/** A value of our own JSON. */
export type JsonValue = string | number | boolean | { readonly [key: string]: JsonValue } | readonly JsonValue[];

/** A property as JSON: integers that a double cannot hold exactly become text, so that no reader rounds an id. */
export function valueToJson(value: PropertyValue): string | number | boolean {
  if (typeof value !== 'bigint') return value;
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value.toString();
}

/** Properties as a JSON object, by name. The nested `survey` property, kept as text, comes out as the object it is. */
export function propertiesToJson(properties: Properties): { [name: string]: JsonValue } {
  const result: { [name: string]: JsonValue } = {};
  for (const name of [...properties.keys()].sort()) {
    const value = properties.get(name)!;
    result[name] =
      name === 'survey' && typeof value === 'string' ? (JSON.parse(value) as JsonValue) : valueToJson(value);
  }
  return result;
}

/** A locus in the format of `antares export loci`: the keys and their order are an interface. */
export function locusToJson(record: LocusRecord): { [key: string]: JsonValue } {
  const idsOf = (survey: string): string[] =>
    record.objects
      .filter((object) => object.survey === survey && object.role === 'object')
      .map(({ id }) => id)
      .sort();
  return {
    locus_id: record.ref.locusId,
    ra: record.ra,
    dec: record.dec,
    survey_object_ids: { ztf: idsOf('ztf'), lsst: idsOf('lsst') },
    num_alerts: record.numAlerts,
    num_detections: record.numDetections,
    num_upper_limits: record.numUpperLimits,
    tags: [...record.tags].sort(),
    catalogs: listsOf(record.catalogMatches),
    watch_lists: listsOf(record.watchMatches),
    catalog_matches: matchesToJson(record.catalogMatches, 'catalog'),
    watch_matches: matchesToJson(record.watchMatches, 'watch_list'),
    properties: propertiesToJson(record.properties),
  };
}

function listsOf(matches: readonly ObjectMatch[]): string[] {
  return [...new Set(matches.map(({ list }) => list))].sort();
}

function matchesToJson(matches: readonly ObjectMatch[], listKey: string): JsonValue[] {
  return [...matches]
    .sort((a, b) => compare(a.list, b.list) || compare(a.objectId, b.objectId) || a.row - b.row)
    .map(({ list, objectId, separationArcsec, radiusArcsec }) => ({
      [listKey]: list,
      object_id: objectId,
      separation_arcsec: separationArcsec,
      radius_arcsec: radiusArcsec,
    }));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
