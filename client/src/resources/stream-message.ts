import { AntaresError } from '../antares-error.ts';
import {
  asList,
  asNumber,
  asObject,
  asText,
  isObject,
  listOrEmpty,
  numberOrNone,
  textOrNone,
  texts,
} from '../json/json-reading.ts';
import { type Json, parseJson } from '../json/json-text.ts';
import { type Properties, toProperties } from './properties.ts';

/** A stream, and from where to where it can be read now. */
export interface StreamDescription {
  readonly name: string;
  /** Its topic on the wire, for readers of Kafka. */
  readonly topic: string | undefined;
  /** Offset of the oldest message that is kept: decimal digits. */
  readonly startOffset: string;
  /** Offset that the next message will get. */
  readonly endOffset: string;
  /** Which tags it wants, as configured. */
  readonly tags: Json;
}

/** An alert as a stream tells of it. */
export interface StreamMessage extends AlertNotice {
  /** Rises from message to message, with gaps; decimal digits. Names a message of its stream for good. */
  readonly offset: string;
  /** The locus id: messages of one locus keep their order. */
  readonly key: string;
}

/** A new alert, as the broker announces it. */
export interface AlertNotice {
  /** ISO 8601, UTC. */
  readonly publishedAt: string | undefined;
  /** The locus as of the alert. */
  readonly locus: StreamLocus;
  /** The alert that made the message. */
  readonly alert: StreamAlert | undefined;
  /** The message as it came, 64-bit integers as text: for keeping it. */
  readonly raw: Json;
}

/** An alert inside of a message. */
export interface StreamAlert {
  readonly alertId: string;
  readonly mjd: number | undefined;
  readonly properties: Properties;
}

/** A locus inside of a message. */
export interface StreamLocus {
  readonly locusId: string;
  /** ICRS degrees. */
  readonly ra: number;
  readonly dec: number;
  /** The surveys' own ids of the object, by survey: `ztf`, `lsst`. */
  readonly surveyObjectIds: { readonly [survey: string]: readonly string[] };
  readonly numAlerts: number | undefined;
  readonly numDetections: number | undefined;
  readonly numUpperLimits: number | undefined;
  readonly tags: readonly string[];
  readonly catalogs: readonly string[];
  readonly watchLists: readonly string[];
  readonly catalogMatches: readonly PositionMatch[];
  readonly watchMatches: readonly PositionMatch[];
  readonly properties: Properties;
}

/** An object of a catalogue or a watch list at the position of a locus. */
export interface PositionMatch {
  /** Name of the catalogue or the watch list. */
  readonly list: string;
  readonly objectId: string;
  readonly separationArcsec: number | undefined;
  /** Radius of the object [arcsec]. */
  readonly radiusArcsec: number | undefined;
}

/** Messages that follow each other in a stream. */
export interface StreamPage {
  readonly messages: readonly StreamMessage[];
  /** Where to read on. */
  readonly nextOffset: string;
  /** Offset that the next message will get, as known when the page was read. */
  readonly endOffset: string;
}

/** From `GET /api/streams`. @throws ANSWER_UNEXPECTED */
export function toStreamDescriptions(document: Json): readonly StreamDescription[] {
  return asList(asObject(document, 'the answer')['streams'], 'streams').map((value) => {
    const stream = asObject(value, 'a stream');
    return {
      name: asText(stream['name'], 'the name of a stream'),
      topic: textOrNone(stream['topic']),
      startOffset: toOffset(stream['start_offset'], 'start_offset'),
      endOffset: toOffset(stream['end_offset'], 'end_offset'),
      tags: stream['tags'] ?? null,
    };
  });
}

/** From `GET /api/streams/:name`. @throws ANSWER_UNEXPECTED */
export function toStreamPage(document: Json): StreamPage {
  const page = asObject(document, 'a page of a stream');
  return {
    messages: asList(page['messages'], 'messages').map(toStreamMessage),
    nextOffset: toOffset(page['next_offset'], 'next_offset'),
    endOffset: toOffset(page['end_offset'], 'end_offset'),
  };
}

