/** MJD of 1950-01-01 and 2150-01-01: no survey alert is from before or after. */
const FIRST_MJD = 33_282;
const LAST_MJD = 106_331;

/** Whether a Modified Julian Date is a plausible time of an observation. */
export function isPlausibleMjd(mjd: number): boolean {
  return mjd >= FIRST_MJD && mjd < LAST_MJD;
}

const labels = new Map<number, string>();

/**
 * The calendar date of a day number, `YYYY-MM-DD`; '' for days that are no plausible time of an observation.
 *
 * @param day  whole days since MJD 0
 */
export function dateOfMjdDay(day: number): string {
  const known = labels.get(day);
  if (known !== undefined) return known;
  if (!isPlausibleMjd(day)) return '';
  const label = new Date((day - 40_587) * 86_400_000).toISOString().slice(0, 10);
  // A table of every day that there can be stays small.
  labels.set(day, label);
  return label;
}
