import { isoDateOfMjd } from '../model/time.ts';
import type { SkyPosition } from '../sky/position.ts';
import { Random, wordOf } from './random.ts';
import type { LsstSchemaVersion } from './schemas/lsst-schema.ts';
import type { SimulatedPacket } from './simulated-packet.ts';
import { DEFAULT_START_NIGHT, type SimulatedSurvey, startSurvey, toPacket } from './simulator.ts';
import { makeSteadySource } from './sky/steady-source.ts';
import type { PacketFormat } from './survey/container.ts';
import { detectorCount, detectorSize, placeOnCamera } from './survey/focal-plane.ts';
import { type Field, makeField, type PlannedVisit, Schedule } from './survey/schedule.ts';
import type { CutoutMode } from './survey/stamps.ts';
import { type Survey, type SurveyName, surveyOf } from './survey/survey.ts';

/** What a benchmark wants: so many objects, each seen so often, each packet with so much history. */
export interface BenchmarkNightOptions {
  readonly seed: string | number;
  readonly survey: SurveyName;
  readonly objects: number;
  /** Alerts of each object: `objects` × `visits` packets in all. Default 1. */
  readonly visits?: number;
  /**
   * Rows of history in each packet, exactly. ZTF: `prv_candidates` and as many `fp_hists`; LSST: `prvDiaSources` and as many
   * `prvDiaForcedSources`. Default 0.
   */
  readonly historyPoints?: number;
  /** ZTF: share of the history that is detections, the rest upper limits. Default 0.25; LSST lists detections only. */
  readonly detectedShare?: number;
  /** Default `pool`. */
  readonly cutouts?: CutoutMode;
  /** LSST only. Default 11.1 and containers. */
  readonly lsstVersion?: LsstSchemaVersion;
  readonly format?: PacketFormat;
}

/** Objects in one exposure: what the survey's ids can tell apart, and a real exposure's footprint holds. */
const OBJECTS_PER_FIELD: Readonly<Record<SurveyName, number>> = { ztf: 44_000, lsst: 200_000 };
/** Magnitude of the difference: tens of sigma in any weather, far from saturation. */
const MAGNITUDE: Readonly<Record<SurveyName, number>> = { ztf: 17.5, lsst: 20 };
/** Pixels left free at the edges of a detector. */
const MARGIN = 60;
const OBJECT_STREAM = wordOf('benchmark object');

/**
 * Packets of exactly the shape that a benchmark asks for: genuine ones of a sky of steady stars.
 *
 * All objects of an exposure come one after another, detector by detector, as a survey sends them: with one visit and
 * 40,000 objects this is the burst of a single LSST exposure of 9.5 square degrees. Visits follow each other at the rhythm
 * that puts `historyPoints` exposures into the survey's window (30 days, 12 months); objects lie arcseconds apart at least.
 */
export class BenchmarkNight {
  /** Where the objects are, ICRS [deg]. */
  readonly positions: readonly SkyPosition[];
  readonly #survey: SimulatedSurvey;
  readonly #firstVisit: number;

  /** @throws TypeError  numbers that make no sense */
  constructor(options: BenchmarkNightOptions) {
    const { objects, visits = 1, historyPoints = 0 } = options;
    for (const [name, value] of Object.entries({ objects, visits })) {
      if (!Number.isInteger(value) || value < 1) throw new TypeError(`${name} counts from 1, got ${value}`);
    }
    if (!Number.isInteger(historyPoints) || historyPoints < 0) {
      throw new TypeError(`history points count from 0, got ${historyPoints}`);
    }
    const survey = surveyOf(options.survey);
    const perField = OBJECTS_PER_FIELD[survey.name];
    const fields = Array.from({ length: Math.ceil(objects / perField) }, (_, n) =>
      makeField(n, { ra: (10 + 9 * n) % 360, dec: survey.name === 'ztf' ? 20 : -20 }, 0, 1),
    );
    const plan = planOf(survey, fields, historyPoints, visits);
    this.#firstVisit = historyPoints * fields.length;
    const schedule = new Schedule(options.seed, survey, fields, plan);
    this.#survey = startSurvey(schedule, options);
    const brightFromMjd = schedule.visits[this.#firstVisit]!.midMjdTai - 1e-3;
    const shareBefore = survey.name === 'ztf' ? (options.detectedShare ?? 0.25) : 1;
    const positions: SkyPosition[] = [];
    for (let index = 0; index < objects; index += 1) {
      const field = fields[Math.floor(index / perField)]!;
      const place = placeOf(survey.name, field, index % perField);
      positions.push(place);
      const random = new Random(wordOf(options.seed), OBJECT_STREAM, index);
      const life = { mag: MAGNITUDE[survey.name], brightFromMjd, shareBefore };
      this.#survey.run.add(makeSteadySource(index, random, place, life), 0, 0);
    }
    this.positions = positions;
  }

  /** The packets, visit by visit. May be asked for again: the same packets. */
  *packets(): Generator<SimulatedPacket> {
    const { run } = this.#survey;
    for (const visit of run.schedule.visits.slice(this.#firstVisit)) {
      const night = isoDateOfMjd(visit.night);
      for (const sighting of run.sightingsOf(visit)) yield toPacket(this.#survey, sighting, night);
    }
  }
}

/** Visits of all fields at even intervals: first those of the history, then those that give packets. */
function planOf(survey: Survey, fields: readonly Field[], historyPoints: number, visits: number): PlannedVisit[] {
  // Half a step to spare at either end of the window: the oldest row is in it, the one before is not.
  const step = survey.historyDays / (historyPoints + 0.5);
  const spacing = Math.min(step, historyPoints === 0 ? 1 : step);
  const slot = (survey.exposureSec + survey.overheadSec) / 86_400;
  const plan: PlannedVisit[] = [];
  for (let epoch = -historyPoints; epoch < visits; epoch += 1) {
    for (const field of fields) {
      const wish = DEFAULT_START_NIGHT + survey.midnight + epoch * spacing + field.ordinal * slot;
      const startMjd = Math.round(wish * 1e7) / 1e7;
      const night = survey.name === 'ztf' ? Math.floor(startMjd + 4 / 24) : Math.floor(startMjd - 0.5);
      // Two visits a night in neighbouring bands, night after night through the survey's bands, as a real history has them.
      const turn = Math.floor((epoch + historyPoints) / 2) % survey.bandPlan.length;
      const bands = survey.bandPlan[turn]!;
      plan.push({ night, field, band: bands[(epoch & 1) as 0 | 1], startMjd });
    }
  }
  return plan;
}

/** Objects one after another on the detectors, each detector filled evenly by the R₂ sequence (Roberts 2018). */
function placeOf(survey: SurveyName, field: Field, number: number): SkyPosition {
  const detectors = detectorCount(survey);
  const { columns, rows } = detectorSize(survey);
  const turn = Math.floor(number / detectors);
  const along = (0.5 + turn * 0.7548776662466927) % 1;
  const across = (0.5 + turn * 0.5698402909980532) % 1;
  const [xi, eta] = placeOnCamera(survey, {
    detector: number % detectors,
    x: MARGIN + along * (columns - 2 * MARGIN),
    y: MARGIN + across * (rows - 2 * MARGIN),
  });
  return field.plane.placeAt(xi, eta);
}
