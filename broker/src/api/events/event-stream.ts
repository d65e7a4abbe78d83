import { Readable } from 'node:stream';

/** How an event stream keeps its reader. */
export interface EventStreamOptions {
  /** A comment goes out when nothing else did for so long [ms], so that proxies and readers know that it is alive. */
  readonly heartbeatMs: number;
  /** A reader that takes nothing for so long [ms] is sent away. */
  readonly patienceMs: number;
  /** After how long a reader that lost the connection is to try again [ms]. */
  readonly retryMs: number;
}

/** Bytes that wait for the reader before the source of the events is held up. */
const HIGH_WATER_BYTES = 64 * 1024;
/** A reader that is sent away has so long to take the last event [ms]. */
const FAREWELL_MS = 5_000;

/**
 * A stream of Server-Sent Events: text for one reader, as fast as she reads.
 *
 * Nothing piles up for a slow reader: whoever sends waits for her. One that stands still for too long gets a last event
 * `end` that says so, and can come back with the id of the last event that she saw.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventStream extends Readable {
  readonly #options: EventStreamOptions;
  readonly #heartbeat: NodeJS.Timeout;
  /** Where to go on: goes out with heartbeats, so that a reader of rare events need not begin far back. */
  #position: string;
  #wake: (() => void) | undefined;
  #isFull = false;
  #isOver = false;
  #farewell: NodeJS.Timeout | undefined;

  /** @param position  the id at which the stream begins */
  constructor(position: string, options: EventStreamOptions) {
    super({ highWaterMark: HIGH_WATER_BYTES, encoding: 'utf8' });
    this.#options = options;
    this.#position = position;
    this.push(`retry: ${options.retryMs}\nid: ${position}\n\n`);
    this.#heartbeat = setInterval(() => {
      if (!this.#isFull) this.#push(`: heartbeat\nid: ${this.#position}\n\n`);
    }, options.heartbeatMs);
  }

  /** Whether nobody will get anything from it any more. */
  get isOver(): boolean {
    return this.#isOver || this.destroyed;
  }

  /**
   * Sends an event, and waits until there is room for the next.
   *
   * @param id    where a reader goes on after this event
   * @param data  JSON text
   */
  async send(event: string, id: string, data: string): Promise<void> {
    if (this.isOver) return;
    this.#position = id;
    // Line breaks would end the event: JSON text has none.
    this.#push(`event: ${event}\nid: ${id}\ndata: ${data}\n\n`);
    this.#heartbeat.refresh();
    if (this.#isFull) await this.#room();
  }

  /** Notes that everything before an id was looked at, and none of it was for this reader. */
  passOver(id: string): void {
    this.#position = id;
  }

  /** Ends the stream with an event that says why. */
  end(code: string, detail: string): void {
    if (this.isOver) return;
    this.#isOver = true;
    clearInterval(this.#heartbeat);
    this.push(`event: end\ndata: ${JSON.stringify({ code, detail })}\n\n`);
    this.push(null);
    // A reader that stands still would keep the connection for ever.
    this.#farewell = setTimeout(() => this.destroy(), FAREWELL_MS);
    this.#farewell.unref();
    this.#wake?.();
  }

  override _read(): void {
    this.#isFull = false;
    this.#wake?.();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#farewell);
    this.#isOver = true;
    this.#wake?.();
    done(error);
  }

  #push(text: string): void {
    if (!this.push(text)) this.#isFull = true;
  }

  /** Resolves when the reader has taken something; sends her away when she takes nothing. */
  async #room(): Promise<void> {
    const timer = setTimeout(
      () => this.end('READER_TOO_SLOW', 'events were not read for too long; come back with Last-Event-ID'),
      this.#options.patienceMs,
    );
    try {
      while (this.#isFull && !this.isOver) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      this.#wake = undefined;
      clearTimeout(timer);
    }
  }
}
