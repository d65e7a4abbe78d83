import { gzipSync } from 'node:zlib';
import { fluxOfMagnitude } from '../../model/magnitudes.ts';
import { Random, wordOf } from '../random.ts';
import type { Band, SimulatedSource } from '../sky/source.ts';
import { TangentPlane } from '../sky/tangent-plane.ts';
import { type FitsCard, findCardValue, fitsBytes, setCardValue } from './fits.ts';
import type { Observation } from './observation.ts';
import type { Survey } from './survey.ts';

/**
 * Where the stamps of a packet come from.
 *
 * - `each`: drawn for that packet: its own noise, signal to noise and host (one or two milliseconds)
 * - `pool`: drawn once for each class of signal to noise, seeing and surroundings, then shared: for streams at speed
 * - `none`: no stamps; the fields are null
 */
export type CutoutMode = 'each' | 'pool' | 'none';

/** The three stamps of an alert, as the survey's packets hold them. */
export interface Stamps {
  readonly science: Uint8Array;
  readonly template: Uint8Array;
  readonly difference: Uint8Array;
}

/** What a stamp shows, in units of the noise of its pixels. */
interface Scene {
  /** Signed signal to noise of the difference. */
  readonly snr: number;
  readonly isDipole: boolean;
  /** Width of the point spread function [pixel]. */
  readonly fwhmPixels: number;
  /** Signal to noise that the reference source would have in the new image; 0 for none. */
  readonly referenceSnr: number;
  /** Offset of the reference source from the centre [pixel] and, for a galaxy, its scale length [pixel]. */
  readonly referenceX: number;
  readonly referenceY: number;
  readonly referenceScale: number;
}

const ZTF_SIDE = 63;
const ZTF_SKY_DN = 150;
const LSST_SIDE = 30;
const LSST_PSF_SIDE = 41;
const LSST_TEMPLATE_PSF_SIDE = 49;
const STREAM = wordOf('stamps');
const ZERO_POINT_DN = 26.3;

/** Draws the stamps of alerts. */
export class StampPainter {
  readonly #survey: Survey;
  readonly #seed: number;
  readonly #mode: CutoutMode;
  readonly #pool = new Map<string, Stamps>();

  constructor(seed: string | number, survey: Survey, mode: CutoutMode) {
    this.#survey = survey;
    this.#seed = wordOf(seed) ^ STREAM ^ wordOf(survey.name);
    this.#mode = mode;
  }

