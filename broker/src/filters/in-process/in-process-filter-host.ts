import type { CrashRecord } from '../../alert-store/alert-store.ts';
import { AntaresError } from '../../model/errors.ts';
import type { LocusInFlight } from '../../model/locus-in-flight.ts';
import { toCrashRecord } from '../crash-log.ts';
import { compileOutputs, type DeclaredOutputs } from '../declaration.ts';
import type { DisabledFlags } from '../disabled-flags.ts';
import type { Filter } from '../filter.ts';
import type {
  FilterHost,
  FilterHostSupport,
  FilterResult,
  FilterRunContext,
  FilterRunOutcome,
  FilterStatus,
  PrepareOptions,
} from '../filter-host.ts';
import { DEFAULT_FILTER_LIMITS, type FilterLimits } from '../limits.ts';
import { OutputJournal } from '../output-journal.ts';
import { ReadLog } from '../property-view.ts';
import { Requirements, type UnmetRequirement } from '../requirements.ts';
import { HaltRequest, LocusView } from './locus-view.ts';

/**
 * Runs trusted filters in the thread of the pipeline: the built-in ones, and those an operator vouches for.
 *
 * Fast because nothing is copied: filters look at the locus itself through one view that is used again and again, and
 * requirements are compiled. There is no boundary: a filter that never returns stops its worker, and one that writes into
 * the light curve's columns is not caught. Code from outside belongs into a sandbox.
 */
export class InProcessFilterHost implements FilterHost<Filter> {
  readonly supports: FilterHostSupport = { synchronousRuns: true, overlappingRuns: false, isolation: false };
  readonly #limits: FilterLimits;
  readonly #journal: OutputJournal;
  readonly #reads = new ReadLog();
  readonly #view: LocusView;
  #filters: PreparedFilter[] = [];
  #flags: DisabledFlags | undefined;

  constructor(limits: FilterLimits = DEFAULT_FILTER_LIMITS) {
    this.#limits = limits;
    this.#journal = new OutputJournal(limits);
    this.#view = new LocusView(this.#journal, this.#reads);
  }

