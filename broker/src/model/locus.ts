import type { LocusId } from './ids.ts';
import type { SurveyObject } from './packet.ts';
import type { Properties, PropertyList } from './property.ts';

/**
 * Where a locus lives: its public id, and the trixel in which it was born.
 *
 * The birth trixel never changes, however the centroid moves: stores order their keys by it, so that the loci of one
 * exposure lie on neighbouring pages.
 */
export interface LocusRef {
  readonly locusId: LocusId;
  /** HTM id at level 20 of the position of the alert that made the locus. */
  readonly birthTrixel: number;
}

/** A catalogue or watch-list object whose circle holds the locus. */
export interface ObjectMatch {
  /** Name of the catalogue or watch list. */
  readonly list: string;
  readonly objectId: string;
  /** Row of the object in its list: the key to its other columns. */
  readonly row: number;
  readonly separationArcsec: number;
  readonly radiusArcsec: number;
}

/**
 * A locus without its alerts: what is read with every alert on it, and written back.
 *
 * Position: mean direction of the detections; for a solar-system object, the newest detection, since it moves.
 */
export interface LocusRecord {
  readonly ref: LocusRef;
  /** ICRS [deg], ra ∈ [0, 360), dec ∈ [−90, 90]. */
  readonly ra: number;
  readonly dec: number;
  /** Whether alerts may join by position. False for solar-system objects, which are keyed by their object alone. */
  readonly isAssociable: boolean;
  /** Survey names of the object, in the order in which they were bound to the locus. */
  readonly objects: readonly SurveyObject[];
  /** Detections and upper limits; forced points are not counted. */
  readonly numAlerts: number;
  readonly numDetections: number;
  readonly numUpperLimits: number;
  readonly tags: readonly string[];
  readonly catalogMatches: readonly ObjectMatch[];
  readonly watchMatches: readonly ObjectMatch[];
  readonly properties: Properties;
}

/** A locus whose properties are gone through rather than asked for by name. A record is one. */
export interface LocusReading extends Omit<LocusRecord, 'properties'> {
  readonly properties: PropertyList;
}
