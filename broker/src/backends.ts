import { join } from 'node:path';
import type { AlertStore } from './alert-store/alert-store.ts';
import type { Config } from './config/config.ts';
import type { Coordination } from './coordination/coordination.ts';
import type { SearchIndex } from './search-index/search-index.ts';
import type { StreamReader, Streams } from './streams/streams.ts';
import type { UserData } from './user-data/user-data.ts';

/**
 * From configuration to adapters: the only place that knows which technology is behind a contract.
 *
 * An adapter is imported when it is opened, so that an install without it still starts.
 */

/**
 * How a process uses the store: `writer` is the one broker that takes alerts in; `reader` looks; `reader-writer` puts
 * small things in beside a running broker (a catalogue, a filter's state).
 */
export type StoreMode = 'writer' | 'reader' | 'reader-writer';

/** What a worker thread needs to reach the same coordination as the main thread; passes through `postMessage`. */
export type CoordinationHandle = unknown;

/** Opens the alert store. @throws ALERT_STORE_LOCKED, ALERT_STORE_NOT_A_STORE, ALERT_STORE_VERSION_UNSUPPORTED */
export async function openAlertStore(config: Config, mode: StoreMode): Promise<AlertStore> {
  const { openLmdbAlertStore } = await import('./alert-store/lmdb/lmdb-alert-store.ts');
  return openLmdbAlertStore({ directory: storeDirectory(config), mode: mode === 'reader-writer' ? 'thread' : mode });
}

/** Opens the store in a worker thread of the process that writes. */
export async function openAlertStoreInWorker(config: Config): Promise<AlertStore> {
  const { openLmdbAlertStore } = await import('./alert-store/lmdb/lmdb-alert-store.ts');
  return openLmdbAlertStore({ directory: storeDirectory(config), mode: 'thread' });
}

/** Opens coordination in the main thread, with the handle by which workers attach to it. */
export async function openCoordination(
  config: Config,
): Promise<{ coordination: Coordination; handle: CoordinationHandle }> {
  const { InProcessCoordination } = await import('./coordination/in-process/in-process-coordination.ts');
  const coordination = await InProcessCoordination.create(join(config.data, 'coordination'));
  return { coordination, handle: coordination.handle() };
}

/** Attaches to the main thread's coordination. */
export async function attachCoordination(handle: CoordinationHandle): Promise<Coordination> {
  const { InProcessCoordination } = await import('./coordination/in-process/in-process-coordination.ts');
  return InProcessCoordination.attach(handle as Parameters<typeof InProcessCoordination.attach>[0]);
}

/** Opens the streams for appending. @throws STREAM_LOCKED */
export async function openStreams(config: Config): Promise<Streams> {
  const { TopicLogStreams } = await import('./streams/topic-log/topic-log-streams.ts');
  return TopicLogStreams.open(join(config.data, 'streams'));
}

/** Opens the streams for reading, beside the process that appends, or with none. */
export async function openStreamReader(config: Config): Promise<StreamReader> {
  const { TopicLogReader } = await import('./streams/topic-log/topic-log-reader.ts');
  return new TopicLogReader(join(config.data, 'streams'));
}

/** Opens the user data; makes an empty one where there is none. @throws USER_DATA_VERSION_UNSUPPORTED, USER_DATA_DAMAGED, USER_DATA_UNREACHABLE, USER_DATA_BUSY */
export async function openUserData(config: Config): Promise<UserData> {
  const { openSqliteUserData } = await import('./user-data/sqlite/sqlite-user-data.ts');
  return openSqliteUserData({ file: join(config.data, 'users.sqlite') });
}

/**
 * Opens the search index, in a thread of its own. A snapshot that cannot be read is no error: `onDamaged` is told, and the
 * index begins empty, without a position.
 *
 * @param mode  `writer`: the one process that makes checkpoints; `reader`: leaves what is on disk as it is
 * @throws SEARCH_INDEX_UNREACHABLE
 */
export async function openSearchIndex(
  config: Config,
  mode: 'writer' | 'reader',
  onDamaged?: (error: Error) => void,
): Promise<SearchIndex> {
  const { ThreadedSearchIndex } = await import('./search-index/columnar/threaded-search-index.ts');
  return ThreadedSearchIndex.open({
    directory: join(config.data, 'search-index'),
    onDamaged,
    readOnly: mode === 'reader',
  });
}

function storeDirectory(config: Config): string {
  return join(config.data, 'store');
}
