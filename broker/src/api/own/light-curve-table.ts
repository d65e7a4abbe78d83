import type { StoredLocus } from '../../alert-store/alert-store.ts';
import type { LightCurvePoint } from '../../model/light-curve.ts';
import { mjdTaiOfUtc, mjdUtcOfTai } from '../../model/time.ts';
import { correctedMagnitudes } from '../../surveys/corrected-magnitudes.ts';
import type { Table, TableColumn } from './table.ts';

/** Surveys by `ant_survey`, with the time scale of their dates. */
const SURVEYS: Readonly<Record<number, { readonly name: string; readonly scale: 'UTC' | 'TAI' }>> = {
  1: { name: 'ztf', scale: 'UTC' },
  2: { name: 'ztf', scale: 'UTC' },
  3: { name: 'decat', scale: 'UTC' },
  4: { name: 'lsst', scale: 'TAI' },
};

interface Row {
  readonly point: LightCurvePoint;
  /** Corrected [mag]. */
  readonly mag: number;
  readonly magErr: number;
}

function scaleOf({ point }: Row): 'UTC' | 'TAI' | undefined {
  return SURVEYS[point.surveyNumber]?.scale;
}

/**
 * The light curve of a locus as a table, ascending by (mjd, alert id).
 *
 * `mjd` is as the survey gave it, and so of either scale; `mjd_utc` and `mjd_tai` are all of one, which a plot over
 * several surveys needs: they are 37 s apart.
 *
 * Corrected magnitudes are those of the whole source, worked out over the whole curve.
 */
export function lightCurveTable({ record, lightCurve }: StoredLocus): Table {
  const corrected = correctedMagnitudes(lightCurve);
  const rows: Row[] = [];
  for (const row of lightCurve.order) {
    rows.push({
      point: lightCurve.pointAt(row),
      mag: corrected.magCorrected[row]!,
      magErr: corrected.magErrCorrected[row]!,
    });
  }
  const column = (
    name: string,
    type: TableColumn['type'],
    description: string,
    read: (row: Row) => string | number | undefined,
    more: Pick<TableColumn, 'unit' | 'ucd' | 'timeScale'> = {},
  ): TableColumn => ({ name, type, description, ...more, values: rows.map(read) });

  return {
    name: `${record.ref.locusId}_lightcurve`,
    description: `Light curve of ${record.ref.locusId}`,
    columns: [
      column('alert_id', 'text', 'Name of the alert', ({ point }) => point.alertId, { ucd: 'meta.id;meta.main' }),
      column('kind', 'text', 'candidate, history, upper_limit or forced', ({ point }) => point.kind, {
        ucd: 'meta.code.class',
      }),
      column('survey', 'text', 'Survey', ({ point }) => SURVEYS[point.surveyNumber]?.name, { ucd: 'meta.id;instr' }),
      column(
        'survey_object_id',
        'text',
        'Name of the object at the survey',
        ({ point }) => record.objects[point.objectIndex ?? -1]?.id,
        { ucd: 'meta.id' },
      ),
      column('passband', 'text', 'Passband; R is r of ZTF, as ANTARES spells it', ({ point }) => point.passband, {
        ucd: 'meta.id;instr.bandpass',
      }),
      column('mjd', 'double', 'Time as the survey gave it, in the scale of the survey', ({ point }) => point.mjd, {
        unit: 'd',
        ucd: 'time.epoch',
      }),
      column(
        'mjd_utc',
        'double',
        'Time, UTC',
        (row) => (scaleOf(row) === 'TAI' ? mjdUtcOfTai(row.point.mjd) : row.point.mjd),
        { unit: 'd', ucd: 'time.epoch;meta.main', timeScale: 'UTC' },
      ),
      column(
        'mjd_tai',
        'double',
        'Time, TAI',
        (row) => (scaleOf(row) === 'TAI' ? row.point.mjd : mjdTaiOfUtc(row.point.mjd)),
        { unit: 'd', ucd: 'time.epoch', timeScale: 'TAI' },
      ),
      column('ra', 'double', 'Right ascension, ICRS', ({ point }) => point.ra, { unit: 'deg', ucd: 'pos.eq.ra' }),
      column('dec', 'double', 'Declination, ICRS', ({ point }) => point.dec, { unit: 'deg', ucd: 'pos.eq.dec' }),
      column('mag', 'double', 'Magnitude of the difference, AB', ({ point }) => point.mag, {
        unit: 'mag',
        ucd: 'phot.mag',
      }),
      column('magerr', 'double', 'Its error', ({ point }) => point.magErr, { unit: 'mag', ucd: 'stat.error;phot.mag' }),
      column('maglim', 'double', 'Limiting magnitude, AB', ({ point }) => point.magLimit, {
        unit: 'mag',
        ucd: 'phot.mag;stat.min',
      }),
      column('mag_corrected', 'double', 'Magnitude of the whole source, AB', ({ mag }) => mag, {
        unit: 'mag',
        ucd: 'phot.mag;meta.modelled',
      }),
      column('magerr_corrected', 'double', 'Its error', ({ magErr }) => magErr, {
        unit: 'mag',
        ucd: 'stat.error;phot.mag',
      }),
      column('flux', 'double', 'Flux on the difference image, signed', ({ point }) => point.flux, {
        unit: 'nJy',
        ucd: 'phot.flux.density',
      }),
      column('fluxerr', 'double', 'Its error', ({ point }) => point.fluxErr, {
        unit: 'nJy',
        ucd: 'stat.error;phot.flux.density',
      }),
      column('sign', 'int', '+1 brighter than the reference, -1 fainter, 0 not said', ({ point }) => point.sign || 0, {
        ucd: 'meta.code',
      }),
    ],
  };
}
