import type { SkyPosition } from '../../sky/position.ts';
import { Random, wordOf } from '../random.ts';
import type { ReferenceSource, SimulatedSource } from '../sky/source.ts';
import { distanceArcsec, placeBeside } from '../sky/tangent-plane.ts';

/** A source of the Pan-STARRS1 catalogue near an alert. */
export interface NearbySource {
  readonly objectId: bigint;
  readonly distanceArcsec: number;
  /** Magnitudes in g, r, i, z [mag]; −999 where not measured. */
  readonly mags: readonly [number, number, number, number];
  readonly starScore: number;
}

/** What catalogues and the reference image show around a source, the same in all its ZTF packets. */
export interface Surroundings {
  /** Nearest first, at most three. */
  readonly panStarrs: readonly NearbySource[];
  /** How many within 30 arcsec. */
  readonly panStarrsCount: number;
  /** The nearest source in the reference image: the source's own, or a chance neighbour. */
  readonly reference: ReferenceSource;
  /** DAOPhot's goodness and sharpness of that one. */
  readonly chi: number;
  readonly sharp: number;
  /** Nearest Gaia source and nearest one brighter than 14 mag: distance [arcsec] and G [mag]; −999 where none within 90. */
  readonly gaia: readonly [number, number];
  readonly gaiaBright: readonly [number, number];
  /** First and last exposure of the reference image [JD], and how many. */
  readonly referenceImage: readonly [number, number, number];
}

const STREAM = wordOf('surroundings');
/** Catalogue sources per square arcsecond: six within 30 arcsec, as at moderate Galactic latitude. */
const DENSITY = 6 / (Math.PI * 30 ** 2);
/** The year in which the reference images were taken [JD]. */
const REFERENCE_JD = 2_458_200.5;

/** Draws the surroundings of a source. */
export function surroundingsOf(seed: string | number, source: SimulatedSource): Surroundings {
  const random = new Random(wordOf(seed), STREAM, source.index);
  const chance = neighbours(source.place, random);
  const own: NearbySource[] = [];
  const { reference } = source;
  if (reference !== undefined) {
    const magR = reference.mag('r');
    if (magR < 23) {
      own.push({
        objectId: panStarrsId(reference.place, random),
        distanceArcsec: distanceArcsec(source.place, reference.place),
        mags: [reference.mag('g'), magR, reference.mag('i'), reference.mag('z')],
        starScore: reference.starScore,
      });
    }
  }
  const all = [...own, ...chance.map((one) => one.source)].sort((a, b) => a.distanceArcsec - b.distanceArcsec);
  const nearestChance = chance[0];
  const isGalaxy = source.host !== undefined;
  const nearest: ReferenceSource = reference ?? {
    place: nearestChance?.place ?? placeBeside(source.place, random.uniform(8, 25), random.uniform(0, 360)),
    mag: () => nearestChance?.source.mags[1] ?? 21.5,
    starScore: 0.5,
  };
  const gaiaDistance = reference !== undefined && !isGalaxy ? distanceArcsec(source.place, reference.place) : undefined;
  const ownMag = reference?.mag('r') ?? 25;
  const gaia: readonly [number, number] =
    gaiaDistance !== undefined && ownMag < 20.5
      ? [gaiaDistance, ownMag]
      : [Math.sqrt(random.unit()) * 60 + 2, random.uniform(15, 20.7)];
  const hasBright = random.chance(0.35);
  const firstJd = REFERENCE_JD + Math.floor(random.uniform(0, 60));
  return {
    panStarrs: all.slice(0, 3),
    panStarrsCount: all.length,
    reference: nearest,
    chi: isGalaxy ? random.uniform(0.8, 4) : random.uniform(0.3, 0.9),
    sharp: isGalaxy ? random.uniform(0.1, 0.8) : random.normal(0, 0.08),
    gaia,
    gaiaBright:
      ownMag < 14 && gaiaDistance !== undefined
        ? [gaiaDistance, ownMag]
        : hasBright
          ? [Math.sqrt(random.unit()) * 60 + 30, random.uniform(9, 14)]
          : [-999, -999],
    referenceImage: [firstJd, firstJd + Math.floor(random.uniform(20, 120)), 15 + random.integer(26)],
  };
}

/** Catalogue sources that happen to lie within 30 arcsec, nearest first. */
function neighbours(
  place: SkyPosition,
  random: Random,
): { readonly place: SkyPosition; readonly source: NearbySource }[] {
  const found: { place: SkyPosition; source: NearbySource }[] = [];
  // The areas between one neighbour and the next are exponential deviates.
  for (let square = 0; ; ) {
    square += random.exponential(1 / (Math.PI * DENSITY));
    if (square > 900) return found;
    // Nothing within 2.5 arcsec: what is so near to a source is the source's own business.
    if (square < 6.25) continue;
    const distance = Math.sqrt(square);
    const there = placeBeside(place, distance, random.uniform(0, 360));
    const magR = random.uniform(17, 22.5);
    const colour = random.uniform(0.3, 1.3);
    found.push({
      place: there,
      source: {
        objectId: panStarrsId(there, random),
        distanceArcsec: distance,
        mags: [random.chance(0.2) ? -999 : magR + colour, magR, magR - 0.4 * colour, magR - 0.6 * colour],
        starScore: random.unit(),
      },
    });
  }
}

/** An identifier as Pan-STARRS1 builds it: declination zone of half an arcminute, right ascension, and two digits. */
function panStarrsId(place: SkyPosition, random: Random): bigint {
  const zone = BigInt(Math.floor((place.dec + 90) / 0.0083333));
  return zone * 10n ** 13n + BigInt(Math.round(place.ra * 1e8)) * 100n + BigInt(random.integer(100));
}
