import type { AntaresError } from './antares-error.ts';
import { reconnectDelayMs } from './http/reconnect-delay.ts';
import { type CallOptions, isInterruption, type Transport } from './http/transport.ts';
import { wait } from './http/wait.ts';
import { toJsonText } from './json/json-text.ts';
import type { QueryClause } from './query/query.ts';
import { endOfEvents } from './resources/end-of-events.ts';
import { type AlertNotice, parseAlertNotice } from './resources/stream-message.ts';

/** Which new alerts to hear of: exactly one of these. */
export type EventSelection =
  | { readonly stream: string }
  | { readonly tag: string }
  | { readonly locus: string }
  | { readonly query: QueryClause };

/** How to listen. */
export interface ListenOptions extends CallOptions {
  /** Goes on after this event: `id` of the last one that you are done with. Default: with the next one that comes. */
  readonly lastEventId?: string | undefined;
  /** A connection over which nothing comes for as long is taken for dead [ms]; default 45 s. */
  readonly idleTimeoutMs?: number | undefined;
  /** Is told when alerts between the last event and the next are no longer kept by the server. */
  readonly onGap?: (() => void) | undefined;
  /** Is told when the connection broke, and how long until the next try [ms]. */
  readonly onInterruption?: ((error: AntaresError, delayMs: number) => void) | undefined;
}

/** A new alert, and where it stands among the events. */
export interface AlertEvent {
  /** To go on after it. */
  readonly id: string;
  readonly notice: AlertNotice;
}

/** New alerts of a locus, a tag, a stream or a query, pushed by the server. */
export class Events {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * New alerts as they come. When the connection breaks, it goes on after the last event; where a stream is to be kept
   * whole, rather use `streams.follow`.
   *
   * @returns  ends only with the signal
   * @throws   what the server says to the first connection; what fails later for a passing reason is tried again
   */
  async *listen(selection: EventSelection, options: ListenOptions = {}): AsyncGenerator<AlertEvent, void, undefined> {
    const { signal, timeoutMs, idleTimeoutMs = 45_000 } = options;
    const parameters = 'query' in selection ? { query: toJsonText(selection.query) } : { ...selection };
    let { lastEventId } = options;
    let interruptions = 0;
    for (let isFirst = true; ; isFirst = false) {
      let leastMs = 0;
      let broken = endOfEvents(undefined);
      try {
        const call = { signal, timeoutMs, lastEventId, idleTimeoutMs };
        const connection = await this.#transport.events({ path: 'api/events', parameters }, call);
        isFirst = false;
        try {
          for await (const events of connection) {
            interruptions = 0;
            for (const { id, type, data } of events) {
              if (id !== '') lastEventId = id;
              if (type === 'alert') yield { id, notice: parseAlertNotice(data) };
              else if (type === 'gap') options.onGap?.();
              else if (type === 'end') broken = endOfEvents(data);
            }
          }
        } finally {
          lastEventId = connection.lastEventId ?? lastEventId;
          leastMs = connection.retryMs ?? 0;
          connection.close();
        }
      } catch (error) {
        if (isFirst || !isInterruption(error)) throw error;
        broken = error;
      }
      signal?.throwIfAborted();
      const delayMs = reconnectDelayMs(interruptions++, Math.max(broken.retryAfterMs ?? 0, leastMs), Math.random());
      options.onInterruption?.(broken, delayMs);
      await wait(delayMs, signal);
    }
  }
}
