import { rowsOf, type Table, type TableColumn } from '../own/table.ts';

/** Media type of VOTable, as DALI 1.1 has it. */
export const VOTABLE_TYPE = 'application/x-votable+xml';

/** What a VOTable says beside its table. */
export interface VotableOptions {
  /** Descriptors to write on fields instead of UCD1+, by column: Simple Cone Search wants UCD1 on three of them. */
  readonly fieldUcds?: Readonly<Record<string, string>>;
  /** The answer was cut: there is more than the table holds. */
  readonly isCut?: boolean;
}

/** Types of VOTable for ours. */
const DATATYPE = {
  text: 'datatype="char" arraysize="*"',
  double: 'datatype="double"',
  int: 'datatype="long"',
} as const;
/** JD of MJD 0, as TIMESYS names it. */
const MJD_ORIGIN = 'MJD-origin';

/**
 * A table as VOTable 1.4, rows as TABLEDATA, positions in ICRS, time scales as TIMESYS.
 *
 * A field can carry one descriptor. Where it is not UCD1+, that is given by a group of references to the fields.
 */
export function tableToVotable(table: Table, options: VotableOptions = {}): string {
  const { columns } = table;
  const scales = [...new Set(columns.flatMap(({ timeScale }) => timeScale ?? []))];
  const replaced = columns.filter(({ name }) => options.fieldUcds?.[name] !== undefined);
  const rows: string[] = [];
  for (let row = 0; row < rowsOf(table); row += 1) {
    rows.push(`<TR>${columns.map(({ values }) => cell(values[row])).join('')}</TR>`);
  }
  return votable(
    [
      '<RESOURCE type="results">',
      '<INFO name="QUERY_STATUS" value="OK"/>',
      '<COOSYS ID="icrs" system="ICRS"/>',
      ...scales.map(
        (scale) =>
          `<TIMESYS ID="${timeSystemId(scale)}" timeorigin="${MJD_ORIGIN}" timescale="${scale}" refposition="TOPOCENTER"/>`,
      ),
      `<TABLE name="${escapeXml(table.name)}">`,
      `<DESCRIPTION>${escapeXml(table.description)}</DESCRIPTION>`,
      ...(replaced.length === 0
        ? []
        : [
            '<GROUP name="ucd1plus">',
            ...replaced.map(({ name, ucd }) => `<FIELDref ref="${name}" ucd="${escapeXml(ucd ?? '')}"/>`),
            '</GROUP>',
          ]),
      ...columns.map((column) => field(column, options.fieldUcds?.[column.name])),
      '<DATA><TABLEDATA>',
      ...rows,
      '</TABLEDATA></DATA>',
      '</TABLE>',
      ...(options.isCut === true ? ['<INFO name="QUERY_STATUS" value="OVERFLOW"/>'] : []),
      '</RESOURCE>',
    ].join('\n'),
  );
}

/** An error of Simple Cone Search: an INFO named Error, where a table would be. */
export function votableError(message: string): string {
  return votable(
    [
      `<INFO ID="Error" name="Error" value="${escapeXml(message)}"/>`,
      '<RESOURCE type="results">',
      `<INFO name="QUERY_STATUS" value="ERROR">${escapeXml(message)}</INFO>`,
      '</RESOURCE>',
    ].join('\n'),
  );
}

function votable(content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.ivoa.net/xml/VOTable/v1.3 http://www.ivoa.net/xml/VOTable/v1.3">
${content}
</VOTABLE>
`;
}

function field(column: TableColumn, ucdInstead: string | undefined): string {
  const { name, description, type, unit, timeScale } = column;
  const ucd = ucdInstead ?? column.ucd;
  const isPosition = column.ucd?.startsWith('pos.eq.') === true;
  const attributes = [
    `ID="${name}" name="${name}" ${DATATYPE[type]}`,
    ...(unit === undefined ? [] : [`unit="${escapeXml(unit)}"`]),
    ...(ucd === undefined ? [] : [`ucd="${escapeXml(ucd)}"`]),
    ...(isPosition ? ['ref="icrs"'] : []),
    ...(timeScale === undefined ? [] : [`ref="${timeSystemId(timeScale)}"`]),
  ];
  return `<FIELD ${attributes.join(' ')}><DESCRIPTION>${escapeXml(description)}</DESCRIPTION></FIELD>`;
}

function timeSystemId(scale: 'UTC' | 'TAI'): string {
  return `mjd_${scale.toLowerCase()}_system`;
}

/** Missing numbers are empty cells: not-a-number, by the rules of VOTable 1.3 and later. */
function cell(value: string | number | undefined): string {
  if (value === undefined || (typeof value === 'number' && Number.isNaN(value))) return '<TD/>';
  return `<TD>${typeof value === 'number' ? value : escapeXml(value)}</TD>`;
}

/** Text within an element or an attribute. Letters that XML does not have (NUL and its like) are taken out. */
export function escapeXml(text: string): string {
  return text
    .replace(/(?![\t\n\r])[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '')
    .replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
