import type { JsonApiResource } from '../http/json-api.ts';
import {
  asNumber,
  asObject,
  asText,
  isObject,
  listOrEmpty,
  numberOrNone,
  textOrNone,
  texts,
} from '../json/json-reading.ts';
import type { Json } from '../json/json-text.ts';
import { type LightCurve, parseLightCurve } from './light-curve.ts';
import { type Properties, toProperties } from './properties.ts';

/** A locus as a search finds it. */
export interface LocusListing {
  readonly locusId: string;
  /** ICRS degrees: ra ∈ [0, 360), dec ∈ [−90, 90]. */
  readonly ra: number;
  readonly dec: number;
  /** Trixel of HTM level 16. */
  readonly htm16: number | undefined;
  readonly tags: readonly string[];
  /** Names of the catalogues with an object at its position. */
  readonly catalogs: readonly string[];
  readonly watchLists: readonly string[];
  readonly properties: Properties;
}

/** A locus as a search through our own interface finds it: with what it was sorted by. */
export interface FoundLocus extends LocusListing {
  readonly score: number | undefined;
  /** Values that it was sorted by. */
  readonly sort: readonly Json[];
  /** From the centre of the cone that it was looked up by [arcsec]. */
  readonly separationArcsec: number | undefined;
}

/** A locus, whole. */
export interface Locus extends LocusListing {
  readonly lightCurve: LightCurve;
  /** GraceDB ids of gravitational-wave events in whose region its alerts were. */
  readonly gravWaveEvents: readonly string[];
}

/** From a `locus_listing` of `/v1`. @throws ANSWER_UNEXPECTED */
export function toLocusListing(resource: JsonApiResource): LocusListing {
  return listingOf(resource.id, resource.attributes);
}

/** From a `locus` of `/v1`. @throws ANSWER_UNEXPECTED */
export function toLocus(resource: JsonApiResource): Locus {
  return {
    ...toLocusListing(resource),
    lightCurve: parseLightCurve(textOrNone(resource.attributes['lightcurve']) ?? ''),
    gravWaveEvents: texts(resource.attributes['grav_wave_events']),
  };
}

/** From the answer of our own search. @throws ANSWER_UNEXPECTED */
export function toFoundLocus(value: Json): FoundLocus {
  const locus = asObject(value, 'a locus');
  return {
    ...listingOf(asText(locus['locus_id'], 'locus_id'), locus),
    score: numberOrNone(locus['score']),
    sort: listOrEmpty(locus['sort']),
    separationArcsec: numberOrNone(locus['separation_arcsec']),
  };
}

/** From an object with `ra`, `dec`, … as all interfaces have them. */
function listingOf(locusId: string, value: { readonly [name: string]: Json }): LocusListing {
  return {
    locusId,
    ra: asNumber(value['ra'], `ra of ${locusId}`),
    dec: asNumber(value['dec'], `dec of ${locusId}`),
    htm16: numberOrNone(value['htm16']),
    tags: texts(value['tags']),
    catalogs: texts(value['catalogs']),
    watchLists: texts(value['watch_lists']),
    properties: toProperties(isObject(value['properties']) ? value['properties'] : undefined),
  };
}
