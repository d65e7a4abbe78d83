import type { SkyPosition } from '../../sky/position.ts';
import type { Random } from '../random.ts';
import { fluxOf } from './magnitude.ts';
import type { SimulatedSource } from './source.ts';
import { starReference } from './star-reference.ts';

/**
 * A star that is brighter than its reference at every visit, for benchmarks: each visit gives an alert, and each earlier
 * visit a row of history.
 *
 * @param place  ICRS [deg]
 * @param mag    mean magnitude of the difference [mag]; it wavers by a tenth with the source's own period
 */
export function makeSteadySource(index: number, random: Random, place: SkyPosition, mag: number): SimulatedSource {
  const period = random.uniform(0.3, 5);
  const mean = fluxOf(mag);
  const reference = starReference(place, random, () => mag);
  return {
    index,
    id: `steady-${index}`,
    kind: 'steady',
    place,
    difference: (_band, mjd) => mean * (1 + 0.1 * Math.sin((2 * Math.PI * mjd) / period)),
    template: () => mean,
    reference,
    host: undefined,
    truth: { mean_mag: mag, period_days: period },
  };
}
