import type { AlertId, LocusId } from '../../model/ids.ts';
import type { LightCurve } from '../../model/light-curve.ts';
import { LightCurveBuilder } from '../../model/light-curve-builder.ts';
import type { ObjectMatch } from '../../model/locus.ts';
import type { LocusInFlight } from '../../model/locus-in-flight.ts';
import type { SurveyObject } from '../../model/packet.ts';
import type { PropertyValue } from '../../model/property.ts';
import type { FilterAlert, FilterLocus, MatchedObject, PropertyView } from '../filter.ts';
import type { MatchedColumns } from '../filter-host.ts';
import type { OutputJournal } from '../output-journal.ts';
import { AlertPropertyView, type HouseFailure, PropertiesView, type ReadLog } from '../property-view.ts';

const NO_LIGHT_CURVE = new LightCurveBuilder(1);
const NO_OBJECTS: readonly MatchedObject[] = [];

/** What `halt()` throws: recognised by the host, and by nobody else. */
export class HaltRequest extends Error {
  override readonly name = 'HaltRequest';
}

/** The alert of a `LocusView`. */
export class AlertView implements FilterAlert {
  alertId = '' as AlertId;
  mjd = Number.NaN;
  passband = '';
  surveyNumber = 0;
  readonly properties: AlertPropertyView;

  constructor(reads: ReadLog) {
    this.properties = new AlertPropertyView(reads);
  }

  /** Points the view at the new alert of a locus. */
  show(locus: LocusInFlight): void {
    const { lightCurve, alertRow } = locus;
    this.alertId = lightCurve.alertIdAt(alertRow);
    this.mjd = lightCurve.mjd[alertRow]!;
    this.passband = lightCurve.passband[alertRow]!;
    this.surveyNumber = lightCurve.surveyNumber[alertRow]!;
    this.properties.show(lightCurve, alertRow, locus.alertProperties, locus.annotations);
  }
}

/**
 * A locus as filters in this thread see it.
 *
 * One view serves all filters and all loci: `show` points it at the next locus, and nothing is allocated unless a filter
 * asks for matched objects. A filter must not keep it: outside its turn, writing is refused and reading answers for
 * another locus.
 */
export class LocusView implements FilterLocus {
  readonly alert: AlertView;
  readonly properties: PropertyView;
  locusId = '' as LocusId;
  ra = Number.NaN;
  dec = Number.NaN;
  objects: readonly SurveyObject[] = [];
  alertRow = 0;
  lightCurve: LightCurve = NO_LIGHT_CURVE;
  tags: ReadonlySet<string> = new Set();
  /** Whether the filter whose turn it is asked to halt. */
  haltRequested = false;
  readonly #locusProperties: PropertiesView;
  readonly #journal: OutputJournal;
  #mayHalt = false;
  #filter = '';
  #locus: LocusInFlight | undefined;
  #columns: MatchedColumns | undefined;
  #catalogs: readonly string[] | undefined;
  #watchLists: readonly string[] | undefined;
  #columnsFailure: HouseFailure | undefined;
  readonly #readCatalogRow: ReadRow = (match) => this.#readColumns((columns) => columns.catalogColumns(match));
  readonly #readWatchRow: ReadRow = (match) => this.#readColumns((columns) => columns.watchColumns(match));
  readonly #catalogObjects = new Map<string, readonly MatchedObject[]>();
  readonly #watchObjects = new Map<string, readonly MatchedObject[]>();

  /**
   * @param journal  takes what filters say
   * @param reads    notes which properties filters ask for, while it is on
   */
  constructor(journal: OutputJournal, reads: ReadLog) {
    this.#journal = journal;
    this.#locusProperties = new PropertiesView(undefined, reads);
    this.properties = this.#locusProperties;
    this.alert = new AlertView(reads);
  }

  /**
   * What the broker itself could not give when a filter asked: an alert that does not decode, a catalogue row that cannot
   * be read. Never the filter's fault, even where it threw because of it.
   */
  get houseFailure(): HouseFailure | undefined {
    return this.#columnsFailure ?? this.alert.properties.failure;
  }

