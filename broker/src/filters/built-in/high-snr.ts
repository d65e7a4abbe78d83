import { Filter, type FilterLocus } from '../filter.ts';
import { ZTF_DETECTION } from './alert-surveys.ts';

/** Signal-to-noise ratio above which an alert is outstanding, by passband. */
const THRESHOLDS: ReadonlyMap<string, number> = new Map([
  ['g', 50],
  ['R', 55],
]);

/**
 * Tags loci whose newest alert stands out of the noise: the paper's appendix.
 *
 * The signal-to-noise ratio is 1/σ of the difference magnitude, above 50 in g and above 55 in R. (Strictly it is 1.086/σ;
 * the thresholds were set on 1/σ.) They were found from ZTF's alerts, so as to flag the top two to three per cent of a
 * night, and hold for ZTF alone: there are none for its i band, and for LSST, whose g band is not ZTF's and whose
 * errors are others, none have been published. Alerts of these are left alone rather than judged by a foreign measure.
 *
 * Sign does not matter: a source may stand out by being fainter than in the reference image.
 */
export class HighSnr extends Filter {
  readonly name: string = 'high_snr';
  readonly description = 'Newest alert has a signal-to-noise ratio above 50 (ZTF g) or 55 (ZTF R).';
  override readonly surveyNumbers = [ZTF_DETECTION];
  override readonly requiredAlertProperties = ['ant_passband', 'ant_magerr'];
  override readonly outputTags = [
    { name: 'high_snr', description: 'Locus has one or more alerts with a high signal-to-noise ratio.' },
  ];

  run(locus: FilterLocus): void {
    const threshold = THRESHOLDS.get(locus.alert.passband);
    if (threshold === undefined) return;
    const magErr = locus.lightCurve.magErr[locus.alertRow]!;
    // An error of nought is a sentinel, not an infinitely good measurement.
    if (magErr > 0 && 1 / magErr > threshold) locus.tag('high_snr');
  }
}
