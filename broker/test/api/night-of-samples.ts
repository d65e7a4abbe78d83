import { basename } from 'node:path';
import type { LocusRecord } from '../../src/model/locus.ts';
import { antaresOutput } from '../command-line.ts';
import { sharedPath } from '../shared-data.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type ApiTestOptions, type ApiUnderTest, openApiUnderTest } from './drop-in-under-test.ts';

/** Archives of real packets: ZTF with images (one night of JPEG ones), one object of 488 alerts, Rubin with moving objects. */
export const SAMPLE_ARCHIVES = [
  'data/alerts/ztf/ztf_public_20171214.tar.gz',
  'data/alerts/ztf/ztf_public_20231012.tar.gz',
  'data/alerts/ztf/ztf_public_20231018.tar.gz',
  'data/alerts/ztf/ztf_public_20240715.tar.gz',
  'data/alerts/ztf/ztf_public_20250904.tar.gz',
  'data/alerts/ztf/by_object/ZTF18abdgukn.tar.gz',
  'data/alerts/lsst/rubin_v10_0.tar.gz',
];

/** Catalogues and watch lists, with the column that names the object. */
const LISTS = [
  ['catalog', 'allwise_extract.csv.gz', 'id'],
  ['catalog', 'catalina_variables.csv.gz', 'id'],
  ['catalog', 'pgc_d25.csv.gz', 'id'],
  ['catalog', 'veron_quasars_bright.csv.gz', 'id'],
  ['watch-list', 'watchlist_symbiotic_cv.csv', 'name'],
] as const;

/** Fills a data folder with real packets, through the command line: catalogues first, then {@link SAMPLE_ARCHIVES}. */
export async function ingestSamples(data: string): Promise<void> {
  for (const [verb, file, id] of LISTS) {
    const name = basename(file).replace(/\.csv(\.gz)?$/, '');
    await antaresOutput([
      ...[verb, 'load', name, sharedPath(`data/catalogs/${file}`), '--data', data],
      ...['--ra', 'ra_deg', '--dec', 'dec_deg', '--id', id, '--radius', 'radius_arcsec'],
    ]);
  }
  const archives = SAMPLE_ARCHIVES.map(sharedPath);
  await antaresOutput(['ingest', ...archives, '--l1', 'off', '--data', data]);
}

/** The interface over a store of its own that holds {@link SAMPLE_ARCHIVES}. */
export async function openSampleApi(options: ApiTestOptions = {}): Promise<ApiUnderTest> {
  const folder = await temporaryFolder();
  await ingestSamples(folder.path);
  const api = await openApiUnderTest(folder.path, options);
  return {
    ...api,
    close: async () => {
      await api.close();
      await folder.dispose();
    },
  };
}

/** The interface over a store that holds nothing. */
export async function openEmptyApi(options: ApiTestOptions = {}): Promise<ApiUnderTest> {
  const folder = await temporaryFolder();
  const api = await openApiUnderTest(folder.path, options);
  return {
    ...api,
    close: async () => {
      await api.close();
      await folder.dispose();
    },
  };
}

/** All loci of a store, by id. */
export async function lociOf(api: ApiUnderTest): Promise<readonly LocusRecord[]> {
  const { store } = api.context;
  const records: LocusRecord[] = [];
  let token: string | undefined;
  do {
    const page = await store.scanLoci(token, 1000);
    for (const record of await store.getLocusRecords(page.items)) if (record !== undefined) records.push(record);
    token = page.next;
  } while (token !== undefined);
  return records.sort((a, b) => (a.ref.locusId < b.ref.locusId ? -1 : 1));
}

/** A query as a parameter of `/v1/loci`. */
export function v1Query(query: unknown): string {
  return `elasticsearch_query[locus_listing]=${encodeURIComponent(JSON.stringify(query))}`;
}

/** A query as a parameter of `/v2/loci`. */
export function v2Query(query: unknown): string {
  return `elasticsearch_query=${encodeURIComponent(JSON.stringify(query))}`;
}

/** Path and parameters of an absolute link. */
export function pathOf(link: string): string {
  const { pathname, search } = new URL(link);
  return `${pathname}${search}`;
}
