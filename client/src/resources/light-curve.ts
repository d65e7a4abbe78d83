/**
 * The alerts of a locus as columns, ascending in time. All have the same length; undefined is NaN, or an empty text.
 */
export interface LightCurve {
  readonly length: number;
  readonly alertId: readonly string[];
  /** UTC, `2026-07-03 11:46:16`; empty with servers that do not send it. */
  readonly time: readonly string[];
  readonly mjd: Float64Array;
  /** 1 ZTF detection, 2 ZTF upper limit, 3 DECam, 4 LSST. */
  readonly survey: Float64Array;
  /** ICRS degrees. */
  readonly ra: Float64Array;
  readonly dec: Float64Array;
  /** `g`, `R`, `i` of ZTF; `u g r i z y` of LSST. */
  readonly passband: readonly string[];
  /** Of the difference image [mag]; NaN for upper limits. */
  readonly mag: Float64Array;
  readonly magerr: Float64Array;
  /** Limiting magnitude [mag]. */
  readonly maglim: Float64Array;
  /** Of the whole source, with the reference source under it [mag]; NaN where that is not known. */
  readonly magCorrected: Float64Array;
  readonly magerrCorrected: Float64Array;
  readonly magulimCorrected: Float64Array;
  readonly magllimCorrected: Float64Array;
}

/**
 * Columns from the CSV text of a locus (`lightcurve`). Columns are found by name: their order and number differ between
 * versions of the server; one that is not there is all NaN, or empty.
 */
export function parseLightCurve(csv: string): LightCurve {
  const [header = [], ...rows] = parseCsv(csv);
  const textColumn = (name: string): string[] => {
    const at = header.indexOf(name);
    return rows.map((row) => row[at] ?? '');
  };
  const numberColumn = (name: string): Float64Array =>
    Float64Array.from(textColumn(name), (cell) => (cell.trim() === '' ? Number.NaN : Number(cell)));
  return {
    length: rows.length,
    alertId: textColumn('alert_id'),
    time: textColumn('time'),
    mjd: numberColumn('ant_mjd'),
    survey: numberColumn('ant_survey'),
    ra: numberColumn('ant_ra'),
    dec: numberColumn('ant_dec'),
    passband: textColumn('ant_passband'),
    mag: numberColumn('ant_mag'),
    magerr: numberColumn('ant_magerr'),
    maglim: numberColumn('ant_maglim'),
    magCorrected: numberColumn('ant_mag_corrected'),
    magerrCorrected: numberColumn('ant_magerr_corrected'),
    magulimCorrected: numberColumn('ant_magulim_corrected'),
    magllimCorrected: numberColumn('ant_magllim_corrected'),
  };
}

/** Cells of CSV text (RFC 4180): quoted ones may hold commas, quotes and line ends; lines without anything are none. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text);
    if (match === null) break;
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === ',' && cell.lastIndex < text.length) continue;
    if (match[3] === ',') row.push('');
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  return rows;
}
