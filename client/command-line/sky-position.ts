import { AntaresError, type Cone } from '@antares/client';

/** A circle from `RA,DEC,RADIUS`: degrees, degrees, arcsec. @throws USAGE_POSITION */
export function parseCone(text: string): Cone {
  const [ra, dec, radiusArcsec] = numbersOf(text, 3, 'RA,DEC,RADIUS_ARCSEC such as 207.868,40.448,5');
  return { ra: ra!, dec: dec!, radiusArcsec: radiusArcsec! };
}

/** A position from `RA,DEC` in degrees. @throws USAGE_POSITION */
export function parsePosition(text: string): { readonly ra: number; readonly dec: number } {
  const [ra, dec] = numbersOf(text, 2, 'RA,DEC such as 207.868,40.448');
  return { ra: ra!, dec: dec! };
}

function numbersOf(text: string, count: number, expected: string): readonly number[] {
  const parts = text.split(',').map((part) => part.trim());
  const numbers = parts.map(Number);
  if (parts.length !== count || parts.includes('') || !numbers.every(Number.isFinite)) {
    throw new AntaresError('USAGE_POSITION', `expected ${expected}, got ${JSON.stringify(text)}`);
  }
  return numbers;
}
