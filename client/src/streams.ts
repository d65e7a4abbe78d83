import { AntaresError } from './antares-error.ts';
import { readJsonApiResource } from './http/json-api.ts';
import { reconnectDelayMs } from './http/reconnect-delay.ts';
import { type CallOptions, type EventConnection, isInterruption, type Transport } from './http/transport.ts';
import { wait } from './http/wait.ts';
import { asObject, type JsonObject, textOrNone } from './json/json-reading.ts';
import { endOfEvents } from './resources/end-of-events.ts';
import {
  messageOfEvent,
  type StreamDescription,
  type StreamMessage,
  type StreamPage,
  toStreamDescriptions,
  toStreamPage,
} from './resources/stream-message.ts';

/** Which messages of a stream to read. */
export interface ReadOptions extends CallOptions {
  /** Offset of the first message, decimal digits; default: the oldest there is. */
  readonly from?: string | bigint | undefined;
  /** Most messages of a page, 1 to 1,000; default 500. The server may send fewer. */
  readonly limit?: number | undefined;
}

/** How a stream is to be followed. */
export interface FollowOptions extends CallOptions {
  /**
   * Where to begin: at the oldest message there is (`start`), after the newest (`end`), or at an offset: one more than
   * that of the last message which you are done with. Default `end`.
   */
  readonly from?: 'start' | 'end' | string | bigint | undefined;
  /** By events pushed by the server, or by asking again and again; default `events`, where the server has them. */
  readonly through?: 'events' | 'paging' | undefined;
  /** How long to wait before asking again, where no events come [ms]; default 2000. */
  readonly pollMs?: number | undefined;
  /** A connection over which nothing comes for as long is taken for dead [ms]; default 45 s, three signs of life. */
  readonly idleTimeoutMs?: number | undefined;
  /** Stops at the end of the stream as it is when it is reached, instead of waiting for more. */
  readonly untilEnd?: boolean | undefined;
  /** Goes on where messages are no longer kept by the server, instead of failing with STREAM_MESSAGES_GONE. */
  readonly skipGone?: boolean | undefined;
  /** Is told when the server cannot be reached, and how long until the next try [ms]. */
  readonly onInterruption?: ((error: AntaresError, delayMs: number) => void) | undefined;
}

/** How readers of Kafka reach the streams. */
export interface KafkaConfiguration {
  readonly type: string | undefined;
  /** Options of librdkafka: `bootstrap.servers`, `security.protocol`. */
  readonly options: JsonObject;
}

const DEFAULT_PAGE = 500;
/** A connection that stood for so long was a good one, although nothing came [ms]. */
const LONG_MS = 30_000;

