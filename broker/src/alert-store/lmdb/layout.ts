/**
 * The on-disk format of the embedded alert store. README.md beside this file explains it in prose.
 *
 * ```
 * <directory>/
 *   index/data.mdb, lock.mdb   one LMDB environment: everything but packets and data files
 *   packets/<writer>-<n>.seg   packets one after the other, append-only, 256 MiB each
 *   files/…                    data files under their names; files/.incoming/ while they are written
 *   writer.pid                 who writes; its modification time is that process' sign of life
 * ```
 *
 * Tables of the index. Keys are bytes that sort as written; `ref` stands for a birth trixel (6 bytes, big-endian)
 * and the text of a locus id, so that loci born on neighbouring pieces of sky are neighbours in the file too.
 *
 * | table | key | value |
 * |---|---|---|
 * | meta | name | JSON: `store` (format), `lock` (writing process), `writers` (how many writers there were) |
 * | words | number, 4 bytes | text: property names, tags, list names, passbands, schema ids, … |
 * | loci | ref | the record (`locus-codec.ts`) |
 * | locus_ids | locus id | birth trixel |
 * | light_curves | ref, 0, chunk 2 bytes | columns of up to 64 rows (`light-curve-codec.ts`) |
 * | alerts | ref, 0, row 4 bytes | one alert without its point (`alert-row-codec.ts`) |
 * | alert_index | alert id (`alert-id-parts.ts`) | kind, row, ref |
 * | packets | alert id | where the packet lies: segment, offset, length |
 * | unassociated | alert id | point and alert of an alert without a locus |
 * | locus_positions | trixel at level 16 of the present position, 5 bytes; ref | unit vector |
 * | survey_objects | survey, 0, role, id | ref |
 * | schemas, provenance, documents | name | text |
 * | properties | name | JSON of the definition |
 * | ledger | writer 4 bytes, digest of the line | JSON of the line, cumulated by that writer |
 * | progress | digest of the source, writer 4 bytes | low-water mark, runs of ordinals (`progress-row.ts`) |
 * | rejections | time 8 bytes, id | JSON, with the packet's address |
 * | rejection_ids | id | key in `rejections` |
 * | pending | sequence 8 bytes | streams, key, value |
 * | crashes | time 8 bytes, crash log id | JSON |
 */
export const TABLES = [
  'meta',
  'words',
  'loci',
  'locus_ids',
  'light_curves',
  'alerts',
  'alert_index',
  'packets',
  'unassociated',
  'locus_positions',
  'survey_objects',
  'schemas',
  'properties',
  'provenance',
  'ledger',
  'progress',
  'rejections',
  'rejection_ids',
  'pending',
  'crashes',
  'documents',
] as const;

/** Name of a table. */
export type TableName = (typeof TABLES)[number];

/** The format that this code writes. Older ones are migrated (`migrations.ts`), newer ones refused. */
export const STORE_FORMAT = 1;

/**
 * Rows of a light curve in one value: `row >>> CHUNK_SHIFT` is the chunk.
 *
 * A new point rewrites its chunk alone. 64 rows of a survey are 3 to 5 kB: fewer rows a chunk cost more look-ups for a
 * long curve, more rows cost more writing for every new point. Part of the format.
 */
export const CHUNK_SHIFT = 6;
/** Rows of a full chunk. */
export const CHUNK_ROWS = 1 << CHUNK_SHIFT;

/** HTM level of the index of present positions: trixels of about 5 arcsec. Part of the format. */
export const POSITION_LEVEL = 16;

/** Longest key that is written; the driver takes 1978 bytes. */
export const MAX_KEY_BYTES = 1900;
