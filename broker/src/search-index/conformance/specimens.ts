import type { LocusId } from '../../model/ids.ts';
import type { PropertyValue } from '../../model/property.ts';
import { htmIdOf } from '../../sky/htm/locate.ts';
import { parseSearchBody } from '../query/parse-search-body.ts';
import type { LocusDocument, SearchIndex, SearchRequest, SearchResult } from '../search-index.ts';

/** What a specimen may say of itself; the rest is empty. */
export interface Specimen {
  readonly ra?: number;
  readonly dec?: number;
  readonly tags?: readonly string[];
  readonly catalogs?: readonly string[];
  readonly watchLists?: readonly string[];
  readonly properties?: Readonly<Record<string, PropertyValue>>;
}

/** A document with a short id. */
export function documentOf(id: string, specimen: Specimen = {}): LocusDocument {
  const { ra = 0, dec = 0, tags = [], catalogs = [], watchLists = [], properties = {} } = specimen;
  const ref = { locusId: id as LocusId, birthTrixel: htmIdOf(ra, dec, 20) };
  return { ref, ra, dec, tags, catalogs, watchLists, properties: new Map(Object.entries(properties)) };
}

/** Five loci as the suite knows them. */
export const SPECIMENS: readonly LocusDocument[] = [
  documentOf('ANT2020aa', {
    ra: 10,
    dec: -5,
    tags: ['extragalactic', 'high_snr'],
    catalogs: ['ned', 'allwise'],
    properties: {
      num_alerts: 3n,
      newest_alert_magnitude: 18.25,
      newest_alert_observation_time: 59_000.5,
      ztf_object_id: 'ZTF20aaaaaaa',
      big_id: 9_007_199_254_740_993n,
      is_new: true,
      survey: '{"ztf":{"id":["ZTF20aaaaaaa"]}}',
    },
  }),
  documentOf('ANT2020ab', {
    ra: 20,
    dec: 5,
    tags: ['extragalactic'],
    catalogs: ['ned'],
    properties: {
      num_alerts: 7n,
      newest_alert_magnitude: 20,
      newest_alert_observation_time: 59_001.25,
      ztf_object_id: 'ZTF20aaaaaab',
      big_id: 9_007_199_254_740_992n,
      is_new: false,
    },
  }),
  documentOf('ANT2021ac', {
    ra: 200,
    dec: 45,
    tags: ['nuclear_transient'],
    watchLists: ['my list'],
    properties: {
      num_alerts: 7n,
      newest_alert_magnitude: -1.5,
      newest_alert_observation_time: 59_003,
      ztf_object_id: 'ZTF21bbbbbbb',
      horizons_targetname: 'Ceres (A801 AA)',
      survey: '{"lsst":{"dia_object_id":["170032882292621441","12"],"ss_object_id":[]}}',
    },
  }),
  documentOf('ANT2021ad', {
    ra: 300,
    dec: 0,
    properties: { num_alerts: 1n, label: 'A "quoted" text', anomaly_score: 0.5, year: '2021' },
  }),
  documentOf('ANT2021ae', { ra: 359.5, dec: 89, properties: { num_alerts: 40n, anomaly_score: 1, year: '2020' } }),
];

/** Fills an index with {@link SPECIMENS}. */
export async function fill(index: SearchIndex): Promise<void> {
  await index.put(SPECIMENS);
}

/** Asks an index with a document of our own form. */
export function ask(index: SearchIndex, body: unknown): Promise<SearchResult> {
  const request: SearchRequest = parseSearchBody(body, { form: 'own', seed: () => 'seed' });
  return index.search(request);
}

/** Ids of the hits, without the letters that all have in common. */
export function idsOf({ hits }: SearchResult): string[] {
  return hits.map(({ ref }) => ref.locusId.replace(/^ANT202\d/, ''));
}

/** Ids that match a query, in the order of ids. */
export async function found(index: SearchIndex, query: unknown): Promise<string[]> {
  return idsOf(await ask(index, { query, size: 1000, sort: 'locus_id' }));
}
