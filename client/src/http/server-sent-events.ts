/** One event of a stream of Server-Sent Events. */
export interface ServerSentEvent {
  /** What to hand back as `Last-Event-ID`; that of an earlier event where this one has none, empty before the first. */
  readonly id: string;
  /** `message` where the server names none. */
  readonly type: string;
  readonly data: string;
}

/**
 * Reads the text format of Server-Sent Events, piece by piece, wherever the pieces are cut.
 *
 * Lines end with CR, LF or both; comments are passed over; an event that the stream breaks off in is not one.
 *
 * @see the HTML standard, "Parsing an event stream"
 */
export class ServerSentEventParser {
  /** What the server said last about how long to wait before connecting again [ms]. */
  retryMs: number | undefined;
  /** The id to go on after, of events and of what came without data; empty before the first. */
  lastEventId = '';
  #rest = '';
  #isFirst = true;
  /** A CR ended the piece before: an LF at the begin of the next belongs to it. */
  #endsWithReturn = false;
  #id = '';
  #type = '';
  #data: string[] = [];

  /** Takes the next piece of text, and gives the events that are complete with it. */
  push(piece: string): readonly ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    if (piece === '') return events;
    let text = piece;
    if (this.#isFirst) {
      this.#isFirst = false;
      if (text.startsWith('\ufeff')) text = text.slice(1);
    }
    if (this.#endsWithReturn && text.startsWith('\n')) text = text.slice(1);
    this.#endsWithReturn = piece.endsWith('\r');
    const lines = text.split(/\r\n|\n|\r/);
    lines[0] = this.#rest + (lines[0] ?? '');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') this.#dispatch(events);
      else this.#field(line);
    }
    return events;
  }

  #field(line: string): void {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (name === 'data') this.#data.push(value);
    else if (name === 'event') this.#type = value;
    else if (name === 'id' && !value.includes('\0')) this.#id = value;
    else if (name === 'retry' && /^\d+$/.test(value)) this.retryMs = Number(value);
  }

  #dispatch(events: ServerSentEvent[]): void {
    this.lastEventId = this.#id;
    if (this.#data.length > 0) {
      events.push({ id: this.#id, type: this.#type === '' ? 'message' : this.#type, data: this.#data.join('\n') });
    }
    this.#data = [];
    this.#type = '';
  }
}
