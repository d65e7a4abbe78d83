import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { openAlertStore } from '../backends.ts';
import { AlertPropertiesOfStore } from '../operations/alert-properties-of-store.ts';
import {
  type ExportSelection,
  exportAlertsCsv,
  exportAlertsNdjson,
  exportLociCsv,
  exportLociNdjson,
} from '../operations/export.ts';
import { toPosition } from '../sky/position.ts';
import { configOf, oneOf, requireStore, type StoreOptions, withStoreOptions } from './common-options.ts';
import { writeLines } from './output.ts';

interface ExportOptions extends StoreOptions {
  readonly format?: 'csv' | 'ndjson';
  readonly locus?: string;
  readonly tag?: string;
  readonly cone?: ExportSelection['cone'];
}

/** `antares export loci|alerts`: what the store holds, in formats that other programs read. */
export function registerExport(program: Command): void {
  const command = program.command('export').description('write loci or alerts to standard output');
  const what = (name: 'loci' | 'alerts', description: string, format: 'csv' | 'ndjson'): void => {
    withStoreOptions(command.command(name).description(description))
      .option('--format <format>', `csv or ndjson (default: ${format})`, oneOf('csv', 'ndjson'))
      .option('--locus <id>', 'this locus only')
      .option('--tag <name>', 'loci with this tag only')
      .option('--cone <ra,dec,radius>', 'loci in this cone only: degrees, degrees, arcsec', parseCone)
      .addHelpText('after', `\nExample:\n  antares export ${name} --cone 114.26,21.3,60 > ${name}.${format}`)
      .action(async (options: ExportOptions) => {
        const config = configOf(options);
        requireStore(config);
        const store = await openAlertStore(config, 'reader');
        try {
          const selection = { locusId: options.locus, tag: options.tag, cone: options.cone };
          const chosen = options.format ?? format;
          if (name === 'loci') {
            await writeLines(chosen === 'csv' ? exportLociCsv(store, selection) : exportLociNdjson(store, selection));
          } else if (chosen === 'csv') {
            await writeLines(exportAlertsCsv(store, selection));
          } else {
            await writeLines(exportAlertsNdjson(store, selection, await AlertPropertiesOfStore.open(config, store)));
          }
        } finally {
          await store.close();
        }
      });
  };
  what('loci', 'loci, one a line, ordered by locus id', 'ndjson');
  what('alerts', 'alerts, one a line, ordered by locus id, then time, then alert id', 'csv');
}

function parseCone(text: string): NonNullable<ExportSelection['cone']> {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [ra, dec, radiusArcsec] = numbers;
  if (numbers.length !== 3 || !numbers.every(Number.isFinite) || radiusArcsec! < 0 || Math.abs(dec!) > 90) {
    throw new InvalidArgumentError('expected RA,DEC,RADIUS_ARCSEC: three numbers, such as 114.26,21.3,60');
  }
  return { center: toPosition(ra!, dec!), radiusArcsec: radiusArcsec! };
}
