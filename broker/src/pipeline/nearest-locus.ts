import type { NearbyLocus } from '../alert-store/alert-store.ts';
import type { LocusId } from '../model/ids.ts';
import type { LocusRef } from '../model/locus.ts';
import { htmIdAt } from '../sky/htm/locate.ts';
import { type SkyPosition, toUnitVector, type UnitVector } from '../sky/position.ts';
import { arcsecOfSquaredChord, squaredChord, squaredChordOfRadius } from '../sky/separation.ts';
import type { TouchedLocus } from './loci-of-batch.ts';

/** Level of the trixel that names the birthplace of a locus: 0.3 arcsec across. */
const BIRTH_LEVEL = 20;

/** The unit vector of a position. */
export function positionOf(position: SkyPosition): UnitVector {
  return toUnitVector(position.ra, position.dec);
}

/** The trixel that orders the keys of a locus, from the position of the alert that makes it. */
export function birthTrixelOf(position: SkyPosition): number {
  const { x, y, z } = positionOf(position);
  return htmIdAt(x, y, z, BIRTH_LEVEL);
}

/**
 * The nearest associable locus within a radius, inclusive; of two at the same distance, the elder by id.
 *
 * @param position      ICRS [deg]
 * @param stored        what the store found near by, nearest first; positions of before the batch
 * @param touched       loci that the batch has changed: these are judged by where they are now
 * @param radiusArcsec  arcseconds, > 0
 */
export function nearestLocus(
  position: SkyPosition,
  stored: readonly NearbyLocus[],
  touched: ReadonlyMap<LocusId, TouchedLocus>,
  radiusArcsec: number,
): LocusRef | undefined {
  const { x, y, z } = positionOf(position);
  let best: LocusRef | undefined;
  let bestSeparation = Number.POSITIVE_INFINITY;
  for (const { ref, separationArcsec } of stored) {
    if (touched.has(ref.locusId)) continue;
    best = ref;
    bestSeparation = separationArcsec;
    break;
  }
  const limit = squaredChordOfRadius(radiusArcsec);
  for (const other of touched.values()) {
    if (!other.locus.isAssociable) continue;
    const squared = squaredChord(x, y, z, other.x, other.y, other.z);
    if (squared > limit) continue;
    const separation = arcsecOfSquaredChord(squared);
    if (separation < bestSeparation || (separation === bestSeparation && other.locus.ref.locusId < best!.locusId)) {
      best = other.locus.ref;
      bestSeparation = separation;
    }
  }
  return best;
}
