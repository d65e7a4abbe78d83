import { basename } from 'node:path';
import { openAlertStore } from '../../src/backends.ts';
import { loadCatalog } from '../../src/catalogs/load-catalog.ts';
import type { CsvColumns } from '../../src/catalogs/read-csv.ts';
import { DEFAULT_CONFIG } from '../../src/config/config.ts';
import type { LocusRecord } from '../../src/model/locus.ts';
import { antaresOutput } from '../command-line.ts';
import { copyOfShared } from '../once-a-run.ts';
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

/** Fills a data folder with real packets: catalogues first, then {@link SAMPLE_ARCHIVES} through the command line. */
async function ingestSamples(data: string): Promise<void> {
  const store = await openAlertStore({ ...DEFAULT_CONFIG, data }, 'writer');
  for (const [kind, file, id] of LISTS) {
    const name = basename(file).replace(/\.csv(\.gz)?$/, '');
    const columns: CsvColumns = {
      ...{ ra: 'ra_deg', dec: 'dec_deg', id },
      ...{ radius: { column: 'radius_arcsec' }, radiusUnit: 'arcsec' },
    };
    await loadCatalog(store, { kind, name, file: sharedPath(`data/catalogs/${file}`), columns, strict: false });
  }
  await store.close();
  await antaresOutput(['ingest', ...SAMPLE_ARCHIVES.map(sharedPath), '--l1', 'off', '--data', data]);
}

/** The interface over a store of its own that holds {@link SAMPLE_ARCHIVES}: a copy of one that all test files share. */
export async function openSampleApi(options: ApiTestOptions = {}): Promise<ApiUnderTest> {
  const folder = await temporaryFolder();
  await copyOfShared('night-of-samples', folder.path, ingestSamples);
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
