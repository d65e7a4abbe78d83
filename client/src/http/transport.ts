import { AntaresError, type ServerError } from '../antares-error.ts';
import { isObject, listOrEmpty, numberOrNone, textOrNone } from '../json/json-reading.ts';
import { type Json, parseJson, toJsonText, type WritableJson } from '../json/json-text.ts';
import { isPassing, parseRetryAfter, type RetryPolicy, retryDelayMs } from './retry-policy.ts';
import { type ServerSentEvent, ServerSentEventParser } from './server-sent-events.ts';
import { linkOnServer, serverRoot, type UrlParameters, urlOf } from './server-url.ts';
import { wait } from './wait.ts';

/** What any call can be given. */
export interface CallOptions {
  /** Stops the call; it then fails with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
  /** For this call, instead of the client's [ms]. */
  readonly timeoutMs?: number | undefined;
}

/** A request, not yet made. */
export interface Request {
  /** Below the root of the server, or a link that the server gave. */
  readonly path: string | URL;
  readonly parameters?: UrlParameters | undefined;
  /** Makes it a POST. Only for questions: they are asked again when they fail. */
  readonly body?: WritableJson | undefined;
  readonly accept?: string | undefined;
  /** Not asked again when it fails: the failure is the answer. */
  readonly isAskedOnce?: boolean | undefined;
}

/** An answer as bytes. */
export interface Download {
  readonly bytes: Uint8Array;
  /** `text/csv; charset=utf-8`; empty where the server does not say. */
  readonly contentType: string;
}

/** Requests with time-outs, tries and errors as this package has them. Sends nothing that changes anything. */
export class Transport {
  readonly root: URL;
  readonly #token: string | undefined;
  readonly #fetch: typeof fetch;
  readonly #timeoutMs: number;
  readonly #retry: RetryPolicy;

  constructor(options: {
    readonly baseUrl: string;
    readonly token: string | undefined;
    readonly fetch: typeof fetch;
    readonly timeoutMs: number;
    readonly retry: RetryPolicy;
  }) {
    this.root = serverRoot(options.baseUrl);
    if (options.token !== undefined && !/^[\x21-\x7e]+$/.test(options.token)) {
      throw new TypeError('expected a token of visible ASCII characters, got one with others, or an empty one');
    }
    this.#token = options.token;
    this.#fetch = options.fetch;
    this.#timeoutMs = options.timeoutMs;
    this.#retry = options.retry;
  }

  /** A link that the server gave, as the address of a request. */
  link(href: string): URL {
    return linkOnServer(this.root, href);
  }

  /** Asks, and reads the answer as JSON. */
  json(request: Request, options: CallOptions = {}): Promise<Json> {
    return this.text(request, options).then(parseJson);
  }

  /** Asks, and reads the answer as text. */
  text(request: Request, options: CallOptions = {}): Promise<string> {
    return this.#ask(request, options, (response) => response.text());
  }

