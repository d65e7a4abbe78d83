import { HighSnr } from 'antares/filters/built-in/high-snr.js';
import { DisabledFlags } from 'antares/filters/disabled-flags.js';
import type { Filter } from 'antares/filters/filter.js';
import type { FilterRunContext } from 'antares/filters/filter-host.js';
import { type HandMadePoint, makeLocusInFlight } from 'antares/filters/hand-made-locus.js';
import { InProcessFilterHost } from 'antares/filters/in-process/in-process-filter-host.js';
import { selectFilters } from 'antares/filters/registry.js';
import type { ObjectMatch } from 'antares/model/locus.js';
import type { LocusInFlight } from 'antares/model/locus-in-flight.js';
import type { BenchResult } from './result.ts';
import { nanosecondsEach, rounded, seededRandom } from './sky-sample.ts';

const LOCI = 500;
const POINTS = 100;
const COPIES = 25;
const SEED = 20_210_301;

const CONTEXT: FilterRunContext = {
  at: 1_700_000_000,
  columns: { catalogColumns: () => ({}), watchColumns: () => ({}) },
};

/**
 * How many filters a second does one core evaluate on loci of 100 alerts, in the worker itself? Seeded.
 *
 * An evaluation is one filter looked at for one alert, skipped by its requirements or run. Two lists: the paper's high_snr
 * 25 times over, as the budget has it, and the default set without the feature extractor, which has a benchmark of its own.
 * Tags are taken off before each run, so that adding them is part of the work; alerts are decoded beforehand, since that
 * is another budget's.
 */
export async function run(): Promise<BenchResult[]> {
  const random = seededRandom(SEED);
  const ztf = Array.from({ length: LOCI }, () => ztfLocus(random));
  const lsst = Array.from({ length: LOCI }, () => lsstLocus(random));
  const copies = Array.from({ length: COPIES }, (_, i) => new NamedHighSnr(`high_snr_${i}`));
  const defaults = (): Filter[] => selectFilters().filter(({ name }) => name !== 'lc_feature_extractor');
  return [
    await measure(`high_snr ${COPIES} times, ZTF`, copies, ztf),
    await measure('default set without features, ZTF', defaults(), ztf),
    await measure('default set without features, LSST', defaults(), lsst),
  ];
}

class NamedHighSnr extends HighSnr {
  override readonly name: string;

  constructor(name: string) {
    super();
    this.name = name;
  }
}

async function measure(what: string, filters: readonly Filter[], loci: readonly LocusInFlight[]): Promise<BenchResult> {
  const host = new InProcessFilterHost();
  const flags = DisabledFlags.create(filters.map(({ name }) => name));
  const files = {
    get(key: string): never {
      throw new TypeError(`no data file ${key}`);
    },
  };
  await host.prepare(filters, { flags, definitions: new Map(), files, at: 0 });
  const rounds = 40;
  let tags = 0;
  const nanosecondsPerLocus = nanosecondsEach(LOCI * rounds, () => {
    tags = 0;
    for (let round = 0; round < rounds; round += 1) {
      for (const locus of loci) {
        locus.tags.clear();
        tags += host.run(locus, CONTEXT).tagsAdded.length;
      }
    }
    return tags;
  });
  const crashed = flags.listDisabled();
  if (crashed.length > 0) throw new Error(`filters crashed in the benchmark: ${crashed.join(', ')}`);
  await host.close();
  return {
    question: 'filters',
    measure: what,
    value: rounded((filters.length / nanosecondsPerLocus) * 1e9),
    unit: 'evaluations/s/core',
    detail: {
      filters: filters.length,
      microsecondsPerAlert: rounded(nanosecondsPerLocus / 1000),
      tagsPerAlert: rounded(tags / (LOCI * rounds)),
    },
  };
}

