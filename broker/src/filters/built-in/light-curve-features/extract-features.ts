import { andersonDarlingNormal } from './anderson-darling.ts';
import { BAZIN_MIN_POINTS, BazinFit } from './bazin-fit.ts';
import { FEATURE_COUNT, featureIndex } from './feature-list.ts';
import { computeMoments, createMoments, cusumRange, fractionBeyond, kurtosis, skewness } from './moments.ts';
import { binNightly } from './nightly-bins.ts';
import { NormalisedFluxes } from './normalised-fluxes.ts';
import { computeOtsuSplit, createOtsuSplit } from './otsu-split.ts';
import {
  interPercentileRange,
  medianAbsoluteDeviation,
  medianBufferRangeFraction,
  medianOfSorted,
  sortInto,
} from './percentiles.ts';
import { PEAK_COUNT, Periodogram } from './periodogram.ts';
import { computeLinearFit, computeLinearTrend, createStraightLine } from './straight-lines.ts';
import { etaE, maximumSlope } from './time-differences.ts';
import { VILLAR_MIN_POINTS, VillarFit } from './villar-fit.ts';
import { computeWeightedStatistics, createWeightedStatistics, excessVariance } from './weighted-statistics.ts';

/** The detections of one band. Columns may be longer than n. */
export interface BandDetections {
  readonly n: number;
  /** MJD [d], in any order. A point without a finite time or magnitude is left out. */
  readonly time: ArrayLike<number>;
  /** [mag] */
  readonly mag: ArrayLike<number>;
  /** [mag]. A point whose error is not a positive number takes part in what needs no errors only. */
  readonly magErr: ArrayLike<number>;
}

/** Magnitude of 1 nJy in the AB system. */
const NANOJANSKY_ZERO_POINT = 31.4;
/** Relative change of flux per magnitude. */
const FLUX_PER_MAG = Math.LN10 / 2.5;

