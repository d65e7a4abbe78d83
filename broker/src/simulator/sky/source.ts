import type { SkyPosition } from '../../sky/position.ts';

/** Bands of both surveys, blue to red; ZTF has g, r and i. */
export const BANDS = ['u', 'g', 'r', 'i', 'z', 'y'] as const;

/** A band. */
export type Band = (typeof BANDS)[number];

/** What a simulated source is. */
export const SOURCE_KINDS = [
  'supernova_ia',
  'supernova_core_collapse',
  'rr_lyrae',
  'eclipsing_binary',
  'long_period_variable',
  'active_galaxy',
  'flare_star',
  'nova',
  'dwarf_nova',
  'asteroid',
  'artefact',
  'steady',
] as const;

/** What a simulated source is; `steady` is made for benchmarks only. */
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** A galaxy around or beside a source. */
export interface Host {
  readonly name: string;
  /** Centre, ICRS [deg]. */
  readonly place: SkyPosition;
  readonly redshift: number;
  /** Semi-major axis at the isophote of 25 mag per square arcsec in B (half of D25) [arcsec]. */
  readonly radiusArcsec: number;
  /** AB magnitude of the whole in r [mag]. */
  readonly magR: number;
  /** Colour g − r [mag]. */
  readonly colour: number;
}

/** The nearest source in the reference image: what ZTF calls nr. */
export interface ReferenceSource {
  readonly place: SkyPosition;
  /** AB magnitude [mag]. */
  mag(band: Band): number;
  /** 0 a galaxy to 1 a star. */
  readonly starScore: number;
}

/** Anything worth writing down about a source: what is true of it, by name, in the units that the name says. */
export type Truth = Readonly<Record<string, number | string | boolean>>;

/**
 * A simulated source: where it is and how bright, at any time, as pure functions.
 *
 * Nothing here depends on a survey, on other sources, or on when it was asked last.
 */
export interface SimulatedSource {
  /** Place in the population, 0, 1, 2, …: names the streams that it draws from. */
  readonly index: number;
  /** `<kind>-<index>`. */
  readonly id: string;
  readonly kind: SourceKind;
  /** ICRS [deg]; for a moving source at the epoch of the sky. */
  readonly place: SkyPosition;
  /** The place at a time [MJD, TAI], for a source that moves. */
  placeAt?(mjd: number): SkyPosition;
  /** Flux on top of the reference image [nJy], negative when fainter, at a time [MJD, TAI]. */
  difference(band: Band, mjd: number): number;
  /** Flux at the same place in the reference image [nJy]: of the source itself, and of a host beneath it. */
  template(band: Band): number;
  /** What the reference image shows nearest to the source; undefined where it shows nothing within arcseconds. */
  readonly reference: ReferenceSource | undefined;
  readonly host: Host | undefined;
  readonly truth: Truth;
  /**
   * For what is no source at all: its signed signal to noise in one exposure, drawn from that exposure's stream;
   * undefined when it does not show. `difference` is 0 for such a one.
   */
  instrumental?(draw: () => number): number | undefined;
}
