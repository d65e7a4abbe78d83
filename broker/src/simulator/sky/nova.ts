import { fluxOfMagnitude } from '../../model/magnitudes.ts';
import type { SkyPosition } from '../../sky/position.ts';
import type { Random } from '../random.ts';
import { M31, peakTime, placeInRegion, type SkyContext } from './sky-context.ts';
import type { Band, SimulatedSource } from './source.ts';
import { placeBeside } from './tangent-plane.ts';

/** Colour against r near maximum [mag]. */
const COLOUR: Readonly<Record<Band, number>> = { u: 0.6, g: 0.15, r: 0, i: 0.05, z: 0.1, y: 0.15 };

/** Novae of Andromeda are among the first so many sources: more sky is not more of Andromeda. */
const M31_SOURCES = 20_000;

/**
 * A classical nova, half of them in the Andromeda galaxy where that is observed.
 *
 * Absolute magnitude from the speed class: M = −7.92 − 0.81 arctan((1.32 − log t₂)/0.23) (della Valle & Livio 1995), with t₂,
 * the time to fade by two magnitudes, of 5 to 80 days. It rises in two days and fades as log(1 + t): fast, then slowly. Those
 * of our own Galaxy are put at moduli of 14 to 21 with their dust, faint enough for both surveys.
 */
export function makeNova(index: number, random: Random, context: SkyContext): SimulatedSource {
  const t2Days = random.logNormal(20, 0.7);
  const isInM31 = random.chance(0.5) && context.includesM31 && index < M31_SOURCES;
  const modulus = isInM31 ? M31.modulus : random.uniform(20.5, 25);
  const place = isInM31 ? placeInM31(random) : placeInRegion(context.region, random);
  const absolute = -7.92 - 0.81 * Math.atan((1.32 - Math.log10(t2Days)) / 0.23) + random.normal(0, 0.2);
  const peak = peakTime(context, random);
  const scale = t2Days / 3;
  return {
    index,
    id: `nova-${index}`,
    kind: 'nova',
    place,
    difference(band, mjd) {
      const phase = mjd - peak;
      if (phase < -2) return 0;
      const amplitude = fluxOfMagnitude(absolute + modulus + COLOUR[band]);
      if (phase < 0) return amplitude * (1 + phase / 2) ** 2;
      // Two magnitudes at t₂: 2 log₄(1 + t/scale) with scale = t₂/3.
      return amplitude * 10 ** (-0.8 * (Math.log(1 + phase / scale) / Math.log(4)));
    },
    // The unresolved light of Andromeda: 20 mag per square arcsec in its inner disc, under a PSF of 4 square arcsec.
    template: (band) => (isInM31 ? fluxOfMagnitude(18.5 + COLOUR[band] * 4) : 0),
    reference: undefined,
    host: undefined,
    truth: {
      peak_mjd: peak,
      peak_mag_g: absolute + modulus + COLOUR.g,
      peak_mag_r: absolute + modulus,
      t2_days: t2Days,
      in_m31: isInM31,
    },
  };
}

/** A place in the disc of Andromeda, exponential with a fifth of its radius, tilted as it is. */
function placeInM31(random: Random): SkyPosition {
  const radius = Math.min(1, (random.exponential(1) + random.exponential(1)) / 5) * M31.radiusArcsec;
  const turn = random.uniform(0, 2 * Math.PI);
  const along = radius * Math.cos(turn);
  const across = radius * Math.sin(turn) * M31.axisRatio;
  const angle = M31.positionAngle + (Math.atan2(across, along) * 180) / Math.PI;
  return placeBeside(M31.place, Math.hypot(along, across), angle);
}
