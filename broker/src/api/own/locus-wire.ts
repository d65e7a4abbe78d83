import { locusToJson } from '../../model/json.ts';
import type { LocusRecord } from '../../model/locus.ts';
import type { Properties } from '../../model/property.ts';
import { htmIdAt } from '../../sky/htm/locate.ts';
import { toUnitVector } from '../../sky/position.ts';
import { RawJson, type WireValue } from '../json-text.ts';

/** Level of the HTM ids that ANTARES gives out. */
const HTM16_LEVEL = 16;

/** A locus as our own routes answer it: as `antares export loci`, with its HTM id, and 64-bit integers as raw digits. */
export function locusToWire(record: LocusRecord): { readonly [key: string]: WireValue } {
  const { locus_id, ra, dec, ...rest } = locusToJson(record);
  return { locus_id, ra, dec, htm16: htm16Of(record), ...rest, properties: propertiesToWire(record.properties) };
}

/** What lists of loci hold of each: position, tags, the names of its lists, properties. */
export function locusListingToWire(record: LocusRecord): { readonly [key: string]: WireValue } {
  const { locus_id, ra, dec, tags, catalogs, watch_lists } = locusToJson({ ...record, properties: new Map() });
  const properties = propertiesToWire(record.properties);
  return { locus_id, ra, dec, htm16: htm16Of(record), tags, catalogs, watch_lists, properties };
}

/** Properties as an object, by name; the nested `survey` property, kept as JSON text, comes out as the object it is. */
export function propertiesToWire(properties: Properties): { readonly [name: string]: WireValue } {
  const wire: { [name: string]: WireValue } = Object.create(null) as { [name: string]: WireValue };
  for (const name of [...properties.keys()].sort()) {
    const value = properties.get(name);
    wire[name] = name === 'survey' && typeof value === 'string' ? new RawJson(value) : value;
  }
  return wire;
}

/** HTM id at level 16 of a position, 35 to 36 bits. */
export function htm16Of({ ra, dec }: { readonly ra: number; readonly dec: number }): number {
  const { x, y, z } = toUnitVector(ra, dec);
  return htmIdAt(x, y, z, HTM16_LEVEL);
}
