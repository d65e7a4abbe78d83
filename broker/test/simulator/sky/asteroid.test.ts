import { describe, expect, it } from 'vitest';
import { type Asteroid, isAsteroid } from '../../../src/simulator/sky/asteroid.ts';
import { packedDesignation, unpackedDesignation } from '../../../src/simulator/sky/minor-planet-name.ts';
import { dot, earthAt, length, onOrbit, orbitThrough } from '../../../src/simulator/sky/orbit.ts';
import { DEFAULT_RATES, Population, type PopulationKind } from '../../../src/simulator/sky/population.ts';
import { capRadius, type SkyContext } from '../../../src/simulator/sky/sky-context.ts';
import { distanceArcsec } from '../../../src/simulator/sky/tangent-plane.ts';
import { lsstSolarSystemId } from '../../../src/simulator/survey/lsst-ids.ts';

const START = 61_284;
const CONTEXT: SkyContext = {
  region: { centre: { ra: 340, dec: -4 }, areaDeg2: 20 },
  startMjd: START,
  spanDays: 60,
  includesM31: false,
};

function asteroids(count: number): Asteroid[] {
  const rates = Object.fromEntries(
    Object.keys(DEFAULT_RATES).map((kind) => [kind, kind === 'asteroid' ? 1 : 0]),
  ) as Record<PopulationKind, number>;
  const population = new Population('asteroids', CONTEXT, rates);
  return Array.from({ length: count }, (_, index) => population.source(index)).filter(isAsteroid);
}

describe('asteroids', () => {
  it('begin in the region and move westward at opposition, some tenths of a degree a day', () => {
    for (const asteroid of asteroids(50)) {
      const there = asteroid.placeAt!(START);
      expect(distanceArcsec(there, asteroid.place)).toBeLessThan(0.01);
      expect(distanceArcsec(there, CONTEXT.region.centre) / 3600).toBeLessThanOrEqual(capRadius(20) + 1e-6);
      const next = asteroid.placeAt!(START + 1);
      const rate = distanceArcsec(there, next) / 3600;
      expect(rate).toBeGreaterThan(0.05);
      expect(rate).toBeLessThan(0.6);
      // The region is opposite the Sun in early September.
      expect(next.ra).toBeLessThan(there.ra);
    }
  });

  it('follow an arc of a great circle within a night', () => {
    for (const asteroid of asteroids(20)) {
      const [a, b, c] = [0, 0.1, 0.2].map((day) => asteroid.placeAt!(START + day));
      const bend = distanceArcsec(a!, b!) + distanceArcsec(b!, c!) - distanceArcsec(a!, c!);
      expect(Math.abs(bend)).toBeLessThan(0.05);
    }
  });

  it('an orbit gives back the place and the velocity that it was made from', () => {
    for (const { orbit } of asteroids(50)) {
      const { place, velocity } = onOrbit(orbit, START + 123);
      const again = onOrbit(orbitThrough(place, velocity, START + 123), START);
      const first = onOrbit(orbit, START);
      for (let axis = 0; axis < 3; axis += 1) {
        expect(again.place[axis]).toBeCloseTo(first.place[axis]!, 8);
        expect(again.velocity[axis]).toBeCloseTo(first.velocity[axis]!, 10);
      }
    }
  });

  it('velocity is the change of place', () => {
    const { orbit } = asteroids(1)[0]!;
    const step = 0.001;
    const [before, now, after] = [-step, 0, step].map((day) => onOrbit(orbit, START + 50 + day));
    for (let axis = 0; axis < 3; axis += 1) {
      const change = (after!.place[axis]! - before!.place[axis]!) / (2 * step);
      expect(change).toBeCloseTo(now!.velocity[axis]!, 8);
    }
  });

  it('ephemerides are consistent: range, phase and brightness', () => {
    for (const asteroid of asteroids(30)) {
      const now = asteroid.ephemeris(START + 3);
      const earth = earthAt(START + 3).place;
      for (let axis = 0; axis < 3; axis += 1) expect(now.topo[axis]! + earth[axis]!).toBeCloseTo(now.helio[axis]!, 12);
      expect(length(now.helio)).toBeGreaterThan(1.7);
      const cosPhase = dot(now.helio, now.topo) / (length(now.helio) * length(now.topo));
      expect(Math.cos((now.phaseAngle * Math.PI) / 180)).toBeCloseTo(cosPhase, 10);
      // Near opposition the phase is small and the asteroid nearly at H + 5 log(r Δ).
      const distanceTerm = 5 * Math.log10(length(now.helio) * length(now.topo));
      expect(now.magV - asteroid.absoluteMag - distanceTerm).toBeGreaterThan(0);
      expect(now.magV - asteroid.absoluteMag - distanceTerm).toBeLessThan(1.6);
    }
  });

  it('the Earth is where the almanac has it: the Sun at the equinox of March 2026', () => {
    // 2026-03-20 14:46 UTC: the Sun crosses the equator northward.
    const { place } = earthAt(61_119.6153);
    const ra = (Math.atan2(-place[1], -place[0]) * 180) / Math.PI;
    const dec = (Math.atan2(-place[2], Math.hypot(place[0], place[1])) * 180) / Math.PI;
    // The formula is of the equinox of date; ours is J2000: precession of 26 years is 0.37°.
    expect(Math.abs(dec)).toBeLessThan(0.2);
    expect(Math.abs(ra)).toBeLessThan(0.4);
    expect(length(place)).toBeCloseTo(0.996, 2);
  });
});

describe('designations', () => {
  it('are packed as the Minor Planet Center packs them', () => {
    expect(unpackedDesignation(0)).toBe('2001 AA');
    expect(packedDesignation(0)).toBe('K01A00A');
    const number = 16 + 20 * (16 + 24 * (0 + 25 * 109));
    expect(unpackedDesignation(number)).toBe('2017 RA109');
    expect(packedDesignation(number)).toBe('K17RA9A');
  });

  it('no two asteroids share one', () => {
    const names = new Set(Array.from({ length: 30_000 }, (_, index) => packedDesignation(index)));
    expect(names.size).toBe(30_000);
    expect([...names].every((name) => name.length === 7)).toBe(true);
  });

  it('the LSST id of an asteroid is its packed name: that of a real alert', () => {
    expect(lsstSolarSystemId('K17SA9A')).toBe(21_164_736_943_044_929n);
  });
});