  /** Asks, and reads the answer as bytes. */
  download(request: Request, options: CallOptions = {}): Promise<Download> {
    return this.#ask(request, options, async (response) => ({
      bytes: new Uint8Array(await response.arrayBuffer()),
      contentType: response.headers.get('content-type') ?? '',
    }));
  }

  /**
   * Opens a stream of Server-Sent Events: resolves when the server has answered, and is sending from then on.
   *
   * @param idleTimeoutMs  a connection over which nothing comes for as long is taken for dead [ms]
   * @returns  events by the piece that they arrived in, none empty; ends when the server ends it; fails when it breaks
   */
  async events(
    request: Request,
    options: CallOptions & { readonly lastEventId?: string | undefined; readonly idleTimeoutMs: number },
  ): Promise<EventConnection> {
    const controller = new AbortController();
    const unlink = linkAbort(options.signal, controller);
    const connecting = setTimeout(
      () => controller.abort(this.#timedOut(options)),
      options.timeoutMs ?? this.#timeoutMs,
    );
    try {
      const headers = options.lastEventId === undefined ? {} : { 'Last-Event-ID': options.lastEventId };
      const response = await this.#send({ ...request, accept: 'text/event-stream' }, controller.signal, headers);
      const type = response.headers.get('content-type') ?? '';
      if (!type.startsWith('text/event-stream') || response.body === null) {
        await response.body?.cancel();
        throw new AntaresError('ANSWER_UNEXPECTED', `expected events (text/event-stream), got ${type || 'no type'}`);
      }
      return new EventConnection(response.body, controller, options.idleTimeoutMs, unlink);
    } catch (error) {
      unlink();
      throw this.#explain(error, request, options.signal, controller.signal);
    } finally {
      clearTimeout(connecting);
    }
  }

  async #ask<T>(request: Request, options: CallOptions, read: (response: Response) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#askOnce(request, options, read);
      } catch (error) {
        if (!(error instanceof AntaresError) || request.isAskedOnce === true) throw error;
        if (!isWorthAnotherTry(error)) throw error;
        const delay = retryDelayMs(this.#retry, attempt, error.retryAfterMs, Math.random());
        if (delay === undefined) throw error;
        await wait(delay, options.signal);
      }
    }
  }

  async #askOnce<T>(request: Request, options: CallOptions, read: (response: Response) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const unlink = linkAbort(options.signal, controller);
    const timer = setTimeout(() => controller.abort(this.#timedOut(options)), options.timeoutMs ?? this.#timeoutMs);
    try {
      return await read(await this.#send(request, controller.signal, {}));
    } catch (error) {
      throw this.#explain(error, request, options.signal, controller.signal);
    } finally {
      clearTimeout(timer);
      unlink();
    }
  }

  /** One request; an answer that says no is an error. */
  async #send(request: Request, signal: AbortSignal, headers: Readonly<Record<string, string>>): Promise<Response> {
    signal.throwIfAborted();
    const url = typeof request.path === 'string' ? urlOf(this.root, request.path, request.parameters) : request.path;
    const all = new Headers({ accept: request.accept ?? 'application/json, application/vnd.api+json', ...headers });
    // Images may lie elsewhere; whoever serves them has no business with the token.
    if (this.#token !== undefined && url.origin === this.root.origin) all.set('authorization', `Bearer ${this.#token}`);
    if (request.body !== undefined) all.set('content-type', 'application/json');
    const fetch = this.#fetch;
    const response = await fetch(url, {
      method: request.body === undefined ? 'GET' : 'POST',
      headers: all,
      signal,
      ...(request.body === undefined ? {} : { body: toJsonText(request.body) }),
    });
    if (!response.ok) throw await refusal(response, url);
    return response;
  }

  #timedOut(options: CallOptions): AntaresError {
    const ms = options.timeoutMs ?? this.#timeoutMs;
    return new AntaresError('REQUEST_TIMED_OUT', `expected an answer of ${this.root.host} within ${ms} ms, got none`);
  }

  #explain(error: unknown, request: Request, caller: AbortSignal | undefined, own: AbortSignal): unknown {
    if (caller?.aborted === true) return caller.reason;
    if (own.aborted) return own.reason;
    if (error instanceof AntaresError || isOurMistake(error)) return error;
    const host = typeof request.path === 'string' ? this.root.host : request.path.host;
    return new AntaresError('SERVER_UNREACHABLE', `no answer came from ${host}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Events of one connection, by the piece that they arrived in. To be read once; ends with the connection. */
export class EventConnection implements AsyncIterable<readonly ServerSentEvent[]> {
  readonly #body: ReadableStream<Uint8Array>;
  readonly #controller: AbortController;
  readonly #idleTimeoutMs: number;
  readonly #unlink: () => void;
  readonly #parser = new ServerSentEventParser();

  constructor(
    body: ReadableStream<Uint8Array>,
    controller: AbortController,
    idleTimeoutMs: number,
    unlink: () => void,
  ) {
    this.#body = body;
    this.#controller = controller;
    this.#idleTimeoutMs = idleTimeoutMs;
    this.#unlink = unlink;
  }

  /** What to hand over as `Last-Event-ID` to go on after all that came; undefined before the first. */
  get lastEventId(): string | undefined {
    return this.#parser.lastEventId === '' ? undefined : this.#parser.lastEventId;
  }

  /** What the server said about how long to wait before connecting again [ms]. */
  get retryMs(): number | undefined {
    return this.#parser.retryMs;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly ServerSentEvent[]> {
    const reader = this.#body.getReader();
    const decoder = new TextDecoder();
    try {
      for (;;) {
        const idle = setTimeout(() => this.#controller.abort(this.#silence()), this.#idleTimeoutMs);
        const { done, value } = await reader.read().finally(() => clearTimeout(idle));
        if (done) {
          // A connection that we end may look like one that the server ended.
          this.#controller.signal.throwIfAborted();
          return;
        }
        const events = this.#parser.push(decoder.decode(value, { stream: true }));
        if (events.length > 0) yield events;
      }
    } catch (error) {
      if (this.#controller.signal.aborted) throw this.#controller.signal.reason;
      throw new AntaresError('SERVER_UNREACHABLE', `the stream of events broke: ${reasonOf(error)}`, { cause: error });
    } finally {
      this.close();
    }
  }

  /** Ends the connection. May be called twice, and without having read anything. */
  close(): void {
    this.#unlink();
    if (!this.#controller.signal.aborted) this.#controller.abort(new AntaresError('SERVER_UNREACHABLE', 'closed'));
  }

  #silence(): AntaresError {
    return new AntaresError(
      'SERVER_UNREACHABLE',
      `expected a sign of life at least every ${this.#idleTimeoutMs} ms, got none: the connection is taken for dead`,
    );
  }
}

