import { setImmediate } from 'node:timers/promises';
import { AntaresError } from '../model/errors.ts';
import { toAlertId } from '../model/ids.ts';
import { isoDateOfMjd } from '../model/time.ts';
import type { SkyPosition } from '../sky/position.ts';
import type { LsstSchemaVersion } from './schemas/lsst-schema.ts';
import type { SimulatedPacket } from './simulated-packet.ts';
import { DEFAULT_RATES, Population, type PopulationRates } from './sky/population.ts';
import { M31, type SkyContext, type SkyRegion } from './sky/sky-context.ts';
import type { SimulatedSource } from './sky/source.ts';
import type { PacketFormat } from './survey/container.ts';
import { LsstPacketWriter } from './survey/lsst-packet.ts';
import { fieldsCovering, planNights, Schedule, type Visit } from './survey/schedule.ts';
import type { Sighting, WrittenPacket } from './survey/sighting.ts';
import type { CutoutMode } from './survey/stamps.ts';
import { type SurveyName, surveyOf } from './survey/survey.ts';
import { SurveyRun } from './survey/survey-run.ts';
import { ZtfPacketWriter } from './survey/ztf-packet.ts';

/** What to simulate. Everything but the seed has a default. */
export interface SimulatorOptions {
  /** Any text or number: the same seed and options give the same bytes. */
  readonly seed: string | number;
  /** Default: ZTF alone. Two surveys see the same sky. */
  readonly surveys?: readonly SurveyName[];
  /** First night [MJD of its date]. Default 61284: 2026-09-01. */
  readonly startNight?: number;
  /** Default 1. */
  readonly nights?: number;
  /** How many sources the sky has. Default 2000, or as many as `alerts` takes. */
  readonly sources?: number;
  /** How many alerts there are to be in all, exactly: the sky is given the sources that it takes. */
  readonly alerts?: number;
  /** Centre of the region, ICRS [deg]. Default RA 340, Dec −4: up at midnight in September, from both sites. */
  readonly centre?: SkyPosition;
  /** Area of the region [deg²]. Default 20, and more where `alerts` would crowd it: 150 alerts to the square degree. */
  readonly areaDeg2?: number;
  /** Whether ZTF looks at Andromeda too. Default: when ZTF takes part. */
  readonly includesM31?: boolean;
  /** How many sources of each kind, relative to each other. */
  readonly rates?: PopulationRates;
  /** For how many nights the surveys have been running before the first one: history comes from there. Default 45 and 90. */
  readonly earlierNights?: number;
  /** Over how many days after the first night transients peak. Default 60. */
  readonly spanDays?: number;
  /** Default `pool`. */
  readonly cutouts?: CutoutMode;
  /** LSST only. Default 11.1. */
  readonly lsstVersion?: LsstSchemaVersion;
  /** LSST only: containers or wire messages. ZTF always sends containers. Default `container`. */
  readonly format?: PacketFormat;
}

/** First night where none is given: 2026-09-01. */
export const DEFAULT_START_NIGHT = 61_284;

const DEFAULT_SOURCES = 2000;
const DEFAULT_CENTRE: SkyPosition = { ra: 340, dec: -4 };
const DEFAULT_AREA_DEG2 = 20;
/** A third of what ZTF can number on a quadrant, with sources that are not seen and fields that wait for their turn. */
const ALERTS_PER_DEG2 = 150;
const DEFAULT_EARLIER_NIGHTS: Readonly<Record<SurveyName, number>> = { ztf: 45, lsst: 90 };
/** Packets between two returns to the event loop of the asynchronous iterator. */
const PACKETS_PER_TURN = 64;

/** One survey's part of a simulation. */
export interface SimulatedSurvey {
  readonly name: SurveyName;
  readonly run: SurveyRun;
  /** Whether its packets are wire messages. */
  readonly isWire: boolean;
  readonly write: (sighting: Sighting) => WrittenPacket;
}

/**
 * A seeded sky, observed.
 *
 * The sky is made in the constructor; packets are made one by one as they are asked for, in the order of their exposures,
 * and nothing is kept of them: memory is that of the sky, whatever the number of nights. They come as fast as they are
 * taken; whoever wants real time paces them by `mjd`.
 */
export class Simulator {
  readonly context: SkyContext;
  readonly surveys: readonly SimulatedSurvey[];
  /** The sky, in the order of the population. */
  readonly sources: readonly SimulatedSource[];
  readonly firstNight: number;
  readonly endNight: number;
  readonly #limit: number;

  /**
   * @throws SIMULATION_TOO_CROWDED   more sources on a detector than the survey's ids can tell apart
   * @throws SIMULATION_TOO_FEW_ALERTS  the sky does not give the alerts asked for
   * @throws TypeError  options that contradict each other
   */
  constructor(options: SimulatorOptions) {
    const names = options.surveys ?? ['ztf'];
    if (names.length === 0) throw new TypeError('a simulation needs a survey');
    const nights = options.nights ?? 1;
    if (!Number.isInteger(nights) || nights < 1) throw new TypeError(`nights count from 1, got ${nights}`);
    if (options.sources !== undefined && options.alerts !== undefined) {
      throw new TypeError('give the number of sources or that of alerts, not both');
    }
    this.firstNight = options.startNight ?? DEFAULT_START_NIGHT;
    this.endNight = this.firstNight + nights;
    const roomyArea = Math.max(DEFAULT_AREA_DEG2, (options.alerts ?? 0) / ALERTS_PER_DEG2);
    const region = { centre: options.centre ?? DEFAULT_CENTRE, areaDeg2: options.areaDeg2 ?? roomyArea };
    const includesM31 = options.includesM31 ?? names.includes('ztf');
    this.context = { region, startMjd: this.firstNight, spanDays: options.spanDays ?? 60, includesM31 };
    this.surveys = names.map((name) => makeSurvey(name, options, this.context, this.firstNight, this.endNight));
    const population = new Population(options.seed, this.context, options.rates ?? DEFAULT_RATES);
    this.#limit = options.alerts ?? Number.POSITIVE_INFINITY;
    this.sources =
      options.alerts === undefined
        ? this.#fill(population, options.sources ?? DEFAULT_SOURCES)
        : this.#fillUntil(population, options.alerts);
  }

