/** An event as it came. */
export interface HeardEvent {
  readonly event: string;
  readonly id: string;
  readonly data: {
    readonly published_at: string;
    readonly offset?: string;
    readonly locus: {
      readonly locus_id: string;
      readonly tags: string[];
      readonly alert: { readonly alert_id: string };
    };
    readonly code?: string;
    readonly reason?: string;
  };
}

/** A connection that follows events. */
export class Listener {
  readonly response: Response;
  /** All text that came. */
  text = '';
  /** Where the server says to go on after what came. */
  lastEventId = '';
  readonly events: HeardEvent[] = [];
  readonly #abort: AbortController;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #rest = '';
  isOver = false;

  private constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    this.#reader = response.body!.getReader();
  }

  /** @param url  with its parameters */
  static async open(url: string, lastEventId?: string): Promise<Listener> {
    const abort = new AbortController();
    const headers: Record<string, string> = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    const response = await fetch(url, { headers, signal: abort.signal });
    const listener = new Listener(response, abort);
    // The first block says where the stream begins: from then on nothing is missed.
    if (response.ok) while (listener.lastEventId === '' && !listener.isOver) await listener.#read();
    return listener;
  }

  /** The events that came, when there are at least so many, or when the stream is over. */
  async hear(count: number): Promise<readonly HeardEvent[]> {
    while (this.events.length < count && !this.isOver) await this.#read();
    return this.events;
  }

  /** Reads until the stream is over. */
  async rest(): Promise<readonly HeardEvent[]> {
    while (!this.isOver) await this.#read();
    return this.events;
  }

  close(): void {
    this.#abort.abort();
  }

  async #read(): Promise<void> {
    const { done, value } = await this.#reader.read().catch(() => ({ done: true, value: undefined }));
    if (done) {
      this.isOver = true;
      return;
    }
    const text = this.#decoder.decode(value, { stream: true });
    this.text += text;
    const blocks = (this.#rest + text).split('\n\n');
    this.#rest = blocks.pop()!;
    for (const block of blocks) this.#take(block);
  }

  #take(block: string): void {
    const fields = new Map(
      block.split('\n').map((line): [string, string] => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon), line.slice(colon + 2)];
      }),
    );
    this.lastEventId = fields.get('id') ?? this.lastEventId;
    const data = fields.get('data');
    if (data === undefined) return;
    this.events.push({
      event: fields.get('event') ?? 'message',
      id: fields.get('id') ?? '',
      data: JSON.parse(data) as HeardEvent['data'],
    });
  }
}
