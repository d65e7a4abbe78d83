/** Whether objects annotate every locus (catalogue), or stand for what users look out for (watch list). */
export type ListKind = 'catalog' | 'watch-list';

/** A loaded catalogue or watch list, as the registry keeps it. */
export interface Catalog {
  readonly name: string;
  readonly kind: ListKind;
  /** 1, 2, 3, …: each load under the same name is a new version. */
  readonly version: number;
  /** Objects in it. */
  readonly rows: number;
  /** Rows of the file without a usable position or radius. */
  readonly skipped: number;
  /** Entries of its look-up table: one for each trixel that an object's circle meets. */
  readonly lookupEntries: number;
  /** ISO 8601, UTC. */
  readonly loadedAt: string;
  /** Names of the columns kept for each object, in order. */
  readonly columns: readonly string[];
}

/** An object of a catalogue, as loaders hand it over. */
export interface CatalogRow {
  readonly id: string;
  /** ICRS [deg]. */
  readonly ra: number;
  readonly dec: number;
  /** [arcsec], ≥ 0. */
  readonly radiusArcsec: number;
  /** The other columns, in the order of the header; empty text where there is no value. */
  readonly values: readonly string[];
}

/** Names of lists: they become file names, tags of searches, keys of JSON. */
export const LIST_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Names of the files of a version of a list. */
export function catalogFiles(
  kind: ListKind,
  name: string,
  version: number,
): {
  readonly table: string;
  readonly rows: string;
  readonly offsets: string;
} {
  const base = `${kind}s/${name}/${version}`;
  return { table: `${base}/table`, rows: `${base}/rows`, offsets: `${base}/offsets` };
}
