import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { AntaresError } from '../model/errors.ts';
import { isPosition, normalizeRa } from '../sky/position.ts';
import type { CatalogRow } from './catalog.ts';

/** Which columns of a CSV file mean what. */
export interface CsvColumns {
  readonly ra: string;
  readonly dec: string;
  readonly id: string;
  /** A column of radii, or one radius for all objects; 1 arcsec where it is not given. */
  readonly radius: { readonly column: string } | { readonly value: number } | undefined;
  readonly radiusUnit: 'arcsec' | 'arcmin' | 'deg';
}

/** A row that cannot be used, and why. */
export interface UnusableRow {
  /** Line of the file, the header being line 1. */
  readonly line: number;
  readonly reason: string;
}

/** The radius of a point source. The paper, section 5. */
const DEFAULT_RADIUS_ARCSEC = 1;
const ARCSEC_PER_UNIT = { arcsec: 1, arcmin: 60, deg: 3600 } as const;

/**
 * Reads a catalogue from a CSV file with a header line, gzipped or not, a row at a time.
 *
 * Rows without a usable position or radius are handed to `onUnusable` and passed over; a missing radius (empty cell) is
 * the default of 1 arcsec, a negative or unreadable one makes the row unusable.
 *
 * @param onColumns   called once, with the names of the columns that `values` holds
 * @throws CATALOG_FILE_UNREADABLE, CATALOG_COLUMN_MISSING
 */
export async function* readCsv(
  file: string,
  columns: CsvColumns,
  onColumns: (names: readonly string[]) => void,
  onUnusable: (row: UnusableRow) => void,
  onBytes: (bytes: number) => void = () => undefined,
): AsyncGenerator<CatalogRow> {
  const gzipped = await startsWithGzipMagic(file);
  const raw = createReadStream(file, { highWaterMark: 1 << 20 });
  const counted = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      onBytes(chunk.length);
      yield chunk;
    }
  };
  const parser = parse({ bom: true, relax_column_count: true, skip_empty_lines: true, info: true });
  // Errors reach the parser, from which they are read below; a reader that stops early is none.
  const done = (): void => undefined;
  if (gzipped) pipeline(raw, counted, createGunzip(), parser, done);
  else pipeline(raw, counted, parser, done);

  let reader: ((record: readonly string[], line: number) => CatalogRow | UnusableRow) | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (reader === undefined) {
        const header = record.map((name) => name.trim());
        reader = rowReader(file, header, columns, onColumns);
        continue;
      }
      const row = reader(record, info.lines);
      if ('reason' in row) onUnusable(row);
      else yield row;
    }
  } catch (error) {
    if (error instanceof AntaresError) throw error;
    throw new AntaresError('CATALOG_FILE_UNREADABLE', `cannot read ${file} as CSV`, { cause: error });
  }
  if (reader === undefined) {
    throw new AntaresError('CATALOG_FILE_UNREADABLE', `${file} is empty: expected a header line with column names`);
  }
}

function rowReader(
  file: string,
  header: readonly string[],
  columns: CsvColumns,
  onColumns: (names: readonly string[]) => void,
): (record: readonly string[], line: number) => CatalogRow | UnusableRow {
  const indexOf = (name: string): number => {
    const index = header.indexOf(name);
    if (index === -1) {
      throw new AntaresError(
        'CATALOG_COLUMN_MISSING',
        `${file} has no column ${JSON.stringify(name)}; its columns are ${header.map((h) => JSON.stringify(h)).join(', ')}`,
      );
    }
    return index;
  };
  const raAt = indexOf(columns.ra);
  const decAt = indexOf(columns.dec);
  const idAt = indexOf(columns.id);
  const { radius } = columns;
  const radiusAt = radius !== undefined && 'column' in radius ? indexOf(radius.column) : -1;
  const toArcsec = ARCSEC_PER_UNIT[columns.radiusUnit];
  const fixedArcsec = radius !== undefined && 'value' in radius ? radius.value * toArcsec : DEFAULT_RADIUS_ARCSEC;
  const kept = header.map((_, i) => i).filter((i) => i !== idAt);
  onColumns(kept.map((i) => header[i]!));
  return (record, line) => {
    const ra = toNumber(record[raAt]);
    const dec = toNumber(record[decAt]);
    if (!isPosition(ra, dec)) {
      return {
        line,
        reason: `no usable position: ${columns.ra} ${quote(record[raAt])}, ${columns.dec} ${quote(record[decAt])}`,
      };
    }
    const radiusText = radiusAt === -1 ? '' : (record[radiusAt] ?? '').trim();
    const radiusArcsec = radiusText === '' ? fixedArcsec : toNumber(radiusText) * toArcsec;
    if (!(radiusArcsec >= 0) || radiusArcsec > 90 * 3600) {
      return { line, reason: `no usable radius: ${quote(record[radiusAt])}, expected 0 to 90 degrees` };
    }
    const id = (record[idAt] ?? '').trim();
    if (id === '') return { line, reason: `no id in column ${columns.id}` };
    return { id, ra: normalizeRa(ra), dec, radiusArcsec, values: kept.map((i) => record[i]?.trim() ?? '') };
  };
}

function toNumber(text: string | undefined): number {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? Number.NaN : Number(trimmed);
}

function quote(text: string | undefined): string {
  return JSON.stringify(text ?? '');
}

async function startsWithGzipMagic(file: string): Promise<boolean> {
  try {
    for await (const chunk of createReadStream(file, { start: 0, end: 1 })) {
      const head = chunk as Buffer;
      return head[0] === 0x1f && head[1] === 0x8b;
    }
    return false;
  } catch (error) {
    throw new AntaresError('CATALOG_FILE_UNREADABLE', `cannot open ${file}`, { cause: error });
  }
}