/** A variable or a transient, in two bands, with what a ZTF packet says of its neighbours. */
function ztfLocus(random: () => number): LocusInFlight {
  const isStar = random() < 0.5;
  const amplitude = 0.1 + random();
  const dec = -25 + 110 * random();
  // On stars, ZTF's differences are 1.8 mag fainter than the reference in the median, and 0 to 3.3 for nine in ten.
  const referenceMag = 18 - 3.3 * random();
  const points: HandMadePoint[] = Array.from({ length: POINTS }, (_, i) => ({
    mjd: 59_000 + i + 0.1 * random(),
    passband: i % 2 === 0 ? 'g' : 'R',
    kind: i % 3 === 0 ? 'candidate' : 'history',
    dec,
    mag: 18 + amplitude * Math.sin(i / 3),
    magErr: 0.015 + 0.1 * random(),
    sign: 1,
    referenceMag: referenceMag + 0.1 * (i % 2),
    referenceMagErr: 0.02,
    referenceDistance: isStar ? 0.3 : 0.2 + random(),
    starDistance: isStar ? 0.3 : 0.2 + random(),
    starScore: isStar ? 0.95 : 0.1,
    referenceImage: 500_103 + (i % 2),
  }));
  const isMoving = random() < 0.1;
  return makeLocusInFlight({
    ra: 360 * random(),
    dec,
    points,
    properties: {
      num_alerts: BigInt(POINTS),
      ztf_object_id: 'ZTF20aafqubg',
      ztf_ssnamenr: 'null',
      // As stage 3 leaves it.
      is_corrected: isStar ? 'true' : 'false',
    },
    alertProperties: {
      ztf_candid: 1_100_362_880_015_010_020n,
      ztf_rb: 0.6 + 0.4 * random(),
      ztf_nbad: 0n,
      ztf_isdiffpos: 't',
      ztf_ssdistnr: isMoving ? 5 * random() : -999,
      ztf_ssmagnr: isMoving ? 18.2 : -999,
      ztf_ssnamenr: isMoving ? '12345' : 'null',
      ...neighbours(random, isStar),
    },
    catalogMatches: matches(random),
  });
}

function neighbours(random: () => number, isStar: boolean): Record<string, number> {
  return {
    ztf_sgscore1: isStar ? 0.95 : 0.1,
    ztf_distpsnr1: isStar ? 0.3 : 0.2 + random(),
    ztf_sgscore2: random(),
    ztf_distpsnr2: 10 * random(),
    ztf_sgscore3: random(),
    ztf_distpsnr3: 20 * random(),
  };
}

function lsstLocus(random: () => number): LocusInFlight {
  const amplitude = 0.1 + random();
  const dec = -70 + 70 * random();
  const passbands = ['u', 'g', 'r', 'i', 'z', 'y'];
  const points: HandMadePoint[] = Array.from({ length: POINTS }, (_, i) => ({
    surveyNumber: 4,
    mjd: 61_000 + i + 0.1 * random(),
    passband: passbands[i % 6]!,
    kind: i % 3 === 0 ? 'candidate' : 'history',
    dec,
    mag: 21 + amplitude * Math.sin(i / 3),
    magErr: 0.05,
    magCorrected: 20.5 + 0.5 * amplitude * Math.sin(i / 3),
    magErrCorrected: 0.02,
    sign: 1,
  }));
  return makeLocusInFlight({
    ra: 360 * random(),
    dec,
    points,
    objects: [{ survey: 'lsst', role: 'object', id: '170631126925180997' }],
    properties: { num_alerts: BigInt(POINTS) },
    alertProperties: {
      lsst_diaSource_ssObjectId: 0n,
      lsst_diaSource_reliability: random(),
      lsst_diaSource_templateFlux: 1000 * random(),
      lsst_diaSource_templateFluxErr: 20,
      lsst_diaSource_isNegative: false,
    },
    catalogMatches: matches(random),
  });
}

/** As on the real sky: half of the loci match nothing, the others one or two catalogues. */
function matches(random: () => number): ObjectMatch[] {
  const names = random() < 0.5 ? [] : random() < 0.5 ? ['gaia_dr3_gaia_source'] : ['sdss_gals', 'allwise'];
  return names.map((list, row) => ({ list, objectId: `${row}`, row, separationArcsec: random(), radiusArcsec: 1 }));
}
