import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { AlertRow, AlertStore } from '../alert-store/alert-store.ts';
import type { ApiContext, Cutout, LiveFigures } from '../api/api-context.ts';
import { buildApi } from '../api/server.ts';
import { openSearchIndex, openUserData } from '../backends.ts';
import { readCatalogRegistry } from '../catalogs/catalog-registry.ts';
import { type CatalogImages, CatalogSet, loadCatalogImages } from '../catalogs/catalog-set.ts';
import type { Config } from '../config/config.ts';
import { AntaresError, errorCode, errorMessage } from '../model/errors.ts';
import { Indexer } from '../operations/indexer.ts';
import { packageVersions } from '../operations/package-versions.ts';
import { searchWhenFilled } from '../operations/search-when-filled.ts';
import { type LiveStatus, statusPage } from '../operations/status-page.ts';
import { StoredAlertDecoder } from '../operations/stored-alert-decoder.ts';
import { streamMessageToJson } from '../pipeline/stream-message.ts';
import type { SearchIndex } from '../search-index/search-index.ts';
import type { StreamReader } from '../streams/streams.ts';
import { cutoutFormat } from '../surveys/cutout-format.ts';
import type { UserData } from '../user-data/user-data.ts';

/** How often it is looked whether catalogues are others by now [ms]. */
const CATALOG_POLL_MS = 1_000;
/** A service says that it listens when it can search, or after so long [ms]. */
const FILLING_PATIENCE_MS = 20_000;

/** What an HTTP service is made over. */
export interface ApiServiceParts {
  readonly config: Config;
  /** Stays the caller's to close, as do the streams. */
  readonly store: AlertStore;
  readonly streams: StreamReader;
  /** Whether the search index on disk is this process' to keep, or another broker's. */
  readonly keepsIndex: boolean;
  /** Tables of the catalogues that the broker in this process has in force, where there is one: they are large. */
  readonly catalogs?: (() => CatalogImages) | undefined;
  /** Figures of the broker in this process, where there is one. */
  readonly status?: (() => Promise<LiveStatus>) | undefined;
  readonly say: (line: string) => void;
}

/** The HTTP interface over a store: the search index and what keeps it up to date, user data, all routes, the plain page. */
export class ApiService {
  /** The search index, for whoever wants to know how far it is. */
  readonly indexer: Indexer;
  readonly #app: FastifyInstance;
  readonly #index: SearchIndex;
  readonly #users: UserData;
  readonly #catalogs: CurrentCatalogs;

  private constructor(
    app: FastifyInstance,
    parts: { index: SearchIndex; indexer: Indexer; users: UserData; catalogs: CurrentCatalogs },
  ) {
    this.#app = app;
    this.#index = parts.index;
    this.indexer = parts.indexer;
    this.#users = parts.users;
    this.#catalogs = parts.catalogs;
  }

  /**
   * Opens what it needs and begins to listen; the index may still be filling then, and says so where it is asked.
   *
   * @throws HTTP_ADDRESS_UNUSABLE
   */
  static async start(parts: ApiServiceParts): Promise<ApiService> {
    const { config, store, streams, say } = parts;
    const opened: { close(): Promise<void> }[] = [];
    try {
      const index = await openSearchIndex(config, parts.keepsIndex ? 'writer' : 'reader', (error) =>
        say(`the search index on disk cannot be used and is built again: ${errorMessage(error)}`),
      );
      opened.push(index);
      const users = await openUserData(config);
      opened.push(users);
      const alerts = await StoredAlertDecoder.open(config, store);
      const catalogs = await CurrentCatalogs.open(store, parts.catalogs);
      opened.push(catalogs);
      const indexer = Indexer.start({ store, streams, index, keepsIndex: parts.keepsIndex, onWarning: say });
      opened.push(indexer);
      const { status } = parts;
      const context: ApiContext = {
        ...{ config, store, streams, users },
        index: searchWhenFilled(index, indexer),
        indexing: () => indexer.status,
        learnSchemasOf: (rows) => alerts.learnSchemasOf(rows),
        alertProperties: (row) => alerts.propertiesOf(row),
        cutouts: (row) => cutoutsOf(alerts, row),
        catalogs: () => catalogs.current,
        readStreamMessage: streamMessageToJson,
        version: packageVersions()['antares'] ?? '',
        page: pageOf(status),
        live: status === undefined ? undefined : async () => toLiveFigures(await status()),
        log: {
          fault: ({ method, route, error }) =>
            say(`a fault while answering ${method} ${route}: ${errorCode(error)}: ${errorMessage(error)}`),
        },
      };
      const app = await buildApi(context);
      opened.push({ close: () => app.close() });
      await listen(app, config);
      return new ApiService(app, { index, indexer, users, catalogs });
    } catch (error) {
      for (const resource of opened.reverse()) await resource.close().catch(() => undefined);
      throw error;
    }
  }

