import { fluxOfMagnitude } from '../../model/magnitudes.ts';
import type { Random } from '../random.ts';
import { bazin } from './bazin.ts';
import { distanceModulus, kpcPerArcsec } from './cosmology.ts';
import { hostFluxBeneath, hostReference, makeHost, placeInHost } from './host-galaxy.ts';
import { peakTime, placeInRegion, type SkyContext } from './sky-context.ts';
import type { Band, SimulatedSource } from './source.ts';
import { distanceArcsec } from './tangent-plane.ts';

type Type = 'IIP' | 'Ibc' | 'IIn';

/** Absolute magnitude at maximum in r, and its scatter (Richardson et al. 2014) [mag]. */
const PEAK: Readonly<Record<Type, readonly [mean: number, scatter: number]>> = {
  IIP: [-16.8, 0.8],
  Ibc: [-17.6, 0.7],
  IIn: [-18.8, 0.8],
};

/** Colour against r at maximum [mag]. */
const COLOUR: Readonly<Record<Band, number>> = { u: 0.3, g: 0.1, r: 0, i: 0.05, z: 0.1, y: 0.15 };

/** Fading on the plateau [mag/d]: the photosphere cools, blue goes first. */
const PLATEAU_SLOPE: Readonly<Record<Band, number>> = { u: 0.07, g: 0.025, r: 0.008, i: 0.006, z: 0.005, y: 0.005 };

/** How much faster than r the bands of a stripped or interacting supernova fall. */
const FALL: Readonly<Record<Band, number>> = { u: 0.55, g: 0.75, r: 1, i: 1.1, z: 1.15, y: 1.2 };

/**
 * A core-collapse supernova: a plateau (six in ten), a stripped envelope (three) or an interacting one.
 *
 * The plateau rises in a week, fades slowly for about a hundred days, drops by two magnitudes and follows cobalt (0.0098
 * mag a day, Woosley 1988); the others are Bazin functions. Redshifts evenly up to 0.1; no K corrections.
 */
export function makeSupernovaCoreCollapse(index: number, random: Random, context: SkyContext): SimulatedSource {
  const draw = random.unit();
  const type: Type = draw < 0.6 ? 'IIP' : draw < 0.9 ? 'Ibc' : 'IIn';
  const redshift = random.uniform(0.004, 0.1);
  const modulus = distanceModulus(redshift);
  const host = makeHost(
    random,
    `SIMG${index}`,
    placeInRegion(context.region, random),
    redshift,
    modulus,
    kpcPerArcsec(redshift),
  );
  const place = placeInHost(host, random);
  const peak = peakTime(context, random);
  const [mean, scatter] = PEAK[type];
  const absolute = random.normal(mean, scatter);
  const rise = type === 'IIn' ? random.uniform(8, 15) : random.uniform(4, 6);
  const fall = type === 'IIn' ? random.uniform(50, 90) : random.uniform(18, 30);
  const plateau = random.uniform(80, 120);
  const riseTime = random.uniform(6, 10);
  const offsetArcsec = distanceArcsec(place, host.place);
  return {
    index,
    id: `supernova_core_collapse-${index}`,
    kind: 'supernova_core_collapse',
    place,
    difference(band, mjd) {
      const phase = (mjd - peak) / (1 + redshift);
      const amplitude = fluxOfMagnitude(absolute + COLOUR[band] + modulus);
      if (type !== 'IIP') return phase < -6 * rise ? 0 : amplitude * bazin(phase, rise, fall * FALL[band]);
      if (phase < -riseTime) return 0;
      if (phase < 0) return amplitude * (1 - (phase / riseTime) ** 2);
      const drop = (time: number): number => 2 / (1 + Math.exp(-(time - plateau) / 6));
      const slope =
        phase < plateau ? PLATEAU_SLOPE[band] * phase : PLATEAU_SLOPE[band] * plateau + 0.0098 * (phase - plateau);
      return amplitude * 10 ** (-0.4 * (slope + drop(phase) - drop(0)));
    },
    template: (band) => hostFluxBeneath(host, band, offsetArcsec),
    reference: hostReference(host, random),
    host,
    truth: {
      type,
      redshift,
      peak_mjd: peak,
      peak_mag_g: absolute + COLOUR.g + modulus,
      peak_mag_r: absolute + modulus,
      host_offset_arcsec: offsetArcsec,
    },
  };
}
