import { AntaresError } from '../../model/errors.ts';
import { type AlertId, toAlertId } from '../../model/ids.ts';
import type { AlertKind, LightCurvePoint } from '../../model/light-curve.ts';
import type { SurveyObject } from '../../model/packet.ts';
import { IdText } from '../avro/long.ts';
import { type AvroRecord, findField, withoutNull } from '../avro/schema.ts';
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
import { forcedPhotometry } from './forced-photometry.ts';

/*
 * ZTF: the record `candidate` is the alert; `prv_candidates` holds earlier detections and upper limits of some 30 days,
 * `fp_hists` (from 4.01 on) forced photometry. Field names and units: schemas of ztf-avro-alert.
 */

const CANDIDATE = new IdText('ztf_candidate:');

/** The Zwicky Transient Facility, schemas 1.1 to 4.02, as sent and as re-serialised by other brokers. */
export const ztfMapping: SurveyMapping = {
  survey: 'ztf',
  recognises(schema) {
    const candidate = recordField(schema, 'candidate');
    return (
      mayBelongTo('ztf', schema) &&
      candidate !== undefined &&
      ['jd', 'fid', 'pid', 'rcid', 'candid', 'ra', 'dec', 'magpsf'].every(
        (name) => findField(candidate, [name]) !== undefined,
      )
    );
  },
  alert: candidateAlert(),
  histories: [previousCandidates(), forcedHistory()],

  /**
   * `ztf_<field>` for the fields of the candidate and any other field that is new here. The object's name is a property
   * of the locus; labels of the packet itself are none. The alert's number is that of the candidate where both are there.
   */
  propertyName(path, schema) {
    const [first] = path;
    if (first === 'schemavsn' || first === 'publisher' || first === 'objectId') return undefined;
    if (first === 'candid') {
      const candidate = recordField(schema, 'candidate');
      return candidate !== undefined && findField(candidate, ['candid']) !== undefined ? undefined : 'ztf_candid';
    }
    return first === 'candidate' ? ['ztf', ...path.slice(1)].join('_') : ['ztf', ...path].join('_');
  },
};

function recordField(schema: AvroRecord, name: string): AvroRecord | undefined {
  const field = findField(schema, [name]);
  const type = field === undefined ? undefined : withoutNull(field.type);
  return type?.kind === 'record' ? type : undefined;
}

/** `ant_passband` by `fid`; '' for a filter that ZTF does not have. */
const PASSBANDS: readonly string[] = ['', 'g', 'R', 'i'];

/** JD of MJD 0. */
const MJD_OFFSET = 2_400_000.5;

/** ZTF writes -999 (in forced photometry -99999) where there is no value. */
function known(value: number): number {
  return value > -999 && value < Number.POSITIVE_INFINITY ? value : Number.NaN;
}

/** Detections and limits share these fields of `candidate` and of `prv_candidates`. */
function photometrySlots(slots: SlotList, prefix: string): PhotometrySlots {
  const path = (name: string): string => prefix + name;
  return {
    jd: slots.number(path('jd')),
    fid: slots.number(path('fid')),
    field: slots.number(path('field')),
    rcid: slots.number(path('rcid')),
    magpsf: slots.number(path('magpsf')),
    sigmapsf: slots.number(path('sigmapsf')),
    diffmaglim: slots.number(path('diffmaglim')),
    isdiffpos: slots.flag(path('isdiffpos')),
    magnr: slots.number(path('magnr')),
    sigmagnr: slots.number(path('sigmagnr')),
    distnr: slots.number(path('distnr')),
    distpsnr1: slots.number(path('distpsnr1')),
    // Called sgscore while there was only one neighbour.
    sgscore1: slots.number(path('sgscore1'), path('sgscore')),
    ra: slots.number(path('ra')),
    dec: slots.number(path('dec')),
  };
}

type PhotometrySlots = Readonly<
  Record<
    | 'jd'
    | 'fid'
    | 'field'
    | 'rcid'
    | 'magpsf'
    | 'sigmapsf'
    | 'diffmaglim'
    | 'isdiffpos'
    | 'magnr'
    | 'sigmagnr'
    | 'distnr'
    | 'distpsnr1'
    | 'sgscore1'
    | 'ra'
    | 'dec',
    number
  >
>;

