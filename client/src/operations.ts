import { AntaresError } from './antares-error.ts';
import type { UrlParameters } from './http/server-url.ts';
import type { CallOptions, Transport } from './http/transport.ts';
import {
  asList,
  asObject,
  asText,
  isObject,
  type JsonObject,
  listOrEmpty,
  numberOrNone,
  textOrNone,
} from './json/json-reading.ts';
import type { Json } from './json/json-text.ts';

/** What became of packets: received = stored + duplicate + rejected. */
export interface PacketCounts {
  readonly received: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly rejected: number;
}

/** A line of the ledger. */
export interface LedgerLine extends PacketCounts {
  readonly source: string;
  readonly survey: string | undefined;
  /** From noon to noon at the telescope, `YYYY-MM-DD`; where lines are by night or visit. */
  readonly night: string | undefined;
  /** Where lines are by visit. */
  readonly visit: string | undefined;
  /** How many were rejected for which reason. */
  readonly reasons: { readonly [code: string]: number };
}

/** A packet that was refused; it is kept. */
export interface Rejection {
  readonly id: string;
  readonly source: string;
  readonly survey: string | undefined;
  readonly night: string | undefined;
  /** Name of the packet in its source. */
  readonly name: string;
  /** Stable code: `PACKET_TRUNCATED`. */
  readonly reason: string;
  readonly message: string;
  /** ISO 8601, UTC. */
  readonly receivedAt: string | undefined;
}

/** Packets of a survey in a night. */
export interface NightStatistics extends PacketCounts {
  readonly night: string;
  readonly survey: string;
  readonly visits: number;
}

/** On how many loci a tag is. */
export interface TagStatistics {
  readonly tag: string;
  readonly loci: number;
  /** By the night of the newest detection, where that was asked for; else empty. */
  readonly nights: readonly { readonly night: string; readonly loci: number }[];
}

/** Which loci to count tags on. */
export interface TagStatisticsOptions extends CallOptions {
  /** Also night by night. */
  readonly byNight?: boolean | undefined;
  /** Only loci whose newest detection is of this night or later, `YYYY-MM-DD`. */
  readonly from?: string | undefined;
  /** Only loci whose newest detection is of this night or earlier. */
  readonly to?: string | undefined;
}

/** Whether a broker is well. */
export interface Health {
  readonly isHealthy: boolean;
  /** What the broker says of itself and of each of its parts. */
  readonly report: Json;
}

/** Whom a token belongs to. */
export interface User {
  readonly id: string;
  readonly username: string;
  readonly name: string | undefined;
  readonly email: string | undefined;
  /** `ordinary`, `staff` or `admin`. */
  readonly role: string;
}

/** How a broker does, and how it came to its decisions. */
export class Operations {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** What came of all that was received. */
  async ledger(by: 'source' | 'night' | 'visit' = 'source', options: CallOptions = {}): Promise<readonly LedgerLine[]> {
    return (await this.#list('ledger', 'lines', { by }, options)).map((line) => ({
      source: textOrNone(line['source']) ?? '',
      survey: textOrNone(line['survey']),
      night: textOrNone(line['night']),
      visit: textOrNone(line['visit']),
      ...countsOf(line),
      reasons: reasonsOf(line['reasons']),
    }));
  }

  /** Packets that were refused, oldest first; pages are followed by themselves. */
  async *rejections(options: CallOptions = {}): AsyncGenerator<Rejection, void, undefined> {
    let after: string | undefined;
    do {
      const path = 'api/ledger/rejected';
      const page = asObject(await this.#transport.json({ path, parameters: { after } }, options), 'the rejections');
      for (const item of asList(page['rejections'], 'rejections')) {
        const rejection = asObject(item, 'a rejection');
        yield {
          id: asText(rejection['id'], 'the id of a rejection'),
          source: textOrNone(rejection['source']) ?? '',
          survey: textOrNone(rejection['survey']),
          night: textOrNone(rejection['night']),
          name: textOrNone(rejection['name']) ?? '',
          reason: textOrNone(rejection['reason']) ?? '',
          message: textOrNone(rejection['message']) ?? '',
          receivedAt: textOrNone(rejection['received_at']),
        };
      }
      after = textOrNone(page['next']);
    } while (after !== undefined);
  }

  /** With which code, configuration, filters and catalogues alerts of a `provenance_id` were decided. */
  async provenance(provenanceId: string, options: CallOptions = {}): Promise<JsonObject> {
    const path = `api/provenance/${encodeURIComponent(provenanceId)}`;
    const answer = asObject(await this.#transport.json({ path }, options), 'the provenance');
    return asObject(answer['provenance'], 'provenance');
  }

  /** Packets by night and survey, ascending. */
  async statisticsByNight(options: CallOptions = {}): Promise<readonly NightStatistics[]> {
    return (await this.#list('statistics/nights', 'nights', {}, options)).map((night) => ({
      night: asText(night['night'], 'a night'),
      survey: textOrNone(night['survey']) ?? '',
      visits: numberOrNone(night['visits']) ?? 0,
      ...countsOf(night),
    }));
  }

  /** Tags with the number of loci, the most frequent first. */
  async statisticsByTag(options: TagStatisticsOptions = {}): Promise<readonly TagStatistics[]> {
    const { byNight, from, to } = options;
    const parameters = { by: byNight === true ? 'night' : 'tag', from, to };
    return (await this.#list('statistics/tags', 'tags', parameters, options)).map((tag) => ({
      tag: asText(tag['tag'], 'a tag'),
      loci: numberOrNone(tag['loci']) ?? 0,
      nights: listOrEmpty(tag['nights'])
        .filter(isObject)
        .map((night) => ({ night: asText(night['night'], 'a night'), loci: numberOrNone(night['loci']) ?? 0 })),
    }));
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

  /** Whom the token belongs to. @throws status 401: there is none, or it is no longer good */
  async me(options: CallOptions = {}): Promise<User> {
    const user = asObject(await this.#transport.json({ path: 'api/me' }, options), 'the user');
    return {
      id: asText(user['id'], 'the id of a user'),
      username: asText(user['username'], 'the name of a user'),
      name: textOrNone(user['name']),
      email: textOrNone(user['email']),
      role: textOrNone(user['role']) ?? 'ordinary',
    };
  }

  async #list(
    path: string,
    member: string,
    parameters: UrlParameters,
    options: CallOptions,
  ): Promise<readonly JsonObject[]> {
    const answer = asObject(await this.#transport.json({ path: `api/${path}`, parameters }, options), 'the answer');
    return asList(answer[member], member).map((item) => asObject(item, `one of ${member}`));
  }
}

function countsOf(line: JsonObject): PacketCounts {
  return {
    received: numberOrNone(line['received']) ?? 0,
    stored: numberOrNone(line['stored']) ?? 0,
    duplicate: numberOrNone(line['duplicate']) ?? 0,
    rejected: numberOrNone(line['rejected']) ?? 0,
  };
}

function reasonsOf(value: Json | undefined): { readonly [code: string]: number } {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([code, count]) => [code, numberOrNone(count) ?? 0]));
}
