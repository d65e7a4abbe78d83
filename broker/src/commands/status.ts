import type { Command } from 'commander';
import { openAlertStore } from '../backends.ts';
import { readStatus } from '../operations/status.ts';
import { configOf, requireStore, type StoreOptions, withStoreOptions } from './common-options.ts';
import { writeLine, writeLines } from './output.ts';

/** `antares status`: what a store holds; works while a broker runs on it. */
export function registerStatus(program: Command): void {
  withStoreOptions(
    program.command('status').description('what the store holds: loci, alerts, catalogues, filters that are off'),
  )
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  antares status --json')
    .action(async (options: StoreOptions & { readonly json?: boolean }) => {
      const config = configOf(options);
      requireStore(config);
      const store = await openAlertStore(config, 'reader');
      try {
        const status = await readStatus(store);
        if (options.json === true) {
          await writeLine(JSON.stringify(status));
          return;
        }
        const { loci, alerts, packets, ledger, catalogs, watch_lists, filters_off } = status;
        await writeLines([
          `${loci} loci, ${alerts} alerts, ${packets} packets kept`,
          `${ledger.received} received = ${ledger.stored} stored + ${ledger.duplicate} duplicate + ${ledger.rejected} rejected`,
          `catalogues: ${catalogs.length === 0 ? 'none' : catalogs.join(', ')}`,
          `watch lists: ${watch_lists.length === 0 ? 'none' : watch_lists.join(', ')}`,
          `filters that are off: ${filters_off.length === 0 ? 'none' : filters_off.join(', ')}`,
        ]);
      } finally {
        await store.close();
      }
    });
}