function candidateAlert(): AlertMapping {
  const slots = new SlotList();
  const at = photometrySlots(slots, 'candidate.');
  const pid = slots.number('candidate.pid');
  const candid = slots.place('candid');
  const candidateCandid = slots.place('candidate.candid');
  const objectId = slots.place('objectId');
  const schemavsn = slots.place('schemavsn');
  const ssnamenr = slots.place('candidate.ssnamenr');
  const routing = new Set(['candid', 'candidate.candid', 'objectId', 'candidate.ra', 'candidate.dec']);

  return {
    slots,
    isRouting: (path) => routing.has(path),
    isObjectSettled: () => true,

    /**
     * The number at the top of the packet names the alert. Streams re-serialised through doubles round the one within
     * the candidate, or drop the one at the top; so the top one counts where both are there, else whichever is.
     */
    alertId(values) {
      const id = values.id(candid, CANDIDATE) ?? values.id(candidateCandid, CANDIDATE);
      if (id === undefined) throw new AntaresError('PACKET_ID_MISSING', 'a ZTF packet without candid');
      return toAlertId(id);
    },

    object(values): SurveyObject | undefined {
      const id = values.text(objectId);
      return id === undefined || id === '' ? undefined : { survey: 'ztf', role: 'object', id };
    },

    // Packets of version 3.2 bring a schema that says 3.1: the packet's own word counts.
    schemaVersion: (values, _schema, declared) => values.text(schemavsn) ?? declared ?? '',

    /** `pid` is night number, five digits of the fraction of the day, two of the readout channel, two of the kind. */
    visit(values) {
      const exposure = Math.trunc(values.number(pid) / 10_000);
      return Number.isNaN(exposure) ? '' : String(exposure);
    },

    // The date on which the night at Palomar ends, in UTC; the label changes at 20:00 UTC, noon there.
    night: (mjd) => dateOfMjdDay(Math.floor(mjd + 4 / 24)),

    position: (values) => ({ ra: values.number(at.ra), dec: values.number(at.dec) }),
    point: (values, alertId, ra, dec) => photometryPoint(values, at, alertId, 'candidate', ra, dec),

    contribution(read, object): LocusContribution {
      const values = read();
      const name = values.text(ssnamenr);
      return {
        survey: 'ztf',
        values: {
          ...(object === undefined ? {} : { ztf_object_id: object.id }),
          ...(name === undefined ? {} : { ztf_ssnamenr: name }),
        },
        lists: {
          'ztf.id': object === undefined ? [] : [object.id],
          'ztf.field': wholeNumber(values.number(at.field)),
          'ztf.rcid': wholeNumber(values.number(at.rcid)),
          'ztf.ssnamenr': name === undefined ? [] : [name],
        },
      };
    },
  };
}

function wholeNumber(value: number): number[] {
  return Number.isInteger(value) ? [value] : [];
}

const ROW_CANDID = 0;
const ROW_RA = 1;
const ROW_DEC = 2;
const ROW_PID = 3;

function previousCandidates(): HistoryMapping {
  const slots = new SlotList();
  const at = photometrySlots(slots, '');
  const candid = slots.place('candid');

  return {
    fields: ['prv_candidates'],
    notes: ['candid', 'ra', 'dec', 'pid'],

    /**
     * With candid, ra and dec, a detection; without candid, an upper limit; a number without a place is neither. (The
     * test schema 3.5 put forced photometry here; those rows have a limit as well, and count as such.)
     */
    kind(row: RowNotes): AlertKind | undefined {
      if (!row.has(ROW_CANDID)) return 'upper_limit';
      return row.has(ROW_RA) && row.has(ROW_DEC) ? 'history' : undefined;
    },

    /** Limits are named after the object: packets that do not name theirs (before 1.3) have limits that nothing names. */
    alertId(row, kind, objectId): AlertId | undefined {
      if (kind === 'history') return row.alertId(ROW_CANDID, CANDIDATE);
      if (objectId === undefined) return undefined;
      const pid = row.id(ROW_PID);
      return pid === undefined ? undefined : toAlertId(`ztf_upper_limit:${objectId}-${pid}`);
    },

    slots,

    point(values, alertId, kind): LightCurvePoint | undefined {
      if (!Number.isFinite(values.number(at.jd))) return undefined;
      if (kind === 'upper_limit') return upperLimitPoint(values, at, alertId);
      const ra = values.number(at.ra);
      const dec = values.number(at.dec);
      if (!(ra >= 0 && ra <= 360 && dec >= -90 && dec <= 90)) return undefined;
      return photometryPoint(values, at, alertId, 'history', ra === 360 ? 0 : ra, dec);
    },

    kindOf: (values) => (values.id(candid) === undefined ? 'upper_limit' : 'history'),
    propertyName: (path) => ['ztf', ...path].join('_'),
  };
}

