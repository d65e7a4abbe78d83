import type { DateInterval } from './aggregation.ts';

/** Modified Julian date of 1970-01-01T00:00. */
const MJD_OF_UNIX_EPOCH = 40_587;
const MS_PER_DAY = 86_400_000;

/** A time of a field as Unix milliseconds, fractions kept. */
export function toUnixMs(value: number, time: 'mjd' | 'unix'): number {
  return time === 'mjd' ? (value - MJD_OF_UNIX_EPOCH) * MS_PER_DAY : value * 1000;
}

/**
 * The interval in which a time lies, counted so that neighbours differ by one.
 *
 * @param unixMs  NaN or beyond the years that a calendar has gives NaN
 */
export function timeBucketOf(unixMs: number, interval: DateInterval): number {
  if ('milliseconds' in interval) return Math.floor(unixMs / interval.milliseconds);
  switch (interval.calendar) {
    case 'minute':
      return Math.floor(unixMs / 60_000);
    case 'hour':
      return Math.floor(unixMs / 3_600_000);
    case 'day':
      return Math.floor(unixMs / MS_PER_DAY);
    case 'week':
      // 1970-01-05 was a Monday.
      return Math.floor((unixMs - 4 * MS_PER_DAY) / (7 * MS_PER_DAY));
    default: {
      const date = new Date(Math.floor(unixMs));
      const months = 12 * (date.getUTCFullYear() - 1970) + date.getUTCMonth();
      return Math.floor(months / MONTHS[interval.calendar]);
    }
  }
}

const MONTHS = { month: 1, quarter: 3, year: 12 } as const;

/** When an interval begins [Unix milliseconds]. */
export function startOfTimeBucket(bucket: number, interval: DateInterval): number {
  if ('milliseconds' in interval) return bucket * interval.milliseconds;
  switch (interval.calendar) {
    case 'minute':
      return bucket * 60_000;
    case 'hour':
      return bucket * 3_600_000;
    case 'day':
      return bucket * MS_PER_DAY;
    case 'week':
      return (7 * bucket + 4) * MS_PER_DAY;
    default: {
      const months = bucket * MONTHS[interval.calendar];
      return Date.UTC(1970 + Math.floor(months / 12), ((months % 12) + 12) % 12);
    }
  }
}