  /** Points the view at a locus. */
  show(locus: LocusInFlight, columns: MatchedColumns): void {
    this.#locus = locus;
    this.#columns = columns;
    this.#columnsFailure = undefined;
    this.locusId = locus.ref.locusId;
    this.ra = locus.ra;
    this.dec = locus.dec;
    this.objects = locus.objects;
    this.alertRow = locus.alertRow;
    this.lightCurve = locus.lightCurve;
    this.tags = locus.tags;
    this.#locusProperties.show(locus.properties);
    this.alert.show(locus);
    this.#catalogs = undefined;
    this.#watchLists = undefined;
    if (this.#catalogObjects.size > 0) this.#catalogObjects.clear();
    if (this.#watchObjects.size > 0) this.#watchObjects.clear();
  }

  /** Gives the view to the next filter. */
  beginTurn(filter: string, mayHalt: boolean): void {
    this.#filter = filter;
    this.#mayHalt = mayHalt;
    this.haltRequested = false;
  }

  hasNewDetections(passband: string): boolean {
    return this.#locus?.newDetectionPassbands.has(passband) ?? false;
  }

  get catalogs(): readonly string[] {
    this.#catalogs ??= listNames(this.#locus?.catalogMatches ?? []);
    return this.#catalogs;
  }

  catalogObjects(catalog: string): readonly MatchedObject[] {
    const matches = this.#locus?.catalogMatches ?? [];
    return findObjects(this.#catalogObjects, catalog, matches, this.#readCatalogRow);
  }

  get watchLists(): readonly string[] {
    this.#watchLists ??= listNames(this.#locus?.watchMatches ?? []);
    return this.#watchLists;
  }

  watchObjects(watchList: string): readonly MatchedObject[] {
    const matches = this.#locus?.watchMatches ?? [];
    return findObjects(this.#watchObjects, watchList, matches, this.#readWatchRow);
  }

  tag(name: string): void {
    this.#journal.tag(name);
  }

  setProperty(name: string, value: PropertyValue): void {
    this.#journal.setProperty(name, value);
  }

  setAlertProperty(name: string, value: PropertyValue): void {
    this.#journal.setAlertProperty(name, value);
  }

  halt(): never {
    if (!this.#mayHalt) {
      throw this.#journal.violate(
        'FILTER_HALT_FORBIDDEN',
        `${this.#filter} called halt() without being allowed to: only filters of the observatory's staff may end a run`,
      );
    }
    this.haltRequested = true;
    throw new HaltRequest('the filter ended the run');
  }

  #readColumns(read: (columns: MatchedColumns) => Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    try {
      return read(this.#columns!);
    } catch (error) {
      this.#columnsFailure ??= { error };
      throw error;
    }
  }
}

type ReadRow = (match: ObjectMatch) => Readonly<Record<string, string>>;

/** A match with its row's other columns, read when they are first asked for. */
class LazyMatchedObject implements MatchedObject {
  readonly list: string;
  readonly objectId: string;
  readonly row: number;
  readonly separationArcsec: number;
  readonly radiusArcsec: number;
  readonly #match: ObjectMatch;
  readonly #read: ReadRow;
  #columns: Readonly<Record<string, string>> | undefined;

  constructor(match: ObjectMatch, read: ReadRow) {
    this.list = match.list;
    this.objectId = match.objectId;
    this.row = match.row;
    this.separationArcsec = match.separationArcsec;
    this.radiusArcsec = match.radiusArcsec;
    this.#match = match;
    this.#read = read;
  }

  get columns(): Readonly<Record<string, string>> {
    this.#columns ??= this.#read(this.#match);
    return this.#columns;
  }
}

const NO_NAMES: readonly string[] = [];

function listNames(matches: readonly ObjectMatch[]): readonly string[] {
  if (matches.length === 0) return NO_NAMES;
  const names: string[] = [];
  for (const { list } of matches) if (!names.includes(list)) names.push(list);
  return names;
}

function findObjects(
  found: Map<string, readonly MatchedObject[]>,
  list: string,
  matches: readonly ObjectMatch[],
  read: ReadRow,
): readonly MatchedObject[] {
  const known = found.get(list);
  if (known !== undefined) return known;
  const objects = matches.filter((match) => match.list === list).map((match) => new LazyMatchedObject(match, read));
  objects.sort((a, b) => a.separationArcsec - b.separationArcsec);
  const result = objects.length === 0 ? NO_OBJECTS : objects;
  found.set(list, result);
  return result;
}
