/** A table that leaves the broker, in whatever format is asked for. */
export interface Table {
  readonly name: string;
  readonly description: string;
  readonly columns: readonly TableColumn[];
}

/** A column: what it is, and its values, as many as the table has rows. */
export interface TableColumn {
  readonly name: string;
  readonly description: string;
  /** `int` are whole numbers of up to 53 bits. */
  readonly type: 'text' | 'double' | 'int';
  /** As VOUnits spells it. */
  readonly unit?: string;
  /** Unified Content Descriptor, UCD1+. */
  readonly ucd?: string;
  /** For times: the scale, with the zero point of Modified Julian Dates. */
  readonly timeScale?: 'UTC' | 'TAI';
  /** NaN and undefined are missing values; `int` has none. */
  readonly values: readonly (string | number | undefined)[];
}

/** Number of rows. */
export function rowsOf(table: Table): number {
  return table.columns[0]?.values.length ?? 0;
}

/** A table as CSV (RFC 4180, lines end in LF), header first; missing values are empty. */
export function tableToCsv(table: Table): string {
  const lines = [table.columns.map(({ name }) => csvCell(name)).join(',')];
  for (let row = 0; row < rowsOf(table); row += 1) {
    lines.push(table.columns.map(({ values }) => csvCell(values[row])).join(','));
  }
  return `${lines.join('\n')}\n`;
}

function csvCell(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return Number.isNaN(value) ? '' : String(value);
  return /[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
