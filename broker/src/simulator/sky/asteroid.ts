import { fluxOfMagnitude } from '../../model/magnitudes.ts';
import type { SkyPosition } from '../../sky/position.ts';
import type { Random } from '../random.ts';
import { packedDesignation, unpackedDesignation } from './minor-planet-name.ts';
import {
  cross,
  dot,
  earthAt,
  length,
  type Orbit,
  onOrbit,
  orbitThrough,
  plus,
  SUN_GM,
  toEquatorial,
  unit,
  type Vector,
} from './orbit.ts';
import { placeInRegion, type SkyContext } from './sky-context.ts';
import type { Band, SimulatedSource } from './source.ts';

const DEG = Math.PI / 180;

/** Magnitude against V of a grey rock in sunlight. */
const COLOUR: Readonly<Record<Band, number>> = { u: 1.8, g: 0.4, r: -0.2, i: -0.33, z: -0.3, y: -0.3 };

/** Slope parameter G of all of them (Bowell et al. 1989). */
export const ASTEROID_SLOPE = 0.15;

/** Where an asteroid is at a moment, seen from the centre of the Earth and from the Sun; equatorial axes, light time left out. */
export interface AsteroidEphemeris {
  readonly place: SkyPosition;
  /** From the Sun [au], [au/d]. */
  readonly helio: Vector;
  readonly helioVelocity: Vector;
  /** From the Earth [au], [au/d]. */
  readonly topo: Vector;
  readonly topoVelocity: Vector;
  readonly phaseAngle: number;
  readonly elongation: number;
  /** Predicted V magnitude, without rotation. */
  readonly magV: number;
}

/** What is known of an asteroid beside what every source has. */
export interface Asteroid extends SimulatedSource {
  readonly orbit: Orbit;
  /** Absolute magnitude H. */
  readonly absoluteMag: number;
  /** Whether the Minor Planet Center has it: then surveys name it. */
  readonly isKnown: boolean;
  /** Provisional designation, `2017 SA109`, and packed, `K17SA9A`. */
  readonly designation: string;
  readonly packed: string;
  /** Number, for those numbered; else 0. */
  readonly number: number;
  ephemeris(mjd: number): AsteroidEphemeris;
}

/** Whether a source is an asteroid. */
export function isAsteroid(source: SimulatedSource): source is Asteroid {
  return source.kind === 'asteroid';
}

/**
 * A main-belt asteroid that crosses the region on the sky's first night.
 *
 * Its place in space follows from a direction and a distance from the Sun (2 to 3.3 au); its velocity is nearly that of a
 * circle, a few degrees off the ecliptic. From there on it follows Kepler: over a few nights an arc of a great circle, a
 * quarter of a degree a day, westward at opposition. Four in five are known to the Minor Planet Center. Brightness by H and G
 * with a rotation of 3 to 12 hours.
 */
export function makeAsteroid(index: number, random: Random, context: SkyContext): Asteroid {
  const direction = vectorOf(placeInRegion(context.region, random));
  const earth = earthAt(context.startMjd).place;
  const distance = random.uniform(2, 3.3);
  const toward = dot(earth, direction);
  const range = -toward + Math.sqrt(toward * toward + distance * distance - dot(earth, earth));
  const place = plus(earth, direction, range);
  const out = unit(place);
  const along = unit(cross(toEquatorial([0, 0, 1]), out));
  const up = cross(out, along);
  const speed = Math.sqrt(SUN_GM / distance) * random.uniform(0.95, 1.05);
  const tilt = random.normal(0, 7) * DEG;
  const radial = random.normal(0, 0.07);
  const flat = plus(
    [along[0] * Math.cos(tilt), along[1] * Math.cos(tilt), along[2] * Math.cos(tilt)],
    up,
    Math.sin(tilt),
  );
  const heading = unit(plus(flat, out, radial));
  const velocity: Vector = [heading[0] * speed, heading[1] * speed, heading[2] * speed];
  const orbit = orbitThrough(place, velocity, context.startMjd);
  const isKnown = random.chance(0.8);
  const rotationDays = random.uniform(3, 12) / 24;
  const rotationPhase = random.unit();
  const rotationMag = random.uniform(0.02, 0.2);
  const magAtStart = random.uniform(17, 22);

  const geometry = (mjd: number): Omit<AsteroidEphemeris, 'magV'> & { readonly brightening: number } => {
    const here = earthAt(mjd);
    const there = onOrbit(orbit, mjd);
    const topo = plus(there.place, here.place, -1);
    const r = length(there.place);
    const delta = length(topo);
    const phaseAngle = Math.acos(clamp(dot(there.place, topo) / (r * delta)));
    const elongation = Math.acos(clamp(-dot(here.place, topo) / (length(here.place) * delta)));
    const half = Math.tan(phaseAngle / 2);
    const lit = (1 - ASTEROID_SLOPE) * Math.exp(-3.33 * half ** 0.63) + ASTEROID_SLOPE * Math.exp(-1.87 * half ** 1.22);
    return {
      place: placeOf(topo),
      helio: there.place,
      helioVelocity: there.velocity,
      topo,
      topoVelocity: plus(there.velocity, here.velocity, -1),
      phaseAngle: phaseAngle / DEG,
      elongation: elongation / DEG,
      brightening: 5 * Math.log10(r * delta) - 2.5 * Math.log10(lit),
    };
  };
  const absoluteMag = magAtStart - geometry(context.startMjd).brightening;
  const ephemeris = (mjd: number): AsteroidEphemeris => {
    const { brightening, ...rest } = geometry(mjd);
    return { ...rest, magV: absoluteMag + brightening };
  };
  const number = isKnown && random.chance(0.85) ? 20_000 + index * 7 : 0;
  return {
    index,
    id: `asteroid-${index}`,
    kind: 'asteroid',
    place: placeOf(direction),
    placeAt: (mjd) => placeOf(plus(onOrbit(orbit, mjd).place, earthAt(mjd).place, -1)),
    difference(band, mjd) {
      const rotation = rotationMag * Math.sin(4 * Math.PI * (mjd / rotationDays + rotationPhase));
      return fluxOfMagnitude(ephemeris(mjd).magV + COLOUR[band] + rotation);
    },
    template: () => 0,
    reference: undefined,
    host: undefined,
    truth: {
      designation: unpackedDesignation(index),
      known: isKnown,
      rotation_days: rotationDays,
      absolute_mag: absoluteMag,
      semi_major_axis_au: orbit.a,
      eccentricity: orbit.e,
      inclination_deg: orbit.inclination,
    },
    orbit,
    absoluteMag,
    isKnown,
    designation: unpackedDesignation(index),
    packed: packedDesignation(index),
    number,
    ephemeris,
  };
}

function clamp(value: number): number {
  return Math.max(-1, Math.min(1, value));
}

function vectorOf({ ra, dec }: SkyPosition): Vector {
  const cosDec = Math.cos(dec * DEG);
  return [cosDec * Math.cos(ra * DEG), cosDec * Math.sin(ra * DEG), Math.sin(dec * DEG)];
}

function placeOf(vector: Vector): SkyPosition {
  const ra = Math.atan2(vector[1], vector[0]) / DEG;
  return { ra: ra < 0 ? ra + 360 : ra, dec: Math.atan2(vector[2], Math.hypot(vector[0], vector[1])) / DEG };
}
