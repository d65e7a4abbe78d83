import { describe, expect, it } from 'vitest';
import { hostFluxBeneath } from '../../../src/simulator/sky/host-galaxy.ts';
import { DEFAULT_RATES, Population, type PopulationKind } from '../../../src/simulator/sky/population.ts';
import type { SkyContext } from '../../../src/simulator/sky/sky-context.ts';
import type { SimulatedSource } from '../../../src/simulator/sky/source.ts';
import { distanceArcsec } from '../../../src/simulator/sky/tangent-plane.ts';

const START = 61_284;
const CONTEXT: SkyContext = {
  region: { centre: { ra: 340, dec: -4 }, areaDeg2: 20 },
  startMjd: START,
  spanDays: 60,
  includesM31: true,
};
const ONLY = Object.fromEntries(Object.keys(DEFAULT_RATES).map((kind) => [kind, 0])) as Record<PopulationKind, number>;

function some(kind: PopulationKind, count: number): SimulatedSource[] {
  const population = new Population('light curves', CONTEXT, { ...ONLY, [kind]: 1 });
  return Array.from({ length: count }, (_, index) => population.source(index));
}

function truth(source: SimulatedSource, name: string): number {
  const value = source.truth[name];
  if (typeof value !== 'number') throw new Error(`${source.id} has no ${name}`);
  return value;
}

/** Magnitude of the source alone, its reference included. */
function magnitude(source: SimulatedSource, band: 'g' | 'r', mjd: number): number {
  return 31.4 - 2.5 * Math.log10(source.difference(band, mjd) + source.template(band));
}

describe('transients', () => {
  it.each(['supernova_ia', 'supernova_core_collapse', 'nova'] as const)(
    'a %s is brightest when and as bright as its truth says',
    (kind) => {
      for (const source of some(kind, 20)) {
        const peak = truth(source, 'peak_mjd');
        let best = -40;
        for (let day = -40; day <= 60; day += 0.25) {
          if (source.difference('r', peak + day) > source.difference('r', peak + best)) best = day;
        }
        expect(Math.abs(best), source.id).toBeLessThanOrEqual(1);
        const mag = 31.4 - 2.5 * Math.log10(source.difference('r', peak));
        expect(Math.abs(mag - truth(source, 'peak_mag_r')), source.id).toBeLessThan(0.02);
        expect(source.difference('r', peak - 150), source.id).toBe(0);
        expect(source.difference('r', peak + 200)).toBeLessThan(0.3 * source.difference('r', peak));
      }
    },
  );

  it('a nova fades by two magnitudes in t2', () => {
    for (const source of some('nova', 20)) {
      const peak = truth(source, 'peak_mjd');
      const ratio = source.difference('r', peak + truth(source, 't2_days')) / source.difference('r', peak);
      expect(-2.5 * Math.log10(ratio)).toBeCloseTo(2, 6);
    }
  });

  it('half of the novae lie in Andromeda, within its disc', () => {
    const novae = some('nova', 200);
    const there = novae.filter((source) => source.truth['in_m31'] === true);
    expect(there.length).toBeGreaterThan(70);
    expect(there.length).toBeLessThan(130);
    for (const { place } of there) {
      expect(distanceArcsec(place, { ra: 10.6847, dec: 41.2688 })).toBeLessThanOrEqual(5716 * 1.001);
    }
  });

  it('a supernova lies in or at the rim of its host', () => {
    for (const source of [...some('supernova_ia', 30), ...some('supernova_core_collapse', 30)]) {
      const { host } = source;
      if (host === undefined) throw new Error('no host');
      expect(distanceArcsec(source.place, host.place)).toBeLessThanOrEqual(1.2 * host.radiusArcsec + 1e-6);
    }
  });
});