// Places of the features, in the order in which they are computed.
const AMPLITUDE = featureIndex('amplitude_magn');
const ANDERSON_DARLING = featureIndex('anderson_darling_normal_magn');
const BEYOND_1 = featureIndex('beyond_1_std_magn');
const BEYOND_2 = featureIndex('beyond_2_std_magn');
const BINS_ETA_E = featureIndex('bins_window1.0_offset0.0_eta_e_magn');
const BINS_TREND = featureIndex('bins_window1.0_offset0.0_linear_trend_magn');
const BINS_TREND_SIGMA = featureIndex('bins_window1.0_offset0.0_linear_trend_sigma_magn');
const BINS_TREND_NOISE = featureIndex('bins_window1.0_offset0.0_linear_trend_noise_magn');
const BINS_MAXIMUM_SLOPE = featureIndex('bins_window1.0_offset0.0_maximum_slope_magn');
const CUSUM = featureIndex('cusum_magn');
const DURATION = featureIndex('duration_magn');
const ETA_E = featureIndex('eta_e_magn');
const RANGE_2 = featureIndex('inter_percentile_range_2_magn');
const RANGE_10 = featureIndex('inter_percentile_range_10_magn');
const RANGE_25 = featureIndex('inter_percentile_range_25_magn');
const KURTOSIS = featureIndex('kurtosis_magn');
const FIT_SLOPE = featureIndex('linear_fit_slope_magn');
const FIT_SLOPE_SIGMA = featureIndex('linear_fit_slope_sigma_magn');
const FIT_CHI2 = featureIndex('linear_fit_reduced_chi2_magn');
const TREND = featureIndex('linear_trend_magn');
const TREND_SIGMA = featureIndex('linear_trend_sigma_magn');
const TREND_NOISE = featureIndex('linear_trend_noise_magn');
const RATIO_40_5 = featureIndex('magnitude_percentage_ratio_40_5_magn');
const RATIO_20_5 = featureIndex('magnitude_percentage_ratio_20_5_magn');
const MAXIMUM_SLOPE = featureIndex('maximum_slope_magn');
const MEAN = featureIndex('mean_magn');
const MEDIAN_DEVIATION = featureIndex('median_absolute_deviation_magn');
const PERCENT_AMPLITUDE = featureIndex('percent_amplitude_magn');
const DIFFERENCE_5 = featureIndex('percent_difference_magnitude_percentile_5_magn');
const DIFFERENCE_10 = featureIndex('percent_difference_magnitude_percentile_10_magn');
const BUFFER_10 = featureIndex('median_buffer_range_percentage_10_magn');
const BUFFER_20 = featureIndex('median_buffer_range_percentage_20_magn');
const OTSU_MEAN = featureIndex('otsu_mean_diff_magn');
const OTSU_LOWER = featureIndex('otsu_std_lower_magn');
const OTSU_UPPER = featureIndex('otsu_std_upper_magn');
const OTSU_RATIO = featureIndex('otsu_lower_to_all_ratio_magn');
/** Period and signal-to-noise of a peak follow each other, peak after peak. */
const PERIOD = featureIndex('period_0_magn');
const SPECTRUM_AMPLITUDE = featureIndex('periodogram_amplitude_magn');
const SPECTRUM_BEYOND_2 = featureIndex('periodogram_beyond_2_std_magn');
const SPECTRUM_BEYOND_3 = featureIndex('periodogram_beyond_3_std_magn');
const SPECTRUM_DEVIATION = featureIndex('periodogram_standard_deviation_magn');
const CHI2 = featureIndex('chi2_magn');
const SKEW = featureIndex('skew_magn');
const STANDARD_DEVIATION = featureIndex('standard_deviation_magn');
const STETSON_K = featureIndex('stetson_k_magn');
const WEIGHTED_MEAN = featureIndex('weighted_mean_magn');
const FLUX_ANDERSON_DARLING = featureIndex('anderson_darling_normal_flux');
const FLUX_CUSUM = featureIndex('cusum_flux');
const FLUX_ETA_E = featureIndex('eta_e_flux');
const FLUX_EXCESS_VARIANCE = featureIndex('excess_variance_flux');
const FLUX_KURTOSIS = featureIndex('kurtosis_flux');
const FLUX_MEAN_VARIANCE = featureIndex('mean_variance_flux');
const FLUX_CHI2 = featureIndex('chi2_flux');
const FLUX_SKEW = featureIndex('skew_flux');
const FLUX_STETSON_K = featureIndex('stetson_k_flux');
/** Parameters and reduced chi-square of a fit follow each other. */
const BAZIN = featureIndex('bazin_fit_amplitude');
const VILLAR = featureIndex('villar_fit_amplitude');

/**
 * Computes the 78 features of a band, again and again in the same memory: one per thread.
 *
 * What each feature is, and where and why it differs from the Python package whose features these are, is in README.md
 * beside this file.
 */
export class FeatureExtractor {
  /**
   * The features of the band extracted last, in the order of `FEATURES`; NaN where one is undefined. Overwritten by the
   * next extraction.
   */
  readonly values = new Float64Array(FEATURE_COUNT);
  readonly bazin = new BazinFit();
  readonly villar = new VillarFit();
  readonly periodogram = new Periodogram();
  #n = 0;
  #time = new Float64Array(0);
  #mag = new Float64Array(0);
  #magErr = new Float64Array(0);
  /** Points with an error: the same arrays as above where all have one. */
  #weightedN = 0;
  #weightedTime = new Float64Array(0);
  #weightedMag = new Float64Array(0);
  #weightedErr = new Float64Array(0);
  #subsetTime = new Float64Array(0);
  #subsetMag = new Float64Array(0);
  #subsetErr = new Float64Array(0);
  #flux = new Float64Array(0);
  #fluxErr = new Float64Array(0);
  #sorted = new Float64Array(0);
  #binTime = new Float64Array(0);
  #binMag = new Float64Array(0);
  readonly #moments = createMoments();
  readonly #line = createStraightLine();
  readonly #otsu = createOtsuSplit();
  readonly #weighted = createWeightedStatistics();
  readonly #normalised = new NormalisedFluxes();

