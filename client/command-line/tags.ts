import type { Command } from 'commander';
import { type ConnectionOptions, connect, withConnection } from './connection.ts';
import { writeLine, writeRow } from './output.ts';

/** `antares-client tags`. */
export function registerTags(program: Command): void {
  withConnection(program.command('tags'))
    .description('All tags, and on how many loci each is')
    .option('--json', 'one JSON list')
    .addHelpText('after', '\nExample:\n  antares-client tags')
    .action(async (options: ConnectionOptions & { readonly json?: boolean }) => {
      const tags = await (await connect(options)).tags();
      if (options.json === true) {
        await writeLine(JSON.stringify(tags));
        return;
      }
      await writeRow(['tag', 'loci']);
      for (const { name, loci } of tags) await writeRow([name, loci]);
    });
}