describe('variable stars', () => {
  it.each(['rr_lyrae', 'eclipsing_binary', 'long_period_variable'] as const)('a %s repeats with its period', (kind) => {
    for (const source of some(kind, 20)) {
      const period = truth(source, 'period_days');
      for (const phase of [0.03, 0.31, 0.77]) {
        const time = START + phase * period;
        expect(magnitude(source, 'g', time + 13 * period)).toBeCloseTo(magnitude(source, 'g', time), 5);
      }
      expect(Math.abs(magnitude(source, 'g', START) - magnitude(source, 'g', START + 0.4 * period))).toBeGreaterThan(0);
    }
  });

  it('an RR Lyrae varies by its amplitude, brightest at its epoch', () => {
    for (const source of some('rr_lyrae', 20)) {
      const [period, epoch] = [truth(source, 'period_days'), truth(source, 'epoch_mjd')];
      const mags = Array.from({ length: 500 }, (_, i) => magnitude(source, 'g', epoch + (i / 500) * period));
      expect(Math.max(...mags) - Math.min(...mags)).toBeCloseTo(truth(source, 'amplitude_g'), 2);
      expect(mags[0]).toBeCloseTo(Math.min(...mags), 4);
    }
  });

  it('an eclipsing binary is faintest at its epoch', () => {
    for (const source of some('eclipsing_binary', 20)) {
      const [period, epoch] = [truth(source, 'period_days'), truth(source, 'epoch_mjd')];
      const mags = Array.from({ length: 1000 }, (_, i) => magnitude(source, 'r', epoch + (i / 1000) * period));
      expect(mags[0]).toBeCloseTo(Math.max(...mags), 2);
    }
  });

  it('the reference image shows the mean: a periodic star is below it as well as above', () => {
    for (const source of some('rr_lyrae', 10)) {
      const period = truth(source, 'period_days');
      const fluxes = Array.from({ length: 400 }, (_, i) => source.difference('r', START + (i / 400) * period));
      const mean = fluxes.reduce((sum, flux) => sum + flux, 0) / fluxes.length;
      expect(Math.abs(mean)).toBeLessThan(0.01 * source.template('r'));
      expect(Math.min(...fluxes)).toBeLessThan(0);
      expect(Math.max(...fluxes)).toBeGreaterThan(0);
    }
  });

  it('flares are brief, positive and bluer than the star', () => {
    let flaring = 0;
    for (const source of some('flare_star', 10)) {
      for (let minute = 0; minute < 3 * 1440; minute += 5) {
        const mjd = START + minute / 1440;
        const [g, r] = [source.difference('g', mjd), source.difference('r', mjd)];
        expect(g).toBeGreaterThanOrEqual(0);
        if (g <= 0.1 * source.template('g')) continue;
        flaring += 1;
        expect(g / r).toBeGreaterThan(source.template('g') / source.template('r'));
      }
    }
    // Some ten stars with about one flare a day of some minutes to an hour, looked at for three days.
    expect(flaring).toBeGreaterThan(20);
    expect(flaring / (10 * 864)).toBeLessThan(0.2);
  });

  it('a dwarf nova comes back after its cycle, give or take a fifth', () => {
    for (const source of some('dwarf_nova', 10)) {
      const cycle = truth(source, 'cycle_days');
      const rises: number[] = [];
      const isUp = (mjd: number): boolean => source.difference('r', mjd) > 5 * source.template('r');
      for (let mjd = START; mjd < START + 6 * cycle; mjd += 0.2) if (isUp(mjd) && !isUp(mjd - 0.2)) rises.push(mjd);
      expect(rises.length).toBeGreaterThanOrEqual(5);
      for (let i = 1; i < rises.length; i += 1) {
        expect(Math.abs(rises[i]! - rises[i - 1]! - cycle)).toBeLessThan(0.21 * cycle + 0.5);
      }
    }
  });
});

describe('active galaxies', () => {
  it('wander as a damped random walk: a day apart hardly, years apart by sigma times the root of two', () => {
    const sources = some('active_galaxy', 150);
    let [near, far] = [0, 0];
    for (const source of sources) {
      const { host } = source;
      if (host === undefined) throw new Error('no host');
      // At 480 nm the walk's sigma is that of 400 nm times 1.2^−0.48.
      const sigma = truth(source, 'sigma_mag') * (480 / 400) ** -0.48;
      const nucleus = source.template('g') - hostFluxBeneath(host, 'g', 0);
      const mag = (mjd: number): number => -2.5 * Math.log10(source.difference('g', mjd) + nucleus);
      near += ((mag(START + 1) - mag(START)) / sigma) ** 2;
      far += ((mag(START + 2500) - mag(START)) / sigma) ** 2;
    }
    expect(Math.sqrt(far / sources.length)).toBeGreaterThan(1.15);
    expect(Math.sqrt(far / sources.length)).toBeLessThan(1.7);
    expect(Math.sqrt(near / sources.length)).toBeLessThan(0.2);
  });

  it('asked about an earlier time after a later one, they answer the same', () => {
    const [first, again] = [some('active_galaxy', 1)[0]!, some('active_galaxy', 1)[0]!];
    const later = first.difference('r', START + 900);
    expect(again.difference('r', START - 10)).toBe(first.difference('r', START - 10));
    expect(again.difference('r', START + 900)).toBe(later);
  });
});