  /**
   * Extracts the features of one band.
   *
   * Of points at the same time, the last one counts.
   *
   * @returns  `values`: each feature finite, or NaN when the points are too few or too alike for it
   */
  extract(band: BandDetections): Float64Array {
    const { values } = this;
    values.fill(Number.NaN);
    this.#take(band);
    if (this.#n === 0) return values;
    this.#magnitudes();
    this.#periods();
    this.#selectWeighted();
    if (this.#weightedN > 0) {
      this.#weightedMagnitudes();
      this.#bins();
    }
    this.#toFluxes(this.#mag, this.#n);
    this.#fluxes();
    this.#fits();
    // A feature may be 0/0 (a flat light curve) or overflow (absurd magnitudes): not a value either way.
    for (let i = 0; i < FEATURE_COUNT; i += 1) if (!Number.isFinite(values[i]!)) values[i] = Number.NaN;
    return values;
  }

  /** Copies the points that count, in order of time. */
  #take(band: BandDetections): void {
    if (this.#time.length < band.n) this.#reserve(band.n);
    const time = this.#time;
    const mag = this.#mag;
    const magErr = this.#magErr;
    let n = 0;
    for (let i = 0; i < band.n; i += 1) {
      const t = band.time[i]!;
      const m = band.mag[i]!;
      if (!Number.isFinite(t) || !Number.isFinite(m)) continue;
      // Insertion: alerts come in order of time, or nearly.
      let j = n;
      while (j > 0 && time[j - 1]! > t) {
        time[j] = time[j - 1]!;
        mag[j] = mag[j - 1]!;
        magErr[j] = magErr[j - 1]!;
        j -= 1;
      }
      time[j] = t;
      mag[j] = m;
      magErr[j] = band.magErr[i]!;
      n += 1;
    }
    let kept = 0;
    for (let i = 0; i < n; i += 1) {
      if (kept > 0 && time[kept - 1] === time[i]) kept -= 1;
      time[kept] = time[i]!;
      mag[kept] = mag[i]!;
      magErr[kept] = magErr[i]!;
      kept += 1;
    }
    this.#n = kept;
  }

  #reserve(n: number): void {
    const capacity = Math.max(64, 2 ** Math.ceil(Math.log2(n)));
    this.#time = new Float64Array(capacity);
    this.#mag = new Float64Array(capacity);
    this.#magErr = new Float64Array(capacity);
    this.#subsetTime = new Float64Array(capacity);
    this.#subsetMag = new Float64Array(capacity);
    this.#subsetErr = new Float64Array(capacity);
    this.#flux = new Float64Array(capacity);
    this.#fluxErr = new Float64Array(capacity);
    this.#sorted = new Float64Array(capacity);
    this.#binTime = new Float64Array(capacity);
    this.#binMag = new Float64Array(capacity);
  }

