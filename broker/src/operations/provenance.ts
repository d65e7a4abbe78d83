import { createHash } from 'node:crypto';
import type { AlertStore } from '../alert-store/alert-store.ts';
import type { Catalog } from '../catalogs/catalog.ts';
import type { Config } from '../config/config.ts';
import { type ProvenanceId, toProvenanceId } from '../model/ids.ts';

/** What a process is: all that is needed to decide again as it decides. The paper, section 8 and table 2. */
export interface Provenance {
  readonly antares_version: string;
  readonly node_version: string;
  /** Configuration in force, without secrets and without what only says where and how fast. */
  readonly config: Config;
  readonly l1_filters: readonly string[];
  readonly filters: readonly { readonly name: string; readonly version: number; readonly enabled: boolean }[];
  readonly catalogs: readonly {
    readonly name: string;
    readonly kind: string;
    readonly version: number;
    readonly rows: number;
  }[];
  readonly packages: Readonly<Record<string, string>>;
}

/** Keys of the configuration that say where and how much, not what is decided: they do not make another provenance. */
type Decisive = Omit<Config, 'data' | 'http'>;

/** The catalogue part of a provenance. */
export function catalogProvenance(catalogs: readonly Catalog[]): Provenance['catalogs'] {
  return catalogs.map(({ name, kind, version, rows }) => ({ name, kind, version, rows }));
}

/**
 * Keeps a provenance document and names it.
 *
 * The id is made of the content, so that a restart with nothing changed goes on under the same one.
 */
export async function recordProvenance(store: AlertStore, provenance: Provenance): Promise<ProvenanceId> {
  const { data: _data, http: _http, ...config } = provenance.config;
  const decisive: Omit<Provenance, 'config'> & { readonly config: Decisive } = {
    ...provenance,
    config: {
      ...config,
      pipeline: { ...config.pipeline, workers: 0 },
      schemas: { ...config.schemas, registryUrl: withoutCredentials(config.schemas.registryUrl) },
    },
  };
  const text = JSON.stringify(decisive);
  const id = toProvenanceId(createHash('sha256').update(text).digest('hex').slice(0, 16));
  await store.putProvenance(id, text);
  return id;
}

function withoutCredentials(url: string): string {
  return url.replace(/^(\w+:\/\/)[^/@]*@/, '$1');
}
