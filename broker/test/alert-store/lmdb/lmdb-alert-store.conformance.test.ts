import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { type AlertStoreUnderTest, alertStoreConformance } from '../../../src/alert-store/conformance.ts';
import { type LmdbAlertStore, openLmdbAlertStore } from '../../../src/alert-store/lmdb/lmdb-alert-store.ts';

async function create(): Promise<AlertStoreUnderTest> {
  const directory = mkdtempSync(join(tmpdir(), 'antares-store-'));
  let isFull = false;
  const clients: LmdbAlertStore[] = [];
  const open = async (mode: 'writer' | 'thread'): Promise<LmdbAlertStore> => {
    const store = await openLmdbAlertStore({
      directory,
      mode,
      // Small files, so that the suite crosses from one to the next.
      segmentBytes: 300_000,
      freeBytes: () => (isFull ? 1_000_000 : 1e12),
    });
    clients.push(store);
    return store;
  };
  const closeAll = async (): Promise<void> => {
    // The writer last: the others commit under its claim.
    for (const client of clients.splice(0).reverse()) await client.close();
  };
  return {
    store: await open('writer'),
    another: () => open('thread'),
    reopen: async () => {
      await closeAll();
      return open('writer');
    },
    setFull: (full) => {
      isFull = full;
    },
    dispose: async () => {
      await closeAll();
      rmSync(directory, { recursive: true });
    },
  };
}

describe('the embedded alert store', () => {
  alertStoreConformance({ describe, it }, { supports: { atomicCommit: true, concurrentProcesses: true }, create });
});
