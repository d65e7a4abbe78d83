import { AntaresError } from '../../model/errors.ts';
import type { SimulatedSource } from '../sky/source.ts';
import { findOnDetector } from './focal-plane.ts';
import { LSST_FORCED_SLOT, LSST_MOVING_SLOT } from './lsst-ids.ts';
import { Observer } from './observation.ts';
import type { Schedule, Visit } from './schedule.ts';
import { type PlacedSource, type Placement, placementIn, type Sighting } from './sighting.ts';
import { ZTF_MOVING_SLOT, ZTF_SLOTS } from './ztf-ids.ts';

/**
 * One survey at work on a sky: knows which source falls on which detector in which exposure, and finds what each exposure
 * detects.
 *
 * Sources are added in the order of the population; what a source is numbered on a detector depends on those before it only.
 */
export class SurveyRun {
  readonly schedule: Schedule;
  readonly observer: Observer;
  /** From which number on moving sources are numbered on a detector, and where numbers end. */
  readonly #movingSlot: number;
  readonly #endSlot: number;
  readonly #byField: PlacedSource[][];
  readonly #moving: SimulatedSource[] = [];
  readonly #taken = new Map<number, number>();
  readonly #visitsOfFields = new Map<string, readonly Visit[]>();
  readonly #unsorted = new Set<number>();

  constructor(seed: string | number, schedule: Schedule) {
    this.schedule = schedule;
    this.observer = new Observer(seed, schedule.survey);
    this.#byField = schedule.fields.map(() => []);
    const isZtf = schedule.survey.name === 'ztf';
    this.#movingSlot = isZtf ? ZTF_MOVING_SLOT : LSST_MOVING_SLOT;
    this.#endSlot = isZtf ? ZTF_SLOTS : LSST_FORCED_SLOT;
  }

  /**
   * Adds a source to the sky.
   *
   * @returns  how often the survey detects it in the nights [first, end)
   * @throws SIMULATION_TOO_CROWDED  when a detector has more sources than the survey's ids can tell apart
   */
  add(source: SimulatedSource, first: number, end: number): number {
    if (source.placeAt !== undefined) {
      this.#moving.push(source);
      return this.#countMoving(source, first, end);
    }
    const placements: Placement[] = [];
    for (const field of this.schedule.fields) {
      if (!field.plane.project(source.place.ra, source.place.dec)) continue;
      const onDetector = findOnDetector(this.schedule.survey.name, field.plane.xi, field.plane.eta);
      if (onDetector === undefined) continue;
      placements.push({
        fieldOrdinal: field.ordinal,
        onDetector,
        slot: this.#takeSlot(field.ordinal, onDetector.detector),
      });
    }
    if (placements.length === 0) return 0;
    const placed: PlacedSource = {
      source,
      placements,
      visits: this.#visitsOf(placements.map((placement) => placement.fieldOrdinal)),
      tally: { upTo: 0, detections: 0, firstDetection: -1, lastDetection: -1 },
      surroundings: undefined,
    };
    for (const { fieldOrdinal } of placements) {
      this.#byField[fieldOrdinal]!.push(placed);
      this.#unsorted.add(fieldOrdinal);
    }
    let count = 0;
    for (const visit of placed.visits) {
      if (visit.night < first || visit.night >= end) continue;
      const { onDetector } = placementIn(placed, visit);
      if (this.observer.observe(source, visit, source.place, onDetector).isDetected) count += 1;
    }
    return count;
  }

  /** What a visit detects: detector by detector, then what moves. */
  *sightingsOf(visit: Visit): Generator<Sighting> {
    const field = visit.field.ordinal;
    const sources = this.#byField[field]!;
    if (this.#unsorted.delete(field)) sources.sort((a, b) => orderIn(a, field) - orderIn(b, field));
    for (const placed of sources) {
      const { source } = placed;
      const { onDetector, slot } = placementIn(placed, visit);
      if (!this.observer.observe(source, visit, source.place, onDetector).isDetected) continue;
      yield { source, visit, place: source.place, onDetector, slot, placed };
    }
    const taken = new Map<number, number>();
    for (const source of this.#moving) {
      const sighting = this.#findMoving(source, visit);
      if (sighting === undefined) continue;
      const { detector } = sighting.onDetector;
      const slot = taken.get(detector) ?? this.#movingSlot;
      if (slot >= this.#endSlot) throw tooCrowded(visit, detector);
      taken.set(detector, slot + 1);
      yield { ...sighting, slot };
    }
  }

  #takeSlot(field: number, detector: number): number {
    const key = field * 256 + detector;
    const slot = this.#taken.get(key) ?? 0;
    if (slot >= this.#movingSlot) {
      throw new AntaresError(
        'SIMULATION_TOO_CROWDED',
        `the survey's ids tell ${this.#movingSlot} sources on a detector apart; simulate a larger area or fewer sources`,
      );
    }
    this.#taken.set(key, slot + 1);
    return slot;
  }

  #visitsOf(fields: readonly number[]): readonly Visit[] {
    const key = fields.join(' ');
    let visits = this.#visitsOfFields.get(key);
    if (visits === undefined) {
      visits = fields
        .flatMap((ordinal) => this.schedule.visitsOf(this.schedule.fields[ordinal]!))
        .sort((a, b) => a.ordinal - b.ordinal);
      this.#visitsOfFields.set(key, visits);
    }
    return visits;
  }

  #countMoving(source: SimulatedSource, first: number, end: number): number {
    let count = 0;
    for (const visit of this.schedule.visits) {
      if (visit.night < first || visit.night >= end) continue;
      if (this.#findMoving(source, visit) !== undefined) count += 1;
    }
    return count;
  }

  /** A moving source in a visit, where it is in the field and bright enough. */
  #findMoving(source: SimulatedSource, visit: Visit): Omit<Sighting, 'slot'> | undefined {
    const place = source.placeAt!(visit.midMjdTai);
    const { plane } = visit.field;
    if (!plane.project(place.ra, place.dec)) return undefined;
    const onDetector = findOnDetector(this.schedule.survey.name, plane.xi, plane.eta);
    if (onDetector === undefined) return undefined;
    if (!this.observer.observe(source, visit, place, onDetector).isDetected) return undefined;
    return { source, visit, place, onDetector, placed: undefined };
  }
}

function tooCrowded(visit: Visit, detector: number): AntaresError {
  return new AntaresError(
    'SIMULATION_TOO_CROWDED',
    `more moving sources on detector ${detector} of field ${visit.field.number} than the survey's ids can tell apart`,
  );
}

/** Order on the camera of one field: detector, then number on it. */
function orderIn(placed: PlacedSource, fieldOrdinal: number): number {
  const placement = placed.placements.find((one) => one.fieldOrdinal === fieldOrdinal)!;
  return placement.onDetector.detector * 1e6 + placement.slot;
}
