import type { PropertyDeclaration } from '../../filter.ts';

/** One light-curve feature: what it is called, what it says, and its unit. */
export interface FeatureDefinition {
  /** Name between `feature_` and `_<band>`: `amplitude_magn`, `bazin_fit_rise_time`. */
  readonly key: string;
  readonly description: string;
  /** Unit of the value; '' for a pure number. */
  readonly unit: string;
}

const feature = (key: string, unit: string, description: string): FeatureDefinition => ({ key, description, unit });

const ORDINALS = ['highest', 'second highest', 'third highest', 'fourth highest', 'fifth highest'] as const;

/**
 * The 78 features of a band, in the order in which `extractFeatures` writes them.
 *
 * Names ending in `_magn` are of magnitudes, in `_flux` of fluxes; the fits are of fluxes. The order and the names are
 * those that ANTARES publishes.
 */
export const FEATURES: readonly FeatureDefinition[] = [
  feature('amplitude_magn', 'mag', 'half the difference between the faintest and the brightest magnitude'),
  feature('anderson_darling_normal_magn', '', 'Anderson-Darling statistic of magnitudes against a normal distribution'),
  feature('beyond_1_std_magn', '', 'fraction of magnitudes further than 1 standard deviation from the mean'),
  feature('beyond_2_std_magn', '', 'fraction of magnitudes further than 2 standard deviations from the mean'),
  feature('bins_window1.0_offset0.0_eta_e_magn', '', 'eta_e of nightly means'),
  feature('bins_window1.0_offset0.0_linear_trend_magn', 'mag/d', 'slope of an unweighted line through nightly means'),
  feature('bins_window1.0_offset0.0_linear_trend_sigma_magn', 'mag/d', 'error of the slope through nightly means'),
  feature('bins_window1.0_offset0.0_linear_trend_noise_magn', 'mag', 'scatter of nightly means about their line'),
  feature('bins_window1.0_offset0.0_maximum_slope_magn', 'mag/d', 'steepest change between neighbouring nightly means'),
  feature('cusum_magn', '', 'range of the cumulative sum of standardised magnitudes'),
  feature('duration_magn', 'd', 'time from the first to the last detection'),
  feature('eta_e_magn', '', 'von Neumann ratio of magnitudes, for uneven sampling'),
  feature('inter_percentile_range_2_magn', 'mag', 'magnitude range from the 2nd to the 98th percentile'),
  feature('inter_percentile_range_10_magn', 'mag', 'magnitude range from the 10th to the 90th percentile'),
  feature('inter_percentile_range_25_magn', 'mag', 'magnitude range from the 25th to the 75th percentile'),
  feature('kurtosis_magn', '', 'unbiased excess kurtosis of magnitudes'),
  feature('linear_fit_slope_magn', 'mag/d', 'slope of a line weighted by magnitude errors'),
  feature('linear_fit_slope_sigma_magn', 'mag/d', 'error of the slope of the weighted line'),
  feature('linear_fit_reduced_chi2_magn', '', 'reduced chi-square of the weighted line'),
  feature('linear_trend_magn', 'mag/d', 'slope of an unweighted line'),
  feature('linear_trend_sigma_magn', 'mag/d', 'error of the slope of the unweighted line'),
  feature('linear_trend_noise_magn', 'mag', 'scatter of magnitudes about the unweighted line'),
  feature(
    'magnitude_percentage_ratio_40_5_magn',
    '',
    'range of percentiles 40 to 60 over range of percentiles 5 to 95',
  ),
  feature(
    'magnitude_percentage_ratio_20_5_magn',
    '',
    'range of percentiles 20 to 80 over range of percentiles 5 to 95',
  ),
  feature('maximum_slope_magn', 'mag/d', 'steepest change between neighbouring detections'),
  feature('mean_magn', 'mag', 'mean magnitude'),
  feature('median_absolute_deviation_magn', 'mag', 'median distance of magnitudes from their median'),
  feature('percent_amplitude_magn', 'mag', 'largest distance of a magnitude from the median'),
  feature(
    'percent_difference_magnitude_percentile_5_magn',
    '',
    'range of percentiles 5 to 95 over the median magnitude',
  ),
  feature(
    'percent_difference_magnitude_percentile_10_magn',
    '',
    'range of percentiles 10 to 90 over the median magnitude',
  ),
  feature(
    'median_buffer_range_percentage_10_magn',
    '',
    'fraction of magnitudes within 10 % of the amplitude of the median',
  ),
  feature(
    'median_buffer_range_percentage_20_magn',
    '',
    'fraction of magnitudes within 20 % of the amplitude of the median',
  ),
  feature('otsu_mean_diff_magn', 'mag', "difference of the means of the two groups of Otsu's split"),
  feature('otsu_std_lower_magn', 'mag', "standard deviation of the brighter group of Otsu's split"),
  feature('otsu_std_upper_magn', 'mag', "standard deviation of the fainter group of Otsu's split"),
  feature('otsu_lower_to_all_ratio_magn', '', "fraction of magnitudes in the brighter group of Otsu's split"),
  ...ORDINALS.flatMap((ordinal, k) => [
    feature(`period_${k}_magn`, 'd', `period of the ${ordinal} peak of the periodogram; 0 when there is none`),
    feature(`period_s_to_n_${k}_magn`, '', `height of the ${ordinal} peak above the mean, in standard deviations`),
  ]),
  feature('periodogram_amplitude_magn', '', 'half the difference between the largest and the smallest spectral power'),
  feature('periodogram_beyond_2_std_magn', '', 'fraction of powers further than 2 standard deviations from their mean'),
  feature('periodogram_beyond_3_std_magn', '', 'fraction of powers further than 3 standard deviations from their mean'),
  feature('periodogram_standard_deviation_magn', '', 'standard deviation of the spectral power'),
  feature('chi2_magn', '', 'reduced chi-square of magnitudes about their weighted mean'),
  feature('skew_magn', '', 'unbiased skewness of magnitudes'),
  feature('standard_deviation_magn', 'mag', 'sample standard deviation of magnitudes'),
  feature('stetson_k_magn', '', 'Stetson K: kurtosis-like shape of error-weighted magnitude deviations'),
  feature('weighted_mean_magn', 'mag', 'mean magnitude weighted by inverse squared errors'),
  feature('anderson_darling_normal_flux', '', 'Anderson-Darling statistic of fluxes against a normal distribution'),
  feature('cusum_flux', '', 'range of the cumulative sum of standardised fluxes'),
  feature('eta_e_flux', '', 'von Neumann ratio of fluxes, for uneven sampling'),
  feature('excess_variance_flux', '', 'flux variance in excess of the mean squared error, over the squared mean'),
  feature('kurtosis_flux', '', 'unbiased excess kurtosis of fluxes'),
  feature('mean_variance_flux', '', 'standard deviation of fluxes over their mean'),
  feature('chi2_flux', '', 'reduced chi-square of fluxes about their weighted mean'),
  feature('skew_flux', '', 'unbiased skewness of fluxes'),
  feature('stetson_k_flux', '', 'Stetson K: kurtosis-like shape of error-weighted flux deviations'),
  feature('bazin_fit_amplitude', 'nJy', 'Bazin fit: amplitude A'),
  feature('bazin_fit_baseline', 'nJy', 'Bazin fit: baseline B'),
  feature('bazin_fit_reference_time', 'd', 'Bazin fit: reference time t0, MJD'),
  feature('bazin_fit_rise_time', 'd', 'Bazin fit: rise time'),
  feature('bazin_fit_fall_time', 'd', 'Bazin fit: fall time'),
  feature('bazin_fit_reduced_chi2', '', 'Bazin fit: reduced chi-square'),
  feature('villar_fit_amplitude', 'nJy', 'Villar fit: amplitude A'),
  feature('villar_fit_baseline', 'nJy', 'Villar fit: baseline c'),
  feature('villar_fit_reference_time', 'd', 'Villar fit: reference time t0, MJD'),
  feature('villar_fit_rise_time', 'd', 'Villar fit: rise time'),
  feature('villar_fit_fall_time', 'd', 'Villar fit: fall time after the plateau'),
  feature('villar_fit_plateau_rel_amplitude', '', 'Villar fit: fraction nu of the amplitude lost along the plateau'),
  feature('villar_fit_plateau_duration', 'd', 'Villar fit: plateau duration gamma'),
  feature('villar_fit_reduced_chi2', '', 'Villar fit: reduced chi-square'),
];

