import type { SkyPosition } from '../../sky/position.ts';
import type { Random } from '../random.ts';
import type { Band, ReferenceSource } from './source.ts';
import { placeBeside } from './tangent-plane.ts';

/** The reference image's own measurement of a star: a tenth of an arcsecond off, as its astrometry is. */
export function starReference(place: SkyPosition, random: Random, mag: (band: Band) => number): ReferenceSource {
  return {
    place: placeBeside(place, Math.abs(random.normal(0, 0.08)), random.uniform(0, 360)),
    mag,
    starScore: Math.min(1, 0.9 + random.unit() * 0.1),
  };
}