  /** `http://HOST:PORT`. */
  get address(): string {
    const { address, port, family } = this.#app.server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  /** Resolves when searches are answered from all of the store; after a while in any case, with a word of how far it is. */
  async searchable(say: (line: string) => void): Promise<void> {
    await Promise.race([this.indexer.ready, sleep(FILLING_PATIENCE_MS, undefined, { ref: false })]);
    const { state, indexed, total } = this.indexer.status;
    if (state === 'building') say(`the search index is being filled: ${indexed} of ${total} loci`);
  }

  /** Ends running answers, brings the index to disk where it is this process' to keep, and frees what is open. */
  async close(): Promise<void> {
    await this.#app.close();
    await this.indexer.close();
    await this.#index.close();
    await this.#catalogs.close();
    await this.#users.close();
  }
}

/** Catalogues and watch lists in force, looked at again now and then. */
class CurrentCatalogs {
  current: CatalogSet;
  readonly #store: AlertStore;
  #images: CatalogImages;
  readonly #shared: (() => CatalogImages) | undefined;
  readonly #timer: NodeJS.Timeout;

  private constructor(store: AlertStore, images: CatalogImages, shared: (() => CatalogImages) | undefined) {
    this.#store = store;
    this.#images = images;
    this.#shared = shared;
    this.current = new CatalogSet(store, images);
    this.#timer = setInterval(() => {
      // A store that cannot be read now is read at the next turn; those who ask it meanwhile hear why.
      this.#refresh().catch(() => undefined);
    }, CATALOG_POLL_MS).unref();
  }

  /** @param shared  tables that are in memory already, and kept up to date there */
  static async open(store: AlertStore, shared: (() => CatalogImages) | undefined): Promise<CurrentCatalogs> {
    return new CurrentCatalogs(store, shared?.() ?? (await loadCatalogImages(store)), shared);
  }

  close(): Promise<void> {
    clearInterval(this.#timer);
    return Promise.resolve();
  }

  async #refresh(): Promise<void> {
    const { revision } = this.#shared?.() ?? (await readCatalogRegistry(this.#store));
    if (revision === this.current.revision) return;
    this.#images = this.#shared?.() ?? (await loadCatalogImages(this.#store, this.#images));
    this.current = new CatalogSet(this.#store, this.#images);
  }
}

/** The plain page and its figures, where a broker runs in this process; a few words where not. */
function pageOf(status: ApiServiceParts['status']): ApiContext['page'] {
  return {
    html: async () => (status === undefined ? PLAIN_PAGE : statusPage(await status())),
    json: async () => JSON.stringify(status === undefined ? { takesAlerts: false } : await status()),
  };
}

const PLAIN_PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Antares</title>
<h1>Antares</h1><p>This process answers questions and takes no alerts in. <a href="/docs">The interface</a>,
<a href="/health">health</a>.</p></html>`;

async function listen(app: FastifyInstance, { http }: Config): Promise<void> {
  try {
    await app.listen({ host: http.host, port: http.port });
  } catch (cause) {
    throw new AntaresError(
      'HTTP_ADDRESS_UNUSABLE',
      `cannot listen on ${http.host}:${http.port}; choose another with --port`,
      { cause },
    );
  }
}

const CUTOUT_KINDS: readonly string[] = ['science', 'template', 'difference'] satisfies readonly Cutout['kind'][];

async function cutoutsOf(alerts: StoredAlertDecoder, row: AlertRow): Promise<readonly Cutout[]> {
  return (await alerts.cutoutsOf(row)).flatMap(({ name, fileName, bytes }) =>
    CUTOUT_KINDS.includes(name) ? [{ kind: name as Cutout['kind'], fileName, format: cutoutFormat(bytes), bytes }] : [],
  );
}

function toLiveFigures({ totals, rate, latencyMs, stalled, filtersOff }: LiveStatus): LiveFigures {
  const { received, stored, duplicate, rejected, lociCreated } = totals;
  return {
    ...{ received, stored, duplicate, rejected, lociCreated, rate, filtersOff },
    latencyMs: latencyMs ?? undefined,
    stalled: stalled === null ? undefined : `${stalled.code}: ${stalled.message}`,
  };
}
