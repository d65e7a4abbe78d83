import type { Command } from 'commander';
import { openAlertStore } from '../backends.ts';
import { builtInFilters, selectFilters } from '../filters/registry.ts';
import { AntaresError } from '../model/errors.ts';
import { FilterStates } from '../operations/filter-states.ts';
import { configOf, requireStore, type StoreOptions, withStoreOptions } from './common-options.ts';
import { writeLine, writeLines } from './output.ts';

/** `antares filter list|crash|enable|disable`: which filters there are, which are off, and why. */
export function registerFilter(program: Command): void {
  const command = program
    .command('filter')
    .description('filters: list them, see why one crashed, switch one on or off');
  withStoreOptions(command.command('list').description('filters in the order in which they run'))
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  antares filter list')
    .action(async (options: StoreOptions & { readonly json?: boolean }) => {
      const config = configOf(options);
      const running = new Set(selectFilters(config.filters).map(({ name }) => name));
      const filters = builtInFilters().map(({ name, version, description, outputTags }) => ({
        name,
        version,
        runs: running.has(name),
        tags: outputTags.map((tag) => tag.name),
        description,
      }));
      if (options.json === true) await writeLine(JSON.stringify(filters));
      else
        await writeLines(
          filters.map(
            ({ name, version, runs, description }) =>
              `${name}\tv${version}\t${runs ? 'runs' : 'not selected'}\t${description}`,
          ),
        );
    });
  withStoreOptions(command.command('crash [id]').description('a crash with its traceback, or the latest ones'))
    .addHelpText('after', '\nExample:\n  antares filter crash high_snr-v1-0123456789ab')
    .action(async (id: string | undefined, options: StoreOptions) => {
      await withStore(options, 'reader', async (store) => {
        const crashes = await store.listCrashes(1000);
        if (id === undefined) {
          await writeLines(
            crashes
              .slice(0, 20)
              .map((crash) => `${crash.crashLogId}\t${crash.locusId}\t${crash.alertId}\t${crash.error.message}`),
          );
          return;
        }
        const crash = crashes.find(({ crashLogId }) => crashLogId === id);
        if (crash === undefined)
          throw new AntaresError(
            'FILTER_UNKNOWN',
            `there is no crash ${id}; \`antares filter crash\` lists the latest`,
          );
        await writeLine(JSON.stringify(crash, null, 2));
      });
    });
  for (const verb of ['enable', 'disable'] as const) {
    withStoreOptions(
      command
        .command(`${verb} <name>`)
        .description(`switch a filter ${verb === 'enable' ? 'on again' : 'off'}, from the next start of the broker on`),
    )
      .addHelpText('after', `\nExample:\n  antares filter ${verb} high_snr`)
      .action(async (name: string, options: StoreOptions) => {
        const known = builtInFilters().map((filter) => filter.name);
        if (!known.includes(name))
          throw new AntaresError('FILTER_UNKNOWN', `there is no filter ${name}; known: ${known.join(', ')}`);
        await withStore(options, 'reader-writer', async (store) => {
          const states = await FilterStates.open(store);
          await (verb === 'enable' ? states.enable(name) : states.disable(name, 'operator'));
        });
      });
  }
}

async function withStore(
  options: StoreOptions,
  mode: 'reader' | 'reader-writer',
  use: (store: Awaited<ReturnType<typeof openAlertStore>>) => Promise<void>,
): Promise<void> {
  const config = configOf(options);
  requireStore(config);
  const store = await openAlertStore(config, mode);
  try {
    await use(store);
  } finally {
    await store.close();
  }
}