/** Streams: alerts whose locus has certain tags, in order, from any point, as often as wanted. */
export class Streams {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The streams there are. */
  async list(options: CallOptions = {}): Promise<readonly StreamDescription[]> {
    return toStreamDescriptions(await this.#transport.json({ path: 'api/streams' }, options));
  }

  /** How readers of Kafka reach the streams. @throws STREAMS_NOT_OFFERED  the broker has no Kafka */
  async kafkaConfiguration(options: CallOptions = {}): Promise<KafkaConfiguration> {
    const document = await this.#transport.json({ path: 'v1/client/config/streaming/default' }, options);
    const { attributes } = readJsonApiResource(document);
    return { type: textOrNone(attributes['type']), options: asObject(attributes['options'], 'options') };
  }

  /** One page of messages. A page without any is at the end. @throws STREAM_UNKNOWN */
  async read(stream: string, options: ReadOptions = {}): Promise<StreamPage> {
    const { from, limit = DEFAULT_PAGE } = options;
    const path = `api/streams/${encodeURIComponent(stream)}`;
    return toStreamPage(await this.#transport.json({ path, parameters: { from, limit } }, options));
  }

  /**
   * Messages of a stream in order, each once: first those that are there, then each new one as it comes.
   *
   * When the connection breaks, or the server is away for a while, it goes on where it was as soon as that is possible;
   * nothing is left out, and nothing comes twice. Only the very first request fails when the server cannot be reached.
   *
   * @returns  ends only with `untilEnd`; else with the signal
   * @throws STREAM_UNKNOWN, STREAM_POSITION_AHEAD, STREAM_MESSAGES_GONE
   */
  async *follow(stream: string, options: FollowOptions = {}): AsyncGenerator<StreamMessage, void, undefined> {
    for await (const messages of this.followBatches(stream, options)) yield* messages;
  }

  /** As `follow`, but messages come by the piece in which they arrived, none empty: for those who keep them in bulk. */
  async *followBatches(
    stream: string,
    options: FollowOptions = {},
  ): AsyncGenerator<readonly StreamMessage[], void, undefined> {
    const next = BigInt(await this.locate(stream, options));
    const follower = new Follower(this, this.#transport, stream, next, options);
    yield* follower.batches();
  }

  /**
   * Where to begin, as an offset that the server has: for those who keep their place from the beginning.
   *
   * @throws STREAM_UNKNOWN, STREAM_POSITION_AHEAD, STREAM_MESSAGES_GONE
   */
  async locate(stream: string, options: FollowOptions = {}): Promise<string> {
    const { from = 'end' } = options;
    const description = (await this.list(options)).find(({ name }) => name === stream);
    const { host } = this.#transport.root;
    if (description === undefined) {
      throw new AntaresError('STREAM_UNKNOWN', `there is no stream ${JSON.stringify(stream)} at ${host}`);
    }
    const { startOffset, endOffset } = description;
    if (typeof from === 'string' && !/^(start|end|\d{1,20})$/.test(from)) {
      throw new TypeError(`expected start, end or an offset (decimal digits) to begin at, got ${JSON.stringify(from)}`);
    }
    if (from === 'start') return startOffset;
    if (from === 'end') return endOffset;
    if (BigInt(from) > BigInt(endOffset)) {
      throw positionAhead(stream, BigInt(from));
    }
    if (BigInt(from) >= BigInt(startOffset)) return String(from);
    if (options.skipGone === true) return startOffset;
    throw new AntaresError(
      'STREAM_MESSAGES_GONE',
      `the stream ${stream} begins at ${startOffset}, but was to be read on from ${from}: what was between is not kept`,
    );
  }
}

/** One walk along a stream. */
class Follower {
  readonly #streams: Streams;
  readonly #transport: Transport;
  readonly #stream: string;
  readonly #options: FollowOptions;
  /** Offset of the next message that has not been given out. */
  #next: bigint;
  #lastEventId: string | undefined;
  #hasEvents: boolean;
  /** Interruptions since something came. */
  #interruptions = 0;

  constructor(streams: Streams, transport: Transport, stream: string, next: bigint, options: FollowOptions) {
    this.#streams = streams;
    this.#transport = transport;
    this.#stream = stream;
    this.#next = next;
    this.#options = options;
    this.#hasEvents = options.through !== 'paging';
  }

  async *batches(): AsyncGenerator<readonly StreamMessage[], void, undefined> {
    for (;;) {
      let connection: EventConnection | undefined;
      try {
        yield* this.#backlog();
        if (this.#options.untilEnd === true) return;
        connection = await this.#connect();
        if (connection === undefined) await wait(this.#options.pollMs ?? 2000, this.#options.signal);
        else yield* this.#live(connection);
      } catch (error) {
        if (error instanceof AntaresError && error.code === 'STREAM_OFFSET_AHEAD') {
          throw positionAhead(this.#stream, this.#next, error);
        }
        if (!isInterruption(error)) throw error;
        await this.#pause(error);
      } finally {
        connection?.close();
      }
    }
  }

  /** What is there, page by page, up to the end. */
  async *#backlog(): AsyncGenerator<readonly StreamMessage[], void, undefined> {
    for (;;) {
      const { signal, timeoutMs } = this.#options;
      const page = await this.#streams.read(this.#stream, { from: this.#next, signal, timeoutMs });
      const fresh = page.messages.filter(({ offset }) => BigInt(offset) >= this.#next);
      const nextOffset = BigInt(page.nextOffset);
      if (nextOffset > this.#next) this.#next = nextOffset;
      if (fresh.length > 0) {
        this.#interruptions = 0;
        yield fresh;
      }
      if (fresh.length === 0 || nextOffset >= BigInt(page.endOffset)) return;
    }
  }

  /** Events; undefined where the server has none: then there is paging. */
  async #connect(): Promise<EventConnection | undefined> {
    if (!this.#hasEvents) return undefined;
    const { signal, timeoutMs, idleTimeoutMs = 45_000 } = this.#options;
    try {
      return await this.#transport.events(
        { path: 'api/events', parameters: { stream: this.#stream } },
        { signal, timeoutMs, lastEventId: this.#lastEventId, idleTimeoutMs },
      );
    } catch (error) {
      if (!(error instanceof AntaresError)) throw error;
      if (this.#lastEventId !== undefined && (error.status === 400 || error.status === 409)) {
        // The id is of another server; pages tell whether our place is, too.
        this.#lastEventId = undefined;
        return this.#connect();
      }
      if (!hasNoEvents(error)) throw error;
      this.#hasEvents = false;
      return undefined;
    }
  }

  /**
   * New messages as they come. Events begin when the connection stands; what came between the last page and that is read
   * as a page, and so is whatever lies between two events: offsets have gaps, so only the server can tell.
   */
  async *#live(connection: EventConnection): AsyncGenerator<readonly StreamMessage[], void, undefined> {
    const beganMs = performance.now();
    let end: string | undefined;
    yield* this.#backlog();
    for await (const events of connection) {
      const messages: StreamMessage[] = [];
      for (const event of events) {
        if (event.type === 'end') end = event.data;
        if (event.type !== 'alert') continue;
        const message = messageOfEvent(event.data, event.id);
        const offset = message === undefined ? undefined : BigInt(message.offset);
        if (message === undefined || offset === undefined || offset > this.#next) {
          if (messages.length > 0) yield messages.splice(0);
          yield* this.#backlog();
          // Behind a proxy, events and pages may come from different servers, and pages from one that is behind. To give
          // the message out would be to leave out what is before it.
          if (offset !== undefined && offset >= this.#next) {
            throw new AntaresError('SERVER_UNREACHABLE', 'the pages of the stream are behind its events');
          }
        } else if (offset === this.#next) {
          messages.push(message);
          this.#next = offset + 1n;
        }
      }
      this.#lastEventId = connection.lastEventId;
      this.#interruptions = 0;
      if (messages.length > 0) yield messages;
    }
    if (performance.now() - beganMs > LONG_MS) this.#interruptions = 0;
    // Do not come back at once for ever.
    await this.#pause(endOfEvents(end), connection.retryMs);
  }

  async #pause(error: AntaresError, leastMs = 0): Promise<void> {
    this.#options.signal?.throwIfAborted();
    const delayMs = reconnectDelayMs(this.#interruptions++, Math.max(error.retryAfterMs ?? 0, leastMs), Math.random());
    this.#options.onInterruption?.(error, delayMs);
    await wait(delayMs, this.#options.signal);
  }
}

/** The place is beyond the end: the stream began anew, or the place is of another server. */
function positionAhead(stream: string, place: bigint, cause?: unknown): AntaresError {
  return new AntaresError(
    'STREAM_POSITION_AHEAD',
    `the stream ${stream} ends before ${place}, where it was to be read on from: that place is of another server, or of before the server lost its streams`,
    { cause },
  );
}

/** Whether an answer means that there are no events here at all. */
function hasNoEvents({ status, code }: AntaresError): boolean {
  return status === 404 || status === 405 || status === 406 || status === 501 || code === 'ANSWER_UNEXPECTED';
}
