import type { StoredLocus } from '../../alert-store/alert-store.ts';
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
  const rows = [...lightCurve.order];
  const surveyOf = (row: number): (typeof SURVEYS)[number] | undefined => SURVEYS[lightCurve.surveyNumber[row]!];
  const isTai = (row: number): boolean => surveyOf(row)?.scale === 'TAI';
  const column = (
    name: string,
    type: TableColumn['type'],
    description: string,
    read: (row: number) => string | number | undefined,
    more: Pick<TableColumn, 'unit' | 'ucd' | 'timeScale'> = {},
  ): TableColumn => ({ name, type, description, ...more, values: rows.map((row) => read(row)) });

  return {
    name: `${record.ref.locusId}_lightcurve`,
    description: `Light curve of ${record.ref.locusId}`,
    columns: [
      column('alert_id', 'text', 'Name of the alert', (row) => lightCurve.alertId[row], { ucd: 'meta.id;meta.main' }),
      column('kind', 'text', 'candidate, history, upper_limit or forced', (row) => lightCurve.kindAt(row), {
        ucd: 'meta.code.class',
      }),
      column('survey', 'text', 'Survey', (row) => surveyOf(row)?.name, { ucd: 'meta.id;instr' }),
      column(
        'survey_object_id',
        'text',
        'Name of the object at the survey',
        (row) => record.objects[lightCurve.objectIndex[row]!]?.id,
        { ucd: 'meta.id' },
      ),
      column('passband', 'text', 'Passband; R is r of ZTF, as ANTARES spells it', (row) => lightCurve.passband[row], {
        ucd: 'meta.id;instr.bandpass',
      }),
      column('mjd', 'double', 'Time as the survey gave it, in the scale of the survey', (row) => lightCurve.mjd[row], {
        unit: 'd',
        ucd: 'time.epoch',
      }),
      column(
        'mjd_utc',
        'double',
        'Time, UTC',
        (row) => (isTai(row) ? mjdUtcOfTai(lightCurve.mjd[row]!) : lightCurve.mjd[row]),
        { unit: 'd', ucd: 'time.epoch;meta.main', timeScale: 'UTC' },
      ),
      column(
        'mjd_tai',
        'double',
        'Time, TAI',
        (row) => (isTai(row) ? lightCurve.mjd[row] : mjdTaiOfUtc(lightCurve.mjd[row]!)),
        { unit: 'd', ucd: 'time.epoch', timeScale: 'TAI' },
      ),
      column('ra', 'double', 'Right ascension, ICRS', (row) => lightCurve.ra[row], { unit: 'deg', ucd: 'pos.eq.ra' }),
      column('dec', 'double', 'Declination, ICRS', (row) => lightCurve.dec[row], { unit: 'deg', ucd: 'pos.eq.dec' }),
      column('mag', 'double', 'Magnitude of the difference, AB', (row) => lightCurve.mag[row], {
        unit: 'mag',
        ucd: 'phot.mag',
      }),
      column('magerr', 'double', 'Its error', (row) => lightCurve.magErr[row], {
        unit: 'mag',
        ucd: 'stat.error;phot.mag',
      }),
      column('maglim', 'double', 'Limiting magnitude, AB', (row) => lightCurve.magLimit[row], {
        unit: 'mag',
        ucd: 'phot.mag;stat.min',
      }),
      column('mag_corrected', 'double', 'Magnitude of the whole source, AB', (row) => corrected.magCorrected[row], {
        unit: 'mag',
        ucd: 'phot.mag;meta.modelled',
      }),
      column('magerr_corrected', 'double', 'Its error', (row) => corrected.magErrCorrected[row], {
        unit: 'mag',
        ucd: 'stat.error;phot.mag',
      }),
      column('flux', 'double', 'Flux on the difference image, signed', (row) => lightCurve.flux[row], {
        unit: 'nJy',
        ucd: 'phot.flux.density',
      }),
      column('fluxerr', 'double', 'Its error', (row) => lightCurve.fluxErr[row], {
        unit: 'nJy',
        ucd: 'stat.error;phot.flux.density',
      }),
      column(
        'sign',
        'int',
        '+1 brighter than the reference, -1 fainter, 0 not said',
        (row) => lightCurve.sign[row] || 0,
        {
          ucd: 'meta.code',
        },
      ),
    ],
  };
}
