import { isoDateOfMjd, mjdOfDate, yearOfMjd } from '../../model/time.ts';
import type { Band } from '../sky/source.ts';
import type { Visit } from './schedule.ts';

/** MJD of 2017-01-01, night 0 of ZTF. */
const NIGHT_ZERO = 57_754;
/** Detections of stationary sources on a quadrant are numbered below this, those of moving ones from here on. */
export const ZTF_MOVING_SLOT = 700;
/** Detections that a quadrant can number: three digits of the candid. */
export const ZTF_SLOTS = 999;
/** Names below this number of a year belong to stationary sources, the others to what is seen once. */
const STATIONARY_NAMES = 2 ** 24;

/** ZTF's number of a filter; ZTF has g, r and i. */
export function ztfFilter(band: Band): 1 | 2 | 3 {
  switch (band) {
    case 'g':
      return 1;
    case 'r':
      return 2;
    case 'i':
      return 3;
    default:
      throw new TypeError(`ZTF has no filter ${band}`);
  }
}

/** Number of a night: days since 2017-01-01. */
export function ztfNight(visit: Visit): number {
  return visit.night - NIGHT_ZERO;
}

/** Night and hundred-thousandth of the day in which an exposure began: what is common to the `pid`s of its quadrants. */
export function ztfExposure(visit: Visit): number {
  // A second of grace: the digits are cut off, and the fraction has lost some in the subtraction.
  return ztfNight(visit) * 1e5 + Math.floor((visit.startMjd - Math.floor(visit.startMjd)) * 1e5 + 1e-6);
}

/** `pid`: exposure, quadrant in two digits, 15. */
export function ztfPid(visit: Visit, rcid: number): number {
  return ztfExposure(visit) * 1e4 + rcid * 100 + 15;
}

/**
 * `candid`: pid, 015 for a positive difference or 010 for a negative one, number on the quadrant in three digits.
 *
 * @param tblid  1 to 999
 */
export function ztfCandid(pid: number, isPositive: boolean, tblid: number): bigint {
  return BigInt(pid) * 1_000_000n + BigInt((isPositive ? 15_000 : 10_000) + tblid);
}

/** `rfid`: field, 12, filter in two digits, quadrant in two. */
export function ztfReferenceId(field: number, fid: number, rcid: number): number {
  return field * 1e6 + 120_000 + fid * 100 + rcid;
}

/** ZTF, two digits of the year, seven letters that count: what ZTF calls an object. */
function objectName(year: number, count: number): string {
  let letters = '';
  let rest = count;
  for (let i = 0; i < 7; i += 1) {
    letters = String.fromCharCode(97 + (rest % 26)) + letters;
    rest = Math.floor(rest / 26);
  }
  return `ZTF${String(year % 100).padStart(2, '0')}${letters}`;
}

/** The name of a stationary source first detected in a night. */
export function ztfObjectId(firstNight: number, sourceIndex: number): string {
  if (sourceIndex >= STATIONARY_NAMES) throw new TypeError(`ZTF names end before source ${sourceIndex}`);
  return objectName(yearOfMjd(firstNight), sourceIndex);
}

/** The name of what a visit saw of a moving object: never the same again. */
export function ztfPassingObjectId(visit: Visit, rcid: number, slot: number): string {
  const year = yearOfMjd(visit.night);
  const day = visit.night - mjdOfDate(year, 1, 1);
  const passing = slot - ZTF_MOVING_SLOT;
  const count = ((day * 1000 + (visit.sequence % 1000)) * 64 + rcid) * (ZTF_SLOTS - ZTF_MOVING_SLOT) + passing;
  return objectName(year, STATIONARY_NAMES + count);
}

const CCD_NAMES: readonly string[] = Array.from({ length: 64 }, (_, rcid) => {
  const ccd = String(Math.floor(rcid / 4) + 1).padStart(2, '0');
  return `_c${ccd}_o_q${(rcid % 4) + 1}_scimrefdiffimg.fits`;
});

/** What is common to the file names of the difference images of an exposure: date, millionth of the day, field, filter. */
export function ztfFilePrefix(visit: Visit): string {
  const date = isoDateOfMjd(visit.night).replaceAll('-', '');
  const fraction = Math.floor((visit.startMjd - Math.floor(visit.startMjd)) * 1e6);
  const digits = (value: number): string => String(value).padStart(6, '0');
  return `ztf_${date}${digits(fraction)}_${digits(visit.field.number)}_z${visit.band}`;
}

/** File name of the difference image of a quadrant. */
export function ztfDifferenceFile(prefix: string, rcid: number): string {
  return prefix + CCD_NAMES[rcid]!;
}
