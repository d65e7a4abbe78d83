import type { ListObject } from '../../catalogs/catalog-set.ts';
import type { LocusRecord, ObjectMatch } from '../../model/locus.ts';
import type { ApiContext } from '../api-context.ts';
import { RawJson, type WireValue } from '../json-text.ts';

/** A catalogue object at a position, with all that its catalogue says of it. */
export interface CatalogEntry {
  /** `<catalogue>:<object id>` */
  readonly id: string;
  readonly catalog: string;
  readonly objectId: string;
  /** What the catalogue calls it, where it has a column of names; empty else. */
  readonly objectName: string;
  /** ICRS [deg]. */
  readonly ra: number;
  readonly dec: number;
  readonly radiusArcsec: number;
  readonly separationArcsec: number;
  /** Columns that have a value; numbers as the catalogue wrote them. */
  readonly properties: { readonly [column: string]: WireValue };
}

/** Columns that hold a name of the object, the first of them that a catalogue has. */
const NAME_COLUMNS = ['name', 'objname', 'object_name', 'main_id', 'designation'];
const NUMBER = /^-?(?:0|[1-9]\d{0,30})(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?$/;
/** Objects are found again to so many digits: what their unit vectors carry. */
const DEGREE_DIGITS = 1e11;

/** The catalogue objects of a locus, by catalogue, nearest first. */
export function catalogEntriesOf(context: ApiContext, record: LocusRecord): Promise<readonly CatalogEntry[]> {
  return Promise.all(record.catalogMatches.map((match) => toEntry(context, match, record)));
}

/** All catalogue objects whose circle holds a position [deg], by catalogue, nearest first. */
export async function catalogEntriesAt(
  context: ApiContext,
  position: { readonly ra: number; readonly dec: number },
): Promise<readonly CatalogEntry[]> {
  const matches = await context.catalogs().match(position.ra, position.dec, 'catalog');
  return Promise.all(matches.map((match) => toEntry(context, match, position)));
}

/** An object of a catalogue, as a sample of it. */
export interface CatalogSample {
  readonly catalog: string;
  readonly objectId: string;
  readonly properties: { readonly [column: string]: WireValue };
}

/** Some objects of every catalogue, evenly over each, the same ones every time. */
export async function catalogSamples(context: ApiContext, ofEach: number): Promise<readonly CatalogSample[]> {
  const set = context.catalogs();
  const samples: CatalogSample[] = [];
  for (const { kind, name, rows } of set.catalogs) {
    if (kind !== 'catalog') continue;
    const count = Math.min(ofEach, rows);
    for (let i = 0; i < count; i += 1) {
      const object = await set.objectAt(kind, name, Math.floor((i * rows) / count));
      if (object !== undefined) {
        samples.push({ catalog: name, objectId: object.objectId, properties: columnsJson(object.columns) });
      }
    }
  }
  return samples;
}

/**
 * A match as it was noted with its locus, and what the catalogue says now. Of an object that the catalogue in force does
 * not have any more, only the match is known; its place is then that of the locus, give or take the separation.
 */
async function toEntry(
  context: ApiContext,
  match: ObjectMatch,
  place: { readonly ra: number; readonly dec: number },
): Promise<CatalogEntry> {
  const { list, objectId, row, separationArcsec, radiusArcsec } = match;
  const object = await objectOf(context, match, row);
  const position = object ?? place;
  return {
    id: `${list}:${objectId}`,
    catalog: list,
    objectId,
    objectName: nameOf(object),
    ra: rounded(position.ra),
    dec: rounded(position.dec),
    radiusArcsec,
    separationArcsec,
    properties: object === undefined ? {} : columnsJson(object.columns),
  };
}

async function objectOf(context: ApiContext, match: ObjectMatch, row: number): Promise<ListObject | undefined> {
  const object = await context.catalogs().objectAt('catalog', match.list, row);
  // Rows of another version of the catalogue are numbered otherwise.
  return object?.objectId === match.objectId ? object : undefined;
}

function nameOf(object: ListObject | undefined): string {
  if (object === undefined) return '';
  const column = NAME_COLUMNS.find((name) => object.columns[name] !== undefined);
  return column === undefined ? '' : object.columns[column]!;
}

function columnsJson(columns: Readonly<Record<string, string>>): { readonly [column: string]: WireValue } {
  const result: { [column: string]: WireValue } = {};
  for (const [name, text] of Object.entries(columns)) {
    if (text !== '') result[name] = NUMBER.test(text) ? new RawJson(text) : text;
  }
  return result;
}

function rounded(degrees: number): number {
  return Math.round(degrees * DEGREE_DIGITS) / DEGREE_DIGITS;
}
