import { Type } from 'typebox';
import { isLocusId } from '../../model/ids.ts';
import { ChangeFeed } from '../../operations/change-feed.ts';
import type { ApiContext } from '../api-context.ts';
import { ApiError, badRequest, notFound } from '../api-error.ts';
import { metricsOf } from '../own/metrics.ts';
import { defineRoute, type RouteGroup } from '../route.ts';
import { feedFailure, followFeed, positionFor, type Selection } from './event-feed.ts';
import { type EventPosition, formatEventId, parseEventId } from './event-id.ts';
import { EventStream, type EventStreamOptions } from './event-stream.ts';
import { savedQuery } from './saved-query.ts';

/** How event streams keep their readers, and how many of them. */
export interface EventsOptions extends EventStreamOptions {
  /** Connections that one address, or one user, may hold at a time. */
  readonly connectionsPerCaller: number;
}

const DEFAULTS: EventsOptions = { heartbeatMs: 15_000, patienceMs: 30_000, retryMs: 3_000, connectionsPerCaller: 20 };

const QUERY = Type.Object(
  {
    stream: Type.Optional(Type.String({ description: 'Alerts of a stream, each with its locus as of then' })),
    tag: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Alerts on loci that have a tag' })),
    locus: Type.Optional(Type.String({ description: 'Alerts on a locus' })),
    query: Type.Optional(
      Type.String({
        maxLength: 100_000,
        description: 'Alerts on loci that match a query of the search language, as JSON',
      }),
    ),
    last_event_id: Type.Optional(
      Type.String({ maxLength: 400, description: 'As the header Last-Event-ID, for programs that cannot set one' }),
    ),
  },
  { additionalProperties: false },
);

/** New alerts as they come: Server-Sent Events. */
export function eventsGroup(context: ApiContext, options: Partial<EventsOptions> = {}): RouteGroup {
  const settings = { ...DEFAULTS, ...options };
  const feed = new ChangeFeed(context.store, context.streams);
  const places = new Places(settings.connectionsPerCaller, (count) => metricsOf(context).setFollowers(count));
  return {
    prefix: '/api',
    name: 'Events',
    routes: [
      defineRoute({
        method: 'GET',
        url: '/events',
        summary: 'New alerts as they come, as Server-Sent Events',
        description: [
          'Exactly one of `stream`, `tag`, `locus` and `query`. Each alert is an event `alert`, whose data is an object with `published_at` and `locus`, the locus as of `antares export loci` with the alert under `alert`; of a stream also `offset` and `key`, as in its pages.',
          'A reader that comes back with the id of the last event goes on after it, without a gap and without a double, after a restart of the broker too. Where messages in between are not kept any more, an event `gap` comes first. The last event of a stream that the broker ends is `end`, with a code and the reason.',
        ].join('\n\n'),
        access: 'anyone',
        cost: 'stream',
        query: QUERY,
        produces: ['text/event-stream'],
        handle: async ({ query, request, caller, signal }) => {
          const selection = await selectionOf(context, query);
          const { position, hasGap } = await positionFor(
            context,
            feed,
            selection,
            lastPosition(request.headers['last-event-id'] ?? query.last_event_id),
          );
          const leave = places.take(caller?.userId ?? request.ip);
          const stream = new EventStream(formatEventId(position), settings);
          const gone = new AbortController();
          signal.addEventListener('abort', () => stream.destroy(), { once: true });
          stream.once('close', () => {
            gone.abort();
            leave();
          });
          if (signal.aborted) stream.destroy();
          void pump(context, feed, selection, { position, hasGap }, stream, gone.signal);
          return {
            content: stream,
            type: 'text/event-stream; charset=utf-8',
            headers: { 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' },
          };
        },
      }),
    ],
  };
}

/** Sends what a feed tells, at the pace of the reader. Never rejects. */
async function pump(
  context: ApiContext,
  feed: ChangeFeed,
  selection: Selection,
  start: { readonly position: EventPosition; readonly hasGap: boolean },
  stream: EventStream,
  signal: AbortSignal,
): Promise<void> {
  try {
    if (start.hasGap)
      await stream.send('gap', formatEventId(start.position), '{"reason":"messages are not kept so long"}');
    for await (const { next, data } of followFeed(context, feed, selection, start.position, signal)) {
      if (stream.isOver) return;
      const id = formatEventId(next);
      if (data === undefined) stream.passOver(id);
      else await stream.send('alert', id, data);
    }
    stream.end('SERVER_CLOSING', 'the broker stops; come back with the id of the last event');
  } catch (error) {
    context.log.fault({ method: 'GET', route: '/api/events', error });
    const { code, detail } = feedFailure(error);
    stream.end(code, detail);
  }
}

async function selectionOf(
  context: ApiContext,
  query: { readonly stream?: string; readonly tag?: string; readonly locus?: string; readonly query?: string },
): Promise<Selection> {
  const given = (['stream', 'tag', 'locus', 'query'] as const).filter((name) => query[name] !== undefined);
  if (given.length !== 1) {
    throw badRequest(
      'EVENTS_SELECTION',
      `expected one of stream, tag, locus, query; got ${given.join(', ') || 'none'}`,
    );
  }
  const { streams } = context.config;
  const { stream, tag, locus } = query;
  if (stream !== undefined) {
    if (!Object.hasOwn(streams, stream)) {
      throw notFound('STREAM_UNKNOWN', 'there is no stream of this name; GET /api/streams lists them');
    }
    return { feed: 'stream', stream };
  }
  if (tag !== undefined) {
    // A stream that wants just this tag has the same alerts, and costs no reading of loci.
    const carrier = Object.keys(streams).find((name) => streams[name]!.trim() === tag);
    if (carrier !== undefined) return { feed: 'stream', stream: carrier };
    return { feed: 'changes', wants: ({ tags }) => tags.includes(tag) };
  }
  if (locus !== undefined) {
    if (!isLocusId(locus)) throw badRequest('LOCUS_ID_MALFORMED', 'expected a locus id such as ANT2020so7ia');
    return { feed: 'changes', wants: ({ ref }) => ref.locusId === locus };
  }
  return { feed: 'changes', wants: await savedQuery(context.index, query.query!) };
}

function lastPosition(id: string | string[] | undefined): EventPosition | undefined {
  if (id === undefined || id === '') return undefined;
  const position = typeof id === 'string' ? parseEventId(id) : undefined;
  if (position === undefined) {
    throw badRequest(
      'EVENT_ID_INVALID',
      'Last-Event-ID is not the id of an event of this broker; begin again without it',
    );
  }
  return position;
}

/** How many connections each caller holds. */
class Places {
  readonly #limit: number;
  readonly #onCount: (all: number) => void;
  readonly #taken = new Map<string, number>();
  #all = 0;

  constructor(limit: number, onCount: (all: number) => void) {
    this.#limit = limit;
    this.#onCount = onCount;
  }

  /** Takes a place. @returns gives it back  @throws 429 */
  take(caller: string): () => void {
    const taken = this.#taken.get(caller) ?? 0;
    if (taken >= this.#limit) {
      throw new ApiError(
        429,
        'EVENTS_TOO_MANY',
        `at most ${this.#limit} connections from one address may follow events at a time; close one`,
        { 'retry-after': '30' },
      );
    }
    this.#count(caller, taken + 1, 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#count(caller, this.#taken.get(caller)! - 1, -1);
    };
  }

  #count(caller: string, taken: number, change: number): void {
    if (taken === 0) this.#taken.delete(caller);
    else this.#taken.set(caller, taken);
    this.#all += change;
    this.#onCount(this.#all);
  }
}
