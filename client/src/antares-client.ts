import { Alerts } from './alerts.ts';
import { Catalogs } from './catalogs.ts';
import { Events } from './events.ts';
import { GravWaveNotices } from './grav-wave-notices.ts';
import { DEFAULT_RETRY, type RetryPolicy } from './http/retry-policy.ts';
import { type CallOptions, Transport } from './http/transport.ts';
import { Loci } from './loci.ts';
import { Operations } from './operations.ts';
import { listPropertyDefinitions } from './property-definitions.ts';
import type { PropertyDefinition } from './resources/properties.ts';
import { Streams } from './streams.ts';
import { listTags, type Tag } from './tags.ts';

/** How a client is set up. */
export interface AntaresClientOptions {
  /** `http://localhost:8000`, with or without `/v1/` at the end. */
  readonly baseUrl: string;
  /** Of a user, for what is not open to anyone. Sent to this server only. */
  readonly token?: string | undefined;
  /** Instead of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Within which an answer must be there, whole [ms]; default 60 s. Streams of events are not bound by it. */
  readonly timeoutMs?: number | undefined;
  /** When requests that failed are made again; default three times. */
  readonly retry?: Partial<RetryPolicy> | undefined;
}

/**
 * A client of Antares, for browsers and Node.js.
 *
 * Asks, and changes nothing: so whatever fails for a passing reason (no connection, 429, 502 to 504) is asked again, with
 * growing pauses. All calls take an `AbortSignal`.
 */
export class AntaresClient {
  readonly loci: Loci;
  readonly alerts: Alerts;
  readonly streams: Streams;
  readonly events: Events;
  readonly catalogs: Catalogs;
  readonly gravWaveNotices: GravWaveNotices;
  readonly operations: Operations;
  readonly #transport: Transport;

  /** @throws TypeError  the address is none, or holds a password; the token cannot be one */
  constructor({ baseUrl, token, fetch = globalThis.fetch, timeoutMs = 60_000, retry }: AntaresClientOptions) {
    this.#transport = new Transport({
      baseUrl,
      token,
      // Browsers want to see `fetch` called on the window.
      fetch: (input, init) => fetch(input, init),
      timeoutMs,
      retry: { ...DEFAULT_RETRY, ...retry },
    });
    this.loci = new Loci(this.#transport);
    this.alerts = new Alerts(this.#transport);
    this.streams = new Streams(this.#transport);
    this.events = new Events(this.#transport);
    this.catalogs = new Catalogs(this.#transport);
    this.gravWaveNotices = new GravWaveNotices(this.#transport);
    this.operations = new Operations(this.#transport);
  }

  /** The root of the server, without `/v1/`; ends with a slash. */
  get baseUrl(): string {
    return this.#transport.root.href;
  }

  /** All tags that are on a locus, the most frequent first. */
  tags(options: CallOptions = {}): Promise<readonly Tag[]> {
    return listTags(this.#transport, options);
  }

  /** All properties that loci can be searched by, with type, origin and meaning. */
  locusProperties(options: CallOptions = {}): Promise<readonly PropertyDefinition[]> {
    return listPropertyDefinitions(this.#transport, 'loci', options);
  }

  /** All properties of alerts, with type, origin and meaning. */
  alertProperties(options: CallOptions = {}): Promise<readonly PropertyDefinition[]> {
    return listPropertyDefinitions(this.#transport, 'alerts', options);
  }
}
