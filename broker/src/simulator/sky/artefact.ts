import { fluxOfMagnitude } from '../../model/magnitudes.ts';
import type { Random } from '../random.ts';
import { placeInRegion, type SkyContext } from './sky-context.ts';
import type { SimulatedSource } from './source.ts';
import { starReference } from './star-reference.ts';
import { placeBeside } from './tangent-plane.ts';

/**
 * A place where subtraction goes wrong: not of the sky, though surveys send it.
 *
 * Two in five are dipoles: a bright star that the reference image has a fraction of a pixel elsewhere. The others are bad
 * columns, ghosts and spikes near bright stars. Each shows in 2 to 40 per cent of the exposures, with either sign and a
 * signal to noise that has nothing to do with the sky; the surveys' scores are low for most of them.
 */
export function makeArtefact(index: number, random: Random, context: SkyContext): SimulatedSource {
  const place = placeInRegion(context.region, random);
  const isDipole = random.chance(0.4);
  const type = isDipole ? 'dipole' : random.pick(['bad_column', 'ghost', 'spike']);
  const showing = random.uniform(0.02, 0.4);
  const typicalSnr = random.logNormal(8, 0.4);
  const starMag = isDipole ? random.uniform(13, 16) : random.uniform(9, 14);
  const starPlace = isDipole ? place : placeBeside(place, random.uniform(5, 25), random.uniform(0, 360));
  const star = starReference(starPlace, random, () => starMag);
  return {
    index,
    id: `artefact-${index}`,
    kind: 'artefact',
    place,
    difference: () => 0,
    template: () => (isDipole ? fluxOfMagnitude(starMag) * 0.05 : 0),
    reference: star,
    host: undefined,
    truth: { type, star_mag: starMag, showing },
    instrumental(draw) {
      if (draw() >= showing) return undefined;
      const snr = typicalSnr * (0.6 + draw());
      return draw() < (isDipole ? 0.5 : 0.3) ? -snr : snr;
    },
  };
}