function forcedHistory(): HistoryMapping {
  const slots = new SlotList();
  const jd = slots.number('jd');
  const fid = slots.number('fid');
  const field = slots.number('field');
  const rcid = slots.number('rcid');
  const flux = slots.number('forcediffimflux');
  const fluxError = slots.number('forcediffimfluxunc');
  const zeroPoint = slots.number('magzpsci');
  const diffmaglim = slots.number('diffmaglim');
  const magnr = slots.number('magnr');
  const sigmagnr = slots.number('sigmagnr');
  const distnr = slots.number('distnr');

  return {
    fields: ['fp_hists'],
    notes: ['pid'],
    kind: () => 'forced',

    alertId(row, _kind, objectId): AlertId | undefined {
      const pid = row.id(0);
      return objectId === undefined || pid === undefined ? undefined : toAlertId(`ztf_forced:${objectId}-${pid}`);
    },

    slots,

    /** Rows without a measured flux (null, 0 or -99999) are left out: nothing was measured. */
    point(values, alertId): LightCurvePoint | undefined {
      const measured = forcedPhotometry(values.number(flux), values.number(fluxError), values.number(zeroPoint));
      if (measured === undefined || !Number.isFinite(values.number(jd))) return undefined;
      return {
        alertId,
        kind: 'forced',
        surveyNumber: 1,
        passband: PASSBANDS[values.number(fid)] ?? '',
        mjd: values.number(jd) - MJD_OFFSET,
        ra: Number.NaN,
        dec: Number.NaN,
        mag: measured.mag,
        magErr: measured.magErr,
        magLimit: known(values.number(diffmaglim)),
        flux: measured.flux,
        fluxErr: measured.fluxErr,
        magCorrected: Number.NaN,
        magErrCorrected: Number.NaN,
        sign: Math.sign(measured.flux),
        referenceMag: known(values.number(magnr)),
        referenceMagErr: known(values.number(sigmagnr)),
        referenceDistance: known(values.number(distnr)),
        starDistance: Number.NaN,
        starScore: Number.NaN,
        referenceImage: referenceImage(values.number(field), values.number(rcid), values.number(fid)),
      };
    },

    kindOf: () => 'forced',
    // Names of their own: forced rows have a flux where detections have a magnitude, under many equal names.
    propertyName: (path) => ['ztf_forced', ...path].join('_'),
  };
}

function photometryPoint(
  values: Values,
  at: PhotometrySlots,
  alertId: AlertId,
  kind: AlertKind,
  ra: number,
  dec: number,
): LightCurvePoint {
  const isPositive = values.number(at.isdiffpos);
  return {
    alertId,
    kind,
    surveyNumber: 1,
    passband: PASSBANDS[values.number(at.fid)] ?? '',
    mjd: values.number(at.jd) - MJD_OFFSET,
    ra,
    dec,
    mag: known(values.number(at.magpsf)),
    magErr: known(values.number(at.sigmapsf)),
    magLimit: known(values.number(at.diffmaglim)),
    flux: Number.NaN,
    fluxErr: Number.NaN,
    magCorrected: Number.NaN,
    magErrCorrected: Number.NaN,
    sign: isPositive === 1 ? 1 : isPositive === 0 ? -1 : 0,
    referenceMag: known(values.number(at.magnr)),
    referenceMagErr: known(values.number(at.sigmagnr)),
    referenceDistance: known(values.number(at.distnr)),
    starDistance: known(values.number(at.distpsnr1)),
    starScore: known(values.number(at.sgscore1)),
    referenceImage: referenceImage(values.number(at.field), values.number(at.rcid), values.number(at.fid)),
  };
}

function upperLimitPoint(values: Values, at: PhotometrySlots, alertId: AlertId): LightCurvePoint {
  return {
    alertId,
    kind: 'upper_limit',
    surveyNumber: 2,
    passband: PASSBANDS[values.number(at.fid)] ?? '',
    mjd: values.number(at.jd) - MJD_OFFSET,
    ra: Number.NaN,
    dec: Number.NaN,
    mag: Number.NaN,
    magErr: Number.NaN,
    magLimit: known(values.number(at.diffmaglim)),
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
    referenceImage: referenceImage(values.number(at.field), values.number(at.rcid), values.number(at.fid)),
  };
}

/**
 * One number for field, readout channel and filter: ZTF makes a reference image for each such triple.
 *
 * @param field  1 to some 2000; @param rcid  0 to 63; @param fid  1 to 3
 * @returns      0 when one of them is unknown
 */
export function referenceImage(field: number, rcid: number, fid: number): number {
  return field >= 0 && rcid >= 0 && rcid < 64 && fid >= 1 && fid < 4 ? (field * 64 + rcid) * 4 + fid : 0;
}