  /** All packets of the nights asked for, in the order of their exposures. May be asked for again: the same packets. */
  *packets(): Generator<SimulatedPacket> {
    let left = this.#limit;
    for (const { survey, visit } of this.#visits()) {
      const night = isoDateOfMjd(visit.night);
      for (const sighting of survey.run.sightingsOf(visit)) {
        if (left <= 0) return;
        left -= 1;
        yield toPacket(survey, sighting, night);
      }
    }
  }

  /** The same, giving way to other work every few packets. */
  async *[Symbol.asyncIterator](): AsyncGenerator<SimulatedPacket> {
    let count = 0;
    for (const packet of this.packets()) {
      yield packet;
      count += 1;
      if (count % PACKETS_PER_TURN === 0) await setImmediate();
    }
  }

  #fill(population: Population, count: number): SimulatedSource[] {
    const sources: SimulatedSource[] = [];
    for (let index = 0; index < count; index += 1) {
      const source = population.source(index);
      sources.push(source);
      this.#add(source);
    }
    return sources;
  }

  #fillUntil(population: Population, alerts: number): SimulatedSource[] {
    if (this.#visits().length === 0) {
      throw new AntaresError(
        'SIMULATION_TOO_FEW_ALERTS',
        `gave 0 of ${alerts} alerts: the region never stands high enough in these nights for any of the surveys`,
      );
    }
    const sources: SimulatedSource[] = [];
    // A source is seen once in some tens of visits at worst; where nothing is after so many, nothing will be.
    const patience = 100 * alerts + 100_000;
    for (let found = 0; found < alerts; ) {
      if (sources.length > patience) {
        throw new AntaresError(
          'SIMULATION_TOO_FEW_ALERTS',
          `${sources.length} sources gave ${found} of ${alerts} alerts: is the region up at night, and are there kinds that vary?`,
        );
      }
      const source = population.source(sources.length);
      sources.push(source);
      found += this.#add(source);
    }
    return sources;
  }

  #add(source: SimulatedSource): number {
    let alerts = 0;
    for (const { run } of this.surveys) alerts += run.add(source, this.firstNight, this.endNight);
    return alerts;
  }

  /** The exposures of all surveys, merged in time. */
  #visits(): { readonly survey: SimulatedSurvey; readonly visit: Visit }[] {
    return this.surveys
      .flatMap((survey) =>
        survey.run.schedule.visitsBetween(this.firstNight, this.endNight).map((visit) => ({ survey, visit })),
      )
      .sort((a, b) => a.visit.startMjd - b.visit.startMjd);
  }
}

/**
 * The packets of a simulation as an asynchronous stream.
 *
 * ```ts
 * for await (const packet of simulateNight({ seed: 1, alerts: 500 })) await send(packet.bytes);
 * ```
 */
export function simulateNight(options: SimulatorOptions): AsyncIterable<SimulatedPacket> {
  return new Simulator(options);
}

/** The packet of a sighting. */
export function toPacket(survey: SimulatedSurvey, sighting: Sighting, night: string): SimulatedPacket {
  const written = survey.write(sighting);
  return {
    survey: survey.name,
    bytes: written.bytes,
    isWire: survey.isWire,
    alertId: toAlertId(written.alertId),
    mjd: sighting.visit.startMjd,
    night,
    visit: written.visit,
    source: sighting.source,
    surveyId: written.surveyId,
    surveyObjectId: written.surveyObjectId,
    ra: written.ra,
    dec: written.dec,
    snr: written.snr,
    historyRows: written.historyRows,
  };
}

/** A survey with the schedule that it is given. */
export function startSurvey(
  schedule: Schedule,
  options: Pick<SimulatorOptions, 'seed' | 'cutouts' | 'lsstVersion' | 'format'>,
): SimulatedSurvey {
  const run = new SurveyRun(options.seed, schedule);
  const cutouts = options.cutouts ?? 'pool';
  const { name } = schedule.survey;
  const writer =
    name === 'ztf'
      ? new ZtfPacketWriter(options.seed, schedule, run.observer, { cutouts })
      : new LsstPacketWriter(options.seed, run.observer, {
          cutouts,
          version: options.lsstVersion ?? '11.1',
          format: options.format ?? 'container',
        });
  const isWire = name === 'lsst' && options.format === 'wire';
  return { name, run, isWire, write: (sighting) => writer.write(sighting) };
}

function makeSurvey(
  name: SurveyName,
  options: SimulatorOptions,
  context: SkyContext,
  firstNight: number,
  endNight: number,
): SimulatedSurvey {
  const survey = surveyOf(name);
  const regions: SkyRegion[] = [context.region];
  // One field holds all of Andromeda; from Chile it never rises high enough.
  if (context.includesM31 && name === 'ztf') regions.push({ centre: M31.place, areaDeg2: 4 });
  const fields = fieldsCovering(survey, regions);
  const earlier = options.earlierNights ?? DEFAULT_EARLIER_NIGHTS[name];
  const plan = planNights(options.seed, survey, fields, firstNight, firstNight - earlier, endNight);
  return startSurvey(new Schedule(options.seed, survey, fields, plan), options);
}
