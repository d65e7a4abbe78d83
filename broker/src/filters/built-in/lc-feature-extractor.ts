import { ALERT_KINDS, isDetection, type LightCurve } from '../../model/light-curve.ts';
import { Filter, type FilterLocus, type PropertyDeclaration } from '../filter.ts';
import { LSST_DETECTION, ZTF_DETECTION } from './alert-surveys.ts';
import { type BandDetections, FeatureExtractor } from './light-curve-features/extract-features.ts';
import { featureDeclarations, featureIndex, featurePropertyNames } from './light-curve-features/feature-list.ts';

/** Passbands for which features are set, in the order in which their properties are declared. */
export const FEATURE_BANDS: readonly string[] = ['g', 'R', 'i', 'z', 'r', 'y', 'u'];

/** Passbands of a survey's alerts, by `ant_survey` number. */
const BANDS_OF_SURVEY: ReadonlyMap<number, readonly string[]> = new Map([
  [ZTF_DETECTION, ['g', 'R', 'i']],
  [LSST_DETECTION, ['u', 'g', 'r', 'i', 'z', 'y']],
]);

/** Defined for every band that has a detection: says whether a band's features were ever set. */
const ALWAYS_DEFINED = featureIndex('mean_magn');

/** Which kinds count, by stored number: forced photometry and upper limits are no detections. */
const IS_DETECTION = ALERT_KINDS.map(isDetection);

/**
 * Sets the 78 light-curve features of each passband, and the tag `lc_feature_extractor`.
 *
 * They are of difference magnitudes (`ant_mag`) of the detections, history included, of the survey whose alert came in:
 * g and i are passbands of both ZTF and LSST, but not the same ones. Every feature that is defined is set, negative
 * values too. Only passbands with new detections are computed again, and those that never were.
 *
 * What each feature is, and where it differs from the package `light-curve`, whose names these are, is in
 * light-curve-features/README.md. On the second delivery of an alert all values come out the same.
 *
 * @see Malanchev et al. 2021, doi:10.1093/mnras/stab316, appendix A
 */
export class LcFeatureExtractor extends Filter {
  readonly name: string = 'lc_feature_extractor';
  readonly description = 'Sets 78 light-curve features for each passband.';
  override readonly surveyNumbers: readonly number[] = [...BANDS_OF_SURVEY.keys()];
  override readonly requiredAlertProperties = ['ant_passband', 'ant_mjd', 'ant_mag', 'ant_magerr'];
  override readonly outputTags = [
    { name: 'lc_feature_extractor', description: 'Light-curve features of the locus have been computed.' },
  ];
  override readonly outputLocusProperties: readonly PropertyDeclaration[] = FEATURE_BANDS.flatMap(featureDeclarations);
  readonly #extractor = new FeatureExtractor();
  readonly #detections = new Detections();

  run(locus: FilterLocus): void {
    const { surveyNumber } = locus.alert;
    for (const band of BANDS_OF_SURVEY.get(surveyNumber) ?? []) {
      const names = featurePropertyNames(band);
      if (!locus.hasNewDetections(band) && locus.properties.has(names[ALWAYS_DEFINED]!)) continue;
      this.#detections.take(locus.lightCurve, surveyNumber, band);
      const values = this.#extractor.extract(this.#detections);
      for (let i = 0; i < names.length; i += 1) {
        const value = values[i]!;
        if (!Number.isNaN(value)) locus.setProperty(names[i]!, value);
      }
    }
    locus.tag('lc_feature_extractor');
  }
}

/** The detections of one survey in one passband, gathered from a light curve in order of time. */
class Detections implements BandDetections {
  n = 0;
  time = new Float64Array(64);
  mag = new Float64Array(64);
  magErr = new Float64Array(64);

  take(lightCurve: LightCurve, surveyNumber: number, band: string): void {
    const { order } = lightCurve;
    if (this.time.length < order.length) {
      this.time = new Float64Array(2 * order.length);
      this.mag = new Float64Array(2 * order.length);
      this.magErr = new Float64Array(2 * order.length);
    }
    this.n = 0;
    for (let i = 0; i < order.length; i += 1) {
      const row = order[i]!;
      if (lightCurve.surveyNumber[row] !== surveyNumber || lightCurve.passband[row] !== band) continue;
      if (!IS_DETECTION[lightCurve.kind[row]!]) continue;
      this.time[this.n] = lightCurve.mjd[row]!;
      this.mag[this.n] = lightCurve.mag[row]!;
      this.magErr[this.n] = lightCurve.magErr[row]!;
      this.n += 1;
    }
  }
}
