import type { Band } from '../sky/source.ts';

/** Names of the surveys that the simulator observes with. */
export type SurveyName = 'ztf' | 'lsst';

/** A telescope, its camera and its plan. */
export interface Survey {
  readonly name: SurveyName;
  /** East positive [deg]. */
  readonly longitude: number;
  readonly latitude: number;
  /** Observing night n is centred on local midnight at MJD n + `midnight`, UTC. */
  readonly midnight: number;
  readonly exposureSec: number;
  readonly overheadSec: number;
  /** Five sigma on a difference image in median seeing, dark, at the zenith [mag]. */
  readonly depth: Readonly<Partial<Record<Band, number>>>;
  /** Median full width at half maximum at the zenith [arcsec]. */
  readonly seeingArcsec: number;
  readonly pixelArcsec: number;
  /** Stars brighter than this saturate and are not measured [mag]. */
  readonly saturationMag: number;
  /** Flux of one photo-electron of an exposure [nJy]: what shot noise counts. */
  readonly electronFlux: number;
  /** Error of the subtraction as a share of the flux in the template. */
  readonly subtractionError: number;
  /** Error of the astrometry of a bright source, per axis [arcsec]. */
  readonly astrometryArcsec: number;
  /** How far back the history in a packet goes [d]. */
  readonly historyDays: number;
  /** A field is observed again after so many nights, where there are enough other fields. */
  readonly intervalNights: number;
  /** Time between the two visits of a field in a night [min]. */
  readonly revisitMinutes: number;
  /** Bands of the two visits, night after night. */
  readonly bandPlan: readonly (readonly [Band, Band])[];
  /** Distance of neighbouring fields [deg]. */
  readonly fieldSpacing: number;
  /** A cap of this radius around the centre of a field lies within the field [deg]. */
  readonly fieldInnerRadius: number;
  /** Fields below this altitude at their best are not observed [deg]. */
  readonly leastAltitude: number;
}

/** Signal to noise from which on both surveys send an alert. */
export const DETECTION_SNR = 5;

/** The Zwicky Transient Facility: Bellm et al. 2019, PASP 131, 018002. */
export const ZTF: Survey = {
  name: 'ztf',
  longitude: -116.86,
  latitude: 33.36,
  midnight: 0.3246,
  exposureSec: 30,
  overheadSec: 10,
  depth: { g: 20.75, r: 20.55, i: 19.95 },
  seeingArcsec: 2,
  pixelArcsec: 1.012,
  saturationMag: 12.5,
  electronFlux: 17.7,
  subtractionError: 0.008,
  astrometryArcsec: 0.06,
  historyDays: 30,
  intervalNights: 2,
  revisitMinutes: 28,
  bandPlan: [
    ['g', 'r'],
    ['r', 'g'],
  ],
  fieldSpacing: 6.7,
  fieldInnerRadius: 3.45,
  leastAltitude: 25,
};

/** Rubin's Legacy Survey of Space and Time: Ivezić et al. 2019, ApJ 873, 111; depth of difference images as in its alerts. */
export const LSST: Survey = {
  name: 'lsst',
  longitude: -70.75,
  latitude: -30.24,
  midnight: 1.1965,
  exposureSec: 30,
  overheadSec: 8,
  depth: { u: 23.3, g: 24.4, r: 24, i: 23.5, z: 22.8, y: 21.9 },
  seeingArcsec: 0.9,
  pixelArcsec: 0.2,
  saturationMag: 16.5,
  electronFlux: 0.55,
  subtractionError: 0.004,
  astrometryArcsec: 0.01,
  historyDays: 365,
  intervalNights: 3,
  revisitMinutes: 33,
  bandPlan: [
    ['g', 'r'],
    ['r', 'i'],
    ['i', 'z'],
    ['u', 'g'],
    ['r', 'z'],
    ['i', 'y'],
  ],
  fieldSpacing: 1.95,
  fieldInnerRadius: 1.42,
  leastAltitude: 30,
};

/** A survey by name. */
export function surveyOf(name: SurveyName): Survey {
  return name === 'ztf' ? ZTF : LSST;
}
