import type { LightCurve } from '../../model/light-curve.ts';
import { correctedMagnitudes, isCorrected } from '../../surveys/corrected-magnitudes.ts';
import { correctedMagnitude, correctedMagnitudeError, totalFlux } from '../../surveys/ztf/reference-photometry.ts';
import { Filter, type FilterLocus } from '../filter.ts';
import { LSST_DETECTION, ZTF_DETECTION } from './alert-surveys.ts';
import { findCounterpart, HIGH_AMPLITUDE_MAG, rowsLikeAlert, WeightedSpread, weightedDeviation } from './amplitude.ts';

/**
 * Tags stars that vary by a lot: the weighted standard deviation of their magnitudes in the new alert's passband is above
 * 0.5 mag.
 *
 * What varies is the whole star, so its magnitudes are those of difference and reference together; the difference's own
 * would make a bright star with a faint ripple look violent. ZTF: where ANTARES' rule corrects the locus (it is a star in
 * the reference image, and never loses more light than it has there); uncorrected stars are left alone. LSST: the
 * magnitudes of `scienceFlux`.
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

function deviationOfStar(locus: FilterLocus, rows: readonly number[]): number {
  const { alert, lightCurve } = locus;
  if (alert.surveyNumber === LSST_DETECTION) {
    return weightedDeviation(rows, lightCurve.magCorrected, lightCurve.magErrCorrected);
  }
  if (!isCorrectedLocus(locus) || !couldDeviate(lightCurve, rows)) return 0;
  const { mag, magErr, sign, referenceMag, referenceMagErr } = lightCurve;
  if (!rows.every((row) => Number.isFinite(referenceMag[row]!) && Number.isFinite(referenceMagErr[row]!))) {
    // A row without reference takes the median of its reference image: the whole curve has to be looked at.
    const { magCorrected, magErrCorrected } = correctedMagnitudes(lightCurve);
    return weightedDeviation(rows, magCorrected, magErrCorrected);
  }
  const spread = new WeightedSpread();
  for (const row of rows) {
    const reference = referenceMag[row]!;
    const side = sign[row] === 1 ? 1 : -1;
    spread.add(
      correctedMagnitude(reference, mag[row]!, side),
      correctedMagnitudeError(reference, referenceMagErr[row]!, mag[row]!, magErr[row]!, side),
    );
  }
  return spread.deviation;
}

/**
 * Whether magnitudes of difference and reference together can deviate by more than the limit: a bound from the extremes,
 * which spares most stars the powers and logarithms of every row.
 *
 * No deviation is above half the range, and no sum is outside of the lowest reference less the largest difference, and the
 * highest reference plus it. Of 805 public alerts on stars, three in four are ruled out.
 */
function couldDeviate({ mag, referenceMag }: LightCurve, rows: readonly number[]): boolean {
  let brightestDifference = Number.POSITIVE_INFINITY;
  let brightest = Number.POSITIVE_INFINITY;
  let faintest = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    const reference = referenceMag[row]!;
    // An undefined reference will be filled in from other rows: no bound is known.
    if (!Number.isFinite(reference)) return true;
    if (mag[row]! < brightestDifference) brightestDifference = mag[row]!;
    if (reference < brightest) brightest = reference;
    if (reference > faintest) faintest = reference;
  }
  const lowest = totalFlux(faintest, brightestDifference, -1);
  const highest = totalFlux(brightest, brightestDifference, 1);
  return !(lowest > 0 && 2.5 * Math.log10(highest / lowest) <= 2 * HIGH_AMPLITUDE_MAG);
}

/** Whether the rule allows a correction; the pipeline has worked it out for the locus property that says so. */
function isCorrectedLocus({ properties, lightCurve }: FilterLocus): boolean {
  const said = properties.text('is_corrected');
  return said === undefined ? isCorrected(lightCurve) : said === 'true';
}
