import { fluxOfMagnitude } from '../../model/magnitudes.ts';
import type { SkyPosition } from '../../sky/position.ts';
import { Random, wordOf } from '../random.ts';
import type { SimulatedSource } from '../sky/source.ts';
import type { DetectorPlace } from './focal-plane.ts';
import type { Visit } from './schedule.ts';
import { DETECTION_SNR, type Survey } from './survey.ts';

/**
 * What an exposure measured at the place of a source.
 *
 * One object is used over and over by an observer: copy what is to outlive the next call.
 */
export interface Observation {
  source: SimulatedSource;
  visit: Visit;
  /** Where the source falls on the camera. */
  onDetector: DetectorPlace;
  /** Flux of the difference as measured, and its error [nJy]. */
  flux: number;
  fluxErr: number;
  /** Flux on the new image and on the template as measured [nJy]. */
  scienceFlux: number;
  scienceFluxErr: number;
  templateFlux: number;
  /** |flux| / fluxErr. */
  snr: number;
  isDetected: boolean;
  /** Position as measured, ICRS [deg], and its error per axis [arcsec]. */
  ra: number;
  dec: number;
  positionErrArcsec: number;
  /** A Gaussian deviate behind the real/bogus scores of both surveys. */
  scoreDeviate: number;
  /** The observation's own stream, behind the draws above: writers of packets take further draws in a fixed order. */
  random: Random;
}

/**
 * Looks at sources through a survey's exposures.
 *
 * An observation depends on the seed, the survey, the source, and the visit's night and number alone. Asked again, a year
 * later in the history of another packet, it is the same to the last bit: that is what makes histories agree with the
 * packets before them without anything being remembered.
 */
export class Observer {
  readonly survey: Survey;
  readonly #seed: number;
  readonly #saturation: number;
  readonly #random = new Random(0);
  readonly #draw = (): number => this.#random.unit();
  readonly #scratch = { random: this.#random } as Observation;

  constructor(seed: string | number, survey: Survey) {
    this.survey = survey;
    this.#seed = wordOf(seed) ^ wordOf(survey.name);
    this.#saturation = fluxOfMagnitude(survey.saturationMag);
  }

  /**
   * What a visit measured of a source.
   *
   * Noise of the difference: the sky to the depth of the visit, the photons of the source and of what lies beneath it, and
   * a small share of the template's light that subtraction leaves.
   *
   * @param place       where the source is at the time, ICRS [deg]
   * @param onDetector  where that falls on the camera
   * @returns           the observer's one observation, overwritten
   */
  observe(source: SimulatedSource, visit: Visit, place: SkyPosition, onDetector: DetectorPlace): Observation {
    const { survey } = this;
    const random = this.#random.restart(this.#seed, source.index, visit.night, visit.sequence);
    const out = this.#scratch;
    const template = source.template(visit.band);
    let truth = source.difference(visit.band, visit.midMjdTai);
    const { skyErr } = visit;
    const total = Math.max(0, template + truth);
    const variance = skyErr ** 2 + survey.electronFlux * total + (survey.subtractionError * template) ** 2;
    const fluxErr = Math.sqrt(variance);
    if (source.instrumental !== undefined) {
      const snr = source.instrumental(this.#draw);
      truth = snr === undefined ? 0 : snr * fluxErr;
    }
    const flux = truth + fluxErr * random.normal();
    const snr = Math.abs(flux) / fluxErr;
    const positionErrArcsec = Math.hypot(survey.astrometryArcsec, (0.42 * visit.seeingArcsec) / Math.max(snr, 3));
    const toDeg = positionErrArcsec / 3600;
    out.source = source;
    out.visit = visit;
    out.onDetector = onDetector;
    out.flux = flux;
    out.fluxErr = fluxErr;
    out.snr = snr;
    const rightAscension = place.ra + (toDeg * random.normal()) / Math.max(1e-6, Math.cos((place.dec * Math.PI) / 180));
    out.ra = rightAscension < 0 ? rightAscension + 360 : rightAscension >= 360 ? rightAscension - 360 : rightAscension;
    out.dec = Math.max(-90, Math.min(90, place.dec + toDeg * random.normal()));
    out.positionErrArcsec = positionErrArcsec;
    out.scoreDeviate = random.normal();
    out.templateFlux = template + 0.2 * skyErr * random.normal();
    out.scienceFlux = flux + out.templateFlux;
    out.scienceFluxErr = Math.sqrt(skyErr ** 2 + survey.electronFlux * total);
    const saturates = template + Math.max(0, truth) > this.#saturation;
    out.isDetected = snr >= DETECTION_SNR && !saturates;
    return out;
  }
}
