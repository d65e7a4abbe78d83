import type { CrashRecord } from '../alert-store/alert-store.ts';
import type { ObjectMatch } from '../model/locus.ts';
import type { LocusInFlight } from '../model/locus-in-flight.ts';
import type { PropertyDefinition } from '../model/property.ts';
import type { DisabledFlags } from './disabled-flags.ts';
import type { Filter, FilterFiles } from './filter.ts';

/**
 * A host of filters: it runs a list of them, in order, on a locus as of its newest alert.
 *
 * One contract for filters that run in the worker (trusted built-ins), in a sandboxed process and in Python: what a
 * filter may see, what it may say, and what happens when it misbehaves is the same in all, and `conformance.ts` holds
 * every host to it.
 *
 * - **Requirements first.** A filter runs only where its survey, properties and tags are there; else it is skipped.
 * - **Order.** What a filter sets is seen by those after it. One that halts ends the run; those after it are not reached.
 * - **Outputs are declared and typed.** `float` is kept as a number, `int` as a bigint within 64 bits, `str` as text. A
 *   number that is not finite is not a value: setting it is an error that names the property.
 * - **A crash costs one filter.** Whatever is thrown switches the filter off for all workers at once, is recorded, and the
 *   run goes on with the next filter. What the crashed filter had set in this run is taken back. (The public devkit keeps
 *   it. We do not: half of what a filter meant to say is not what it meant to say.) Tags and properties of earlier alerts
 *   stay.
 * - **Decisions depend on the locus alone.** The same locus as of the same alert gives the same outputs, so a replay
 *   under the same provenance agrees. On the second delivery of an alert the stage does not call the host; if it did, the
 *   same values would be written again.
 *
 * Calls of `run` on one host do not overlap unless it `supports.overlappingRuns`.
 *
 * @typeParam Source  what the host makes a filter from: an instance, or source text with its declaration
 */
export interface FilterHost<Source = Filter> {
  readonly supports: FilterHostSupport;

  /**
   * Makes the filters ready: checks what they declare, and calls each one's `setup` once. Called again, it replaces the
   * list: the way in which new filters and revisions come in.
   *
   * A filter whose declaration is wrong or whose set-up throws is switched off and reported; the others are unharmed.
   *
   * @returns a record for each filter that could not be made ready
   * @throws  FILTER_DUPLICATE  two filters of one name: nobody could tell their outputs apart
   */
  prepare(filters: readonly Source[], options: PrepareOptions): Promise<readonly CrashRecord[]>;

  /**
   * Runs the filters on a locus, which they change in place: tags, properties, and annotations of the new alert.
   *
   * Rejects or throws only for what the broker itself could not do (an alert that does not decode, a catalogue row that
   * cannot be read, a host whose processes cannot be started): that is no filter's fault, and switches none off.
   *
   * @returns what happened, at once or as a promise, as the host `supports.synchronousRuns`; the caller's to keep
   */
  run(locus: LocusInFlight, context: FilterRunContext): FilterRunOutcome | Promise<FilterRunOutcome>;

  close(): Promise<void>;
}

/** What a host can do beyond the contract; callers ask here, never by class. */
export interface FilterHostSupport {
  /** `run` answers without a promise. */
  readonly synchronousRuns: boolean;
  /** Several runs on different loci may be under way. */
  readonly overlappingRuns: boolean;
  /** Filters run behind a boundary that holds against hostile code. Without it only trusted ones may be given. */
  readonly isolation: boolean;
}

/** What filters are made ready with. */
export interface PrepareOptions {
  /** Off-switches of at least these filters; shared by all workers. */
  readonly flags: DisabledFlags;
  /** The catalogue of properties in force, by name: a filter that declares another type for a name is refused. */
  readonly definitions: ReadonlyMap<string, PropertyDefinition>;
  /** Data files for `setup`. */
  readonly files: FilterFiles;
  /** Time for records of crashes [Unix seconds]. */
  readonly at: number;
}

/** What a run needs beside the locus. */
export interface FilterRunContext {
  /** Time for records of crashes [Unix seconds]. */
  readonly at: number;
  /** Where further columns of matched objects come from; asked only when a filter asks. */
  readonly columns: MatchedColumns;
  /** Measures each filter and notes which properties it read. Costs some tens of nanoseconds a filter. */
  readonly trace?: boolean;
}

/** Reads the rows of catalogues and watch lists as text by column name. */
export interface MatchedColumns {
  catalogColumns(match: ObjectMatch): Readonly<Record<string, string>>;
  watchColumns(match: ObjectMatch): Readonly<Record<string, string>>;
}

/**
 * What became of a filter in a run.
 *
 * - `ran`: to its end
 * - `skipped`: not called, for the reason given
 * - `crashed`: threw, or said what it may not say; what it had set in this run was taken back
 * - `halted`: ended the run; what it had set before stays
 * - `not_reached`: a filter before it halted
 */
export type FilterStatus = 'ran' | 'skipped' | 'crashed' | 'halted' | 'not_reached';

/** Why a filter was not called, in the order in which reasons are looked for. */
export type SkipReason = 'disabled' | 'survey' | 'tag' | 'locus_property' | 'alert_property';

/** What one filter did in a run. */
export interface FilterResult {
  readonly filter: string;
  readonly version: number;
  readonly status: FilterStatus;
  readonly skipReason: SkipReason | undefined;
  /** The property or tag that was missing, where one was. */
  readonly missing: string | undefined;
  /** Every tag that it set, in order, each once. */
  readonly tagsSet: readonly string[];
  /** Those of them that the locus did not have. */
  readonly tagsAdded: readonly string[];
  /** Names of the properties that it set, each once. */
  readonly locusPropertiesSet: readonly string[];
  readonly alertPropertiesSet: readonly string[];
  /** How long it took; NaN unless traced. */
  readonly nanoseconds: number;
  /** Names of the properties that it asked for, each once, `locus:` or `alert:` before them; empty unless traced. */
  readonly reads: readonly string[];
  /** Its crash, where it crashed: one or none. */
  readonly crashes: readonly CrashRecord[];
}

/** What a run did. */
export interface FilterRunOutcome {
  /** One entry a filter, in order. */
  readonly results: readonly FilterResult[];
  /** Name of the filter that halted the run, or undefined. */
  readonly haltedBy: string | undefined;
  /** Tags that the locus did not have before the run, in order. */
  readonly tagsAdded: readonly string[];
  /** Filters that crashed in this run; each is switched off by now. To be stored, and told to their authors. */
  readonly crashes: readonly CrashRecord[];
}
