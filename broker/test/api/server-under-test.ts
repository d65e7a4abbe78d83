import type { FastifyInstance } from 'fastify';
import type { AlertStore } from '../../src/alert-store/alert-store.ts';
import type { ApiContext, Cutout } from '../../src/api/api-context.ts';
import { buildApi } from '../../src/api/server.ts';
import { openAlertStore, openCoordination, openStreams, openUserData } from '../../src/backends.ts';
import { CatalogSet, loadCatalogImages } from '../../src/catalogs/catalog-set.ts';
import { loadCatalog } from '../../src/catalogs/load-catalog.ts';
import type { CsvColumns } from '../../src/catalogs/read-csv.ts';
import { type Config, DEFAULT_CONFIG } from '../../src/config/config.ts';
import { DisabledFlags } from '../../src/filters/disabled-flags.ts';
import { selectFilters } from '../../src/filters/registry.ts';
import { Indexer } from '../../src/operations/indexer.ts';
import { knownProperties } from '../../src/operations/known-properties.ts';
import { recordProvenance } from '../../src/operations/provenance.ts';
import { StoredAlertDecoder } from '../../src/operations/stored-alert-decoder.ts';
import { openPipelineContext } from '../../src/pipeline/pipeline-context.ts';
import { runBatch } from '../../src/pipeline/run-batch.ts';
import type { RawPacket } from '../../src/pipeline/stage.ts';
import { streamMessageToJson } from '../../src/pipeline/stream-message.ts';
import { ScanSearchIndex } from '../../src/search-index/scan/scan-search-index.ts';
import type { SearchIndex } from '../../src/search-index/search-index.ts';
import type { Streams } from '../../src/streams/streams.ts';
import { topicOfStream } from '../../src/streams/topic-name.ts';
import { cutoutFormat } from '../../src/surveys/cutout-format.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** A packet to take in. */
export interface NamedPacket {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A catalogue or watch list to load before the first packet. */
export interface ListToLoad {
  readonly kind: 'catalog' | 'watch-list';
  readonly name: string;
  /** CSV. */
  readonly file: string;
  readonly columns: CsvColumns;
}

/** What a server is built over. */
export interface ServerUnderTestOptions {
  readonly packets?: readonly NamedPacket[];
  readonly lists?: readonly ListToLoad[];
  readonly http?: Partial<Config['http']>;
  readonly streams?: Config['streams'];
  readonly live?: ApiContext['live'];
  /** Changes what the interface is given, so that a test can make a part fail. */
  readonly change?: (context: ApiContext) => ApiContext;
}

/**
 * The whole interface over a real store in a temporary folder, filled by the real pipeline, and the pipeline still there:
 * a test can take more packets in while somebody listens.
 */
export interface ServerUnderTest {
  readonly context: ApiContext;
  readonly app: FastifyInstance;
  readonly store: AlertStore;
  readonly streams: Streams;
  readonly index: SearchIndex;
  /** Faults of ours that the server noted. */
  readonly faults: unknown[];
  /** Takes packets in, in batches: durable, published and searchable when it resolves. */
  take(packets: readonly NamedPacket[], batchSize?: number): Promise<void>;
  /** Listens on a free port of the loopback. @returns its address, without a slash at the end */
  listen(): Promise<string>;
  /** Another server over the same store, as after a restart. */
  rebuild(): Promise<FastifyInstance>;
  close(): Promise<void>;
}

/** Builds one. */
export async function serverUnderTest(options: ServerUnderTestOptions = {}): Promise<ServerUnderTest> {
  const folder = await temporaryFolder();
  const config: Config = {
    ...DEFAULT_CONFIG,
    data: folder.path,
    l1Filters: { ...DEFAULT_CONFIG.l1Filters, enabled: false },
    streams: options.streams ?? DEFAULT_CONFIG.streams,
    http: { ...DEFAULT_CONFIG.http, port: 0, rateLimitFactor: 1_000, ...options.http },
  };
  const store = await openAlertStore(config, 'writer');
  const streams = await openStreams(config);
  const users = await openUserData(config);
  const { coordination, handle } = await openCoordination(config);
  const selected = selectFilters(config.filters);
  await store.defineProperties(knownProperties(selected));
  for (const { kind, name, file, columns } of options.lists ?? []) {
    await loadCatalog(store, { kind, name, file, columns, strict: true });
  }
  const images = await loadCatalogImages(store);
  const catalogs = new CatalogSet(store, images);
  const pipeline = await openPipelineContext({
    ...{ config, lane: 0, run: 1, coordination: handle, catalogs: images },
    disabledFilters: DisabledFlags.create(selected.map(({ name }) => name)).handle,
    provenanceId: await recordProvenance(store, {
      ...{ antares_version: 'test', node_version: '', config, l1_filters: [], catalogs: [], packages: {} },
      filters: selected.map(({ name, version }) => ({ name, version, enabled: true })),
    }),
  });
  // The index that says what queries mean; the other one is compared with it elsewhere.
  const index = new ScanSearchIndex();
  const indexer = Indexer.start({ store, streams, index, keepsIndex: false });
  const decoder = await StoredAlertDecoder.open(config, store);
  const faults: unknown[] = [];
  const whole: ApiContext = {
    ...{ config, store, index, streams, users },
    learnSchemasOf: (rows) => decoder.learnSchemasOf(rows),
    alertProperties: (row) => decoder.propertiesOf(row),
    cutouts: async (row) =>
      (await decoder.cutoutsOf(row)).map(({ name, fileName, bytes }) => ({
        kind: name as Cutout['kind'],
        fileName,
        bytes,
        format: cutoutFormat(bytes),
      })),
    catalogs: () => catalogs,
    readStreamMessage: streamMessageToJson,
    version: '0.0.0-test',
    live: options.live,
    page: {
      html: () => Promise.resolve('<!doctype html><title>Antares</title>'),
      json: () => Promise.resolve('{"takesAlerts":false}'),
    },
    indexing: () => indexer.status,
    log: { fault: ({ error }) => faults.push(error) },
  };
  const context = options.change?.(whole) ?? whole;
  const apps: FastifyInstance[] = [];
  const build = async (): Promise<FastifyInstance> => {
    const app = await buildApi(context);
    apps.push(app);
    return app;
  };
  let ordinal = 0;
  const take = async (packets: readonly NamedPacket[], batchSize = 100): Promise<void> => {
    for (let i = 0; i < packets.length; i += batchSize) {
      const raw = packets.slice(i, i + batchSize).map(
        ({ name, bytes }): RawPacket => ({
          ...{ bytes, name, ordinal: ordinal++, receivedAtMs: Date.now() },
          source: { id: 'test', name: 'test', survey: undefined, useL1Filters: false },
        }),
      );
      const { pending } = await runBatch({ packets: raw, published: [], lowWater: new Map() }, pipeline);
      await streams.append(
        pending.flatMap(({ sequence, streams: names, key, value }) =>
          names.map((name) => ({
            ...{ topic: topicOfStream(name), key, value, timestampMs: Date.now() },
            producer: { id: 'test', sequence },
          })),
        ),
      );
    }
    await indexer.catchUp();
  };
  await indexer.ready;
  await take(options.packets ?? []);
  const app = await build();
  return {
    ...{ context, app, store, streams, index, faults, take },
    listen: () => app.listen({ host: '127.0.0.1', port: 0 }),
    rebuild: build,
    async close() {
      for (const each of apps) await each.close();
      await indexer.close();
      await pipeline.filters.close();
      await pipeline.coordination.close();
      await pipeline.store.close();
      await coordination.close();
      await index.close();
      await users.close();
      await streams.close();
      await store.close();
      await folder.dispose();
    },
  };
}
