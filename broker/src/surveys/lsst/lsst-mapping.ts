import { AntaresError } from '../../model/errors.ts';
import { type AlertId, toAlertId } from '../../model/ids.ts';
import type { AlertKind, LightCurvePoint } from '../../model/light-curve.ts';
import type { SurveyObject } from '../../model/packet.ts';
import { abMagnitude, abMagnitudeError, fiveSigmaLimit } from '../ab-magnitude.ts';
import { IdText } from '../avro/long.ts';
import { findField, withoutNull } from '../avro/schema.ts';
import { dateOfMjdDay } from '../night.ts';
import { SlotList, type Values } from '../slots.ts';
import type { LocusContribution } from '../survey.ts';
import {
  type AlertMapping,
  type HistoryMapping,
  mayBelongTo,
  type RowNotes,
  type SurveyMapping,
} from '../survey-mapping.ts';

/*
 * LSST: the record `diaSource` is the alert; `prvDiaSources`, `prvDiaForcedSources` and (up to 7) limits of
 * non-detections are its history; the object follows after them. Names changed at schema 5 (`midPointTai`, `decl`,
 * `filterName`, `psFlux` before) and at 8 and 10: both are found. Fluxes are in nJy, AB zero point 31.4. In recorded
 * data an identifier of 0 means none, and NaN stands where null should.
 */

// Names of one thing, the present one first.
const MJD = ['midpointMjdTai', 'midPointTai'];
const DEC = ['dec', 'decl'];
const FLUX = ['psfFlux', 'psFlux'];

const SOURCE = new IdText('lsst:');
const FORCED = new IdText('lsst_forced:');

/** The Legacy Survey of Space and Time of the Vera C. Rubin Observatory, alert schemas 1.0 to 11.1 and on. */
export const lsstMapping: SurveyMapping = {
  survey: 'lsst',
  recognises(schema) {
    const field = findField(schema, ['diaSource']);
    const source = field === undefined ? undefined : withoutNull(field.type);
    return (
      mayBelongTo('lsst', schema) &&
      source?.kind === 'record' &&
      [['diaSourceId'], MJD, ['ra'], DEC, FLUX, ['visit', 'ccdVisitId']].every(
        (names) => findField(source, names) !== undefined,
      )
    );
  },
  alert: sourceAlert(),
  histories: [sourceHistory(), forcedHistory(), limitHistory()],

  /**
   * `lsst_<record>_<field>` for the records of the packet, `lsst_<field>` for its other fields, known or not. The number
   * of the source is that of the record `diaSource`; a label of the schema is no property.
   */
  propertyName: (path) =>
    path[0] === 'diaSourceId' || path[0] === 'lsst_schema_version' ? undefined : ['lsst', ...path].join('_'),
};

/** TAI − UTC since 2017 [d]; a second more or less does not move an observation to another night. */
const TAI_MINUS_UTC_DAYS = 37 / 86_400;

/** The day_obs of Rubin: the date at UTC − 12 h. */
function nightOf(mjdTai: number): string {
  return dateOfMjdDay(Math.floor(mjdTai - TAI_MINUS_UTC_DAYS - 0.5));
}

/** `ant_passband`: u, g, r, i, z, y. */
function passbandOf(band: string | undefined): string {
  return band === 'Y' ? 'y' : (band ?? '');
}

interface SourceSlots {
  readonly mjd: number;
  readonly ra: number;
  readonly dec: number;
  readonly flux: number;
  readonly fluxError: number;
  readonly scienceFlux: number;
  readonly scienceFluxError: number;
  readonly isNegative: number;
  readonly band: number;
}

function sourceSlots(slots: SlotList, prefix: string): SourceSlots {
  const paths = (...names: string[]): string[] => names.map((name) => prefix + name);
  return {
    mjd: slots.number(...paths(...MJD)),
    ra: slots.number(...paths('ra')),
    dec: slots.number(...paths(...DEC)),
    flux: slots.number(...paths(...FLUX)),
    fluxError: slots.number(...paths('psfFluxErr', 'psFluxErr')),
    scienceFlux: slots.number(...paths('scienceFlux', 'totFlux')),
    scienceFluxError: slots.number(...paths('scienceFluxErr', 'totFluxErr')),
    isNegative: slots.flag(...paths('isNegative', 'is_negative')),
    band: slots.place(...paths('band', 'filterName')),
  };
}

