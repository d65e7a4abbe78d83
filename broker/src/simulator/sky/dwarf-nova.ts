import { fluxOfMagnitude } from '../../model/magnitudes.ts';
import { Random } from '../random.ts';
import { placeInRegion, type SkyContext } from './sky-context.ts';
import type { Band, SimulatedSource } from './source.ts';
import { starReference } from './star-reference.ts';

/** Colours against r in quiescence and in outburst [mag]. */
const QUIET: Readonly<Record<Band, number>> = { u: 0.1, g: 0.25, r: 0, i: -0.15, z: -0.25, y: -0.3 };
const OUTBURST: Readonly<Record<Band, number>> = { u: -0.3, g: -0.05, r: 0, i: 0.12, z: 0.22, y: 0.3 };

/**
 * A cataclysmic variable: faint for weeks, then three to six magnitudes brighter for days.
 *
 * Outbursts come every 20 to 90 days, give or take a fifth; each rises in a day, stays for 2 to 8 and fades by a magnitude in
 * two. Most are invisible in quiescence for ZTF: a transient without a host, again and again.
 */
export function makeDwarfNova(index: number, random: Random, context: SkyContext): SimulatedSource {
  const place = placeInRegion(context.region, random);
  const magR = random.uniform(19.5, 22.5);
  const amplitude = random.uniform(3, 6);
  const cycleDays = random.uniform(20, 90);
  const plateauDays = random.uniform(2, 8);
  const word0 = random.word();
  const word1 = random.word();
  const cycle = new Random(0);
  const startOf = (number: number): number =>
    (number + 0.2 * (cycle.restart(word0, word1, number).unit() - 0.5)) * cycleDays + context.startMjd;
  const reference = starReference(place, random, (band) => magR + QUIET[band]);
  return {
    index,
    id: `dwarf_nova-${index}`,
    kind: 'dwarf_nova',
    place,
    difference(band, mjd) {
      const number = Math.floor((mjd - context.startMjd) / cycleDays);
      const bright = fluxOfMagnitude(magR - amplitude + OUTBURST[band]);
      let flux = 0;
      for (let n = number - 1; n <= number + 1; n += 1) {
        const day = mjd - startOf(n);
        if (day <= 0) continue;
        if (day < 1) flux += bright * day;
        else if (day < 1 + plateauDays) flux += bright * 10 ** (-0.02 * (day - 1));
        else flux += bright * 10 ** (-0.02 * plateauDays - 0.2 * (day - 1 - plateauDays));
      }
      return flux;
    },
    template: (band) => fluxOfMagnitude(magR + QUIET[band]),
    reference,
    host: undefined,
    truth: {
      mean_mag_r: magR,
      mean_mag_g: magR + QUIET.g,
      amplitude_mag: amplitude,
      cycle_days: cycleDays,
      first_outburst_mjd: startOf(0),
    },
  };
}