/** Whether a request that failed so may be made again: nothing came, or the server says that it passes. */
export function isWorthAnotherTry(error: AntaresError): boolean {
  return error.code === 'SERVER_UNREACHABLE' || (error.status !== undefined && isPassing(error.status));
}

/** Whether somebody who follows something for days should go on after a failure: also when the server stumbled. */
export function isInterruption(error: unknown): error is AntaresError {
  if (!(error instanceof AntaresError)) return false;
  return isWorthAnotherTry(error) || error.code === 'REQUEST_TIMED_OUT' || (error.status ?? 0) >= 500;
}

/** Lets one controller end with a signal. @returns  what undoes it */
function linkAbort(signal: AbortSignal | undefined, controller: AbortController): () => void {
  if (signal === undefined) return () => undefined;
  const abort = (): void => controller.abort(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return () => signal.removeEventListener('abort', abort);
}

/** An answer that says no, as an error: what the server said, or what its status means. */
async function refusal(response: Response, url: URL): Promise<AntaresError> {
  const body = readable(await response.text().catch(() => ''));
  const errors = serverErrors(body);
  const first = errors[0];
  const said = first?.detail ?? first?.title ?? (response.statusText || 'no reason given');
  return new AntaresError(first?.code ?? `HTTP_${response.status}`, `${url.pathname}: ${said}`, {
    status: response.status,
    errors,
    body,
    retryAfterMs: parseRetryAfter(response.headers.get('retry-after'), Date.now()),
  });
}

/** `errors` of a body `{"errors":[{status,title,detail,code}]}`; none where it is anything else. */
function serverErrors(body: Json | undefined): readonly ServerError[] {
  if (!isObject(body)) return [];
  return listOrEmpty(body['errors'])
    .filter(isObject)
    .map((error) => ({
      // JSON:API has it as text, ANTARES as a number.
      status: numberOrNone(error['status']) ?? (Number(textOrNone(error['status'])) || undefined),
      title: textOrNone(error['title']),
      detail: textOrNone(error['detail']),
      code: textOrNone(error['code']),
    }));
}

function readable(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** `fetch` says that a connection failed with a `TypeError`; so does the language for a mistake in what it was given. */
function isOurMistake(error: unknown): boolean {
  return error instanceof TypeError && /finite number|Invalid URL|Headers/.test(error.message);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return `${error.message} (${cause.message || code})`;
}
