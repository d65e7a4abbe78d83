import type { JsonApiResource } from '../http/json-api.ts';
import { isObject, numberOrNone, textOrNone } from '../json/json-reading.ts';
import { type Properties, toProperties } from './properties.ts';

/** A catalogue object at the position of a locus. */
export interface CatalogMatch {
  /** Name of the catalogue: `gaia_dr3_gaia_source`. */
  readonly catalog: string;
  readonly objectId: string;
  readonly objectName: string | undefined;
  /** ICRS degrees. */
  readonly ra: number | undefined;
  readonly dec: number | undefined;
  /** Between the object and the locus [arcsec], where the server says. */
  readonly separationArcsec: number | undefined;
  /** The object's row. */
  readonly properties: Properties;
}

/** A catalogue object without a locus: a sample, or what lies at a position. */
export interface CatalogSample {
  readonly catalog: string;
  readonly objectId: string;
  /** The object's row. */
  readonly properties: Properties;
}

/** From a `catalog_entry` of `/v1`: its id reads `<catalogue>:<object id>`. @throws ANSWER_UNEXPECTED */
export function toCatalogMatch(resource: JsonApiResource): CatalogMatch {
  const { attributes, id } = resource;
  const colon = id.indexOf(':');
  return {
    catalog: colon < 0 ? id : id.slice(0, colon),
    objectId: textOrNone(attributes['object_id']) ?? id.slice(colon + 1),
    objectName: textOrNone(attributes['object_name']) ?? textOrNone(attributes['name']),
    ra: numberOrNone(attributes['ra']),
    dec: numberOrNone(attributes['dec']),
    separationArcsec: numberOrNone(attributes['separation_arcsec']),
    properties: toProperties(isObject(attributes['properties']) ? attributes['properties'] : undefined),
  };
}

/** From a `catalog_sample` of `/v1`. */
export function toCatalogSample(resource: JsonApiResource): CatalogSample {
  return {
    catalog: textOrNone(resource.attributes['catalog_name']) ?? '',
    objectId: resource.id,
    properties: toProperties(resource.attributes['data']),
  };
}
