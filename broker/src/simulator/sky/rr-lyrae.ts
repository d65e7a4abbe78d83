import type { Random } from '../random.ts';
import { periodicSource, skewedWave } from './periodic-star.ts';
import { placeInRegion, type SkyContext } from './sky-context.ts';
import type { Band, SimulatedSource } from './source.ts';

/** Amplitude against that in g, and colour against r (Sesar et al. 2010). */
const AMPLITUDE: Readonly<Record<Band, number>> = { u: 0.95, g: 1, r: 0.71, i: 0.56, z: 0.52, y: 0.5 };
const COLOUR: Readonly<Record<Band, number>> = { u: 1.3, g: 0.2, r: 0, i: -0.05, z: -0.06, y: -0.06 };

/**
 * An RR Lyrae star.
 *
 * Three in four pulsate in the fundamental mode (ab): 0.45 to 0.8 d, 0.5 to 1.3 mag in g, larger the shorter (the Bailey
 * diagram), rising in a sixth of the period. The others (c) do so in the first overtone: 0.22 to 0.42 d, 0.3 to 0.6 mag,
 * nearly a sine.
 */
export function makeRrLyrae(index: number, random: Random, context: SkyContext): SimulatedSource {
  const isFundamental = random.chance(0.75);
  const periodDays = isFundamental ? random.uniform(0.45, 0.8) : random.uniform(0.22, 0.42);
  const amplitude = isFundamental
    ? Math.max(0.5, 1.25 - 2.2 * (periodDays - 0.45) + random.normal(0, 0.1))
    : random.uniform(0.3, 0.6);
  const fading = isFundamental ? random.uniform(0.8, 0.87) : random.uniform(0.55, 0.6);
  const magR = random.uniform(15, 20.5);
  return periodicSource(
    {
      index,
      kind: 'rr_lyrae',
      place: placeInRegion(context.region, random),
      periodDays,
      epochMjd: context.startMjd + random.uniform(0, periodDays),
      meanMag: (band) => magR + COLOUR[band],
      shape: (band, phase) => 0.5 * amplitude * AMPLITUDE[band] * skewedWave(phase, fading),
      truth: { type: isFundamental ? 'RRab' : 'RRc', amplitude_g: amplitude },
    },
    random,
  );
}
