import type { Command } from 'commander';
import { type ConnectionOptions, connect, withConnection } from './connection.ts';
import { writeLine, writeRow } from './output.ts';
import { parsePosition } from './sky-position.ts';

interface CatalogsOptions extends ConnectionOptions {
  readonly at?: string;
  readonly json?: boolean;
}

/** `antares-client catalogs`. */
export function registerCatalogs(program: Command): void {
  withConnection(program.command('catalogs'))
    .description('The catalogues that loci are compared with; or their objects at a position')
    .option('--at <ra,dec>', 'objects at a position [ICRS degrees]')
    .option('--json', 'one JSON list')
    .addHelpText(
      'after',
      '\nExamples:\n  antares-client catalogs\n  antares-client catalogs --at 207.868,40.448 --json',
    )
    .action(async (options: CatalogsOptions) => {
      const position = options.at === undefined ? undefined : parsePosition(options.at);
      const { catalogs } = await connect(options);
      if (position === undefined) {
        const list = await catalogs.list();
        const rows = list.map(({ name, version, objects, loadedAt, columns }) => {
          return { name, version, objects, loaded_at: loadedAt, columns };
        });
        if (options.json === true) return writeLine(JSON.stringify(rows));
        await writeRow(['name', 'version', 'objects', 'loaded_at']);
        for (const { name, version, objects, loaded_at } of rows) await writeRow([name, version, objects, loaded_at]);
        return;
      }
      const objects = await catalogs.at(position);
      const rows = objects.map(({ catalog, objectId, properties }) => ({ catalog, object_id: objectId, properties }));
      if (options.json === true) return writeLine(JSON.stringify(rows));
      await writeRow(['catalog', 'object_id']);
      for (const { catalog, object_id } of rows) await writeRow([catalog, object_id]);
    });
}
