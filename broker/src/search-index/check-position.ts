import { AntaresError } from '../model/errors.ts';

/**
 * Refuses a document whose position is none.
 *
 * @param ra, dec  ICRS [deg]; ra ∈ [0, 360), dec ∈ [−90, 90]
 * @throws SKY_POSITION_OUT_OF_RANGE
 */
export function checkPosition(locusId: string, ra: number, dec: number): void {
  if (ra >= 0 && ra < 360 && dec >= -90 && dec <= 90) return;
  throw new AntaresError(
    'SKY_POSITION_OUT_OF_RANGE',
    `locus ${locusId}: expected ra within [0, 360) and dec within [-90, 90]; got ${ra}, ${dec}`,
  );
}
