import { isoTextOfMjdUtc } from '../model/time.ts';
import type { SkyPosition } from '../sky/position.ts';
import { Random, wordOf } from './random.ts';
import { distanceModulus, kpcPerArcsec } from './sky/cosmology.ts';
import { hostMagnitude, makeHost } from './sky/host-galaxy.ts';
import { M31, placeInRegion, type SkyContext } from './sky/sky-context.ts';
import type { Host, SimulatedSource, SourceKind } from './sky/source.ts';
import { placeBeside } from './sky/tangent-plane.ts';

/** A catalogue or watch list to go with a simulated sky: how to load it, and its lines. */
export interface SimulatedCatalog {
  /** As the real one is called. */
  readonly name: string;
  readonly kind: 'catalog' | 'watch-list';
  /** Columns that hold position and identifier. */
  readonly raColumn: string;
  readonly decColumn: string;
  readonly idColumn: string;
  /** Column with the radius [arcsec]; undefined where all have the default of 1 arcsec. */
  readonly radiusColumn: string | undefined;
  /** CSV, header first. */
  lines(): Generator<string>;
}

/** Objects of no account for each source of the sky: a catalogue holds more than what varies. */
const FIELD_OBJECTS_PER_SOURCE = 2;
const STREAM = wordOf('catalogs');

type Cell = string | number | undefined;

/**
 * The catalogues that go with a sky: galaxies, variable stars, active galaxies, stars, reported transients, and a watch list.
 *
 * They know what a real catalogue would: all hosts and four in five of the variable stars and active galaxies, but of the
 * transients only those that peaked before the first night, and of artefacts nothing but the bright star beside.
 */
