import type { FastifyInstance } from 'fastify';
import type { ApiContext, Cutout } from '../../src/api/api-context.ts';
import { buildApi } from '../../src/api/server.ts';
import { openAlertStore, openStreamReader, openUserData } from '../../src/backends.ts';
import { CatalogSet, loadCatalogImages } from '../../src/catalogs/catalog-set.ts';
import { type Config, DEFAULT_CONFIG } from '../../src/config/config.ts';
import { toLocusDocument } from '../../src/operations/indexer.ts';
import { StoredAlertDecoder } from '../../src/operations/stored-alert-decoder.ts';
import { streamMessageToJson } from '../../src/pipeline/stream-message.ts';
import type { SearchIndex } from '../../src/search-index/search-index.ts';
import { cutoutFormat } from '../../src/surveys/cutout-format.ts';
import { openIndexUnderTest } from './index-under-test.ts';

/** The HTTP interface over a data folder, as a test sees it. */
export interface ApiUnderTest {
  readonly app: FastifyInstance;
  readonly context: ApiContext;
  /** Faults of ours that were answered with 500. */
  readonly faults: readonly unknown[];
  /** Asks without a socket; `body` is parsed where it is JSON. */
  readonly get: (url: string, headers?: Readonly<Record<string, string>>) => Promise<TestAnswer>;
  readonly close: () => Promise<void>;
}

/** An answer. */
export interface TestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly bytes: Buffer;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into documents of many shapes.
  readonly body: any;
}

/** What differs from the defaults. */
export interface ApiTestOptions {
  readonly http?: Partial<Config['http']>;
  readonly clientStreaming?: Partial<Config['clientStreaming']>;
  readonly context?: Partial<ApiContext>;
}

/** Opens the interface over a data folder: a real store, its streams and user data, and an index filled from it. */
export async function openApiUnderTest(data: string, options: ApiTestOptions = {}): Promise<ApiUnderTest> {
  const config: Config = {
    ...DEFAULT_CONFIG,
    data,
    http: { ...DEFAULT_CONFIG.http, rateLimitFactor: 1000, ...options.http },
    clientStreaming: { ...DEFAULT_CONFIG.clientStreaming, ...options.clientStreaming },
  };
  // `writer` makes a store where there is none.
  const store = await openAlertStore(config, 'writer');
  const streams = await openStreamReader(config);
  const users = await openUserData(config);
  const decoder = await StoredAlertDecoder.open(config, store);
  const catalogs = new CatalogSet(store, await loadCatalogImages(store));
  const index = await openIndexUnderTest();
  await fillIndex(index, store);
  const faults: unknown[] = [];
  const context: ApiContext = {
    config,
    store,
    index,
    streams,
    users,
    learnSchemasOf: (rows) => decoder.learnSchemasOf(rows),
    alertProperties: (row) => decoder.propertiesOf(row),
    cutouts: async (row) => (await decoder.cutoutsOf(row)).flatMap(toCutout),
    catalogs: () => catalogs,
    readStreamMessage: streamMessageToJson,
    version: '0.0.0-test',
    live: undefined,
    page: { html: () => Promise.resolve(''), json: () => Promise.resolve('{"takesAlerts":false}') },
    log: { fault: ({ error }) => void faults.push(error) },
    ...options.context,
  };
  const app = await buildApi(context);
  return {
    app,
    context,
    faults,
    get: async (url, headers = {}) => {
      const answer = await app.inject({ method: 'GET', url, headers: { host: 'antares.test', ...headers } });
      const isJson = String(answer.headers['content-type']).includes('json');
      return {
        status: answer.statusCode,
        headers: answer.headers,
        text: answer.payload,
        bytes: answer.rawPayload,
        body: isJson ? JSON.parse(answer.payload) : undefined,
      };
    },
    close: async () => {
      await app.close();
      await index.close();
      await users.close();
      await store.close();
    },
  };
}

async function fillIndex(index: SearchIndex, store: ApiContext['store']): Promise<void> {
  let token: string | undefined;
  do {
    const page = await store.scanLoci(token, 512);
    const records = await store.getLocusRecords(page.items);
    const documents = records.filter((record) => record !== undefined).map(toLocusDocument);
    if (documents.length > 0) await index.put(documents);
    token = page.next;
  } while (token !== undefined);
}

function toCutout({ name, fileName, bytes }: { name: string; fileName: string; bytes: Uint8Array }): Cutout[] {
  if (name !== 'science' && name !== 'template' && name !== 'difference') return [];
  return [{ kind: name, fileName, format: cutoutFormat(bytes), bytes }];
}
