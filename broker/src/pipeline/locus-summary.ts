import type { LocusInFlight } from '../model/locus-in-flight.ts';
import { positionOfVector, toUnitVector } from '../sky/position.ts';
import { isCorrected } from '../surveys/corrected-magnitudes.ts';
import type { LocusContribution } from '../surveys/survey.ts';
import { countAlerts, type TouchedLocus } from './loci-of-batch.ts';

/**
 * Moves a locus to the mean direction of its detections: the normalised sum of unit vectors, right across RA 0 and at
 * the poles.
 *
 * The sum runs in time order, so that the same detections give the same double in whatever order they came. A locus that
 * is not associable (a solar-system object) is where it was seen last.
 */
export function updateLocusPosition(touched: TouchedLocus): void {
  const { locus } = touched;
  const { lightCurve } = locus;
  let x = 0;
  let y = 0;
  let z = 0;
  let count = 0;
  let last = -1;
  for (const row of lightCurve.order) {
    if (lightCurve.kind[row]! > 1) continue;
    const vector = toUnitVector(lightCurve.ra[row]!, lightCurve.dec[row]!);
    x += vector.x;
    y += vector.y;
    z += vector.z;
    count += 1;
    last = row;
  }
  if (count === 0) return;
  if (count === 1 || !locus.isAssociable) {
    locus.ra = lightCurve.ra[last]!;
    locus.dec = lightCurve.dec[last]!;
  } else {
    ({ ra: locus.ra, dec: locus.dec } = positionOfVector(x, y, z));
  }
  ({ x: touched.x, y: touched.y, z: touched.z } = toUnitVector(locus.ra, locus.dec));
}

/**
 * Writes the properties that the broker itself keeps on every locus: counts, oldest, newest and brightest detection,
 * names at the survey, whether the light curve could be corrected for the reference source.
 *
 * @param contribution  what the packet being processed says of its object; undefined when only counts changed
 */
export function updateLocusProperties(locus: LocusInFlight, contribution: LocusContribution | undefined): void {
  const { lightCurve, properties } = locus;
  const { order, mag, mjd, kind } = lightCurve;
  let oldest = -1;
  let newest = -1;
  let brightest = -1;
  let withMagnitude = 0;
  for (const row of order) {
    if (kind[row]! > 1 || Number.isNaN(mag[row]!)) continue;
    withMagnitude += 1;
    if (oldest === -1) oldest = row;
    newest = row;
    if (brightest === -1 || mag[row]! < mag[brightest]!) brightest = row;
  }
  const { numAlerts } = countAlerts(locus);
  properties.set('num_alerts', BigInt(numAlerts));
  properties.set('num_mag_values', BigInt(withMagnitude));
  for (const [which, row] of [
    ['oldest', oldest],
    ['newest', newest],
    ['brightest', brightest],
  ] as const) {
    if (row === -1) {
      for (const what of ['id', 'magnitude', 'observation_time']) properties.delete(`${which}_alert_${what}`);
      continue;
    }
    properties.set(`${which}_alert_id`, lightCurve.alertIdAt(row));
    properties.set(`${which}_alert_magnitude`, mag[row]!);
    properties.set(`${which}_alert_observation_time`, mjd[row]!);
  }
  properties.set('is_corrected', isCorrected(lightCurve) ? 'true' : 'false');
  if (contribution !== undefined) addContribution(locus, contribution);
}

/** Merges what a packet says of its object into the nested `survey` property (kept as JSON text) and the flat ones. */
function addContribution(locus: LocusInFlight, contribution: LocusContribution): void {
  const { properties } = locus;
  for (const [name, value] of Object.entries(contribution.values)) properties.set(name, value);
  const text = properties.get('survey');
  const fresh: SurveyLists = {};
  addLists(fresh, contribution.lists);
  const freshText = JSON.stringify(fresh);
  // Most objects keep their one name, field and detector: nothing to read, nothing to write.
  if (text === freshText) return;
  const survey = (typeof text === 'string' ? JSON.parse(text) : {}) as SurveyLists;
  addLists(survey, contribution.lists);
  properties.set('survey', JSON.stringify(survey));
}

/** The property `survey`: lists by survey and name. */
type SurveyLists = Record<string, Record<string, (string | number)[]>>;

function addLists(survey: SurveyLists, lists: LocusContribution['lists']): void {
  for (const [path, values] of Object.entries(lists)) {
    const [group, field] = path.split('.', 2) as [string, string];
    survey[group] ??= {};
    const list = survey[group][field] ?? [];
    survey[group][field] = list;
    for (const value of values) if (!list.includes(value)) list.push(value);
  }
}
