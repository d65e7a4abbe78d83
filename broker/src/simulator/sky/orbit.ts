/** A vector [au, or au/d], equatorial axes unless said. */
export type Vector = readonly [number, number, number];

/** Gaussian gravitational constant squared: GM of the Sun [au³/d²]. */
export const SUN_GM = 0.01720209895 ** 2;
/** Speed [km/s] of one au a day. */
export const AU_PER_DAY_KM_S = 1731.45683681;
const DEG = Math.PI / 180;
const OBLIQUITY = (84381.406 / 3600) * DEG;

/** Keplerian elements about the Sun, ecliptic of J2000, angles in degrees. */
export interface Orbit {
  /** Epoch [MJD, TAI]. */
  readonly epochMjd: number;
  /** Semi-major axis [au]. */
  readonly a: number;
  readonly e: number;
  readonly inclination: number;
  readonly node: number;
  readonly argumentOfPerihelion: number;
  readonly meanAnomaly: number;
}

/** Equatorial to ecliptic axes. */
export function toEcliptic([x, y, z]: Vector): Vector {
  return [x, y * Math.cos(OBLIQUITY) + z * Math.sin(OBLIQUITY), z * Math.cos(OBLIQUITY) - y * Math.sin(OBLIQUITY)];
}

/** Ecliptic to equatorial axes. */
export function toEquatorial([x, y, z]: Vector): Vector {
  return [x, y * Math.cos(OBLIQUITY) - z * Math.sin(OBLIQUITY), z * Math.cos(OBLIQUITY) + y * Math.sin(OBLIQUITY)];
}

/** Scalar product. */
export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** Vector product. */
export function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** a + s·b. */
export function plus(a: Vector, b: Vector, s = 1): Vector {
  return [a[0] + s * b[0], a[1] + s * b[1], a[2] + s * b[2]];
}

/** Length. */
export function length(a: Vector): number {
  return Math.sqrt(dot(a, a));
}

/** The vector of length 1 in the same direction. */
export function unit(a: Vector): Vector {
  const size = length(a);
  return [a[0] / size, a[1] / size, a[2] / size];
}

/**
 * The orbit through a place with a velocity, both heliocentric and equatorial.
 *
 * @throws TypeError  when the orbit is not an ellipse
 */
export function orbitThrough(place: Vector, velocity: Vector, epochMjd: number): Orbit {
  const r = toEcliptic(place);
  const v = toEcliptic(velocity);
  const distance = length(r);
  const momentum = cross(r, v);
  const a = 1 / (2 / distance - dot(v, v) / SUN_GM);
  const toPerihelion = plus(scaled(cross(v, momentum), 1 / SUN_GM), r, -1 / distance);
  const e = length(toPerihelion);
  if (!(a > 0) || !(e < 1)) throw new TypeError('not an ellipse');
  const inclination = Math.acos(momentum[2] / length(momentum));
  const ascending: Vector = [-momentum[1], momentum[0], 0];
  const node = Math.atan2(ascending[1], ascending[0]);
  const nodeAxis = unit(ascending);
  const crossAxis = cross(unit(momentum), nodeAxis);
  const argument = Math.atan2(dot(toPerihelion, crossAxis), dot(toPerihelion, nodeAxis));
  const fromNode = Math.atan2(dot(r, crossAxis), dot(r, nodeAxis));
  const trueAnomaly = fromNode - argument;
  const eccentric = 2 * Math.atan(Math.sqrt((1 - e) / (1 + e)) * Math.tan(trueAnomaly / 2));
  const turn = (angle: number): number => (((angle / DEG) % 360) + 360) % 360;
  return {
    epochMjd,
    a,
    e,
    inclination: inclination / DEG,
    node: turn(node),
    argumentOfPerihelion: turn(argument),
    meanAnomaly: turn(eccentric - e * Math.sin(eccentric)),
  };
}

/** Place [au] and velocity [au/d] on an orbit at a time [MJD, TAI], heliocentric and equatorial; two bodies only. */
export function onOrbit(orbit: Orbit, mjd: number): { readonly place: Vector; readonly velocity: Vector } {
  const { a, e } = orbit;
  const motion = Math.sqrt(SUN_GM / a ** 3);
  const mean = orbit.meanAnomaly * DEG + motion * (mjd - orbit.epochMjd);
  let eccentric = mean;
  for (let i = 0; i < 10; i += 1) {
    const miss = eccentric - e * Math.sin(eccentric) - mean;
    eccentric -= miss / (1 - e * Math.cos(eccentric));
    if (Math.abs(miss) < 1e-14) break;
  }
  const sinE = Math.sin(eccentric);
  const cosE = Math.cos(eccentric);
  const root = Math.sqrt(1 - e * e);
  const rate = motion / (1 - e * cosE);
  const inPlane: readonly [number, number] = [a * (cosE - e), a * root * sinE];
  const speed: readonly [number, number] = [-a * sinE * rate, a * root * cosE * rate];
  const [sinW, cosW] = [Math.sin(orbit.argumentOfPerihelion * DEG), Math.cos(orbit.argumentOfPerihelion * DEG)];
  const [sinN, cosN] = [Math.sin(orbit.node * DEG), Math.cos(orbit.node * DEG)];
  const [sinI, cosI] = [Math.sin(orbit.inclination * DEG), Math.cos(orbit.inclination * DEG)];
  const turned = ([x, y]: readonly [number, number]): Vector =>
    toEquatorial([
      (cosW * cosN - sinW * sinN * cosI) * x + (-sinW * cosN - cosW * sinN * cosI) * y,
      (cosW * sinN + sinW * cosN * cosI) * x + (-sinW * sinN + cosW * cosN * cosI) * y,
      sinW * sinI * x + cosW * sinI * y,
    ]);
  return { place: turned(inPlane), velocity: turned(speed) };
}

function scaled(a: Vector, s: number): Vector {
  return [a[0] * s, a[1] * s, a[2] * s];
}

/**
 * The Earth about the Sun at a time [MJD], equatorial, to about 0.01°.
 *
 * The low-precision solar formula of the Astronomical Almanac (section C), turned round.
 */
export function earthAt(mjd: number): { readonly place: Vector; readonly velocity: Vector } {
  const place = earthPlace(mjd);
  const half = 0.05;
  const ahead = earthPlace(mjd + half);
  const behind = earthPlace(mjd - half);
  return { place, velocity: scaled(plus(ahead, behind, -1), 1 / (2 * half)) };
}

function earthPlace(mjd: number): Vector {
  const days = mjd - 51544.5;
  const anomaly = (357.528 + 0.9856003 * days) * DEG;
  const longitude = (280.46 + 0.9856474 * days + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * DEG;
  const range = 1.00014 - 0.01671 * Math.cos(anomaly) - 0.00014 * Math.cos(2 * anomaly);
  return toEquatorial([-range * Math.cos(longitude), -range * Math.sin(longitude), 0]);
}