export function catalogsOf(
  seed: string | number,
  context: SkyContext,
  sources: readonly SimulatedSource[],
): readonly SimulatedCatalog[] {
  const known = new Map<number, boolean>();
  const isListed = (source: SimulatedSource): boolean => {
    let listed = known.get(source.index);
    if (listed === undefined) {
      listed = new Random(wordOf(seed), STREAM, source.index).chance(0.8);
      known.set(source.index, listed);
    }
    return listed;
  };
  const ofKinds = (...kinds: SourceKind[]): SimulatedSource[] =>
    sources.filter((source) => kinds.includes(source.kind));
  const transients = ofKinds('supernova_ia', 'supernova_core_collapse', 'nova');
  const galaxies = (): Generator<Host> => hosts(seed, context, sources);
  return [
    {
      ...layout('RC3', 'name', 'radius_arcsec'),
      *lines() {
        yield 'name,ra,dec,logd25,radius_arcsec,bt_mag,redshift';
        if (context.includesM31) {
          const logD25 = Math.log10(M31.radiusArcsec / 3);
          yield row(['M31', M31.place.ra, M31.place.dec, logD25, M31.radiusArcsec, 4.36, undefined]);
        }
        for (const host of galaxies()) {
          // The RC3 is a catalogue of the large: an arcminute across.
          if (host.radiusArcsec < 15) continue;
          const logD25 = Math.log10(host.radiusArcsec / 3);
          yield row([
            host.name,
            host.place.ra,
            host.place.dec,
            logD25,
            host.radiusArcsec,
            hostMagnitude(host, 'g') + 0.3,
            host.redshift,
          ]);
        }
      },
    },
    {
      ...layout('2mass_xsc', 'designation', 'r_k20fe'),
      *lines() {
        yield 'designation,ra,dec,r_k20fe,k_m_k20fe';
        for (const host of galaxies()) {
          if (host.magR > 18.5) continue;
          yield row([host.name, host.place.ra, host.place.dec, Math.max(2, 0.6 * host.radiusArcsec), host.magR - 2.8]);
        }
      },
    },
    {
      ...layout('ned', 'objname', undefined),
      *lines() {
        yield 'objname,ra,dec,z,type';
        for (const host of galaxies()) yield row([host.name, host.place.ra, host.place.dec, host.redshift, 'G']);
      },
    },
    {
      ...layout('milliquas', 'name', undefined),
      *lines() {
        yield 'name,ra,dec,type,rmag,z';
        for (const source of ofKinds('active_galaxy')) {
          if (!isListed(source)) continue;
          const { redshift, mean_mag_r: mag } = source.truth;
          yield row([
            `SIMQ${source.index}`,
            source.place.ra,
            source.place.dec,
            Number(redshift) > 0.3 ? 'Q' : 'A',
            number(mag),
            number(redshift),
          ]);
        }
      },
    },
    {
      ...layout('asassn_variable_catalog_v2_20190802', 'asassn_name', undefined, 'raj2000', 'dej2000'),
      *lines() {
        yield 'asassn_name,raj2000,dej2000,mean_vmag,amplitude,period,variable_type';
        for (const source of ofKinds('rr_lyrae', 'eclipsing_binary', 'long_period_variable')) {
          if (!isListed(source)) continue;
          const { truth } = source;
          const amplitude = truth['amplitude_g'] ?? truth['depth_mag'];
          const mag = (Number(truth['mean_mag_g']) + Number(truth['mean_mag_r'])) / 2;
          yield row([
            `SIMV${source.index}`,
            source.place.ra,
            source.place.dec,
            mag,
            number(amplitude),
            number(truth['period_days']),
            String(truth['type']),
          ]);
        }
      },
    },
    {
      ...layout('vsx', 'oid', undefined, 'raj2000', 'dej2000'),
      *lines() {
        yield 'oid,name,raj2000,dej2000,type,max,period';
        for (const source of ofKinds('dwarf_nova', 'flare_star')) {
          if (!isListed(source)) continue;
          const { truth } = source;
          const isDwarfNova = source.kind === 'dwarf_nova';
          const bright = Number(truth['mean_mag_r']) - Number(truth['amplitude_mag'] ?? 1);
          yield row([
            1_000_000 + source.index,
            `SIMV${source.index}`,
            source.place.ra,
            source.place.dec,
            isDwarfNova ? 'UG' : 'UV',
            bright,
            undefined,
          ]);
        }
      },
    },
    {
      ...layout('gaia_dr3_gaia_source', 'source_id', undefined),
      *lines() {
        yield 'source_id,ra,dec,phot_g_mean_mag,parallax,pmra,pmdec';
        for (const star of stars(seed, context, sources)) yield star;
      },
    },
    {
      ...layout('bright_guide_star_cat', 'hstid', undefined),
      *lines() {
        yield 'hstid,ra,dec,classification,mag';
        for (const source of sources) {
          const { reference } = source;
          if (reference === undefined || source.host !== undefined || !(reference.mag('r') < 16)) continue;
          // Class 0 is a star.
          yield row([`SIMS${source.index}`, reference.place.ra, reference.place.dec, 0, reference.mag('g')]);
        }
      },
    },
    {
      ...layout('tns_public_objects', 'objid', undefined, 'ra', 'declination'),
      *lines() {
        yield TNS_COLUMNS.join(',');
        for (const source of transients) {
          const peak = Number(source.truth['peak_mjd']);
          // What peaked before the first night and was bright enough for somebody has been reported.
          if (peak > context.startMjd - 5 || Number(source.truth['peak_mag_r']) > 20 || !isListed(source)) continue;
          yield tnsRow(source, peak);
        }
      },
    },
    {
      ...layout('simulated_favourites', 'name', 'radius_arcsec', 'ra_deg', 'dec_deg'),
      kind: 'watch-list',
      *lines() {
        yield 'name,ra_deg,dec_deg,radius_arcsec,kind';
        for (const source of sources) {
          // One in twenty of what stays where it is, with circles from a point to a small field.
          if (source.placeAt !== undefined || source.kind === 'artefact' || source.index % 20 !== 0) continue;
          const radius = [1, 1.5, 2, 5, 30][(source.index / 20) % 5]!;
          yield row([`watch-${source.id}`, source.place.ra, source.place.dec, radius, source.kind]);
        }
      },
    },
  ];
}

function layout(
  name: string,
  idColumn: string,
  radiusColumn: string | undefined,
  raColumn = 'ra',
  decColumn = 'dec',
): Omit<SimulatedCatalog, 'lines'> {
  return { name, kind: 'catalog', raColumn, decColumn, idColumn, radiusColumn };
}

