import { normalizeRa, type SkyPosition } from '../../sky/position.ts';
import { separationArcsec } from '../../sky/separation.ts';

const DEG = Math.PI / 180;

/**
 * The plane that touches the sky at a point: where a camera's pixels lie (gnomonic projection).
 *
 * ξ grows to the east, η to the north, both in degrees at the centre.
 */
export class TangentPlane {
  readonly ra: number;
  readonly dec: number;
  readonly #sinDec: number;
  readonly #cosDec: number;
  /** ξ and η of the last point projected: two numbers without an object, for the loop over all sources of an exposure. */
  xi = Number.NaN;
  eta = Number.NaN;

  /** @param centre  ICRS, degrees */
  constructor(centre: SkyPosition) {
    this.ra = centre.ra;
    this.dec = centre.dec;
    this.#sinDec = Math.sin(centre.dec * DEG);
    this.#cosDec = Math.cos(centre.dec * DEG);
  }

  /**
   * Projects a place into `xi` and `eta`.
   *
   * @returns  false, and NaN in both, where the place is 90° or more from the centre
   */
  project(ra: number, dec: number): boolean {
    const sinDec = Math.sin(dec * DEG);
    const cosDec = Math.cos(dec * DEG);
    const turn = (ra - this.ra) * DEG;
    const along = cosDec * Math.cos(turn);
    const depth = this.#sinDec * sinDec + this.#cosDec * along;
    if (depth <= 1e-9) {
      this.xi = Number.NaN;
      this.eta = Number.NaN;
      return false;
    }
    this.xi = (cosDec * Math.sin(turn)) / depth / DEG;
    this.eta = (this.#cosDec * sinDec - this.#sinDec * along) / depth / DEG;
    return true;
  }

  /** The place at ξ, η [deg]. */
  placeAt(xi: number, eta: number): SkyPosition {
    const x = xi * DEG;
    const y = eta * DEG;
    const across = this.#cosDec - y * this.#sinDec;
    const ra = this.ra + Math.atan2(x, across) / DEG;
    const dec = Math.atan2(this.#sinDec + y * this.#cosDec, Math.hypot(x, across)) / DEG;
    return { ra: normalizeRa(ra), dec };
  }
}

/** The place at a distance [arcsec] and position angle [deg, north through east] from another. */
export function placeBeside(from: SkyPosition, distanceArcsec: number, positionAngle: number): SkyPosition {
  const distance = distanceArcsec / 3600;
  const angle = positionAngle * DEG;
  return new TangentPlane(from).placeAt(distance * Math.sin(angle), distance * Math.cos(angle));
}

/** Separation of two places [arcsec]. */
export function distanceArcsec(a: SkyPosition, b: SkyPosition): number {
  return separationArcsec(a.ra, a.dec, b.ra, b.dec);
}