function sourceAlert(): AlertMapping {
  const slots = new SlotList();
  const at = sourceSlots(slots, 'diaSource.');
  const sourceId = slots.place('diaSource.diaSourceId');
  const topSourceId = slots.place('diaSourceId');
  const sourceObject = slots.place('diaSource.diaObjectId');
  const sourceSolarSystem = slots.place('diaSource.ssObjectId');
  const object = slots.place('diaObject.diaObjectId');
  const solarSystemSource = slots.place('ssSource.ssObjectId');
  const solarSystemObject = slots.place('ssObject.ssObjectId');
  const visit = slots.place('diaSource.visit', 'diaSource.ccdVisitId');
  const schemaVersion = slots.place('lsst_schema_version');
  const routing = new Set([
    'diaSourceId',
    ...['diaSourceId', 'diaObjectId', 'ssObjectId', 'ra', ...DEC].map((name) => `diaSource.${name}`),
  ]);

  return {
    slots,
    isRouting: (path) => routing.has(path),
    isObjectSettled: (values) => values.idOrNone(sourceObject) !== undefined,

    alertId(values) {
      const id = values.id(sourceId, SOURCE) ?? values.id(topSourceId, SOURCE);
      if (id === undefined) throw new AntaresError('PACKET_ID_MISSING', 'an LSST packet without diaSourceId');
      return toAlertId(id);
    },

    /**
     * The source's own word first: streams re-encoded through doubles round the identifiers within `diaObject` and
     * `ssSource`. An alert of an object is never one of the solar system.
     */
    object(values): SurveyObject | undefined {
      const diaObject = values.idOrNone(sourceObject) ?? values.idOrNone(object);
      if (diaObject !== undefined) return { survey: 'lsst', role: 'object', id: diaObject };
      const moving =
        values.idOrNone(sourceSolarSystem) ?? values.idOrNone(solarSystemSource) ?? values.idOrNone(solarSystemObject);
      return moving === undefined ? undefined : { survey: 'lsst', role: 'solar_system_object', id: moving };
    },

    /** From the record's name (`lsst.v9_0.alert`); Spark drops that, and Fink puts it into a field. */
    schemaVersion(values, schema) {
      const match = /\bv(\d+)_(\d+)\b/.exec(schema.name) ?? /(\d+)[._](\d+)/.exec(values.text(schemaVersion) ?? '');
      return match === null ? '' : `${match[1]}.${match[2]}`;
    },

    visit: (values) => values.idOrNone(visit) ?? '',
    night: nightOf,
    position: (values) => ({ ra: values.number(at.ra), dec: values.number(at.dec) }),
    point: (values, alertId, ra, dec) => sourcePoint(values, at, alertId, 'candidate', ra, dec),

    contribution: (_read, of): LocusContribution => ({
      survey: 'lsst',
      values: {},
      lists: {
        'lsst.dia_object_id': of?.role === 'object' ? [of.id] : [],
        'lsst.ss_object_id': of?.role === 'solar_system_object' ? [of.id] : [],
      },
    }),
  };
}

function sourceHistory(): HistoryMapping {
  const slots = new SlotList();
  const at = sourceSlots(slots, '');
  return {
    // `prv_diaSources` in schema 1; its `diaSourcesL2` are a later measurement of the same images, and no observations.
    fields: ['prvDiaSources', 'prv_diaSources'],
    notes: ['diaSourceId'],
    kind: (row: RowNotes): AlertKind | undefined => (row.has(0) ? 'history' : undefined),
    alertId: (row) => row.alertId(0, SOURCE),
    slots,
    point(values, alertId): LightCurvePoint | undefined {
      const ra = values.number(at.ra);
      const dec = values.number(at.dec);
      if (!Number.isFinite(values.number(at.mjd)) || !(ra >= 0 && ra <= 360 && dec >= -90 && dec <= 90))
        return undefined;
      return sourcePoint(values, at, alertId, 'history', ra === 360 ? 0 : ra, dec);
    },
    kindOf: () => 'history',
    propertyName: (path) => ['lsst_diaSource', ...path].join('_'),
  };
}

