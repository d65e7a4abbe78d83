import type { JsonApiResource } from '../http/json-api.ts';
import { asNumber, isObject, listOrEmpty, numberOrNone, textOrNone } from '../json/json-reading.ts';
import { type Properties, toProperties } from './properties.ts';

/** One measurement that a survey reported: a detection, or an upper limit. */
export interface Alert {
  /** `ztf_candidate:<candid>`, `ztf_upper_limit:<objectId>-<pid>`, `lsst:<diaSourceId>`. */
  readonly alertId: string;
  readonly mjd: number;
  /** `ztf` or `lsst`, where the server says. */
  readonly survey: string | undefined;
  /** When the broker was done with it: ISO 8601, UTC, without an offset. */
  readonly processedAt: string | undefined;
  readonly properties: Properties;
  readonly gravWaveEvents: readonly GravWaveEvent[];
}

/** A gravitational-wave event in whose region an alert lies. */
export interface GravWaveEvent {
  readonly gracedbId: string;
  /** Probability region that just holds the alert [%]: small is near the peak. */
  readonly contourLevel: number | undefined;
  /** Area of that region [deg²]. */
  readonly contourArea: number | undefined;
}

/** From an `alert` of `/v1`. @throws ANSWER_UNEXPECTED */
export function toAlert(resource: JsonApiResource): Alert {
  const { attributes } = resource;
  return {
    alertId: resource.id,
    mjd: asNumber(attributes['mjd'], `mjd of ${resource.id}`),
    survey: textOrNone(attributes['survey']),
    processedAt: textOrNone(attributes['processed_at']),
    properties: toProperties(attributes['properties']),
    gravWaveEvents: listOrEmpty(attributes['grav_wave_events'])
      .filter(isObject)
      .map((event) => ({
        gracedbId: textOrNone(event['gracedb_id']) ?? '',
        contourLevel: numberOrNone(event['contour_level']),
        contourArea: numberOrNone(event['contour_area']),
      })),
  };
}
