import { fluxOfMagnitude } from '../../model/magnitudes.ts';
import { mjdTaiOfUtc } from '../../model/time.ts';
import { normalizeRa, type SkyPosition } from '../../sky/position.ts';
import { Random, wordOf } from '../random.ts';
import { capRadius, type SkyRegion } from '../sky/sky-context.ts';
import type { Band } from '../sky/source.ts';
import { distanceArcsec, TangentPlane } from '../sky/tangent-plane.ts';
import { DETECTION_SNR, type Survey } from './survey.ts';

/** A pointing of a survey's grid. */
export interface Field {
  /** Place in the list of fields, 0, 1, 2, … */
  readonly ordinal: number;
  /** The survey's number for it. */
  readonly number: number;
  readonly centre: SkyPosition;
  readonly plane: TangentPlane;
  /** Fields of the same region take turns: this one's place among them, and how many there are. */
  readonly turn: number;
  readonly turns: number;
}

/** One exposure of one field. */
export interface Visit {
  /** Place in the schedule, in time order. */
  readonly ordinal: number;
  readonly field: Field;
  /** Night [MJD of its date]; ZTF: the UTC date, LSST: the observing day, noon to noon twelve hours west of Greenwich. */
  readonly night: number;
  /** Number within the night, from 1. */
  readonly sequence: number;
  readonly band: Band;
  /** When the shutter opened [MJD, UTC]. */
  readonly startMjd: number;
  /** Middle of the exposure [MJD, TAI]. */
  readonly midMjdTai: number;
  readonly seeingArcsec: number;
  readonly airmass: number;
  /** Five sigma on the difference image [mag]. */
  readonly limitMag: number;
  /** Noise of a point source on the difference image, for the sky alone [nJy]: a fifth of the limit. */
  readonly skyErr: number;
}

/** A visit as planned: when, where and through which filter. */
export interface PlannedVisit {
  readonly night: number;
  readonly field: Field;
  readonly band: Band;
  /** When the shutter opens [MJD, UTC]. */
  readonly startMjd: number;
}

/** How much a full moon takes from the depth [mag]. */
const MOON_LOSS: Readonly<Record<Band, number>> = { u: 0.9, g: 0.7, r: 0.4, i: 0.25, z: 0.15, y: 0.1 };
/** Half of the usable night [d]. */
const HALF_NIGHT_DAYS = 0.19;
const DEG = Math.PI / 180;

/**
 * All visits of a survey over a stretch of nights, in time order, with their weather.
 *
 * A visit depends on the seed, the survey, its night and its place in the night alone: a schedule that begins earlier or
 * ends later has the same nights in between.
 */
export class Schedule {
  readonly survey: Survey;
  readonly fields: readonly Field[];
  readonly visits: readonly Visit[];
  readonly #byField: readonly (readonly Visit[])[];

  constructor(seed: string | number, survey: Survey, fields: readonly Field[], plan: readonly PlannedVisit[]) {
    this.survey = survey;
    this.fields = fields;
    const visits: Visit[] = [];
    const byField: Visit[][] = fields.map(() => []);
    const random = new Random(0);
    let sequence = 0;
    let night = Number.NaN;
    for (const planned of plan) {
      sequence = planned.night === night ? sequence + 1 : 1;
      night = planned.night;
      random.restart(wordOf(seed), WEATHER_STREAM ^ wordOf(survey.name), night, sequence);
      const visit = withWeather(planned, visits.length, sequence, survey, random);
      visits.push(visit);
      byField[planned.field.ordinal]!.push(visit);
    }
    this.visits = visits;
    this.#byField = byField;
  }

  /** The visits of one field, in time order. */
  visitsOf(field: Field): readonly Visit[] {
    return this.#byField[field.ordinal]!;
  }

  /** The visits of the nights [first, end), in time order. */
  visitsBetween(first: number, end: number): Visit[] {
    return this.visits.filter((visit) => visit.night >= first && visit.night < end);
  }
}

const WEATHER_STREAM = wordOf('weather');
const LOST_NIGHTS = wordOf('lost nights');

function withWeather(planned: PlannedVisit, ordinal: number, sequence: number, survey: Survey, random: Random): Visit {
  const { band, field, startMjd } = planned;
  const altitude = Math.max(15, altitudeOf(survey, field.centre, startMjd));
  const airmass = 1 / Math.sin(altitude * DEG);
  const seeingArcsec = random.logNormal(survey.seeingArcsec, 0.15) * airmass ** 0.6;
  const age = (((startMjd - 51_550.26) / 29.530589) % 1) + 1;
  const moon = (1 - Math.cos(2 * Math.PI * age)) / 2;
  const clouds = random.exponential(0.06);
  const depth = survey.depth[band];
  if (depth === undefined) throw new TypeError(`${survey.name} has no band ${band}`);
  const limitMag =
    depth -
    2.5 * Math.log10(seeingArcsec / survey.seeingArcsec) -
    0.12 * (airmass - 1) -
    MOON_LOSS[band] * moon ** 1.5 -
    clouds;
  return {
    ordinal,
    field,
    night: planned.night,
    sequence,
    band,
    startMjd,
    midMjdTai: mjdTaiOfUtc(startMjd) + survey.exposureSec / 2 / 86_400,
    seeingArcsec,
    airmass,
    limitMag,
    skyErr: fluxOfMagnitude(limitMag) / DETECTION_SNR,
  };
}

