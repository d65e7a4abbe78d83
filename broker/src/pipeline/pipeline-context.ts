import { attachCoordination, openAlertStoreInWorker } from '../backends.ts';
import { CatalogSet } from '../catalogs/catalog-set.ts';
import { DisabledFlags } from '../filters/disabled-flags.ts';
import { InProcessFilterHost } from '../filters/in-process/in-process-filter-host.ts';
import { selectFilters } from '../filters/registry.ts';
import { LocusNumbers } from './locus-numbers.ts';
import { messageSequences } from './message-sequence.ts';
import { l1FiltersOf, openPacketDecoder, streamsOf } from './set-up.ts';
import type { PipelineContext } from './stage.ts';
import type { WorkerSetup } from './worker-messages.ts';

/** Opens everything that a lane works with, in the thread that will run it. */
export async function openPipelineContext(setup: WorkerSetup): Promise<PipelineContext> {
  const { config } = setup;
  const store = await openAlertStoreInWorker(config);
  const coordination = await attachCoordination(setup.coordination);
  const filters = new InProcessFilterHost();
  const crashes = await filters.prepare(selectFilters(config.filters), {
    flags: DisabledFlags.attach(setup.disabledFilters),
    definitions: new Map((await store.listProperties()).map((definition) => [definition.name, definition])),
    files: NO_FILES,
    at: Math.floor(Date.now() / 1000),
  });
  for (const crash of crashes) await store.putCrash(crash);
  return {
    store,
    coordination,
    decoder: await openPacketDecoder(config, store),
    l1Filters: l1FiltersOf(config),
    filters,
    streams: streamsOf(config),
    catalogs: new CatalogSet(store, setup.catalogs),
    provenanceId: setup.provenanceId,
    associationRadiusArcsec: config.pipeline.associationRadiusArcsec,
    solarSystemLoci: config.pipeline.solarSystemLoci,
    locusNumbers: new LocusNumbers(coordination),
    nextSequence: messageSequences(setup.run, setup.lane),
  };
}

/** Built-in filters bring their tables in code: none of them asks for files. */
const NO_FILES = {
  get(key: string): never {
    throw new TypeError(`no data file ${key}: built-in filters have none`);
  },
};
