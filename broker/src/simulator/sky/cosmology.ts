/** Hubble constant [km/s/Mpc] and matter density of the flat cosmology used throughout. */
const HUBBLE = 70;
const MATTER = 0.3;
const LIGHT_KM_S = 299792.458;

/** Comoving distance [Mpc] to a redshift: Simpson's rule in 32 steps, better than 1e-6 below z = 2. */
function comovingMpc(redshift: number): number {
  const steps = 32;
  const step = redshift / steps;
  const inverse = (z: number): number => 1 / Math.sqrt(MATTER * (1 + z) ** 3 + 1 - MATTER);
  let sum = inverse(0) + inverse(redshift);
  for (let i = 1; i < steps; i += 1) sum += inverse(i * step) * (i % 2 === 1 ? 4 : 2);
  return ((LIGHT_KM_S / HUBBLE) * sum * step) / 3;
}

/** Distance modulus [mag] of a redshift > 0. */
export function distanceModulus(redshift: number): number {
  return 5 * Math.log10(comovingMpc(redshift) * (1 + redshift)) + 25;
}

/** Transverse scale [kpc per arcsec] at a redshift > 0. */
export function kpcPerArcsec(redshift: number): number {
  return ((comovingMpc(redshift) / (1 + redshift)) * 1000 * Math.PI) / (180 * 3600);
}
