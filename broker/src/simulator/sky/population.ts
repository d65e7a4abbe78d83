import { Random, wordOf } from '../random.ts';
import { makeActiveGalaxy } from './active-galaxy.ts';
import { makeArtefact } from './artefact.ts';
import { makeAsteroid } from './asteroid.ts';
import { makeDwarfNova } from './dwarf-nova.ts';
import { makeEclipsingBinary } from './eclipsing-binary.ts';
import { makeFlareStar } from './flare-star.ts';
import { makeLongPeriodVariable } from './long-period-variable.ts';
import { makeNova } from './nova.ts';
import { makeRrLyrae } from './rr-lyrae.ts';
import type { SkyContext } from './sky-context.ts';
import type { SimulatedSource, SourceKind } from './source.ts';
import { makeSupernovaCoreCollapse } from './supernova-core-collapse.ts';
import { makeSupernovaIa } from './supernova-ia.ts';

/** Kinds that a sky is made of; `steady` sources are made one by one for benchmarks. */
export type PopulationKind = Exclude<SourceKind, 'steady'>;

/** How many sources of each kind, relative to each other. */
export type PopulationRates = Readonly<Record<PopulationKind, number>>;

/**
 * The default mix of sources. Many are invisible most of the time; of the alerts of a night about half are variable stars,
 * a tenth each active galaxies, supernovae, asteroids and artefacts: the surveys' own mix with more of what is rare.
 */
export const DEFAULT_RATES: PopulationRates = {
  supernova_ia: 10,
  supernova_core_collapse: 10,
  rr_lyrae: 16,
  eclipsing_binary: 14,
  long_period_variable: 5,
  active_galaxy: 14,
  flare_star: 6,
  nova: 2,
  dwarf_nova: 5,
  asteroid: 10,
  artefact: 24,
};

const MAKERS: Readonly<
  Record<PopulationKind, (index: number, random: Random, context: SkyContext) => SimulatedSource>
> = {
  supernova_ia: makeSupernovaIa,
  supernova_core_collapse: makeSupernovaCoreCollapse,
  rr_lyrae: makeRrLyrae,
  eclipsing_binary: makeEclipsingBinary,
  long_period_variable: makeLongPeriodVariable,
  active_galaxy: makeActiveGalaxy,
  flare_star: makeFlareStar,
  nova: makeNova,
  dwarf_nova: makeDwarfNova,
  asteroid: makeAsteroid,
  artefact: makeArtefact,
};

/**
 * The sources of a seeded sky: an endless sequence, of which a simulation takes the first so many.
 *
 * The n-th source depends on the seed, the context, the rates and n alone.
 */
export class Population {
  readonly context: SkyContext;
  readonly #seed: number;
  readonly #kinds: readonly PopulationKind[];
  readonly #limits: readonly number[];

  /** @throws TypeError  when a rate is negative or all are 0 */
  constructor(seed: string | number, context: SkyContext, rates: PopulationRates = DEFAULT_RATES) {
    this.context = context;
    this.#seed = wordOf(seed);
    const kinds: PopulationKind[] = [];
    const limits: number[] = [];
    let sum = 0;
    for (const kind of Object.keys(MAKERS) as PopulationKind[]) {
      const rate = rates[kind];
      if (!(rate >= 0)) throw new TypeError(`the rate of ${kind} is a number from 0 on, got ${rate}`);
      sum += rate;
      kinds.push(kind);
      limits.push(sum);
    }
    if (sum === 0) throw new TypeError('a sky needs at least one rate above 0');
    this.#kinds = kinds;
    this.#limits = limits.map((limit) => limit / sum);
  }

  /** The n-th source, n = 0, 1, 2, … */
  source(index: number): SimulatedSource {
    const random = new Random(this.#seed, SOURCE_STREAM, index);
    const draw = random.unit();
    const which = this.#limits.findIndex((limit) => draw < limit);
    return MAKERS[this.#kinds[which]!](index, random, this.context);
  }
}

const SOURCE_STREAM = wordOf('source');
