import type { Command } from 'commander';
import { type ConnectionOptions, connect, wholeNumber, withConnection } from './connection.ts';
import { writeLoci } from './locus-lines.ts';
import { parseCone } from './sky-position.ts';

interface ConeOptions extends ConnectionOptions {
  readonly limit?: number;
  readonly json?: boolean;
}

/** `antares-client cone`. */
export function registerCone(program: Command): void {
  withConnection(program.command('cone'))
    .description('Find loci within a circle on the sky')
    .argument('<ra,dec,radius>', 'centre [ICRS degrees] and radius [arcsec], between commas')
    .option('--limit <n>', 'at most so many loci', wholeNumber)
    .option('--json', 'one JSON object a line')
    .addHelpText('after', '\nExample:\n  antares-client cone 207.868,40.448,5')
    .action(async (cone: string, options: ConeOptions) => {
      const circle = parseCone(cone);
      const { loci } = await connect(options);
      await writeLoci(loci.cone(circle, { limit: options.limit }), options.json === true);
    });
}
