import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { antaresOutput } from './command-line.ts';
import { copyOfShared } from './once-a-run.ts';
import { sharedPath } from './shared-data.ts';

/** All ZTF packets of the shared archives. */
export const ZTF_ARCHIVES = ['data/alerts/ztf', 'data/alerts/ztf-nocutout'];

/** What `ingest --json` says at its end. */
export interface IngestCounts {
  readonly received: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly rejected: number;
}

/** Makes a data folder with every catalogue and watch list that the expected matches were computed with. */
export function loadEveryList(data: string): Promise<void> {
  return copyOfShared('every-list', data, async (folder) => {
    for (const file of await readdir(sharedPath('data/catalogs'))) {
      const name = basename(file).replace(/\.csv(\.gz)?$/, '');
      if (name === file || name === 'ztf_fields') continue;
      const isWatchList = name.startsWith('watchlist_');
      const id = isWatchList ? 'name' : 'id';
      await antaresOutput([
        isWatchList ? 'watch-list' : 'catalog',
        ...['load', name, sharedPath(`data/catalogs/${file}`), '--data', folder],
        ...['--ra', 'ra_deg', '--dec', 'dec_deg', '--id', id, '--radius', 'radius_arcsec'],
      ]);
    }
  });
}

/** Makes a data folder with every list, and {@link ZTF_ARCHIVES} taken in after them. @returns what the ingest said */
export async function takeInZtf(data: string): Promise<IngestCounts> {
  const counts = join(data, 'ingest.json');
  await copyOfShared('ztf-archives', data, async (folder) => {
    await loadEveryList(folder);
    const output = await antaresOutput([
      ...['ingest', ...ZTF_ARCHIVES.map(sharedPath)],
      ...['--l1', 'off', '--json', '--data', folder],
    ]);
    await writeFile(join(folder, basename(counts)), output.trim().split('\n').at(-1)!);
  });
  return JSON.parse(await readFile(counts, 'utf8')) as IngestCounts;
}
