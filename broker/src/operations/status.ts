import type { AlertStore } from '../alert-store/alert-store.ts';
import { readCatalogRegistry } from '../catalogs/catalog-registry.ts';
import { FilterStates } from './filter-states.ts';
import { totalLedger } from './ledger.ts';

/** What a store holds, for people and for `--json`. */
export interface StoreStatus {
  readonly loci: number;
  readonly alerts: number;
  readonly packets: number;
  readonly ledger: ReturnType<typeof totalLedger>;
  readonly catalogs: readonly string[];
  readonly watch_lists: readonly string[];
  readonly filters_off: readonly string[];
}

/** Reads the status of a store. */
export async function readStatus(store: AlertStore): Promise<StoreStatus> {
  const [totals, ledger, registry, states] = await Promise.all([
    store.totals(),
    store.listLedger(),
    readCatalogRegistry(store),
    FilterStates.open(store),
  ]);
  return {
    ...totals,
    ledger: totalLedger(ledger),
    catalogs: registry.lists.filter(({ kind }) => kind === 'catalog').map(({ name }) => name),
    watch_lists: registry.lists.filter(({ kind }) => kind === 'watch-list').map(({ name }) => name),
    filters_off: states.disabled,
  };
}
