import type { SkyPosition } from '../../sky/position.ts';
import type { SimulatedSource } from '../sky/source.ts';
import type { DetectorPlace } from './focal-plane.ts';
import type { Observation, Observer } from './observation.ts';
import type { Visit } from './schedule.ts';
import type { Surroundings } from './surroundings.ts';

/** A source on the camera in one field. */
export interface Placement {
  readonly fieldOrdinal: number;
  readonly onDetector: DetectorPlace;
  /** Number of the source on that detector, from 0: what tells its ids from those of others in the same exposure. */
  readonly slot: number;
}

/** A source that stays where it is, with all exposures that cover it. */
export interface PlacedSource {
  readonly source: SimulatedSource;
  readonly placements: readonly Placement[];
  /** Exposures of all its fields, in time order. */
  readonly visits: readonly Visit[];
  /** What the exposures before the window of a packet's history held, counted once. */
  readonly tally: Tally;
  surroundings: Surroundings | undefined;
}

/** Detections among the first `upTo` visits of a source. */
export interface Tally {
  upTo: number;
  detections: number;
  firstDetection: number;
  lastDetection: number;
}

/** Place in `visits` of the first one at or after a time [MJD, UTC]. */
export function findVisit(visits: readonly Visit[], startMjd: number): number {
  let low = 0;
  let high = visits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (visits[middle]!.startMjd < startMjd) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where a source falls in a visit. */
export function placementIn(placed: PlacedSource, visit: Visit): Placement {
  const placement = placed.placements.find((one) => one.fieldOrdinal === visit.field.ordinal);
  if (placement === undefined) throw new TypeError(`${placed.source.id} is not in field ${visit.field.number}`);
  return placement;
}

/** The n-th visit of a placed source, observed. */
export function observeVisit(observer: Observer, placed: PlacedSource, place: number): Observation {
  const visit = placed.visits[place]!;
  return observer.observe(placed.source, visit, placed.source.place, placementIn(placed, visit).onDetector);
}

/**
 * Brings a tally forward to the first visit of a window. Time only goes forward in a simulation; a tally that is ahead, after
 * a question about an earlier time, starts anew.
 */
export function tallyBefore(observer: Observer, placed: PlacedSource, window: number): Tally {
  const { tally } = placed;
  if (tally.upTo > window) {
    tally.upTo = 0;
    tally.detections = 0;
    tally.firstDetection = -1;
    tally.lastDetection = -1;
  }
  for (; tally.upTo < window; tally.upTo += 1) {
    if (!observeVisit(observer, placed, tally.upTo).isDetected) continue;
    tally.detections += 1;
    if (tally.firstDetection < 0) tally.firstDetection = tally.upTo;
    tally.lastDetection = tally.upTo;
  }
  return tally;
}

/** A source detected in a visit: what a packet is to be written about. */
export interface Sighting {
  readonly source: SimulatedSource;
  readonly visit: Visit;
  /** True place at the time, ICRS [deg]. */
  readonly place: SkyPosition;
  readonly onDetector: DetectorPlace;
  readonly slot: number;
  /** The source's other visits; undefined for one that moves, which no other visit saw here. */
  readonly placed: PlacedSource | undefined;
}

/** A packet and what it is called. */
export interface WrittenPacket {
  readonly bytes: Uint8Array;
  /** As the broker names the alert. */
  readonly alertId: string;
  /** The survey's own id of the alert: candid, diaSourceId. */
  readonly surveyId: bigint;
  /** The survey's name of the object: objectId, diaObjectId, ssObjectId. */
  readonly surveyObjectId: string;
  /** The exposure as the survey names it. */
  readonly visit: string;
  /** Position as measured, ICRS [deg]. */
  readonly ra: number;
  readonly dec: number;
  readonly snr: number;
  /** Rows of history in it, detections and upper limits (ZTF) or detections (LSST). */
  readonly historyRows: number;
}
