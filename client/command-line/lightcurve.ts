import type { LightCurve } from '@antares/client';
import { type Command, Option } from 'commander';
import { writeFileAtomically } from './atomic-file.ts';
import { type ConnectionOptions, connect, withConnection } from './connection.ts';
import { writeBytes } from './output.ts';

interface LightCurveOptions extends ConnectionOptions {
  readonly format: 'csv' | 'json' | 'vot' | 'parquet';
  readonly output?: string;
}

/** `antares-client lightcurve`. */
export function registerLightCurve(program: Command): void {
  withConnection(program.command('lightcurve'))
    .description('The light curve of a locus')
    .argument('<id>', 'the locus')
    .addOption(
      new Option('--format <format>', 'CSV, one JSON object a line, VOTable, or Parquet')
        .choices(['csv', 'json', 'vot', 'parquet'])
        .default('csv'),
    )
    .option('--json', 'the same as --format json')
    .option('--output <file>', 'into a file instead of standard output')
    .addHelpText(
      'after',
      '\nExample:\n  antares-client lightcurve ANT2020so7ia --format parquet --output so7ia.parquet',
    )
    .action(async (id: string, options: LightCurveOptions & { readonly json?: boolean }) => {
      const { loci } = await connect(options);
      const format = options.json === true ? 'json' : options.format;
      const bytes =
        format === 'json'
          ? new TextEncoder().encode(toLines((await loci.get(id)).lightCurve))
          : (await loci.lightCurveFile(id, format)).bytes;
      if (options.output === undefined) await writeBytes(bytes);
      else await writeFileAtomically(options.output, bytes);
    });
}

/** One object an alert; undefined values have no key. */
function toLines(curve: LightCurve): string {
  let lines = '';
  for (let i = 0; i < curve.length; i++) {
    const row: Record<string, string | number | undefined> = {
      alert_id: curve.alertId[i],
      time: curve.time[i] || undefined,
      mjd: defined(curve.mjd[i]),
      survey: defined(curve.survey[i]),
      ra: defined(curve.ra[i]),
      dec: defined(curve.dec[i]),
      passband: curve.passband[i] || undefined,
      mag: defined(curve.mag[i]),
      magerr: defined(curve.magerr[i]),
      maglim: defined(curve.maglim[i]),
      mag_corrected: defined(curve.magCorrected[i]),
      magerr_corrected: defined(curve.magerrCorrected[i]),
      magulim_corrected: defined(curve.magulimCorrected[i]),
      magllim_corrected: defined(curve.magllimCorrected[i]),
    };
    lines += `${JSON.stringify(row)}\n`;
  }
  return lines;
}

function defined(value: number | undefined): number | undefined {
  return value === undefined || Number.isNaN(value) ? undefined : value;
}