/** How many features a band has. */
export const FEATURE_COUNT = FEATURES.length;

const indices = new Map(FEATURES.map(({ key }, index) => [key, index]));

/**
 * Position of a feature in `FEATURES` and in the output of `extractFeatures`.
 *
 * @throws TypeError  when there is no feature of that name
 */
export function featureIndex(key: string): number {
  const index = indices.get(key);
  if (index === undefined) throw new TypeError(`no light-curve feature is called ${JSON.stringify(key)}`);
  return index;
}

const namesByBand = new Map<string, readonly string[]>();

/** Property names of a band's features, `feature_<key>_<band>`, in the order of `FEATURES`. Kept per band. */
export function featurePropertyNames(band: string): readonly string[] {
  let names = namesByBand.get(band);
  if (names === undefined) {
    names = FEATURES.map(({ key }) => `feature_${key}_${band}`);
    // Bands come from packets and from users' files: an endless supply of odd ones must not fill the memory.
    if (namesByBand.size < 64) namesByBand.set(band, names);
  }
  return names;
}

/** Declarations of a band's features, as a filter states its outputs. */
export function featureDeclarations(band: string): PropertyDeclaration[] {
  const names = featurePropertyNames(band);
  return FEATURES.map(({ description, unit }, index) => ({
    name: names[index]!,
    type: 'float',
    description: unit === '' ? `${band} band: ${description}` : `${band} band: ${description} [${unit}]`,
  }));
}
