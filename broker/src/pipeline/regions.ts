import { coverIds } from '../sky/htm/cover.ts';
import { htmIdAt } from '../sky/htm/locate.ts';
import type { SkyPosition } from '../sky/position.ts';
import { toUnitVector } from '../sky/position.ts';
import type { AlertInFlight } from './stage.ts';

/**
 * Level of the trixels that are locked: 20 arcsec across. One level for everybody, since locks at different levels would
 * not collide; coarse enough that most alerts need one, fine enough that two alerts of an exposure seldom share one.
 */
export const REGION_LEVEL = 14;

/**
 * How far from an alert the pipeline may find, make or move a locus on its account [arcsec]: the association radius, and
 * the largest step that a centroid is known to make.
 */
export const REGION_RADIUS_ARCSEC = 3;

/** The regions that an alert needs for itself, ascending; one for most, six at most. */
export function regionsAround(position: SkyPosition): number[] {
  const { x, y, z } = toUnitVector(position.ra, position.dec);
  const inside = htmIdAt(x, y, z, REGION_LEVEL);
  const regions = coverIds(x, y, z, REGION_RADIUS_ARCSEC, REGION_LEVEL);
  return regions.length === 0 ? [inside] : regions;
}

/** The regions that a batch needs, ascending and each once. */
export function regionsOfAlerts(alerts: readonly AlertInFlight[]): number[] {
  const regions = new Set<number>();
  for (const { packet } of alerts) for (const region of regionsAround(packet.alert.point)) regions.add(region);
  return [...regions].sort((a, b) => a - b);
}
