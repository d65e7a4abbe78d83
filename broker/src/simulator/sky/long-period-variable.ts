import type { Random } from '../random.ts';
import { periodicSource, skewedWave } from './periodic-star.ts';
import { placeInRegion, type SkyContext } from './sky-context.ts';
import type { Band, SimulatedSource } from './source.ts';

/** Amplitude against that in g, and colour against r: titanium oxide drowns the blue when the star is faint and cool. */
const AMPLITUDE: Readonly<Record<Band, number>> = { u: 1, g: 1, r: 0.8, i: 0.5, z: 0.4, y: 0.33 };
const COLOUR: Readonly<Record<Band, number>> = { u: 4, g: 1.7, r: 0, i: -1.6, z: -2.3, y: -2.7 };

/**
 * A Mira: a giant that pulsates with 120 to 480 days and 2.5 to 6 mag in g, the variable of highest amplitude that repeats.
 *
 * It rises faster than it fades. Mean r from 14.5 to 19.
 */
export function makeLongPeriodVariable(index: number, random: Random, context: SkyContext): SimulatedSource {
  const periodDays = random.uniform(120, 480);
  const amplitude = random.uniform(2.5, 6);
  const fading = random.uniform(0.52, 0.65);
  const magR = random.uniform(14.5, 19);
  return periodicSource(
    {
      index,
      kind: 'long_period_variable',
      place: placeInRegion(context.region, random),
      periodDays,
      epochMjd: context.startMjd + random.uniform(0, periodDays),
      meanMag: (band) => magR + COLOUR[band],
      shape: (band, phase) => 0.5 * amplitude * AMPLITUDE[band] * skewedWave(phase, fading),
      truth: { type: 'M', amplitude_g: amplitude },
    },
    random,
  );
}
