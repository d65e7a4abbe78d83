/** A position on the sky: ICRS degrees. */
export interface SkyPosition {
  readonly ra: number;
  readonly dec: number;
}

/**
 * Angle between two positions [arcsec], exact at all distances: the formula of Vincenty, which loses nothing at small angles
 * as the cosine rule does, nor near the antipode as the haversine does.
 */
export function separationArcsec(a: SkyPosition, b: SkyPosition): number {
  const rad = Math.PI / 180;
  const dra = (b.ra - a.ra) * rad;
  const [sinA, cosA, sinB, cosB] = [
    Math.sin(a.dec * rad),
    Math.cos(a.dec * rad),
    Math.sin(b.dec * rad),
    Math.cos(b.dec * rad),
  ];
  // cos(a) sin(b) − sin(a) cos(b) cos(dra), written so that nearly equal positions do not cancel out.
  const halfSine = Math.sin(dra / 2);
  const north = Math.sin((b.dec - a.dec) * rad) + 2 * sinA * cosB * halfSine * halfSine;
  const east = cosB * Math.sin(dra);
  const along = sinA * sinB + cosA * cosB * Math.cos(dra);
  return (Math.atan2(Math.hypot(north, east), along) / rad) * 3600;
}