/** All galaxies: hosts of the sky's sources, then others. */
function* hosts(seed: string | number, context: SkyContext, sources: readonly SimulatedSource[]): Generator<Host> {
  for (const { host } of sources) if (host !== undefined) yield host;
  const random = new Random(wordOf(seed), STREAM, 0x9a1a);
  for (let n = 0; n < sources.length * FIELD_OBJECTS_PER_SOURCE; n += 1) {
    const redshift = random.uniform(0.01, 0.4);
    const place = placeInRegion(context.region, random);
    yield makeHost(random, `SIMF${n}`, place, redshift, distanceModulus(redshift), kpcPerArcsec(redshift));
  }
}

/** All stars: those behind the sky's sources, then others. */
function* stars(seed: string | number, context: SkyContext, sources: readonly SimulatedSource[]): Generator<string> {
  const random = new Random(wordOf(seed), STREAM, 0x57a5);
  for (const source of sources) {
    const { reference } = source;
    if (reference === undefined || source.host !== undefined || reference.starScore < 0.5) continue;
    // Gaia ends at 21.
    if (reference.mag('r') > 21) continue;
    yield gaiaRow(source.index, reference.place, reference.mag('r'), random);
  }
  for (let n = 0; n < sources.length * FIELD_OBJECTS_PER_SOURCE; n += 1) {
    yield gaiaRow(1e9 + n, placeInRegion(context.region, random), random.uniform(13, 21), random);
  }
}

function gaiaRow(number_: number, place: SkyPosition, mag: number, random: Random): string {
  const measured = placeBeside(place, Math.abs(random.normal(0, 0.02)), random.uniform(0, 360));
  // Gaia's own 19 digits: text, since no double holds them.
  const id = (2_400_000_000_000_000_000n + BigInt(number_) * 1_000_003n).toString();
  return row([
    id,
    measured.ra,
    measured.dec,
    mag,
    random.logNormal(0.7, 0.8),
    random.normal(0, 6),
    random.normal(-4, 6),
  ]);
}

const TNS_COLUMNS = [
  'objid',
  'name_prefix',
  'name',
  'ra',
  'declination',
  'redshift',
  'typeid',
  'type',
  'reporting_group',
  'source_group',
  'discoverydate',
  'discoverymag',
  'internal_names',
  'creationdate',
  'lastmodified',
  'time_received',
] as const;

/** Numbers and names of types as the Transient Name Server has them. */
const TNS_TYPES: Readonly<Record<string, readonly [number, string]>> = {
  supernova_ia: [3, 'SN Ia'],
  IIP: [11, 'SN IIP'],
  Ibc: [6, 'SN Ib/c'],
  IIn: [13, 'SN IIn'],
  nova: [26, 'Nova'],
};

function tnsRow(source: SimulatedSource, peakMjd: number): string {
  const { truth } = source;
  const type = TNS_TYPES[String(truth['type'] ?? source.kind)]!;
  const discovered = peakMjd - 6;
  const when = (mjd: number): string => isoTextOfMjdUtc(mjd, 0).replace('Z', '+00:00');
  // Found two magnitudes below maximum.
  const mag = Number(truth['peak_mag_r']) + 2;
  const year = isoTextOfMjdUtc(discovered).slice(0, 4);
  return row([
    500_000 + source.index,
    source.kind === 'nova' ? 'AT' : 'SN',
    `${year}${letters(source.index)}`,
    source.place.ra,
    source.place.dec,
    number(truth['redshift']),
    type[0],
    type[1],
    'Simulated',
    'Simulated',
    when(discovered),
    mag,
    `SIM${source.index}`,
    when(discovered + 1),
    when(discovered + 4),
    when(discovered + 4),
  ]);
}

/** Letters of a TNS name: aaa, aab, … */
function letters(index: number): string {
  let text = '';
  for (let rest = index, place = 0; place < 3 || rest > 0; place += 1) {
    text = String.fromCharCode(97 + (rest % 26)) + text;
    rest = Math.floor(rest / 26);
  }
  return text;
}

function number(value: string | number | boolean | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function row(cells: readonly Cell[]): string {
  return cells.map((cell) => (cell === undefined ? '' : String(cell))).join(',');
}
