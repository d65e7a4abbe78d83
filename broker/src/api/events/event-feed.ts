import { AntaresError } from '../../model/errors.ts';
import { locusToJson, propertiesToJson } from '../../model/json.ts';
import type { LocusRecord } from '../../model/locus.ts';
import type { ArrivedAlert, ChangeFeed } from '../../operations/change-feed.ts';
import type { StoredRecord } from '../../streams/streams.ts';
import { topicOfStream } from '../../streams/topic-name.ts';
import type { ApiContext } from '../api-context.ts';
import { ApiError } from '../api-error.ts';
import type { EventPosition } from './event-id.ts';

/** What somebody follows. */
export type Selection =
  | { readonly feed: 'stream'; readonly stream: string }
  | { readonly feed: 'changes'; readonly wants: (record: LocusRecord) => boolean };

/** Something that happened in a feed. Without data: nothing here was wanted, the reader is further all the same. */
export interface FeedEvent {
  /** Where to go on after it. */
  readonly next: EventPosition;
  /** JSON text. */
  readonly data: string | undefined;
}

/** The log in which the events of a selection are. */
function topicOf(selection: Selection, feed: ChangeFeed): string {
  return selection.feed === 'stream' ? topicOfStream(selection.stream) : feed.topic;
}

/**
 * Where to begin: after the last event that the reader saw, else at the end of the feed.
 *
 * @returns the place, and whether messages between it and what the reader saw last are gone
 * @throws  409  the last event is of another feed, or of a log that is shorter
 */
export async function positionFor(
  context: ApiContext,
  feed: ChangeFeed,
  selection: Selection,
  last: EventPosition | undefined,
): Promise<{ readonly position: EventPosition; readonly hasGap: boolean }> {
  const topic = topicOf(selection, feed);
  const [start, end] = [await context.streams.startOffset(topic), await context.streams.endOffset(topic)];
  const at = (offset: bigint): EventPosition =>
    selection.feed === 'stream'
      ? { feed: 'stream', stream: selection.stream, offset }
      : { feed: 'changes', offset, done: 0 };
  if (last === undefined) return { position: at(end), hasGap: false };
  const isSameFeed = last.feed === selection.feed && (last.feed === 'changes' || last.stream === streamOf(selection));
  if (!isSameFeed || last.offset > end) {
    throw new ApiError(
      409,
      'EVENT_ID_OF_ANOTHER_FEED',
      'the last event id is of another question, or of another broker; begin again without it',
    );
  }
  return last.offset < start ? { position: at(start), hasGap: true } : { position: last, hasGap: false };
}

function streamOf(selection: Selection): string | undefined {
  return selection.feed === 'stream' ? selection.stream : undefined;
}

/** Events from a place on, then each new one, until the signal says stop. */
export function followFeed(
  context: ApiContext,
  feed: ChangeFeed,
  selection: Selection,
  from: EventPosition,
  signal: AbortSignal,
): AsyncGenerator<FeedEvent> {
  return selection.feed === 'stream'
    ? followStream(context, selection.stream, from.offset, signal)
    : followChanges(context, feed, selection.wants, from, signal);
}

/** Events that were made lately, by stream and offset: followers that are at the end of a stream want the same ones. */
const RECENT_EVENTS = 256;
const recent = new WeakMap<ApiContext, Map<string, string>>();

/** Alerts of a stream, with the locus as of the alert. */
async function* followStream(
  context: ApiContext,
  stream: string,
  from: bigint,
  signal: AbortSignal,
): AsyncGenerator<FeedEvent> {
  for await (const records of context.streams.follow(topicOfStream(stream), from, signal)) {
    for (const record of records) {
      yield {
        next: { feed: 'stream', stream, offset: record.offset + 1n },
        data: streamEvent(context, stream, record),
      };
    }
  }
}

/** The data of an event of a stream; made once for all who follow it. */
function streamEvent(context: ApiContext, stream: string, { offset, key, timestampMs, value }: StoredRecord): string {
  let events = recent.get(context);
  if (events === undefined) {
    events = new Map();
    recent.set(context, events);
  }
  const name = `${stream}@${offset}`;
  const known = events.get(name);
  if (known !== undefined) return known;
  const published_at = new Date(timestampMs).toISOString();
  const data = JSON.stringify({
    ...{ offset: offset.toString(), key, published_at },
    locus: context.readStreamMessage(value),
  });
  if (events.size >= RECENT_EVENTS) events.delete(events.keys().next().value!);
  events.set(name, data);
  return data;
}

/** Alerts that arrive on loci that are wanted, with the locus as it is when this is read. */
async function* followChanges(
  context: ApiContext,
  feed: ChangeFeed,
  wants: (record: LocusRecord) => boolean,
  from: EventPosition,
  signal: AbortSignal,
): AsyncGenerator<FeedEvent> {
  for await (const { offset, publishedAtMs, arrived } of feed.follow(from.offset, signal)) {
    const first = from.feed === 'changes' && offset === from.offset ? from.done : 0;
    for (let i = first; i < arrived.length; i += 1) {
      const alert = arrived[i];
      if (alert === undefined || !wants(alert.record)) continue;
      const data = await changeEvent(context, alert, publishedAtMs);
      if (data !== undefined) yield { next: { feed: 'changes', offset, done: i + 1 }, data };
    }
    yield { next: { feed: 'changes', offset: offset + 1n, done: 0 }, data: undefined };
  }
}

/** Events of alerts, as long as the feed keeps these. */
const changeEvents = new WeakMap<ArrivedAlert, Promise<string | undefined>>();

/** The data of an event of an alert, undefined where the alert is gone; made once for all who follow the feed. */
function changeEvent(
  { store, learnSchemasOf, alertProperties }: ApiContext,
  alert: ArrivedAlert,
  publishedAtMs: number,
): Promise<string | undefined> {
  const make = async (): Promise<string | undefined> => {
    const [row] = await store.getAlerts([alert.alertId]);
    if (row === undefined) return undefined;
    await learnSchemasOf([row]);
    const properties = propertiesToJson(alertProperties(row));
    const locus = {
      ...locusToJson(alert.record),
      alert: { alert_id: row.point.alertId, mjd: row.point.mjd, properties },
    };
    return JSON.stringify({ published_at: new Date(publishedAtMs).toISOString(), locus });
  };
  const known = changeEvents.get(alert);
  if (known !== undefined) return known;
  const making = make();
  changeEvents.set(alert, making);
  making.catch(() => changeEvents.delete(alert));
  return making;
}

/** What a reader is told when a feed cannot go on: a code, and nothing of the broker's insides. */
export function feedFailure(error: unknown): { readonly code: string; readonly detail: string } {
  const code = error instanceof AntaresError ? error.code : 'UNEXPECTED';
  return { code, detail: 'the feed cannot be read for now; come back with the id of the last event' };
}