/** From the data of an event. @throws ANSWER_MALFORMED, ANSWER_UNEXPECTED */
export function parseAlertNotice(text: string): AlertNotice {
  return toAlertNotice(parseJson(text));
}

/**
 * The message of a stream in an event: where its data has no offset, the id of the event tells where to go on after it
 * (`stream/high_snr@18` is the message at 17).
 *
 * @returns  undefined where it cannot be told which message it is: then a page of the stream has it
 */
export function messageOfEvent(data: string, id: string): StreamMessage | undefined {
  try {
    const value = asObject(parseJson(data), 'a message');
    if (value['offset'] !== undefined) return toStreamMessage(value);
    const next = /@(\d{1,20})$/.exec(id)?.[1];
    if (next === undefined || next === '0') return undefined;
    const notice = toAlertNotice(value);
    const key = textOrNone(value['key']) ?? notice.locus.locusId;
    const offset = String(BigInt(next) - 1n);
    return { ...notice, offset, key, raw: { offset, key, ...value } };
  } catch {
    return undefined;
  }
}

function toStreamMessage(value: Json): StreamMessage {
  const notice = toAlertNotice(value);
  const message = asObject(value, 'a message');
  return {
    ...notice,
    offset: toOffset(message['offset'], 'the offset of a message'),
    key: textOrNone(message['key']) ?? notice.locus.locusId,
  };
}

function toAlertNotice(value: Json): AlertNotice {
  const message = asObject(value, 'a message');
  const locus = asObject(message['locus'], 'the locus of a message');
  const locusId = asText(locus['locus_id'], 'locus_id');
  const { alert } = locus;
  return {
    publishedAt: textOrNone(message['published_at']),
    locus: {
      locusId,
      ra: asNumber(locus['ra'], `ra of ${locusId}`),
      dec: asNumber(locus['dec'], `dec of ${locusId}`),
      surveyObjectIds: toSurveyObjectIds(locus['survey_object_ids']),
      numAlerts: numberOrNone(locus['num_alerts']),
      numDetections: numberOrNone(locus['num_detections']),
      numUpperLimits: numberOrNone(locus['num_upper_limits']),
      tags: texts(locus['tags']),
      catalogs: texts(locus['catalogs']),
      watchLists: texts(locus['watch_lists']),
      catalogMatches: toMatches(locus['catalog_matches'], 'catalog'),
      watchMatches: toMatches(locus['watch_matches'], 'watch_list'),
      properties: toProperties(locus['properties']),
    },
    alert: isObject(alert)
      ? {
          alertId: asText(alert['alert_id'], 'alert_id'),
          mjd: numberOrNone(alert['mjd']),
          properties: toProperties(alert['properties']),
        }
      : undefined,
    raw: value,
  };
}

/** Digits, so that it can be counted with and be part of an address or a file's name. */
function toOffset(value: Json | undefined, what: string): string {
  const offset = asText(value, what);
  if (/^\d{1,20}$/.test(offset)) return offset;
  throw new AntaresError('ANSWER_UNEXPECTED', `expected decimal digits for ${what}, got ${JSON.stringify(offset)}`);
}

function toSurveyObjectIds(value: Json | undefined): { readonly [survey: string]: readonly string[] } {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([survey, ids]) => [survey, texts(ids)]));
}

function toMatches(value: Json | undefined, listKey: string): readonly PositionMatch[] {
  return listOrEmpty(value)
    .filter(isObject)
    .map((match) => ({
      list: textOrNone(match[listKey]) ?? '',
      objectId: textOrNone(match['object_id']) ?? '',
      separationArcsec: numberOrNone(match['separation_arcsec']),
      radiusArcsec: numberOrNone(match['radius_arcsec']),
    }));
}