  #magnitudes(): void {
    const { values } = this;
    const n = this.#n;
    const time = this.#time;
    const mag = this.#mag;
    const sorted = this.#sorted;
    const moments = this.#moments;
    computeMoments(mag, n, moments);
    sortInto(mag, n, sorted);
    const brightest = sorted[0]!;
    const faintest = sorted[n - 1]!;
    const median = medianOfSorted(sorted, n);
    const range5 = interPercentileRange(sorted, n, 0.05);
    const range10 = interPercentileRange(sorted, n, 0.1);
    values[MEAN] = moments.mean;
    values[STANDARD_DEVIATION] = moments.standardDeviation;
    values[SKEW] = skewness(moments, n);
    values[KURTOSIS] = kurtosis(moments, n);
    values[ANDERSON_DARLING] = andersonDarlingNormal(sorted, n, moments);
    values[BEYOND_1] = fractionBeyond(mag, n, moments, 1);
    values[BEYOND_2] = fractionBeyond(mag, n, moments, 2);
    values[CUSUM] = cusumRange(mag, n, moments);
    values[AMPLITUDE] = 0.5 * (faintest - brightest);
    values[PERCENT_AMPLITUDE] = Math.max(faintest - median, median - brightest);
    values[MEDIAN_DEVIATION] = medianAbsoluteDeviation(sorted, n, median);
    values[BUFFER_10] = medianBufferRangeFraction(sorted, n, median, 0.1);
    values[BUFFER_20] = medianBufferRangeFraction(sorted, n, median, 0.2);
    values[RANGE_2] = interPercentileRange(sorted, n, 0.02);
    values[RANGE_10] = range10;
    values[RANGE_25] = interPercentileRange(sorted, n, 0.25);
    values[RATIO_40_5] = interPercentileRange(sorted, n, 0.4) / range5;
    values[RATIO_20_5] = interPercentileRange(sorted, n, 0.2) / range5;
    values[DIFFERENCE_5] = range5 / median;
    values[DIFFERENCE_10] = range10 / median;
    values[DURATION] = time[n - 1]! - time[0]!;
    values[ETA_E] = etaE(time, mag, n, moments.sum2);
    values[MAXIMUM_SLOPE] = maximumSlope(time, mag, n);
    const line = this.#line;
    computeLinearTrend(time, mag, n, line);
    values[TREND] = line.slope;
    values[TREND_SIGMA] = line.slopeError;
    values[TREND_NOISE] = line.residual;
    if (n >= 2) {
      const otsu = this.#otsu;
      computeOtsuSplit(sorted, n, otsu);
      values[OTSU_MEAN] = otsu.meanDifference;
      values[OTSU_LOWER] = otsu.lowerDeviation;
      values[OTSU_UPPER] = otsu.upperDeviation;
      values[OTSU_RATIO] = otsu.lowerFraction;
    }
  }

  /** Needs the moments of the magnitudes. */
  #periods(): void {
    const n = this.#n;
    if (n < 2) return;
    const { values, periodogram } = this;
    periodogram.compute(this.#time, this.#mag, n, this.#moments);
    for (let k = 0; k < PEAK_COUNT; k += 1) {
      values[PERIOD + 2 * k] = periodogram.period[k]!;
      values[PERIOD + 2 * k + 1] = periodogram.signalToNoise[k]!;
    }
    values[SPECTRUM_AMPLITUDE] = periodogram.amplitude;
    values[SPECTRUM_BEYOND_2] = periodogram.fractionBeyond(2);
    values[SPECTRUM_BEYOND_3] = periodogram.fractionBeyond(3);
    values[SPECTRUM_DEVIATION] = periodogram.moments.standardDeviation;
  }

  #selectWeighted(): void {
    const n = this.#n;
    const magErr = this.#magErr;
    let usable = 0;
    for (let i = 0; i < n; i += 1) if (isUsableError(magErr[i]!)) usable += 1;
    this.#weightedN = usable;
    if (usable === n) {
      this.#weightedTime = this.#time;
      this.#weightedMag = this.#mag;
      this.#weightedErr = magErr;
      return;
    }
    let to = 0;
    for (let i = 0; i < n; i += 1) {
      if (!isUsableError(magErr[i]!)) continue;
      this.#subsetTime[to] = this.#time[i]!;
      this.#subsetMag[to] = this.#mag[i]!;
      this.#subsetErr[to] = magErr[i]!;
      to += 1;
    }
    this.#weightedTime = this.#subsetTime;
    this.#weightedMag = this.#subsetMag;
    this.#weightedErr = this.#subsetErr;
  }

  #weightedMagnitudes(): void {
    const { values } = this;
    const weighted = this.#weighted;
    const line = this.#line;
    computeWeightedStatistics(this.#weightedMag, this.#weightedErr, this.#weightedN, weighted);
    values[WEIGHTED_MEAN] = weighted.mean;
    values[CHI2] = weighted.reducedChi2;
    values[STETSON_K] = weighted.stetsonK;
    computeLinearFit(this.#weightedTime, this.#weightedMag, this.#weightedErr, this.#weightedN, line);
    values[FIT_SLOPE] = line.slope;
    values[FIT_SLOPE_SIGMA] = line.slopeError;
    values[FIT_CHI2] = line.residual;
  }

  #bins(): void {
    const { values } = this;
    const time = this.#binTime;
    const mag = this.#binMag;
    const moments = this.#moments;
    const line = this.#line;
    const bins = binNightly(this.#weightedTime, this.#weightedMag, this.#weightedErr, this.#weightedN, time, mag);
    computeMoments(mag, bins, moments);
    values[BINS_ETA_E] = etaE(time, mag, bins, moments.sum2);
    values[BINS_MAXIMUM_SLOPE] = maximumSlope(time, mag, bins);
    computeLinearTrend(time, mag, bins, line);
    values[BINS_TREND] = line.slope;
    values[BINS_TREND_SIGMA] = line.slopeError;
    values[BINS_TREND_NOISE] = line.residual;
  }

  /** By `Math.exp`: powers of ten have other last digits on Node.js 20 than on 26, and fits may then end elsewhere. */
  #toFluxes(mag: Float64Array, n: number): void {
    const flux = this.#flux;
    for (let i = 0; i < n; i += 1) flux[i] = Math.exp(FLUX_PER_MAG * (NANOJANSKY_ZERO_POINT - mag[i]!));
  }

  #fluxes(): void {
    const { values } = this;
    const n = this.#n;
    const flux = this.#flux;
    const sorted = this.#sorted;
    const moments = this.#moments;
    computeMoments(flux, n, moments);
    sortInto(flux, n, sorted);
    values[FLUX_ANDERSON_DARLING] = andersonDarlingNormal(sorted, n, moments);
    values[FLUX_CUSUM] = cusumRange(flux, n, moments);
    values[FLUX_ETA_E] = etaE(this.#time, flux, n, moments.sum2);
    values[FLUX_KURTOSIS] = kurtosis(moments, n);
    values[FLUX_SKEW] = skewness(moments, n);
    values[FLUX_MEAN_VARIANCE] = moments.standardDeviation / moments.mean;
  }

  /** What needs flux errors; overwrites the fluxes of points without one. */
  #fits(): void {
    const n = this.#weightedN;
    if (n === 0) return;
    const { values, bazin, villar } = this;
    const flux = this.#flux;
    const fluxErr = this.#fluxErr;
    const time = this.#weightedTime;
    if (n !== this.#n) {
      this.#toFluxes(this.#weightedMag, n);
      computeMoments(flux, n, this.#moments);
    }
    for (let i = 0; i < n; i += 1) fluxErr[i] = flux[i]! * this.#weightedErr[i]! * FLUX_PER_MAG;
    values[FLUX_EXCESS_VARIANCE] = excessVariance(fluxErr, n, this.#moments.mean, this.#moments.sum2);
    const weighted = this.#weighted;
    computeWeightedStatistics(flux, fluxErr, n, weighted);
    values[FLUX_CHI2] = weighted.reducedChi2;
    values[FLUX_STETSON_K] = weighted.stetsonK;
    if (n < BAZIN_MIN_POINTS || !this.#normalised.set(time, flux, fluxErr, n)) return;
    bazin.fit(this.#normalised);
    values.set(bazin.parameters, BAZIN);
    values[BAZIN + bazin.parameters.length] = bazin.reducedChi2;
    if (n < VILLAR_MIN_POINTS) return;
    villar.fit(this.#normalised);
    values.set(villar.parameters, VILLAR);
    values[VILLAR + villar.parameters.length] = villar.reducedChi2;
  }
}

function isUsableError(error: number): boolean {
  return error > 0 && error < Number.POSITIVE_INFINITY;
}
