import { fluxOfMagnitude } from '../../model/magnitudes.ts';
import { Random } from '../random.ts';
import { placeInRegion, type SkyContext } from './sky-context.ts';
import type { Band, SimulatedSource } from './source.ts';
import { starReference } from './star-reference.ts';

/** Colour of the star against r: an M dwarf. */
const COLOUR: Readonly<Record<Band, number>> = { u: 3.9, g: 1.5, r: 0, i: -1.2, z: -1.8, y: -2.1 };

/** Flux of a flare against that in g: a body of 10,000 K on a cool star. */
const FLARE_COLOUR: Readonly<Record<Band, number>> = { u: 1.3, g: 1, r: 0.72, i: 0.55, z: 0.45, y: 0.4 };

/**
 * An M dwarf that flares.
 *
 * Flares come at random, up to two a day, as many times rarer as they are stronger (amplitude in g from 0.3 of the star's
 * light upward, power law of index 1.8). Each rises within its half-width of 3 to 20 minutes and falls in two exponentials
 * (Davenport et al. 2014). The flares of a day come from that day's own stream.
 */
export function makeFlareStar(index: number, random: Random, context: SkyContext): SimulatedSource {
  const place = placeInRegion(context.region, random);
  const magR = random.uniform(15, 20);
  const flaresPerDay = random.uniform(0.3, 2);
  const word0 = random.word();
  const word1 = random.word();
  const day = new Random(0);
  const quiescent = (band: Band): number => magR + COLOUR[band];
  const reference = starReference(place, random, quiescent);
  /** Sum of the flares of one day at a time, in units of the star's flux in g. */
  const flaresOfDay = (number: number, mjd: number): number => {
    day.restart(word0, word1, number);
    let sum = 0;
    for (let left = day.poisson(flaresPerDay); left > 0; left -= 1) {
      const peak = number + day.unit();
      const halfWidth = (3 + 17 * day.unit()) / 1440;
      const amplitude = Math.min(40, 0.3 * day.unit() ** (-1 / 0.8));
      sum += amplitude * flareShape((mjd - peak) / halfWidth);
    }
    return sum;
  };
  return {
    index,
    id: `flare_star-${index}`,
    kind: 'flare_star',
    place,
    difference(band, mjd) {
      const today = Math.floor(mjd);
      const strength = flaresOfDay(today - 1, mjd) + flaresOfDay(today, mjd) + flaresOfDay(today + 1, mjd);
      return strength === 0 ? 0 : fluxOfMagnitude(quiescent('g')) * FLARE_COLOUR[band] * strength;
    },
    template: (band) => fluxOfMagnitude(quiescent(band)),
    reference,
    host: undefined,
    truth: { mean_mag_r: magR, mean_mag_g: quiescent('g'), flares_per_day: flaresPerDay },
  };
}

/** Davenport et al. 2014, equations 1 and 4, over time in half-widths; 1 at the peak. */
function flareShape(time: number): number {
  if (time <= -1 || time > 30) return 0;
  if (time < 0) return 1 + 1.941 * time - 0.175 * time ** 2 - 2.246 * time ** 3 - 1.125 * time ** 4;
  return 0.689 * Math.exp(-1.6 * time) + 0.303 * Math.exp(-0.2783 * time);
}
