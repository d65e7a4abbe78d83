import type { JsonApiResource } from '../http/json-api.ts';
import { asText, isObject, type JsonObject, numberOrNone, textOrNone } from '../json/json-reading.ts';

/** A notice about a gravitational-wave event. */
export interface GravWaveNotice {
  readonly id: string;
  /** `S230529ay` */
  readonly gracedbId: string;
  /** `EARLY_WARNING`, `PRELIMINARY`, `INITIAL`, `UPDATE` or `RETRACTION`. */
  readonly noticeType: string;
  /** UTC, ISO 8601 without an offset: `2023-07-06T14:09:33`. */
  readonly noticeDatetime: string | undefined;
  /** As `noticeDatetime`; none on a retraction. */
  readonly eventDatetime: string | undefined;
  /** [Hz] */
  readonly falseAlarmRate: number | undefined;
  /** A multi-order FITS sky map (columns UNIQ, PROBDENSITY), in base64. */
  readonly skymapBase64: string | undefined;
  /** What other messengers saw with it. */
  readonly externalCoinc: JsonObject | undefined;
  /** The notice as it was sent out. */
  readonly fullNotice: JsonObject | undefined;
  readonly versionId: number | undefined;
}

/** From a `grav_wave_notice` of `/v1`. @throws ANSWER_UNEXPECTED */
export function toGravWaveNotice({ id, attributes }: JsonApiResource): GravWaveNotice {
  return {
    id,
    gracedbId: asText(attributes['gracedb_id'], `gracedb_id of notice ${id}`),
    noticeType: asText(attributes['notice_type'], `notice_type of notice ${id}`),
    noticeDatetime: textOrNone(attributes['notice_datetime']),
    eventDatetime: textOrNone(attributes['event_datetime']),
    falseAlarmRate: numberOrNone(attributes['false_alarm_rate']),
    skymapBase64: textOrNone(attributes['skymap_base64']),
    externalCoinc: objectOrNone(attributes['external_coinc']),
    fullNotice: objectOrNone(attributes['full_notice']),
    versionId: numberOrNone(attributes['version_id']),
  };
}

function objectOrNone(value: Parameters<typeof isObject>[0]): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}
