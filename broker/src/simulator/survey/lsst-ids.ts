import { isoDateOfMjd } from '../../model/time.ts';
import type { Visit } from './schedule.ts';

/**
 * LSST's 64-bit identifiers of detections, from the highest bit: controller (3 bits behind the sign's zeros), days since
 * 2010-01-01 (14), exposure of the day (15), detector (8), number on the detector (19).
 *
 * Read off real alerts: 169813005919846484 is controller 2, 2025-12-31, exposure 239, detector 3, number 84, as its visit
 * 2025123100239 says.
 */
const CONTROLLER = 2n;
/** MJD of 2010-01-01. */
const DAY_ZERO = 55_197;
/** Numbers on a detector: detections of stationary sources, then of moving ones, then forced measurements. */
export const LSST_MOVING_SLOT = 2 ** 17;
/** First number of a forced measurement. */
export const LSST_FORCED_SLOT = 2 ** 18;

const dates = new Map<number, number>();

/** `visit`: date and number of the exposure in five digits. */
export function lsstVisit(visit: Visit): number {
  let date = dates.get(visit.night);
  if (date === undefined) {
    date = Number(isoDateOfMjd(visit.night).replaceAll('-', '')) * 1e5;
    // One number a night: the table stays small.
    dates.set(visit.night, date);
  }
  return date + visit.sequence;
}

/** `diaSourceId` or `diaForcedSourceId` of a number on a detector in a visit. */
export function lsstSourceId(visit: Visit, detector: number, slot: number): bigint {
  // Two halves that fit doubles are cheaper than five shifts of bigints.
  const high = (visit.night - DAY_ZERO) * 32_768 + visit.sequence;
  const low = detector * 524_288 + slot;
  return (CONTROLLER << 56n) | (BigInt(high) << 27n) | BigInt(low);
}

/** `ssObjectId`: the seven letters of the packed designation as bytes, the first one highest. */
export function lsstSolarSystemId(packedDesignation: string): bigint {
  let id = 0n;
  for (const letter of packedDesignation) id = (id << 8n) | BigInt(letter.charCodeAt(0));
  return id;
}
