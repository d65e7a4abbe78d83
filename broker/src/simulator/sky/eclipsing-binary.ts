import type { Random } from '../random.ts';
import { periodicSource } from './periodic-star.ts';
import { placeInRegion, type SkyContext } from './sky-context.ts';
import type { Band, SimulatedSource } from './source.ts';

/** Colour against r of the pair per magnitude of g − r. */
const COLOUR: Readonly<Record<Band, number>> = { u: 2.4, g: 1, r: 0, i: -0.4, z: -0.6, y: -0.7 };

/** A dip of depth 1 at phase 0, `width` wide at e^(−1/2), flat at its bottom. */
function eclipse(phase: number, width: number): number {
  const distance = (phase > 0.5 ? 1 - phase : phase) / width;
  // Beyond four widths there are 1e-14 left of it.
  return distance > 4 ? 0 : Math.exp(-0.5 * distance * distance * distance);
}

/**
 * An eclipsing binary: detached (Algol, EA), near contact (β Lyrae, EB) or in contact (W Ursae Majoris, EW).
 *
 * Two eclipses half a period apart on top of the ellipsoidal wave of stretched stars; the secondary is shallower, and
 * shallower still in the blue, where the cooler star gives less light. Phase 0 is the deeper eclipse.
 */
export function makeEclipsingBinary(index: number, random: Random, context: SkyContext): SimulatedSource {
  const draw = random.unit();
  const type = draw < 0.35 ? 'EA' : draw < 0.55 ? 'EB' : 'EW';
  const periodDays =
    type === 'EA' ? random.logNormal(2.2, 0.7) : type === 'EB' ? random.uniform(0.5, 1.4) : random.uniform(0.24, 0.5);
  const primary = type === 'EW' ? random.uniform(0.2, 0.6) : random.uniform(0.3, 1.4);
  const secondary = primary * (type === 'EW' ? random.uniform(0.8, 1) : random.uniform(0.15, 0.7));
  const width = type === 'EA' ? random.uniform(0.02, 0.045) : type === 'EB' ? random.uniform(0.05, 0.07) : 0.08;
  const ellipsoidal = type === 'EA' ? 0.01 : type === 'EB' ? 0.1 : 0.12;
  const magR = random.uniform(14.5, 19.5);
  const colour = random.uniform(0.2, 1.1);
  const blueness: Readonly<Record<Band, number>> = { u: 0.85, g: 0.93, r: 1, i: 1.05, z: 1.08, y: 1.1 };
  return periodicSource(
    {
      index,
      kind: 'eclipsing_binary',
      place: placeInRegion(context.region, random),
      periodDays,
      epochMjd: context.startMjd + random.uniform(0, periodDays),
      meanMag: (band) => magR + colour * COLOUR[band],
      shape: (band, phase) => {
        const half = phase < 0.5 ? phase + 0.5 : phase - 0.5;
        const deep = (primary * eclipse(phase, width)) / blueness[band];
        return deep + secondary * blueness[band] * eclipse(half, width) + ellipsoidal * Math.cos(4 * Math.PI * phase);
      },
      truth: { type, depth_mag: primary, secondary_depth_mag: secondary },
    },
    random,
  );
}
