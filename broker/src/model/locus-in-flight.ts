import type { LightCurveBuilder } from './light-curve-builder.ts';
import type { LocusRef, ObjectMatch } from './locus.ts';
import type { SurveyObject } from './packet.ts';
import type { Properties } from './property.ts';

/**
 * The thing that travels through the pipeline from stage 3 on: a locus with its whole history, as of one alert.
 *
 * Stages change it in place; stage 7 turns it into what the store keeps.
 */
export interface LocusInFlight {
  readonly ref: LocusRef;
  /** Made by this very alert. */
  isNew: boolean;
  isAssociable: boolean;
  /** ICRS [deg]. */
  ra: number;
  dec: number;
  readonly objects: SurveyObject[];
  readonly lightCurve: LightCurveBuilder;
  readonly properties: Properties;
  readonly tags: Set<string>;
  catalogMatches: readonly ObjectMatch[];
  watchMatches: readonly ObjectMatch[];
  /** The alert being processed: its row, and the properties of it, decoded on first use and kept. */
  alertRow: number;
  alertProperties: () => Properties;
  /** What filters set on the alert being processed. */
  annotations: Properties;
  /** Passbands that gained or changed detections since the locus' previous alert: not forced photometry, not upper limits. */
  readonly newDetectionPassbands: Set<string>;
}
