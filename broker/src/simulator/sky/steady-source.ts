import { fluxOfMagnitude } from '../../model/magnitudes.ts';
import type { SkyPosition } from '../../sky/position.ts';
import { Random } from '../random.ts';
import type { SimulatedSource } from './source.ts';
import { starReference } from './star-reference.ts';

/** How a steady source behaves. */
export interface SteadyLife {
  /** Mean magnitude of the difference [mag]; it wavers by a tenth with the source's own period. */
  readonly mag: number;
  /** From when on every visit sees it [MJD, TAI]. */
  readonly brightFromMjd: number;
  /** Which share of the visits before that sees it; the others find it as it is in the reference. */
  readonly shareBefore: number;
}

/**
 * A star that is brighter than its reference, for benchmarks: each visit gives an alert, each earlier one a row of history,
 * so many of them detections.
 */
export function makeSteadySource(index: number, random: Random, place: SkyPosition, life: SteadyLife): SimulatedSource {
  const periodDays = random.uniform(0.3, 5);
  const mean = fluxOfMagnitude(life.mag);
  const word = random.word();
  const coin = new Random(0);
  return {
    index,
    id: `steady-${index}`,
    kind: 'steady',
    place,
    difference(_band, mjd) {
      const isSeen = mjd >= life.brightFromMjd || coin.restart(word, Math.floor(mjd * 1440)).unit() < life.shareBefore;
      return isSeen ? mean * (1 + 0.1 * Math.sin((2 * Math.PI * mjd) / periodDays)) : 0;
    },
    template: () => mean,
    reference: starReference(place, random, () => life.mag),
    host: undefined,
    truth: { mean_mag: life.mag, period_days: periodDays },
  };
}
