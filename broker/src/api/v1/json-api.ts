import { type ApiError, badRequest } from '../api-error.ts';
import type { RawJson, WireValue } from '../json-text.ts';

/** Media type of JSON:API documents. */
export const JSON_API = 'application/vnd.api+json';

/** A resource of JSON:API 1.0. */
export interface Resource {
  readonly type: string;
  readonly id: string;
  readonly attributes: { readonly [name: string]: WireValue };
  readonly relationships?: { readonly [name: string]: Relationship };
  readonly links?: { readonly self: string };
  readonly meta?: { readonly [name: string]: WireValue };
}

/**
 * A relationship: a link, and the ids of what it leads to where that is in the document too. Without `include` there must
 * be no `data`: the 1.x client of ANTARES refuses it.
 */
export interface Relationship {
  readonly links: { readonly related: string };
  readonly data?: ResourceId | readonly ResourceId[];
}

/** A resource by name. */
export interface ResourceId {
  readonly type: string;
  readonly id: string;
}

/** A top-level document. */
export interface Document {
  readonly data: Resource | readonly Resource[] | readonly RawJson[] | { readonly [key: string]: WireValue };
  readonly included?: readonly Resource[];
  readonly links?: { readonly [name: string]: string | undefined };
  readonly meta?: { readonly [name: string]: WireValue };
}

/** Attributes and relationships of each type: what `fields[…]` may name. */
const FIELDS_OF_TYPE: Readonly<Record<string, readonly string[]>> = {
  locus_listing: [...['htm16', 'ra', 'dec', 'properties', 'tags', 'catalogs', 'grav_wave_events', 'alerts', 'locus']],
  locus: [
    ...['htm16', 'ra', 'dec', 'properties', 'tags', 'catalogs', 'lightcurve', 'grav_wave_events', 'catalog_matches'],
    'alerts',
  ],
  alert: ['mjd', 'properties', 'processed_at', 'survey', 'grav_wave_events', 'thumbnails'],
  alert_thumbnail: ['filename', 'filemime', 'src', 'thumbnail_type'],
};

/** Which fields of each type a caller wants; a type that is not named is wanted whole. */
export type SparseFields = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Reads the `fields[<type>]` parameters.
 *
 * @throws ApiError 400, FIELDS_UNKNOWN  for a type or a field that there is not
 */
export function readSparseFields(query: Readonly<Record<string, unknown>>): SparseFields {
  const fields = new Map<string, ReadonlySet<string>>();
  for (const [parameter, value] of Object.entries(query)) {
    const type = /^fields\[([^\]]*)\]$/.exec(parameter)?.[1];
    if (type === undefined) continue;
    const known = Object.hasOwn(FIELDS_OF_TYPE, type) ? FIELDS_OF_TYPE[type] : undefined;
    if (known === undefined) {
      throw unknownName('FIELDS_UNKNOWN', `fields[${type}]`, type, 'type', Object.keys(FIELDS_OF_TYPE));
    }
    const names = splitList(value);
    for (const name of names) {
      if (!known.includes(name)) throw unknownName('FIELDS_UNKNOWN', parameter, name, 'field', known);
    }
    fields.set(type, new Set(names));
  }
  return fields;
}

/**
 * Reads the `include` parameter.
 *
 * @param known  relationships of the resources of this document
 * @throws ApiError 400, INCLUDE_UNKNOWN  as JSON:API demands for a path that cannot be included
 */
export function readInclude(value: unknown, known: readonly string[]): ReadonlySet<string> {
  const names = value === undefined ? [] : splitList(value);
  for (const name of names) {
    if (!known.includes(name)) throw unknownName('INCLUDE_UNKNOWN', 'include', name, 'relationship', known);
  }
  return new Set(names);
}

/** A resource with the wanted fields alone. */
export function withFields(resource: Resource, fields: SparseFields): Resource {
  const wanted = fields.get(resource.type);
  if (wanted === undefined) return resource;
  const { relationships, ...rest } = resource;
  const kept = pick(relationships ?? {}, wanted);
  return {
    ...rest,
    attributes: pick(resource.attributes, wanted),
    ...(Object.keys(kept).length === 0 ? {} : { relationships: kept }),
  };
}

/** Whether a field of a type is wanted: what is dear to make is not made for nothing. */
export function isWanted(fields: SparseFields, type: string, field: string): boolean {
  return fields.get(type)?.has(field) ?? true;
}

/** A document, or a resource of one, as something to write. */
export function toWire(document: Document | Resource): WireValue {
  return document as unknown as WireValue;
}

function pick<T>(object: { readonly [name: string]: T }, wanted: ReadonlySet<string>): { readonly [name: string]: T } {
  return Object.fromEntries(Object.entries(object).filter(([name]) => wanted.has(name)));
}

function splitList(value: unknown): string[] {
  const texts = Array.isArray(value) ? value : [value];
  return texts.flatMap((text) => String(text).split(',')).filter((name) => name !== '');
}

function unknownName(code: string, parameter: string, name: string, what: string, known: readonly string[]): ApiError {
  return badRequest(
    code,
    `${parameter}: there is no ${what} ${JSON.stringify(name)}; known: ${known.join(', ') || 'none'}`,
  );
}
