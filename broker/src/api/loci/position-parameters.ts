import { isPosition, normalizeRa, type SkyPosition } from '../../sky/position.ts';
import { badRequest } from '../api-error.ts';

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * A position in a path, ICRS degrees, as Python prints floats: `1e-05`, `-0.0`. Any right ascension counts.
 *
 * @throws ApiError 400, POSITION_INVALID
 */
export function readPosition({ ra, dec }: { readonly ra: string; readonly dec: string }): SkyPosition {
  const position = { ra: decimal(ra), dec: decimal(dec) };
  if (!isPosition(position.ra, position.dec)) {
    throw badRequest(
      'POSITION_INVALID',
      `expected right ascension and declination in degrees, such as 316.7859/13.1324; got ${ra}/${dec}`,
    );
  }
  return { ra: normalizeRa(position.ra), dec: position.dec };
}

function decimal(text: string): number {
  return DECIMAL.test(text) ? Number(text) : Number.NaN;
}
