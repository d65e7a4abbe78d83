import { DisabledFlags } from '../../../src/filters/disabled-flags.ts';
import type { Filter } from '../../../src/filters/filter.ts';
import type { FilterResult } from '../../../src/filters/filter-host.ts';
import { type HandMadeLocus, makeLocusInFlight } from '../../../src/filters/hand-made-locus.ts';
import { InProcessFilterHost } from '../../../src/filters/in-process/in-process-filter-host.ts';
import type { LocusInFlight } from '../../../src/model/locus-in-flight.ts';

const CONTEXT = { at: 0, columns: { catalogColumns: () => ({}), watchColumns: () => ({}) } };
const FILES = {
  get(key: string): never {
    throw new TypeError(`no data file ${key}`);
  },
};

/** A host with filters made ready; fails where one of them cannot be. */
export async function prepare(filters: readonly Filter[]): Promise<(locus: LocusInFlight) => readonly FilterResult[]> {
  const host = new InProcessFilterHost();
  const flags = DisabledFlags.create(filters.map(({ name }) => name));
  const crashes = await host.prepare(filters, { flags, definitions: new Map(), files: FILES, at: 0 });
  if (crashes.length > 0) throw new Error(JSON.stringify(crashes));
  return (locus) => {
    const outcome = host.run(locus, CONTEXT);
    if (outcome.crashes.length > 0) throw new Error(JSON.stringify(outcome.crashes));
    return outcome.results;
  };
}

/** Tags that one filter sets on a hand-made locus; fails where it crashes. */
export async function tagsOf(filter: Filter, made: HandMadeLocus): Promise<readonly string[]> {
  const run = await prepare([filter]);
  return run(makeLocusInFlight(made))[0]!.tagsSet;
}

/** What one filter does on a hand-made locus; fails where it crashes. */
export async function resultOf(filter: Filter, made: HandMadeLocus): Promise<FilterResult> {
  const run = await prepare([filter]);
  return run(makeLocusInFlight(made))[0]!;
}