  /** The stamps of an observation; undefined in mode `none`. Shared in mode `pool`: copy before changing. */
  paint(observation: Observation): Stamps | undefined {
    if (this.#mode === 'none') return undefined;
    const { source, visit } = observation;
    const pixelNoise = pixelNoiseOf(this.#survey, visit.limitMag, visit.seeingArcsec);
    if (this.#mode === 'each') {
      const random = new Random(this.#seed, source.index, visit.night, visit.sequence);
      return this.#draw(exactScene(observation, this.#survey), pixelNoise, random);
    }
    const scene = commonScene(observation, this.#survey);
    const key = Object.values(scene).join(' ');
    let stamps = this.#pool.get(key);
    if (stamps === undefined) {
      // Seeded by what is shown: the same class looks the same in whichever order classes come up.
      const typicalNoise = pixelNoiseOf(this.#survey, typicalLimit(this.#survey), this.#survey.seeingArcsec);
      stamps = this.#draw(scene, typicalNoise, new Random(this.#seed, wordOf(key)));
      this.#pool.set(key, stamps);
    }
    return stamps;
  }

  #draw(scene: Scene, pixelNoise: number, random: Random): Stamps {
    return this.#survey.name === 'ztf' ? ztfStamps(scene, pixelNoise, random) : lsstStamps(scene, pixelNoise, random);
  }
}

/** Noise of one pixel [nJy]: a point source at five sigma spreads over 4πσ² pixels. */
function pixelNoiseOf(survey: Survey, limitMag: number, seeingArcsec: number): number {
  const sigma = seeingArcsec / survey.pixelArcsec / 2.3548;
  return fluxOfMagnitude(limitMag) / 5 / (Math.sqrt(4 * Math.PI) * sigma);
}

function typicalLimit(survey: Survey): number {
  return survey.depth.r!;
}

function exactScene(observation: Observation, survey: Survey): Scene {
  const { source, visit } = observation;
  const sky = visit.skyErr;
  const reference = referenceIn(source, visit.band, sky, survey);
  return {
    snr: Math.sign(observation.flux) * (Math.abs(observation.flux) / sky),
    isDipole: source.truth['type'] === 'dipole',
    fwhmPixels: visit.seeingArcsec / survey.pixelArcsec,
    ...reference,
  };
}

function commonScene(observation: Observation, survey: Survey): Scene {
  const exact = exactScene(observation, survey);
  const steps = (value: number, base: number): number =>
    value === 0 ? 0 : base ** Math.round(Math.log(value) / Math.log(base));
  return {
    snr: Math.sign(exact.snr) * steps(Math.min(200, Math.max(5, Math.abs(exact.snr))), survey.name === 'ztf' ? 1.5 : 2),
    isDipole: exact.isDipole,
    fwhmPixels: steps(exact.fwhmPixels, 1.3),
    referenceSnr: steps(Math.min(500, exact.referenceSnr), 5),
    referenceX: 4 * Math.round(exact.referenceX / 4),
    referenceY: 4 * Math.round(exact.referenceY / 4),
    referenceScale: exact.referenceScale === 0 ? 0 : steps(Math.max(1, exact.referenceScale), 3),
  };
}

function referenceIn(
  source: SimulatedSource,
  band: Band,
  sky: number,
  survey: Survey,
): Pick<Scene, 'referenceSnr' | 'referenceX' | 'referenceY' | 'referenceScale'> {
  const { reference, host } = source;
  const nothing = { referenceSnr: 0, referenceX: 0, referenceY: 0, referenceScale: 0 };
  if (reference === undefined) return nothing;
  const plane = new TangentPlane(source.place);
  plane.project(reference.place.ra, reference.place.dec);
  // East is to the left.
  const referenceX = (-plane.xi * 3600) / survey.pixelArcsec;
  const referenceY = (plane.eta * 3600) / survey.pixelArcsec;
  const reach = survey.name === 'ztf' ? ZTF_SIDE : LSST_SIDE;
  if (Math.abs(referenceX) > reach || Math.abs(referenceY) > reach) return nothing;
  return {
    referenceSnr: fluxOfMagnitude(reference.mag(band)) / sky,
    referenceX,
    referenceY,
    referenceScale: host === undefined ? 0 : host.radiusArcsec / 3.2 / survey.pixelArcsec,
  };
}

/** Sky of zero mean with what the scene shows, in units of the noise of a pixel. */
function paintInto(
  pixels: Float32Array,
  side: number,
  scene: Scene,
  noise: number,
  shows: { readonly reference: boolean; readonly source: boolean },
  random: Random,
): void {
  const centre = (side - 1) / 2;
  const sigma = scene.fwhmPixels / 2.3548;
  // Flux [noise of a pixel] of a point source of this signal to noise, and its peak.
  const peakOf = (snr: number): number => (snr * Math.sqrt(4 * Math.PI) * sigma) / (2 * Math.PI * sigma * sigma);
  const sourcePeak = shows.source ? peakOf(scene.snr) : 0;
  const starPeak = shows.reference && scene.referenceScale === 0 ? peakOf(scene.referenceSnr) : 0;
  const scale = Math.hypot(scene.referenceScale, sigma);
  const discPeak =
    shows.reference && scene.referenceScale > 0
      ? (scene.referenceSnr * Math.sqrt(4 * Math.PI) * sigma) / (2 * Math.PI * scale * scale)
      : 0;
  const lobe = scene.isDipole ? 0.6 * sigma : 0;
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const dx = x - centre;
      const dy = y - centre;
      let value = noise * random.normal();
      if (sourcePeak !== 0) {
        value += sourcePeak * gauss(dx - lobe, dy, sigma);
        if (scene.isDipole) value -= 0.8 * sourcePeak * gauss(dx + 3 * lobe, dy, sigma);
      }
      const rx = dx - scene.referenceX;
      const ry = dy - scene.referenceY;
      if (starPeak !== 0) value += starPeak * gauss(rx, ry, sigma);
      if (discPeak !== 0) value += discPeak * Math.exp(-Math.hypot(rx, ry) / scale);
      pixels[y * side + x] = value;
    }
  }
}

function gauss(dx: number, dy: number, sigma: number): number {
  const square = (dx * dx + dy * dy) / (2 * sigma * sigma);
  return square > 30 ? 0 : Math.exp(-square);
}

/** ZTF: 63 × 63 single-precision pixels of about an arcsecond, in data numbers, gzipped (fastest: the sky is noise). */
function ztfStamps(scene: Scene, pixelNoise: number, random: Random): Stamps {
  const toDn = pixelNoise / fluxOfMagnitude(ZERO_POINT_DN);
  const cards: FitsCard[] = [['BUNIT', 'DN']];
  const stamp = (sky: number, noise: number, shows: { reference: boolean; source: boolean }): Uint8Array => {
    const pixels = new Float32Array(ZTF_SIDE * ZTF_SIDE);
    paintInto(pixels, ZTF_SIDE, scene, noise, shows, random);
    for (let i = 0; i < pixels.length; i += 1) pixels[i] = sky + toDn * pixels[i]!;
    const bytes = fitsBytes([{ width: ZTF_SIDE, height: ZTF_SIDE, bitpix: -32, pixels, cards }]);
    return gzipSync(bytes, { level: 1 });
  };
  return {
    science: stamp(ZTF_SKY_DN, 0.95, { reference: true, source: true }),
    template: stamp(ZTF_SKY_DN * 0.8, 0.3, { reference: true, source: false }),
    difference: stamp(0, 1, { reference: false, source: true }),
  };
}

/**
 * LSST: 30 × 30 pixels of a fifth of an arcsecond [nJy], their variance, and the point spread function, in three header-data
 * units, not compressed. The place on the sky and on the detector is set packet by packet (`placeLsstStamp`).
 */
function lsstStamps(scene: Scene, pixelNoise: number, random: Random): Stamps {
  const degrees = 0.2 / 3600;
  const stamp = (noise: number, psfSide: number, shows: { reference: boolean; source: boolean }): Uint8Array => {
    const pixels = new Float32Array(LSST_SIDE * LSST_SIDE);
    paintInto(pixels, LSST_SIDE, scene, noise, shows, random);
    for (let i = 0; i < pixels.length; i += 1) pixels[i] = pixelNoise * pixels[i]!;
    const variance = new Float32Array(pixels.length).fill((noise * pixelNoise) ** 2);
    return fitsBytes([
      {
        width: LSST_SIDE,
        height: LSST_SIDE,
        bitpix: -32,
        pixels,
        cards: [
          ['CUTMINX', 0],
          ['CUTMINY', 0],
          ['BUNIT', 'nJy'],
          ['WCSAXES', 2, 'Number of coordinate axes'],
          ['CTYPE1', 'RA---TAN', 'Gnomonic projection'],
          ['CTYPE2', 'DEC--TAN', 'Gnomonic projection'],
          ['CUNIT1', 'deg'],
          ['CUNIT2', 'deg'],
          ['CRPIX1', (LSST_SIDE + 1) / 2, 'Pixel coordinate of reference point'],
          ['CRPIX2', (LSST_SIDE + 1) / 2, 'Pixel coordinate of reference point'],
          ['PC1_1', -degrees, 'Coordinate transformation matrix element'],
          ['PC2_2', degrees, 'Coordinate transformation matrix element'],
          ['CDELT1', 1, 'Coordinate increment at reference point'],
          ['CDELT2', 1, 'Coordinate increment at reference point'],
          ['CRVAL1', 0, 'Coordinate value at reference point'],
          ['CRVAL2', 0, 'Coordinate value at reference point'],
          ['RADESYS', 'ICRS'],
          ['MJDREF', 0, '[d] MJD of fiducial time'],
        ],
      },
      {
        width: LSST_SIDE,
        height: LSST_SIDE,
        bitpix: -32,
        pixels: variance,
        cards: [
          ['UTYPE', 'VarianceUncertainty'],
          ['EXTNAME', 'UNCERT', 'extension name'],
        ],
      },
      {
        width: psfSide,
        height: psfSide,
        bitpix: -64,
        pixels: pointSpread(psfSide, scene.fwhmPixels),
        cards: [['EXTNAME', 'PSFIMAGE', 'extension name']],
      },
    ]);
  };
  return {
    science: stamp(0.95, LSST_PSF_SIDE, { reference: true, source: true }),
    template: stamp(0.3, LSST_TEMPLATE_PSF_SIDE, { reference: true, source: false }),
    difference: stamp(1, LSST_PSF_SIDE, { reference: false, source: true }),
  };
}

/** A Gaussian of sum 1. */
function pointSpread(side: number, fwhm: number): Float64Array {
  const sigma = fwhm / 2.3548;
  const pixels = new Float64Array(side * side);
  let sum = 0;
  for (let i = 0; i < pixels.length; i += 1) {
    const value = gauss((i % side) - (side - 1) / 2, Math.floor(i / side) - (side - 1) / 2, sigma);
    pixels[i] = value;
    sum += value;
  }
  for (let i = 0; i < pixels.length; i += 1) pixels[i] = pixels[i]! / sum;
  return pixels;
}

/** Where the values that differ from alert to alert stand in an LSST stamp; the same in all of them. */
let lsstOffsets: readonly number[] | undefined;

/**
 * Writes into an LSST stamp where it is.
 *
 * @param stamp  bytes of the stamp, changed in place
 * @param ra     ICRS of the centre [deg]
 * @param x      column of the centre on the detector [pixel]
 */
export function placeLsstStamp(stamp: Uint8Array, ra: number, dec: number, x: number, y: number): void {
  lsstOffsets ??= ['CUTMINX', 'CUTMINY', 'CRVAL1', 'CRVAL2'].map((keyword) => findCardValue(stamp, keyword));
  setCardValue(stamp, lsstOffsets[0]!, Math.round(x) - LSST_SIDE / 2);
  setCardValue(stamp, lsstOffsets[1]!, Math.round(y) - LSST_SIDE / 2);
  setCardValue(stamp, lsstOffsets[2]!, ra);
  setCardValue(stamp, lsstOffsets[3]!, dec);
}
