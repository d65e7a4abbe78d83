import { separationArcsec } from '../../sky/separation.ts';
import { Filter, type FilterLocus } from '../filter.ts';
import { DETECTIONS } from './alert-surveys.ts';

/** Centre of the Andromeda galaxy, ICRS [deg]. */
const M31 = { ra: 10.6847083, dec: 41.26875 } as const;
/** Radius that counts as in it [deg]; exclusive. */
const RADIUS_DEG = 2;

/**
 * Tags loci in line with the Andromeda galaxy, M31: less than 2 degrees from its centre.
 *
 * The circle is ANTARES' own. The ellipse of the 25th magnitude isophote (D25 = 190 arcmin, so 95 arcmin along the major
 * axis and 30 across) would leave out the outer disc, where novae and young variables are found. Two degrees are 27 kpc
 * there and hold both, at the price of foreground stars, which an ellipse would not keep out either. The position is that
 * of the newest alert.
 *
 * @see ANTARES' official filter `InM31`
 */
export class InM31 extends Filter {
  readonly name = 'in_m31';
  readonly description = 'Newest alert is less than 2 degrees from the centre of M31.';
  override readonly surveyNumbers = DETECTIONS;
  override readonly requiredAlertProperties = ['ant_ra', 'ant_dec'];
  override readonly outputTags = [{ name: 'in_m31', description: 'Locus is in line with the Andromeda galaxy, M31.' }];

  run(locus: FilterLocus): void {
    const { lightCurve, alertRow } = locus;
    const dec = lightCurve.dec[alertRow]!;
    // Most of the sky is ruled out without trigonometry.
    if (Math.abs(dec - M31.dec) > RADIUS_DEG) return;
    if (separationArcsec(M31.ra, M31.dec, lightCurve.ra[alertRow]!, dec) < RADIUS_DEG * 3600) locus.tag('in_m31');
  }
}
