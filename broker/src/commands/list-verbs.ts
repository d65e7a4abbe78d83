import { stat } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { openAlertStore } from '../backends.ts';
import type { ListKind } from '../catalogs/catalog.ts';
import { listCatalogs, removeCatalog } from '../catalogs/catalog-registry.ts';
import { loadCatalog } from '../catalogs/load-catalog.ts';
import type { CsvColumns } from '../catalogs/read-csv.ts';
import { configOf, oneOf, requireStore, type StoreOptions, withStoreOptions } from './common-options.ts';
import { ProgressLine, writeError, writeLine, writeLines } from './output.ts';

interface LoadOptions extends StoreOptions {
  readonly ra: string;
  readonly dec: string;
  readonly id: string;
  readonly radius?: CsvColumns['radius'];
  readonly unit: CsvColumns['radiusUnit'];
  readonly strict?: boolean;
  readonly json?: boolean;
}

/** The three verbs that catalogues and watch lists share. */
export function registerListVerbs(
  program: Command,
  { kind, description, example }: { readonly kind: ListKind; readonly description: string; readonly example: string },
): void {
  const command = program.command(kind).description(description);
  withStoreOptions(
    command
      .command('load <name> <file>')
      .description('load a CSV file, gzipped or not; the same name again is a new version'),
  )
    .requiredOption('--ra <column>', 'column of right ascension [deg, ICRS]')
    .requiredOption('--dec <column>', 'column of declination [deg, ICRS]')
    .requiredOption('--id <column>', 'column of the object id')
    .option('--radius <column|number>', 'column of the radius, or one radius for all (default: 1 arcsec)', parseRadius)
    .option('--unit <unit>', 'unit of the radius: arcsec, arcmin or deg', oneOf('arcsec', 'arcmin', 'deg'), 'arcsec')
    .option('--strict', 'refuse the file when a row cannot be used')
    .option('--json', 'print what was loaded as JSON')
    .addHelpText('after', `\nExample:\n  ${example}`)
    .action(async (name: string, file: string, options: LoadOptions) => {
      const config = configOf(options);
      const store = await openAlertStore(config, 'reader-writer');
      const progress = new ProgressLine();
      try {
        const total = (await stat(file).catch(() => undefined))?.size ?? 0;
        let read = 0;
        const { catalog, unusable } = await loadCatalog(store, {
          kind,
          name,
          file,
          columns: {
            ra: options.ra,
            dec: options.dec,
            id: options.id,
            radius: options.radius,
            radiusUnit: options.unit,
          },
          strict: options.strict === true,
          onProgress: (bytes) => {
            read += bytes;
            progress.show(() => `loading ${name}: ${total === 0 ? '' : Math.floor((100 * read) / total)} %`);
          },
        });
        progress.clear();
        for (const { line, reason } of unusable) writeError(`${file} line ${line}: skipped, ${reason}`);
        if (catalog.skipped > unusable.length)
          writeError(`… and ${catalog.skipped - unusable.length} more rows skipped`);
        if (options.json === true) await writeLine(JSON.stringify(listEntry(catalog)));
        else
          writeError(
            `${name}: ${catalog.rows} objects, ${catalog.skipped} rows skipped, ${catalog.lookupEntries} look-up entries, version ${catalog.version}`,
          );
      } finally {
        progress.clear();
        await store.close();
      }
    });
  withStoreOptions(command.command('list').description('what is loaded'))
    .option('--json', 'as JSON')
    .addHelpText('after', `\nExample:\n  antares ${kind} list --json`)
    .action(async (options: StoreOptions & { readonly json?: boolean }) => {
      const config = configOf(options);
      requireStore(config);
      const store = await openAlertStore(config, 'reader');
      try {
        const lists = await listCatalogs(store, kind);
        if (options.json === true) await writeLine(JSON.stringify(lists.map(listEntry)));
        else
          await writeLines(
            lists.map(
              ({ name, version, rows, skipped, loadedAt }) =>
                `${name}\tversion ${version}\t${rows} objects\t${skipped} skipped\tloaded ${loadedAt}`,
            ),
          );
      } finally {
        await store.close();
      }
    });
  withStoreOptions(command.command('remove <name>').description('take it out of force; matches already made stay'))
    .addHelpText('after', `\nExample:\n  antares ${kind} remove old_list`)
    .action(async (name: string, options: StoreOptions) => {
      const config = configOf(options);
      requireStore(config);
      const store = await openAlertStore(config, 'reader-writer');
      try {
        await removeCatalog(store, kind, name);
      } finally {
        await store.close();
      }
    });
}

/** The keys of `list --json`: an interface. */
function listEntry(catalog: {
  name: string;
  version: number;
  rows: number;
  skipped: number;
  lookupEntries: number;
  loadedAt: string;
}): object {
  const { name, version, rows, skipped, lookupEntries, loadedAt } = catalog;
  return { name, version, rows, skipped, lookup_entries: lookupEntries, loaded_at: loadedAt };
}

function parseRadius(text: string): NonNullable<CsvColumns['radius']> {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) return { column: text };
  if (!(value >= 0) || !Number.isFinite(value))
    throw new InvalidArgumentError('expected a radius of 0 or more, or the name of a column');
  return { value };
}
