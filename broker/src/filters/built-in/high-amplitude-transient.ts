import { Filter, type FilterLocus } from '../filter.ts';
import { LSST_DETECTION, ZTF_DETECTION } from './alert-surveys.ts';
import { findCounterpart, HIGH_AMPLITUDE_MAG, rowsLikeAlert, weightedDeviation } from './amplitude.ts';

/**
 * Tags what appeared where no star was, and changes by a lot: the weighted standard deviation of its difference magnitudes
 * in the new alert's passband is above 0.5 mag.
 *
 * Supernovae, novae of other galaxies, stars torn apart. There is no star below, so the difference is the source. Only
 * points brighter than the reference count: a magnitude that is missing from an active nucleus and one that is added to it
 * are not two brightnesses of one thing. Where a packet does not say what was there before, nothing is tagged.
 *
 * ANTARES' official filter is `HighAmp_v2`: see `HighAmplitudeVariable` for it, and `amplitude.ts` for which loci count as stars.
 */
export class HighAmplitudeTransient extends Filter {
  readonly name = 'high_amplitude_transient';
  readonly description =
    'Source that is no star, whose difference magnitudes in the passband of the newest alert deviate by more than 0.5 mag.';
  override readonly surveyNumbers = [ZTF_DETECTION, LSST_DETECTION];
  override readonly outputTags = [
    {
      name: 'high_amplitude_transient_candidate',
      description: 'Locus is a transient, or may be one, that changes with a high amplitude.',
    },
  ];

  run(locus: FilterLocus): void {
    const { sign, mag, magErr } = locus.lightCurve;
    const rows = rowsLikeAlert(locus);
    const brighter = rows.filter((row) => sign[row]! > 0);
    // The light curve is in memory, the neighbours may have to be decoded: so the deviation is asked first.
    if (brighter.length < 2 || !(weightedDeviation(brighter, mag, magErr) > HIGH_AMPLITUDE_MAG)) return;
    if (findCounterpart(locus, rows) === 'other') locus.tag('high_amplitude_transient_candidate');
  }
}
