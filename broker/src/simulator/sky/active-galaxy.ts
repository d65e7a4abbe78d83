import { abMagnitude, fluxOfMagnitude } from '../../model/magnitudes.ts';
import { Random } from '../random.ts';
import { distanceModulus, kpcPerArcsec } from './cosmology.ts';
import { hostFluxBeneath, hostReference, makeHost } from './host-galaxy.ts';
import { placeInRegion, type SkyContext } from './sky-context.ts';
import type { Band, ReferenceSource, SimulatedSource } from './source.ts';

/** Effective wavelength of a band [nm]: the shorter, the larger the amplitude. */
const WAVELENGTH: Readonly<Record<Band, number>> = { u: 368, g: 480, r: 623, i: 754, z: 869, y: 971 };

/** Days before the sky's first night at which the walk begins: the templates were taken in the first hundred of them. */
const LEAD_DAYS = 500;
/** Step of the walk [d]; between steps the magnitude is interpolated, which only visits of one night can tell. */
const STEP_DAYS = 0.5;

/**
 * A galaxy with an active nucleus.
 *
 * Its magnitude is a damped random walk (Kelly et al. 2009; MacLeod et al. 2010): X(t + s) = a X(t) + σ √(1 − a²) N with
 * a = exp(−s/τ), τ of 100 to 400 d in the rest frame, σ of 0.1 to 0.35 mag at 400 nm, falling as λ^−0.48. All bands walk
 * together. The walk is kept from its beginning to the latest time asked for.
 */
export function makeActiveGalaxy(index: number, random: Random, context: SkyContext): SimulatedSource {
  const redshift = random.uniform(0.02, 0.9);
  const place = placeInRegion(context.region, random);
  const host = makeHost(random, `SIMG${index}`, place, redshift, distanceModulus(redshift), kpcPerArcsec(redshift));
  const magR = random.uniform(16.5, 21);
  const tauDays = random.logNormal(200, 0.4) * (1 + redshift);
  const sigma = random.uniform(0.1, 0.35);
  const colour = random.uniform(0, 0.4);
  const step = Math.exp(-STEP_DAYS / tauDays);
  const kick = Math.sqrt(1 - step * step);
  const startMjd = context.startMjd - LEAD_DAYS;
  const walker = new Random(random.word(), random.word());
  const walk: number[] = [walker.normal()];
  const walkAt = (mjd: number): number => {
    const steps = Math.max(0, (mjd - startMjd) / STEP_DAYS);
    const before = Math.floor(steps);
    while (walk.length <= before + 1) walk.push(step * walk[walk.length - 1]! + kick * walker.normal());
    return walk[before]! + (steps - before) * (walk[before + 1]! - walk[before]!);
  };
  const meanMag = (band: Band): number => magR + colour * (WAVELENGTH.r / WAVELENGTH[band] - 1) * 2;
  const nucleus = (band: Band, mjd: number): number =>
    fluxOfMagnitude(meanMag(band) + sigma * (WAVELENGTH[band] / 400) ** -0.48 * walkAt(mjd));
  const templateFlux = new Map<Band, number>();
  const templateOf = (band: Band): number => {
    let flux = templateFlux.get(band);
    if (flux === undefined) {
      flux = 0;
      for (let i = 0; i < 10; i += 1) flux += nucleus(band, startMjd + 10 * i) / 10;
      templateFlux.set(band, flux);
    }
    return flux;
  };
  const galaxy: ReferenceSource = hostReference(host, random);
  const isQuasar = fluxOfMagnitude(magR) > fluxOfMagnitude(host.magR);
  return {
    index,
    id: `active_galaxy-${index}`,
    kind: 'active_galaxy',
    place,
    difference: (band, mjd) => nucleus(band, mjd) - templateOf(band),
    template: (band) => templateOf(band) + hostFluxBeneath(host, band, 0),
    reference: {
      place,
      mag: (band) => abMagnitude(templateOf(band)),
      starScore: isQuasar ? 0.6 + 0.4 * galaxy.starScore : galaxy.starScore,
    },
    host,
    truth: { redshift, mean_mag_r: magR, tau_days: tauDays, sigma_mag: sigma },
  };
}
