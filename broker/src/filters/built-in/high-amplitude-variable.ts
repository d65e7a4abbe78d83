import type { LightCurve } from '../../model/light-curve.ts';
import { Filter, type FilterLocus } from '../filter.ts';
import { LSST_DETECTION, ZTF_DETECTION } from './alert-surveys.ts';
import { findCounterpart, HIGH_AMPLITUDE_MAG, rowsLikeAlert, WeightedSpread, weightedDeviation } from './amplitude.ts';
import { fluxOfMagnitude, magnitudeOfFlux, wholeMagnitudeError } from './whole-source.ts';

/**
 * Tags stars that vary by a lot: the weighted standard deviation of their magnitudes in the new alert's passband is above
 * 0.5 mag.
 *
 * What varies is the whole star, so its magnitudes are those of difference and reference together; the difference's own
 * would make a bright star with a faint ripple look violent. ZTF: where ANTARES' rule corrects the locus (it is a star in
 * the reference image, and never loses more light than it has there), which the broker says in `is_corrected`; uncorrected
 * stars are left alone, and so are points without a reference source. LSST: the magnitudes of `scienceFlux`.
 *
 * ANTARES' official filter, `HighAmp_v2`, is for ZTF alone and sets this tag and that of transients. Its comparison of a numpy
 * boolean by identity keeps the version published from tagging anything; this follows its cuts as they were meant. Which
 * loci are stars: `amplitude.ts`.
 */
export class HighAmplitudeVariable extends Filter {
  readonly name = 'high_amplitude_variable';
  readonly description = 'Star whose magnitudes in the passband of the newest alert deviate by more than 0.5 mag.';
  override readonly surveyNumbers = [ZTF_DETECTION, LSST_DETECTION];
  override readonly outputTags = [
    {
      name: 'high_amplitude_variable_star_candidate',
      description: 'Locus is a star, or may be one, that varies with a high amplitude.',
    },
  ];

  run(locus: FilterLocus): void {
    const rows = rowsLikeAlert(locus);
    if (rows.length < 2 || findCounterpart(locus, rows) !== 'star') return;
    if (deviationOfStar(locus, rows) > HIGH_AMPLITUDE_MAG) locus.tag('high_amplitude_variable_star_candidate');
  }
}

function deviationOfStar({ alert, lightCurve, properties }: FilterLocus, rows: readonly number[]): number {
  if (alert.surveyNumber === LSST_DETECTION) {
    return weightedDeviation(rows, lightCurve.magCorrected, lightCurve.magErrCorrected);
  }
  if (properties.text('is_corrected') !== 'true' || !couldDeviate(lightCurve, rows)) return 0;
  const { mag, magErr, sign, referenceMag, referenceMagErr } = lightCurve;
  const spread = new WeightedSpread();
  for (const row of rows) {
    const reference = fluxOfMagnitude(referenceMag[row]!);
    const difference = fluxOfMagnitude(mag[row]!);
    const whole = sign[row] === 1 ? reference + difference : reference - difference;
    const error = wholeMagnitudeError(whole, reference, referenceMagErr[row]!, difference, magErr[row]!);
    spread.add(magnitudeOfFlux(whole), error);
  }
  return spread.deviation;
}

/**
 * Whether magnitudes of the whole source can deviate by more than the limit: a bound from the extremes, which spares most
 * stars the powers and logarithms of every row.
 *
 * No deviation is above half the range, and no sum is outside of the faintest reference less the brightest difference, and
 * the brightest reference plus it. Of 805 public ZTF alerts on stars, three in four are ruled out.
 */
function couldDeviate({ mag, referenceMag }: LightCurve, rows: readonly number[]): boolean {
  let brightestDifference = Number.POSITIVE_INFINITY;
  let brightest = Number.POSITIVE_INFINITY;
  let faintest = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    const reference = referenceMag[row]!;
    if (mag[row]! < brightestDifference) brightestDifference = mag[row]!;
    if (reference < brightest) brightest = reference;
    if (reference > faintest) faintest = reference;
  }
  const difference = fluxOfMagnitude(brightestDifference);
  const lowest = fluxOfMagnitude(faintest) - difference;
  const highest = fluxOfMagnitude(brightest) + difference;
  return !(lowest > 0) || magnitudeOfFlux(lowest) - magnitudeOfFlux(highest) > 2 * HIGH_AMPLITUDE_MAG;
}
