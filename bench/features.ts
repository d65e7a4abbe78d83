import { BazinFit } from 'antares/filters/built-in/light-curve-features/bazin-fit.js';
import {
  type BandDetections,
  FeatureExtractor,
} from 'antares/filters/built-in/light-curve-features/extract-features.js';
import { computeMoments, createMoments } from 'antares/filters/built-in/light-curve-features/moments.js';
import { NormalisedFluxes } from 'antares/filters/built-in/light-curve-features/normalised-fluxes.js';
import { Periodogram } from 'antares/filters/built-in/light-curve-features/periodogram.js';
import { VillarFit } from 'antares/filters/built-in/light-curve-features/villar-fit.js';
import type { BenchResult } from './result.ts';
import { rounded, seededRandom } from './sky-sample.ts';

const CURVES = 60;
const SEED = 20_260_801;
const SIZES = [5, 20, 30, 40, 100, 400];
const MILLISECONDS_EACH = 250;

/**
 * How long do the 78 features of a band take? Seeded supernovae, half of them seen from before their rise.
 *
 * The parts are measured on their own as well; the best of many rounds counts, since a round only gets slower by what
 * else the machine does.
 */
export async function run(): Promise<BenchResult[]> {
  const random = seededRandom(SEED);
  const extractor = new FeatureExtractor();
  const results: BenchResult[] = [];
  for (const n of SIZES) {
    const curves = Array.from({ length: CURVES }, () => supernova(n, random));
    const whole = microsecondsEach(curves, (curve) => extractor.extract(curve));
    const fits = n < 8 ? 0 : fitMicroseconds(curves);
    results.push({
      question: 'features',
      measure: `all 78 features, a band of ${n} points`,
      value: rounded(whole),
      unit: 'µs',
      detail: {
        fits: rounded(fits),
        periodogram: rounded(periodogramMicroseconds(curves)),
        perSecondAndCore: rounded(1e6 / whole),
      },
    });
  }
  return results;
}

function fitMicroseconds(curves: readonly BandDetections[]): number {
  const bazin = new BazinFit();
  const villar = new VillarFit();
  const data = curves.map((curve) => {
    const flux = Float64Array.from(curve.mag, (mag) => 10 ** (-0.4 * (mag - 31.4)));
    const error = flux.map((value, i) => (value * curve.magErr[i]! * Math.LN10) / 2.5);
    const normalised = new NormalisedFluxes();
    normalised.set(Float64Array.from(curve.time), flux, error, curve.n);
    return normalised;
  });
  return microsecondsEach(data, (curve) => {
    bazin.fit(curve);
    villar.fit(curve);
  });
}

function periodogramMicroseconds(curves: readonly BandDetections[]): number {
  const periodogram = new Periodogram();
  const data = curves.map((curve) => {
    const mag = Float64Array.from(curve.mag);
    const moments = createMoments();
    computeMoments(mag, curve.n, moments);
    return { time: Float64Array.from(curve.time), mag, moments, n: curve.n };
  });
  return microsecondsEach(data, ({ time, mag, moments, n }) => periodogram.compute(time, mag, n, moments));
}

function microsecondsEach<T>(items: readonly T[], work: (item: T) => void): number {
  let best = Number.POSITIVE_INFINITY;
  const end = performance.now() + MILLISECONDS_EACH;
  for (let round = 0; round < 5 || performance.now() < end; round += 1) {
    const start = performance.now();
    for (const item of items) work(item);
    best = Math.min(best, performance.now() - start);
  }
  return (1000 * best) / items.length;
}

function supernova(n: number, random: () => number): BandDetections {
  const span = 60 + 60 * random();
  const peak = random() < 0.5 ? 0.25 * span : -5;
  const height = 10 ** (4 + 1.5 * random());
  const rise = 2 + 4 * random();
  const fall = 15 + 30 * random();
  const time = Float64Array.from({ length: n }, () => 59_000 + span * random()).sort();
  const magErr = new Float64Array(n);
  const mag = time.map((t, i) => {
    const dt = t - 59_000 - peak;
    const flux = (height * Math.exp(-dt / fall)) / (1 + Math.exp(-dt / rise)) + 0.03 * height;
    magErr[i] = Math.min(0.3, 0.03 * Math.sqrt(height / flux));
    const noise = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return 31.4 - 2.5 * Math.log10(flux) + magErr[i]! * noise;
  });
  return { n, time, mag, magErr };
}
