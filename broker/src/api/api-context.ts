import type { AlertRow, AlertStore } from '../alert-store/alert-store.ts';
import type { CatalogSet } from '../catalogs/catalog-set.ts';
import type { Config } from '../config/config.ts';
import type { JsonValue } from '../model/json.ts';
import type { Properties } from '../model/property.ts';
import type { SearchIndex } from '../search-index/search-index.ts';
import type { StreamReader } from '../streams/streams.ts';
import type { UserData } from '../user-data/user-data.ts';

/** What the interface works with: contracts, and the few things that only the whole broker knows. */
export interface ApiContext {
  readonly config: Config;
  readonly store: AlertStore;
  readonly index: SearchIndex;
  readonly streams: StreamReader;
  readonly users: UserData;
  /** All properties of a stored alert: the survey's, the normalised ones, and what filters set on it. */
  readonly alertProperties: (row: AlertRow) => Properties;
  /** Gets to know what alerts were written with: to be called with rows just read, before `alertProperties` of them. */
  readonly learnSchemasOf: (rows: readonly AlertRow[]) => Promise<void>;
  /** Images of the packet in which an alert arrived; empty where there is no packet. */
  readonly cutouts: (row: AlertRow) => Promise<readonly Cutout[]>;
  /** Catalogues and watch lists in force now. */
  readonly catalogs: () => CatalogSet;
  /** A message of a stream as JSON: the locus as of an alert, and the alert under `alert`. */
  readonly readStreamMessage: (value: Uint8Array) => { readonly [key: string]: JsonValue };
  /** Version of the program. */
  readonly version: string;
  /** Figures of the broker that takes alerts in, where it runs in this process. */
  readonly live: (() => Promise<LiveFigures>) | undefined;
  /** How far behind the store the search index is, where it is kept up in this process. */
  readonly indexing?: (() => { readonly behind: number }) | undefined;
  /** The plain page of the process, for browsers, and what it shows, for programs. */
  readonly page: StatusPage;
  readonly log: ApiLog;
}

/** What a process shows of itself at its root. Built by whoever runs it. */
export interface StatusPage {
  /** A page without scripts. */
  readonly html: () => Promise<string>;
  /** JSON text. */
  readonly json: () => Promise<string>;
}

/** An image in a packet, as the survey sent it. */
export interface Cutout {
  readonly kind: 'science' | 'template' | 'difference';
  /** The survey's own name of the file; empty where it gives none. */
  readonly fileName: string;
  readonly format: 'fits.gz' | 'fits' | 'jpeg' | 'png' | 'unknown';
  readonly bytes: Uint8Array;
}

/** Figures of a running broker. */
export interface LiveFigures {
  readonly received: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly lociCreated: number;
  /** Alerts a second, over the last seconds. */
  readonly rate: number;
  /** From arrival to durable and published [ms]. */
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number } | undefined;
  /** Why nothing is taken in at the moment; undefined while it is. */
  readonly stalled: string | undefined;
  readonly filtersOff: readonly string[];
}

/** Where the interface notes what went wrong. Nothing secret, no bodies, no query strings. */
export interface ApiLog {
  /** A fault of ours while answering a request. */
  readonly fault: (what: { readonly method: string; readonly route: string; readonly error: unknown }) => void;
}
