import { abMagnitude, fluxOfMagnitude } from '../../model/magnitudes.ts';
import type { SkyPosition } from '../../sky/position.ts';
import type { Random } from '../random.ts';
import type { Band, ReferenceSource, SimulatedSource, SourceKind, Truth } from './source.ts';
import { starReference } from './star-reference.ts';

/** A star whose brightness repeats: what the makers of RR Lyrae, eclipsing binaries and Miras have in common. */
export interface PeriodicStar {
  readonly index: number;
  readonly kind: SourceKind;
  readonly place: SkyPosition;
  readonly periodDays: number;
  /** When phase is 0 [MJD, TAI]. */
  readonly epochMjd: number;
  /** Mean magnitude in a band [mag]. */
  readonly meanMag: (band: Band) => number;
  /** Magnitude against the mean at a phase in [0, 1) [mag]. */
  readonly shape: (band: Band, phase: number) => number;
  readonly truth: Truth;
}

/**
 * The source of a periodic star.
 *
 * The reference image is a stack of many epochs: it shows the mean of the flux over the phase, so that differences go both
 * ways.
 */
export function periodicSource(star: PeriodicStar, random: Random): SimulatedSource {
  const template = new Map<Band, number>();
  const templateOf = (band: Band): number => {
    let flux = template.get(band);
    if (flux === undefined) {
      flux = 0;
      const samples = 64;
      for (let i = 0; i < samples; i += 1)
        flux += fluxOfMagnitude(star.meanMag(band) + star.shape(band, (i + 0.5) / samples));
      flux /= samples;
      template.set(band, flux);
    }
    return flux;
  };
  // What the reference catalogue lists is what its image shows: then reference and difference add up to the star.
  const reference: ReferenceSource = starReference(star.place, random, (band) => abMagnitude(templateOf(band)));
  return {
    index: star.index,
    id: `${star.kind}-${star.index}`,
    kind: star.kind,
    place: star.place,
    difference(band, mjd) {
      const turns = (mjd - star.epochMjd) / star.periodDays;
      return fluxOfMagnitude(star.meanMag(band) + star.shape(band, turns - Math.floor(turns))) - templateOf(band);
    },
    template: templateOf,
    reference,
    host: undefined,
    truth: {
      period_days: star.periodDays,
      epoch_mjd: star.epochMjd,
      mean_mag_g: star.meanMag('g'),
      mean_mag_r: star.meanMag('r'),
      ...star.truth,
    },
  };
}

/**
 * A wave from −1 at phase 0 (brightest) to +1 and back, that takes the share `fading` of the period to fade: half a
 * cosine either way, so that both turns are smooth.
 */
export function skewedWave(phase: number, fading: number): number {
  const warped = phase < fading ? (0.5 * phase) / fading : 0.5 + (0.5 * (phase - fading)) / (1 - fading);
  return -Math.cos(2 * Math.PI * warped);
}