/** The fields that cover the regions, the first region's first; each region has a grid of its own. */
export function fieldsCovering(survey: Survey, regions: readonly SkyRegion[]): Field[] {
  const fields: Field[] = [];
  for (const region of regions) {
    const centres = centresCovering(survey, region);
    for (const [turn, centre] of centres.entries()) fields.push(makeField(fields.length, centre, turn, centres.length));
  }
  return fields;
}

/** A field of a grid. */
export function makeField(ordinal: number, centre: SkyPosition, turn: number, turns: number): Field {
  return { ordinal, number: 300 + ordinal, centre, plane: new TangentPlane(centre), turn, turns };
}

function centresCovering(survey: Survey, { centre, areaDeg2 }: SkyRegion): SkyPosition[] {
  const centres = [centre];
  const radius = capRadius(areaDeg2);
  if (radius <= survey.fieldInnerRadius) return centres;
  const spacing = survey.fieldSpacing;
  const reach = radius + spacing / Math.SQRT2;
  const rows = Math.ceil(reach / spacing);
  for (let row = -rows; row <= rows; row += 1) {
    const dec = centre.dec + row * spacing;
    if (Math.abs(dec) > 90) continue;
    // Meridians are farthest apart at the side of the row that faces the equator.
    const step = spacing / Math.max(0.02, Math.cos(Math.max(0, Math.abs(dec) - spacing / 2) * DEG));
    const columns = Math.min(rows + 1, Math.floor(180 / step));
    for (let column = -columns; column <= columns; column += 1) {
      if (row === 0 && column === 0) continue;
      const place = { ra: normalizeRa(centre.ra + column * step), dec };
      if (distanceArcsec(place, centre) / 3600 <= reach) centres.push(place);
    }
  }
  return centres;
}

/**
 * The plan of a survey for the nights [first, end): the fields of a region take turns, each `intervalNights` (each night
 * where a region has fewer fields than that), twice a night, near its highest.
 *
 * Two in five of the nights before `startNight` are lost to the weather; the others are clear.
 *
 * @param startNight  the night in which the first field of each region is observed; the rhythm is counted from it
 */
export function planNights(
  seed: string | number,
  survey: Survey,
  fields: readonly Field[],
  startNight: number,
  first: number,
  end: number,
): PlannedVisit[] {
  const plan: PlannedVisit[] = [];
  const weather = new Random(0);
  const slot = (survey.exposureSec + survey.overheadSec) / 86_400;
  for (let night = first; night < end; night += 1) {
    if (night < startNight && weather.restart(wordOf(seed), LOST_NIGHTS, wordOf(survey.name), night).chance(0.4))
      continue;
    const wishes: PlannedVisit[] = [];
    for (const field of fields) {
      const interval = Math.min(survey.intervalNights, field.turns);
      const days = night - startNight - field.turn;
      if (((days % interval) + interval) % interval !== 0) continue;
      const time = bestTime(survey, field.centre, night);
      if (altitudeOf(survey, field.centre, time) < survey.leastAltitude) continue;
      const turn = Math.floor((night - startNight) / interval) % survey.bandPlan.length;
      const bands = survey.bandPlan[(turn + survey.bandPlan.length) % survey.bandPlan.length]!;
      wishes.push({ night, field, band: bands[0], startMjd: time });
      wishes.push({ night, field, band: bands[1], startMjd: time + survey.revisitMinutes / 1440 });
    }
    wishes.sort((a, b) => a.startMjd - b.startMjd || a.field.ordinal - b.field.ordinal);
    let free = Number.NEGATIVE_INFINITY;
    for (const wish of wishes) {
      // Ten-millionths of a day, as ZTF prints its dates.
      const startMjd = Math.round(Math.max(free, wish.startMjd) * 1e7) / 1e7;
      free = startMjd + slot;
      plan.push({ ...wish, startMjd });
    }
  }
  return plan;
}

/** When a field stands highest in the usable part of a night [MJD, UTC]. */
function bestTime(survey: Survey, centre: SkyPosition, night: number): number {
  const midnight = night + survey.midnight;
  const transit = midnight - hourAngle(survey, centre, midnight) / 360.9856;
  const margin = HALF_NIGHT_DAYS - 0.03;
  return Math.min(midnight + margin, Math.max(midnight - margin, transit));
}

/** Hour angle of a place [deg], in [−180, 180). */
function hourAngle(survey: Survey, place: SkyPosition, mjdUtc: number): number {
  const sidereal = 280.46062 + 360.98564737 * (mjdUtc - 51_544.5) + survey.longitude;
  return ((((sidereal - place.ra + 180) % 360) + 360) % 360) - 180;
}

function altitudeOf(survey: Survey, place: SkyPosition, mjdUtc: number): number {
  const latitude = survey.latitude * DEG;
  const dec = place.dec * DEG;
  const turn = hourAngle(survey, place, mjdUtc) * DEG;
  return Math.asin(Math.sin(latitude) * Math.sin(dec) + Math.cos(latitude) * Math.cos(dec) * Math.cos(turn)) / DEG;
}
