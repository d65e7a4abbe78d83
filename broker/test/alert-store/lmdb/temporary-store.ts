import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, open, type RootDatabase } from 'lmdb';
import { onTestFinished } from 'vitest';
import {
  type LmdbAlertStore,
  type LmdbAlertStoreOptions,
  openLmdbAlertStore,
} from '../../../src/alert-store/lmdb/lmdb-alert-store.ts';

/** An empty folder that is gone when the test is. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'antares-store-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A store that is closed when the test is over. */
export async function openStore(
  directory: string,
  mode: LmdbAlertStoreOptions['mode'] = 'writer',
  options: Partial<LmdbAlertStoreOptions> = {},
): Promise<LmdbAlertStore> {
  const store = await openLmdbAlertStore({ directory, mode, ...options });
  onTestFinished(() => store.close());
  return store;
}

/** The index of a closed store, opened past the store's own code: to look inside, or to make it what it was once. */
export async function withIndex<T>(
  directory: string,
  use: (table: (name: string) => Database<Buffer, Uint8Array>, root: RootDatabase<Buffer, Uint8Array>) => T,
): Promise<T> {
  const bytes = { encoding: 'binary', keyEncoding: 'binary' } as const;
  const root = open<Buffer, Uint8Array>({
    path: join(directory, 'index'),
    maxDbs: 40,
    overlappingSync: false,
    ...bytes,
  });
  try {
    return use((name) => root.openDB<Buffer, Uint8Array>(name, bytes), root);
  } finally {
    await root.close();
  }
}
