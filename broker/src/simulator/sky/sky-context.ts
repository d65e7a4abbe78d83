import { normalizeRa, type SkyPosition } from '../../sky/position.ts';
import type { Random } from '../random.ts';

/** A cap of sky that is simulated. */
export interface SkyRegion {
  /** ICRS [deg]. */
  readonly centre: SkyPosition;
  readonly areaDeg2: number;
}

/** What the makers of sources may know of the sky that they fill. */
export interface SkyContext {
  readonly region: SkyRegion;
  /** First night of the sky [MJD]: the epoch of moving sources; transients peak from 60 days before it on. */
  readonly startMjd: number;
  /** Over how many days after `startMjd` transients peak [d]. */
  readonly spanDays: number;
  /** Whether the Andromeda galaxy is observed too: half of the novae then belong to it. */
  readonly includesM31: boolean;
}

/** Andromeda: centre [deg], half of D25 [arcsec], axis ratio on the sky, position angle [deg], modulus (RC3; Freedman 2001). */
export const M31 = {
  place: { ra: 10.6847, dec: 41.2688 },
  radiusArcsec: 5716,
  axisRatio: 0.32,
  positionAngle: 35,
  modulus: 24.4,
} as const;

/** Angular radius [deg] of a cap of an area [deg²]. */
export function capRadius(areaDeg2: number): number {
  return (Math.acos(1 - areaDeg2 / (2 * Math.PI * (180 / Math.PI) ** 2)) * 180) / Math.PI;
}

/** A place in the region, as likely anywhere in it. */
export function placeInRegion(region: SkyRegion, random: Random): SkyPosition {
  const radius = (capRadius(region.areaDeg2) * Math.PI) / 180;
  const height = 1 - random.uniform(0, 1) * (1 - Math.cos(radius));
  const turn = random.uniform(0, 2 * Math.PI);
  return fromPole(region.centre, Math.acos(height), turn);
}

/** The place at an angle [rad] from a centre, in the direction `turn` [rad] from north through east. */
export function fromPole(centre: SkyPosition, angle: number, turn: number): SkyPosition {
  const dec0 = (centre.dec * Math.PI) / 180;
  const sinDec = Math.sin(dec0) * Math.cos(angle) + Math.cos(dec0) * Math.sin(angle) * Math.cos(turn);
  const y = Math.sin(turn) * Math.sin(angle) * Math.cos(dec0);
  const x = Math.cos(angle) - Math.sin(dec0) * sinDec;
  const ra = centre.ra + (Math.atan2(y, x) * 180) / Math.PI;
  return { ra: normalizeRa(ra), dec: (Math.asin(Math.max(-1, Math.min(1, sinDec))) * 180) / Math.PI };
}

/** When a transient is brightest [MJD, TAI]. */
export function peakTime(context: SkyContext, random: Random): number {
  return context.startMjd + random.uniform(-60, context.spanDays);
}
