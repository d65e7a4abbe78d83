import { AntaresError } from './antares-error.ts';
import type { CallOptions, Transport } from './http/transport.ts';
import { asList, asObject, isObject, type JsonObject, numberOrNone, textOrNone } from './json/json-reading.ts';
import type { Json } from './json/json-text.ts';

/** A row of the ledger: received = stored + duplicate + rejected. */
export interface LedgerRow {
  readonly source: string;
  readonly survey: string | undefined;
  /** From noon to noon at the telescope; where rows are by night or visit. */
  readonly night: string | undefined;
  /** Where rows are by visit. */
  readonly visit: string | undefined;
  readonly received: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly rejected: number;
  /** How many were rejected for which reason. */
  readonly reasons: { readonly [code: string]: number };
}

/** Whether a broker is well. */
export interface Health {
  readonly isHealthy: boolean;
  /** What the broker says of itself and of each of its parts. */
  readonly report: Json;
}

/** How a broker does, and how it came to its decisions. */
export class Operations {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** What came of all that was received. */
  async ledger(by: 'source' | 'night' | 'visit' = 'source', options: CallOptions = {}): Promise<readonly LedgerRow[]> {
    const answer = await this.#transport.json({ path: 'api/ledger', parameters: { by } }, options);
    return asList(asObject(answer, 'the ledger')['lines'], 'lines').map((line) => {
      const row = asObject(line, 'a line of the ledger');
      return {
        source: textOrNone(row['source']) ?? '',
        survey: textOrNone(row['survey']),
        night: textOrNone(row['night']),
        visit: textOrNone(row['visit']),
        received: numberOrNone(row['received']) ?? 0,
        stored: numberOrNone(row['stored']) ?? 0,
        duplicate: numberOrNone(row['duplicate']) ?? 0,
        rejected: numberOrNone(row['rejected']) ?? 0,
        reasons: countsOf(row['reasons']),
      };
    });
  }

  /** With which code, configuration, filters and catalogues alerts of a `provenance_id` were decided. */
  provenance(provenanceId: string, options: CallOptions = {}): Promise<Json> {
    return this.#transport.json({ path: `api/provenance/${encodeURIComponent(provenanceId)}` }, options);
  }

  /** Figures night by night, as the server has them. */
  statisticsByNight(options: CallOptions = {}): Promise<Json> {
    return this.#transport.json({ path: 'api/statistics/nights' }, options);
  }

  /** Figures tag by tag, as the server has them. */
  statisticsByTag(options: CallOptions = {}): Promise<Json> {
    return this.#transport.json({ path: 'api/statistics/tags' }, options);
  }

  /** Whether all parts of the broker can be read; a broker that is not well is an answer too, not an error. */
  async health(options: CallOptions = {}): Promise<Health> {
    try {
      return { isHealthy: true, report: await this.#transport.json({ path: 'health', isAskedOnce: true }, options) };
    } catch (error) {
      if (!(error instanceof AntaresError) || error.status !== 503) throw error;
      return { isHealthy: false, report: error.body ?? null };
    }
  }

  /** Figures for Prometheus, as its text format. */
  metrics(options: CallOptions = {}): Promise<string> {
    return this.#transport.text({ path: 'metrics', accept: 'text/plain' }, options);
  }

  /** Who the token belongs to. @throws status 401: there is none, or it is no longer good */
  async me(options: CallOptions = {}): Promise<JsonObject> {
    return asObject(await this.#transport.json({ path: 'api/me' }, options), 'the user');
  }
}

function countsOf(value: Json | undefined): { readonly [code: string]: number } {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([code, count]) => [code, numberOrNone(count) ?? 0]));
}
