import { fluxOfMagnitude } from '../../model/magnitudes.ts';
import type { SkyPosition } from '../../sky/position.ts';
import type { Random } from '../random.ts';
import type { Band, Host, ReferenceSource } from './source.ts';
import { placeBeside } from './tangent-plane.ts';

/** Colours of a galaxy against r for g − r = 1: bluer bands fade faster, redder ones brighten slower. */
const SLOPE: Readonly<Record<Band, number>> = { u: 2.6, g: 1, r: 0, i: -0.45, z: -0.75, y: -0.95 };

/**
 * A galaxy at a redshift: luminosity from a Schechter-like spread about L*, size from luminosity.
 *
 * M*_r = −21.2 (Blanton et al. 2003); R25 follows L^0.4 about 12 kpc at L*, with 0.25 dex of scatter, so that nearby
 * bright ones span arcminutes and distant ones an arcsecond.
 *
 * @param random    the galaxy's own stream
 * @param name      name for catalogues
 * @param place     centre, ICRS [deg]
 * @param redshift  > 0
 * @param modulus   distance modulus [mag]
 * @param kpcPerArcsec  transverse scale
 */
export function makeHost(
  random: Random,
  name: string,
  place: SkyPosition,
  redshift: number,
  modulus: number,
  kpcPerArcsec: number,
): Host {
  const absolute = -21.2 + Math.abs(random.normal(0, 1.3));
  const kpc = 12 * 10 ** (-0.16 * (absolute + 21.2)) * 10 ** random.normal(0, 0.12);
  return {
    name,
    place,
    redshift,
    radiusArcsec: Math.max(1, kpc / kpcPerArcsec),
    magR: absolute + modulus,
    colour: random.uniform(0.35, 0.95),
  };
}

/** AB magnitude of a host in a band [mag]. */
export function hostMagnitude(host: Host, band: Band): number {
  return host.magR + host.colour * SLOPE[band];
}

/** A place in the host: exponential disc of scale length R25 / 3.2 (Freeman 1970), seen face-on. */
export function placeInHost(host: Host, random: Random): SkyPosition {
  // Radius of an exponential disc: the sum of two exponential deviates.
  const radius = (random.exponential(1) + random.exponential(1)) * (host.radiusArcsec / 3.2);
  return placeBeside(host.place, Math.min(radius, 1.2 * host.radiusArcsec), random.uniform(0, 360));
}

/** The host as the reference image lists it. */
export function hostReference(host: Host, random: Random): ReferenceSource {
  return { place: host.place, mag: (band) => hostMagnitude(host, band), starScore: random.unit() ** 3 * 0.2 };
}

/**
 * Flux of the host beneath a point [nJy]: what a point-source fit at `offsetArcsec` from the centre takes in.
 *
 * An exponential profile within a PSF of about two arcseconds; a few per cent of the whole for a large galaxy.
 */
export function hostFluxBeneath(host: Host, band: Band, offsetArcsec: number): number {
  const scale = host.radiusArcsec / 3.2;
  const share = 1 / (1 + (scale / 0.9) ** 2);
  return fluxOfMagnitude(hostMagnitude(host, band)) * share * Math.exp(-offsetArcsec / Math.max(scale, 0.5));
}
