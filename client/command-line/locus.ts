import type { Alert, CatalogMatch, Locus } from '@antares/client';
import type { Command } from 'commander';
import { type ConnectionOptions, connect, withConnection } from './connection.ts';
import { locusToJson } from './locus-lines.ts';
import { writeLine, writeRow } from './output.ts';

interface LocusOptions extends ConnectionOptions {
  readonly alerts?: boolean;
  readonly matches?: boolean;
  readonly json?: boolean;
}

/** `antares-client locus`. */
export function registerLocus(program: Command): void {
  withConnection(program.command('locus'))
    .description('Show a locus: by its id, or by the name of its object at ZTF')
    .argument('<id>', 'ANT2020so7ia, or ZTF20aafqubg')
    .option('--alerts', 'its alerts, too')
    .option('--matches', 'catalogue objects at its position, too')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  antares-client locus ANT2020so7ia --alerts --json')
    .action(async (id: string, options: LocusOptions) => {
      const { loci } = await connect(options);
      const locusId = /^ZTF\d{2}/.test(id) ? ((await loci.findByZtfObject(id))?.locusId ?? id) : id;
      const locus = await loci.get(locusId);
      const alerts = options.alerts === true ? await loci.alerts(locusId) : undefined;
      const matches = options.matches === true ? await loci.catalogMatches(locusId) : undefined;
      await (options.json === true ? writeJson : writeText)(locus, alerts, matches);
    });
}

async function writeJson(
  locus: Locus,
  alerts: readonly Alert[] | undefined,
  matches: readonly CatalogMatch[] | undefined,
): Promise<void> {
  const json = {
    ...locusToJson(locus),
    grav_wave_events: locus.gravWaveEvents,
    alerts: alerts?.map(({ alertId, mjd, survey, processedAt, properties }) => {
      return { alert_id: alertId, mjd, survey, processed_at: processedAt, properties };
    }),
    catalog_matches: matches?.map(({ catalog, objectId, objectName, ra, dec, separationArcsec, properties }) => {
      const position = { ra, dec, separation_arcsec: separationArcsec };
      return { catalog, object_id: objectId, object_name: objectName, ...position, properties };
    }),
  };
  await writeLine(JSON.stringify(json));
}

async function writeText(
  locus: Locus,
  alerts: readonly Alert[] | undefined,
  matches: readonly CatalogMatch[] | undefined,
): Promise<void> {
  await writeRow(['locus_id', locus.locusId]);
  await writeRow(['ra', locus.ra]);
  await writeRow(['dec', locus.dec]);
  await writeRow(['tags', locus.tags.join(';')]);
  await writeRow(['catalogs', locus.catalogs.join(';')]);
  await writeRow(['watch_lists', locus.watchLists.join(';')]);
  for (const [name, value] of Object.entries(locus.properties)) {
    await writeRow([name, typeof value === 'string' ? value : JSON.stringify(value)]);
  }
  if (alerts !== undefined) await writeRow(['alert_id', 'mjd', 'passband', 'mag', 'magerr', 'maglim']);
  for (const { alertId, mjd, properties } of alerts ?? []) {
    const cells = ['ant_passband', 'ant_mag', 'ant_magerr', 'ant_maglim'].map((name) => properties[name]);
    await writeRow([alertId, mjd, ...cells.map((cell) => (typeof cell === 'number' ? cell : String(cell ?? '')))]);
  }
  if (matches !== undefined) await writeRow(['catalog', 'object_id', 'object_name', 'ra', 'dec']);
  for (const { catalog, objectId, objectName, ra, dec } of matches ?? []) {
    await writeRow([catalog, objectId, objectName, ra, dec]);
  }
}
