import type { AlertId, LocusId } from '../model/ids.ts';
import type { LightCurve } from '../model/light-curve.ts';
import type { ObjectMatch } from '../model/locus.ts';
import type { SurveyObject } from '../model/packet.ts';
import type { PropertyValue } from '../model/property.ts';

/** A tag that a filter may set. */
export interface TagDeclaration {
  readonly name: string;
  readonly description: string;
}

/** A property that a filter may set. */
export interface PropertyDeclaration {
  readonly name: string;
  readonly type: 'float' | 'int' | 'str';
  readonly description: string;
}

/**
 * An L2 (science) filter: it looks at a locus as of its newest alert and annotates it. The paper, section 6.
 *
 * A filter is skipped, silently, unless everything that it requires is there. What it sets must be declared. One that
 * throws, or sets what it did not declare, is disabled at once and its crash recorded; the alert goes on.
 */
export abstract class Filter {
  /** Unique, snake_case; appears in provenance, traces and crash logs. */
  abstract readonly name: string;
  /** Revision; a higher one replaces a lower one. */
  readonly version: number = 1;
  /** One sentence for the list of filters. */
  abstract readonly description: string;
  /** `ant_survey` numbers of triggering alerts that it runs on; empty for all. */
  readonly surveyNumbers: readonly number[] = [];
  readonly requiredLocusProperties: readonly string[] = [];
  /** A name with another survey's prefix (`ztf_`, `lsst_`, `decat_`) than the alert's is not required of it. */
  readonly requiredAlertProperties: readonly string[] = [];
  readonly requiredTags: readonly string[] = [];
  readonly outputTags: readonly TagDeclaration[] = [];
  readonly outputLocusProperties: readonly PropertyDeclaration[] = [];
  readonly outputAlertProperties: readonly PropertyDeclaration[] = [];
  /** Whether `halt()` is allowed. The paper: restricted to prevent misuse. */
  readonly mayHalt: boolean = false;

  /** Called once per process and worker before the first run; loads tables and the like. */
  setup(_files: FilterFiles): void | Promise<void> {}

  /** Called for each alert. Synchronous: what it needs is in memory. */
  abstract run(locus: FilterLocus): void;
}

/** Data files that a filter asked for, by key. */
export interface FilterFiles {
  get(key: string): Uint8Array;
}

/** A look at properties by name. 64-bit integers come as bigint from `get`; `number` is for arithmetic. */
export interface PropertyView {
  has(name: string): boolean;
  get(name: string): PropertyValue | undefined;
  /** A numeric property as a double (flags 0 or 1); NaN when absent or text. Never use it on an identifier. */
  number(name: string): number;
  /** A text property; undefined when absent or not text. */
  text(name: string): string | undefined;
  names(): Iterable<string>;
}

/** A catalogue or watch object matched with the locus, with its other columns. */
export interface MatchedObject extends ObjectMatch {
  /** Columns of the catalogue row as text, by column name; read on demand. */
  readonly columns: Readonly<Record<string, string>>;
}

/** The alert that the filter runs on. */
export interface FilterAlert {
  readonly alertId: AlertId;
  /** [d], the survey's own scale. */
  readonly mjd: number;
  readonly passband: string;
  readonly surveyNumber: number;
  /** All properties: `ant_*` and the survey's own; decoded on first use. */
  readonly properties: PropertyView;
}

/**
 * A locus as a filter sees it: as of the alert that it runs on, never later.
 *
 * What earlier filters set in the same run is seen by later ones.
 */
export interface FilterLocus {
  readonly locusId: LocusId;
  /** ICRS [deg], after the new alert was taken into the mean. */
  readonly ra: number;
  readonly dec: number;
  readonly alert: FilterAlert;
  /** The surveys' own names of the object, in the order in which they were bound to the locus. */
  readonly objects: readonly SurveyObject[];
  /** Row of the new alert in the light curve. */
  readonly alertRow: number;
  /** All alerts, this one included, as columns; sort with `order`. */
  readonly lightCurve: LightCurve;
  /**
   * Whether the passband has detections that were not there, or were others, at the locus' previous alert. Forced
   * photometry and upper limits are none.
   */
  hasNewDetections(passband: string): boolean;
  readonly properties: PropertyView;
  readonly tags: ReadonlySet<string>;
  /** Names of catalogues with a match. */
  readonly catalogs: readonly string[];
  /** Matches in one catalogue, nearest first; empty when none. */
  catalogObjects(catalog: string): readonly MatchedObject[];
  /** Names of watch lists with a match. */
  readonly watchLists: readonly string[];
  watchObjects(watchList: string): readonly MatchedObject[];
  /** Adds a tag. Declared ones only. */
  tag(name: string): void;
  /** Sets a property of the locus; a number for `float` and `int` (whole), a bigint for `int`, a string for `str`. */
  setProperty(name: string, value: PropertyValue): void;
  /** Sets a property of the new alert, which is immutable afterwards. */
  setAlertProperty(name: string, value: PropertyValue): void;
  /** Stops the filters after this one, where the filter `mayHalt`. */
  halt(): never;
}
