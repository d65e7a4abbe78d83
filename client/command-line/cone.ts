import { type LocusListing, separationArcsec } from '@antares/client';
import type { Command } from 'commander';
import { type ConnectionOptions, connect, wholeNumber, withConnection } from './connection.ts';
import { locusToJson } from './locus-lines.ts';
import { writeLine, writeRow } from './output.ts';
import { parseCone } from './sky-position.ts';

interface ConeOptions extends ConnectionOptions {
  readonly limit?: number;
  readonly json?: boolean;
}

/** `antares-client cone`. */
export function registerCone(program: Command): void {
  withConnection(program.command('cone'))
    .description('Find loci within a circle on the sky, the nearest to its centre first')
    .argument('<ra,dec,radius>', 'centre [ICRS degrees] and radius [arcsec], between commas')
    .option('--limit <n>', 'only the nearest n loci', wholeNumber)
    .option('--json', 'one JSON object a line')
    .addHelpText('after', '\nExample:\n  antares-client cone 207.868,40.448,5')
    .action(async (text: string, options: ConeOptions) => {
      const cone = parseCone(text);
      const { loci } = await connect(options);
      const found: { readonly locus: LocusListing; readonly separation: number }[] = [];
      for await (const locus of loci.cone(cone)) found.push({ locus, separation: separationArcsec(cone, locus) });
      found.sort((a, b) => a.separation - b.separation);
      const nearest = found.slice(0, options.limit);
      if (options.json !== true && nearest.length > 0) {
        await writeRow(['locus_id', 'separation_arcsec', 'ra', 'dec', 'tags', 'catalogs']);
      }
      for (const { locus, separation } of nearest) {
        if (options.json === true) {
          await writeLine(JSON.stringify({ ...locusToJson(locus), separation_arcsec: separation }));
        } else {
          const { locusId, ra, dec, tags, catalogs } = locus;
          await writeRow([locusId, separation, ra, dec, tags.join(';'), catalogs.join(';')]);
        }
      }
    });
}
