import { fluxOfMagnitude } from '../../model/magnitudes.ts';
import type { Random } from '../random.ts';
import { bazin } from './bazin.ts';
import { distanceModulus, kpcPerArcsec } from './cosmology.ts';
import { hostFluxBeneath, hostReference, makeHost, placeInHost } from './host-galaxy.ts';
import { peakTime, placeInRegion, type SkyContext } from './sky-context.ts';
import type { Band, SimulatedSource } from './source.ts';
import { distanceArcsec } from './tangent-plane.ts';

/** Absolute magnitude at maximum, time scales of rise and fall in the rest frame [d], per band. */
const SHAPE: Readonly<Record<Band, readonly [absolute: number, rise: number, fall: number]>> = {
  u: [-19.0, 3.4, 11],
  g: [-19.25, 3.8, 15],
  r: [-19.15, 4.2, 21],
  i: [-18.55, 4.0, 20],
  z: [-18.45, 4.0, 21],
  y: [-18.3, 4.0, 22],
};

/** Share of the first maximum that the second one reaches, about 25 days later, in the bands that have one. */
const SECOND_MAXIMUM: Readonly<Partial<Record<Band, number>>> = { i: 0.35, z: 0.4, y: 0.5 };

/**
 * A thermonuclear supernova in a host galaxy.
 *
 * Light curve: a Bazin function per band, stretched in time and brighter the broader (Phillips 1993; M = −19.3 with
 * 1.5 (s − 1) and 3.1 c), dilated by 1 + z, with the second maximum of the red bands and the tail of cobalt. Redshifts are
 * drawn evenly up to 0.2, nearer than a fair volume would be, so that both surveys see some; no K corrections.
 */
export function makeSupernovaIa(index: number, random: Random, context: SkyContext): SimulatedSource {
  const redshift = random.uniform(0.008, 0.2);
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
  const stretch = Math.min(1.25, Math.max(0.75, random.normal(1, 0.1)));
  const colour = Math.max(-0.2, random.normal(0, 0.08));
  const offset = -1.5 * (stretch - 1) + 3.1 * colour + random.normal(0, 0.1);
  const amplitude = (band: Band): number =>
    fluxOfMagnitude(SHAPE[band][0] + offset + (band === 'u' || band === 'g' ? 0 : -0.8 * colour) + modulus);
  const offsetArcsec = distanceArcsec(place, host.place);
  return {
    index,
    id: `supernova_ia-${index}`,
    kind: 'supernova_ia',
    place,
    difference(band, mjd) {
      const phase = (mjd - peak) / (1 + redshift) / stretch;
      if (phase < -18) return 0;
      const [, rise, fall] = SHAPE[band];
      let shape = bazin(phase, rise, fall);
      if (phase > 0) {
        shape += 0.08 * (1 - Math.exp(-((phase / 25) ** 2))) * Math.exp(-phase / 60);
        const second = SECOND_MAXIMUM[band];
        // Squared twice over: no slope at phase 0, so that the first maximum stays where the truth says.
        if (second !== undefined)
          shape += second * Math.exp(-(((phase - 25) / 9) ** 2)) * Math.min(1, (phase / 10) ** 2);
      }
      return amplitude(band) * shape;
    },
    template: (band) => hostFluxBeneath(host, band, offsetArcsec),
    reference: hostReference(host, random),
    host,
    truth: {
      redshift,
      peak_mjd: peak,
      peak_mag_g: SHAPE.g[0] + offset + modulus,
      peak_mag_r: SHAPE.r[0] + offset - 0.8 * colour + modulus,
      stretch,
      colour,
      host_offset_arcsec: offsetArcsec,
    },
  };
}