  async prepare(filters: readonly Filter[], options: PrepareOptions): Promise<readonly CrashRecord[]> {
    const { flags, definitions, files, at } = options;
    const names = new Set<string>();
    for (const { name } of filters) {
      if (names.has(name)) throw new AntaresError('FILTER_DUPLICATE', `two filters are called ${name}; rename one`);
      names.add(name);
    }
    const prepared: PreparedFilter[] = [];
    const crashes: CrashRecord[] = [];
    for (const filter of filters) {
      let outputs: DeclaredOutputs | undefined;
      try {
        const declared = compileOutputs(filter, definitions, this.#limits);
        await filter.setup(files);
        outputs = declared;
      } catch (error) {
        flags.disable(filter.name);
        const { name, version } = filter;
        crashes.push(toCrashRecord({ filter: name, version, locusId: '', alertId: '', at }, error, this.#limits));
      }
      prepared.push(new PreparedFilter(filter, outputs, flags.indexOf(filter.name)));
    }
    this.#filters = prepared;
    this.#flags = flags;
    return crashes;
  }

  run(locus: LocusInFlight, context: FilterRunContext): FilterRunOutcome {
    const results: FilterResult[] = [];
    const view = this.#view;
    view.show(locus, context.columns);
    let haltedBy: string | undefined;
    for (const prepared of this.#filters) {
      const result = haltedBy === undefined ? this.#runOne(prepared, locus, context) : prepared.notReached;
      results.push(result);
      if (result.status === 'halted') haltedBy = result.filter;
    }
    return {
      results,
      haltedBy,
      tagsAdded: gather(results, (result) => result.tagsAdded),
      crashes: gather(results, (result) => result.crashes),
    };
  }

  async close(): Promise<void> {
    this.#filters = [];
  }

  #runOne(prepared: PreparedFilter, locus: LocusInFlight, context: FilterRunContext): FilterResult {
    if (prepared.outputs === undefined || this.#flags!.isDisabledAt(prepared.flagIndex)) return prepared.disabled;
    const unmet = prepared.requirements.findUnmet(this.#view);
    if (unmet !== undefined) return prepared.skipped(unmet);
    if (context.trace !== true) return this.#call(prepared, prepared.outputs, locus, context);
    this.#reads.start();
    const began = process.hrtime.bigint();
    const result = this.#call(prepared, prepared.outputs, locus, context);
    return { ...result, nanoseconds: Number(process.hrtime.bigint() - began), reads: this.#reads.stop() };
  }

  #call(
    prepared: PreparedFilter,
    outputs: DeclaredOutputs,
    locus: LocusInFlight,
    context: FilterRunContext,
  ): FilterResult {
    const { filter } = prepared;
    const journal = this.#journal;
    const view = this.#view;
    journal.begin(locus, outputs);
    view.beginTurn(filter.name, filter.mayHalt);
    let crashed = false;
    let crash: unknown;
    try {
      const returned: unknown = filter.run(view);
      if (returned !== undefined) refusePromise(filter.name, returned);
    } catch (error) {
      if (!(error instanceof HaltRequest && view.haltRequested)) {
        crashed = true;
        crash = error;
      }
    }
    journal.end();
    if (view.houseFailure !== undefined) {
      journal.rollBack(locus);
      throw view.houseFailure.error;
    }
    // A rule that was broken counts even where the filter caught the error and went on.
    if (journal.violation !== undefined) {
      crashed = true;
      crash = journal.violation;
    }
    if (crashed) {
      journal.rollBack(locus);
      return prepared.crashed(this.#recordCrash(filter, locus, context, crash));
    }
    return view.haltRequested ? prepared.halted(journal) : prepared.ran(journal);
  }

  #recordCrash(filter: Filter, locus: LocusInFlight, context: FilterRunContext, crash: unknown): CrashRecord {
    const { name, version } = filter;
    this.#flags!.disable(name);
    const alertId = locus.lightCurve.alertIdAt(locus.alertRow);
    const { locusId } = locus.ref;
    return toCrashRecord({ filter: name, version, locusId, alertId, at: context.at }, crash, this.#limits);
  }
}

const NO_NAMES: readonly string[] = [];
const NO_CRASHES: readonly CrashRecord[] = [];

/**
 * A filter with all that can be worked out before it runs.
 *
 * Most results say nothing but "ran" or "skipped": those are made once and handed out again and again, frozen.
 */
class PreparedFilter {
  readonly filter: Filter;
  /** undefined when it could not be made ready: switching it on does not help, only a new set-up. */
  readonly outputs: DeclaredOutputs | undefined;
  readonly requirements: Requirements;
  readonly flagIndex: number;
  readonly notReached: FilterResult;
  readonly disabled: FilterResult;
  readonly #ranSilently: FilterResult;
  readonly #skipped = new Map<UnmetRequirement, FilterResult>();

  constructor(filter: Filter, outputs: DeclaredOutputs | undefined, flagIndex: number) {
    this.filter = filter;
    this.outputs = outputs;
    this.requirements = new Requirements(filter);
    this.flagIndex = flagIndex;
    this.notReached = Object.freeze(this.#result('not_reached', {}));
    this.disabled = Object.freeze(this.#result('skipped', { skipReason: 'disabled' }));
    this.#ranSilently = Object.freeze(this.#result('ran', {}));
  }

  skipped(unmet: UnmetRequirement): FilterResult {
    let result = this.#skipped.get(unmet);
    if (result === undefined) {
      const { reason, missing } = unmet;
      result = Object.freeze(this.#result('skipped', { skipReason: reason, missing }));
      this.#skipped.set(unmet, result);
    }
    return result;
  }

  ran(journal: OutputJournal): FilterResult {
    return journal.isEmpty ? this.#ranSilently : this.#result('ran', outputsOf(journal));
  }

  halted(journal: OutputJournal): FilterResult {
    return this.#result('halted', outputsOf(journal));
  }

  crashed(crash: CrashRecord): FilterResult {
    return this.#result('crashed', { crashes: [crash] });
  }

  #result(status: FilterStatus, said: Partial<FilterResult>): FilterResult {
    return {
      filter: this.filter.name,
      version: this.filter.version,
      status,
      skipReason: said.skipReason,
      missing: said.missing,
      tagsSet: said.tagsSet ?? NO_NAMES,
      tagsAdded: said.tagsAdded ?? NO_NAMES,
      locusPropertiesSet: said.locusPropertiesSet ?? NO_NAMES,
      alertPropertiesSet: said.alertPropertiesSet ?? NO_NAMES,
      nanoseconds: Number.NaN,
      reads: NO_NAMES,
      crashes: said.crashes ?? NO_CRASHES,
    };
  }
}

function outputsOf(journal: OutputJournal): Partial<FilterResult> {
  return {
    tagsSet: copied(journal.tagsSet),
    tagsAdded: copied(journal.tagsAdded),
    locusPropertiesSet: copied(journal.locusPropertiesSet),
    alertPropertiesSet: copied(journal.alertPropertiesSet),
  };
}

function copied(names: readonly string[]): readonly string[] {
  return names.length === 0 ? NO_NAMES : names.slice();
}

/** What all filters said of one kind, in order. Nothing, for most alerts: then nothing is allocated. */
function gather<T>(results: readonly FilterResult[], of: (result: FilterResult) => readonly T[]): readonly T[] {
  let gathered: T[] | undefined;
  for (const result of results) {
    const said = of(result);
    if (said.length === 0) continue;
    gathered ??= [];
    gathered.push(...said);
  }
  return gathered ?? (NO_NAMES as readonly never[]);
}

/** A filter answers at once. One that returns a promise would write to another locus when it goes on. */
function refusePromise(filter: string, returned: unknown): void {
  if (typeof returned !== 'object' || returned === null || !('then' in returned)) return;
  // Nobody waits for it: without this its failure would end the process.
  if (typeof returned.then === 'function') Promise.resolve(returned).catch(() => undefined);
  throw new AntaresError('FILTER_RUN_ASYNCHRONOUS', `run() of ${filter} returned a promise; filters answer at once`);
}
