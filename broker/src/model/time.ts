/** Julian Date of Modified Julian Date 0, at midnight of 1858-11-17 [d]. */
export const JD_OF_MJD_0 = 2_400_000.5;
/** Modified Julian Date of 1970-01-01. */
export const MJD_OF_UNIX_0 = 40_587;
const SECONDS_PER_DAY = 86_400;

/**
 * The months at whose beginning TAI − UTC grew by a second: in 1972 January it became 10 s, in 2017 January 37 s.
 *
 * None has been added since, and none is to be before 2035; a new one is a new entry here.
 *
 * @see IERS Bulletin C
 */
const LEAP_SECONDS: readonly (readonly [year: number, month: 1 | 7])[] = [
  [1972, 1],
  [1972, 7],
  [1973, 1],
  [1974, 1],
  [1975, 1],
  [1976, 1],
  [1977, 1],
  [1978, 1],
  [1979, 1],
  [1980, 1],
  [1981, 7],
  [1982, 7],
  [1983, 7],
  [1985, 7],
  [1988, 1],
  [1990, 1],
  [1991, 1],
  [1992, 7],
  [1993, 7],
  [1994, 7],
  [1996, 1],
  [1997, 7],
  [1999, 1],
  [2006, 1],
  [2009, 1],
  [2012, 7],
  [2015, 7],
  [2017, 1],
];
const FIRST_OFFSET = 10;
const LEAP_DAYS: readonly number[] = LEAP_SECONDS.map(([year, month]) => mjdOfDate(year, month, 1));

/** Modified Julian Date of a Julian Date, same scale. A JD in a double is good to 4e-5 s, an MJD to 1e-6 s. */
export function mjdOfJd(jd: number): number {
  return jd - JD_OF_MJD_0;
}

/** Julian Date of a Modified Julian Date, same scale. */
export function jdOfMjd(mjd: number): number {
  return mjd + JD_OF_MJD_0;
}

/** Modified Julian Date at midnight of a day of the Gregorian calendar; month from 1. */
export function mjdOfDate(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day) / 86_400_000 + MJD_OF_UNIX_0;
}

/** Modified Julian Date (UTC) of a Unix time in milliseconds, such as `Date.now()`. */
export function mjdOfUnixMs(unixMs: number): number {
  return unixMs / 86_400_000 + MJD_OF_UNIX_0;
}

/** Unix time in milliseconds of a Modified Julian Date (UTC), not rounded. */
export function unixMsOfMjd(mjdUtc: number): number {
  return (mjdUtc - MJD_OF_UNIX_0) * 86_400_000;
}

/** The calendar year, of the Gregorian calendar, that a Modified Julian Date is in. NaN for NaN. */
export function yearOfMjd(mjd: number): number {
  return new Date(unixMsOfMjd(Math.floor(mjd))).getUTCFullYear();
}

/**
 * TAI − UTC on a day [s].
 *
 * @param mjdUtc  any time of that day, UTC
 * @returns       whole seconds, 10 to 37; NaN before 1972, when UTC did not run in whole seconds from TAI
 */
export function taiMinusUtc(mjdUtc: number): number {
  let entry = LEAP_DAYS.length - 1;
  while (entry >= 0 && mjdUtc < LEAP_DAYS[entry]!) entry -= 1;
  return entry < 0 || Number.isNaN(mjdUtc) ? Number.NaN : FIRST_OFFSET + entry;
}

/**
 * UTC of a time in TAI, both as Modified Julian Dates.
 *
 * A day that ends in a leap second is one second longer and its fraction runs that much slower, as everywhere in
 * astronomical software: every instant, the leap second too, has a number of its own.
 *
 * @returns NaN before 1972
 */
export function mjdUtcOfTai(mjdTai: number): number {
  let day = Math.floor(mjdTai);
  let seconds = (mjdTai - day) * SECONDS_PER_DAY - taiMinusUtc(day);
  if (seconds < 0) {
    day -= 1;
    seconds = (mjdTai - day) * SECONDS_PER_DAY - taiMinusUtc(day);
  }
  return day + seconds / secondsOfDay(day);
}

/** TAI of a time in UTC, both as Modified Julian Dates; the inverse of {@link mjdUtcOfTai}. NaN before 1972. */
export function mjdTaiOfUtc(mjdUtc: number): number {
  const day = Math.floor(mjdUtc);
  return day + ((mjdUtc - day) * secondsOfDay(day) + taiMinusUtc(day)) / SECONDS_PER_DAY;
}

/**
 * ISO 8601 text of a time in UTC: `2026-06-26T10:05:52.958Z`, rounded to the digits asked for.
 *
 * A leap second is written as second 60. Before 1972 all days count 86400 seconds.
 *
 * @param mjdUtc          Modified Julian Date, UTC, of the years 0 to 9999. A time in TAI is converted first: its text
 *                        with a Z would be 37 s wrong
 * @param fractionDigits  digits of the second, 0 to 9; an MJD in a double carries 6
 */
export function isoTextOfMjdUtc(mjdUtc: number, fractionDigits = 3): string {
  if (!Number.isFinite(mjdUtc)) throw new TypeError(`expected a finite MJD, got ${mjdUtc}`);
  const scale = 10 ** fractionDigits;
  let day = Math.floor(mjdUtc);
  let ticks = Math.round((mjdUtc - day) * secondsOfDay(day) * scale);
  if (ticks >= secondsOfDay(day) * scale) {
    day += 1;
    ticks = 0;
  }
  const whole = Math.floor(ticks / scale);
  const hours = Math.min(Math.floor(whole / 3600), 23);
  const minutes = Math.min(Math.floor((whole - 3600 * hours) / 60), 59);
  const seconds = whole - 3600 * hours - 60 * minutes;
  const fraction = fractionDigits === 0 ? '' : `.${digits(ticks - whole * scale, fractionDigits)}`;
  return `${isoDateOfMjd(day)}T${digits(hours, 2)}:${digits(minutes, 2)}:${digits(seconds, 2)}${fraction}Z`;
}

/** The calendar day, `YYYY-MM-DD`, that a Modified Julian Date is in, in its own scale. */
export function isoDateOfMjd(mjd: number): string {
  return new Date(unixMsOfMjd(Math.floor(mjd))).toISOString().slice(0, 10);
}

/** Length of a UTC day [s]: 86401 when it ends in a leap second. */
function secondsOfDay(mjdDay: number): number {
  return LEAP_DAYS.indexOf(mjdDay + 1) > 0 ? SECONDS_PER_DAY + 1 : SECONDS_PER_DAY;
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