function forcedHistory(): HistoryMapping {
  const slots = new SlotList();
  const at = sourceSlots(slots, '');
  return {
    fields: ['prvDiaForcedSources'],
    notes: ['diaForcedSourceId'],
    kind: (row) => (row.has(0) ? 'forced' : undefined),
    alertId: (row) => row.alertId(0, FORCED),
    slots,
    /** Rows without a flux are left out: nothing was measured. */
    point(values, alertId): LightCurvePoint | undefined {
      if (!Number.isFinite(values.number(at.mjd)) || !Number.isFinite(values.number(at.flux))) return undefined;
      return sourcePoint(values, at, alertId, 'forced', Number.NaN, Number.NaN);
    },
    kindOf: () => 'forced',
    propertyName: (path) => ['lsst_diaForcedSource', ...path].join('_'),
  };
}

function limitHistory(): HistoryMapping {
  const slots = new SlotList();
  const mjd = slots.number(...MJD);
  const noise = slots.number('diaNoise');
  const band = slots.place('band', 'filterName');
  return {
    fields: ['prvDiaNondetectionLimits'],
    notes: ['ccdVisitId', 'visit', 'detector'],
    kind: () => 'upper_limit',

    /** Limits have no number of their own: object and exposure name them. */
    alertId(row, _kind, objectId): AlertId | undefined {
      if (objectId === undefined) return undefined;
      const [exposure, visit, detector] = [row.id(0), row.id(1), row.id(2)];
      if (exposure !== undefined) return toAlertId(`lsst_upper_limit:${objectId}-${exposure}`);
      return visit === undefined ? undefined : toAlertId(`lsst_upper_limit:${objectId}-${visit}-${detector ?? 0}`);
    },

    slots,

    point(values, alertId): LightCurvePoint | undefined {
      if (!Number.isFinite(values.number(mjd))) return undefined;
      return {
        ...UNDEFINED_VALUES,
        alertId,
        kind: 'upper_limit',
        surveyNumber: 4,
        passband: passbandOf(values.text(band)),
        mjd: values.number(mjd),
        magLimit: fiveSigmaLimit(values.number(noise)),
      };
    },

    kindOf: () => 'upper_limit',
    propertyName: (path) => ['lsst_diaNondetectionLimit', ...path].join('_'),
  };
}

const UNDEFINED_VALUES = {
  ra: Number.NaN,
  dec: Number.NaN,
  mag: Number.NaN,
  magErr: Number.NaN,
  magLimit: Number.NaN,
  flux: Number.NaN,
  fluxErr: Number.NaN,
  magCorrected: Number.NaN,
  magErrCorrected: Number.NaN,
  sign: 0,
  referenceMag: Number.NaN,
  referenceMagErr: Number.NaN,
  referenceDistance: Number.NaN,
  starDistance: Number.NaN,
  starScore: Number.NaN,
  referenceImage: 0,
} as const;

/**
 * The point of a source, forced or not. A flux that is not positive has no magnitude, and is kept as flux; the limit is
 * that of five sigma at the source's own error (production repeats the magnitude there).
 */
function sourcePoint(
  values: Values,
  at: SourceSlots,
  alertId: AlertId,
  kind: AlertKind,
  ra: number,
  dec: number,
): LightCurvePoint {
  const flux = values.number(at.flux);
  const fluxErr = values.number(at.fluxError);
  const scienceFlux = values.number(at.scienceFlux);
  const isNegative = values.number(at.isNegative);
  return {
    alertId,
    kind,
    surveyNumber: 4,
    passband: passbandOf(values.text(at.band)),
    mjd: values.number(at.mjd),
    ra,
    dec,
    mag: abMagnitude(flux),
    magErr: abMagnitudeError(flux, fluxErr),
    magLimit: fiveSigmaLimit(fluxErr),
    flux,
    fluxErr,
    magCorrected: abMagnitude(scienceFlux),
    magErrCorrected: abMagnitudeError(scienceFlux, values.number(at.scienceFluxError)),
    sign: isNegative === 1 ? -1 : isNegative === 0 ? 1 : flux > 0 ? 1 : flux < 0 ? -1 : 0,
    referenceMag: Number.NaN,
    referenceMagErr: Number.NaN,
    referenceDistance: Number.NaN,
    starDistance: Number.NaN,
    starScore: Number.NaN,
    referenceImage: 0,
  };
}
