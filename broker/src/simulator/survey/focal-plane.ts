import type { SurveyName } from './survey.ts';

/** Where a point of the focal plane falls: a detector and a pixel on it. */
export interface DetectorPlace {
  /** ZTF: readout channel, 0 to 63. LSST: detector, 0 to 188. */
  readonly detector: number;
  /** Column and row [pixel]. */
  readonly x: number;
  readonly y: number;
}

/**
 * A camera: a grid of equal detectors, side by side without gaps, on the tangent plane of the field's centre; rows grow to the
 * north, columns to the west, as the sky is seen.
 */
interface Camera {
  readonly across: number;
  readonly columns: number;
  readonly rows: number;
  readonly pixelArcsec: number;
  /** Number of the detector in a column and row of the grid; −1 where the corner is empty. */
  readonly numbers: readonly number[];
}

/** Eight by eight quadrants of 3072 × 3080 pixels; four to a CCD, the CCDs counted in rows from the south-west. */
const ZTF_CAMERA: Camera = {
  across: 8,
  columns: 3072,
  rows: 3080,
  pixelArcsec: 1.012,
  numbers: Array.from({ length: 64 }, (_, place) => {
    const column = place % 8;
    const row = Math.floor(place / 8);
    return 4 * ((column >> 1) + 4 * (row >> 1)) + (column & 1) + 2 * (row & 1);
  }),
};

/** Five by five rafts of nine CCDs, without the rafts of the four corners: 189 CCDs of 4072 × 4000 pixels, 9.5 deg². */
const LSST_CAMERA: Camera = {
  across: 15,
  columns: 4072,
  rows: 4000,
  pixelArcsec: 0.2,
  numbers: lsstNumbers(),
};

function lsstNumbers(): number[] {
  const numbers: number[] = new Array(225).fill(-1);
  let raft = 0;
  for (let place = 0; place < 25; place += 1) {
    const raftRow = Math.floor(place / 5);
    const raftColumn = place % 5;
    if ((raftRow === 0 || raftRow === 4) && (raftColumn === 0 || raftColumn === 4)) continue;
    for (let ccd = 0; ccd < 9; ccd += 1) {
      const row = raftRow * 3 + Math.floor(ccd / 3);
      numbers[row * 15 + raftColumn * 3 + (ccd % 3)] = raft * 9 + ccd;
    }
    raft += 1;
  }
  return numbers;
}

function cameraOf(survey: SurveyName): Camera {
  return survey === 'ztf' ? ZTF_CAMERA : LSST_CAMERA;
}

/**
 * The detector and pixel at ξ, η [deg] from the centre of a field; undefined outside the camera.
 */
export function findOnDetector(survey: SurveyName, xi: number, eta: number): DetectorPlace | undefined {
  const camera = cameraOf(survey);
  const column = (-xi * 3600) / camera.pixelArcsec + (camera.columns * camera.across) / 2;
  const row = (eta * 3600) / camera.pixelArcsec + (camera.rows * camera.across) / 2;
  const ccdColumn = Math.floor(column / camera.columns);
  const ccdRow = Math.floor(row / camera.rows);
  if (!(ccdColumn >= 0 && ccdColumn < camera.across && ccdRow >= 0 && ccdRow < camera.across)) return undefined;
  const detector = camera.numbers[ccdRow * camera.across + ccdColumn]!;
  if (detector < 0) return undefined;
  return { detector, x: column - ccdColumn * camera.columns, y: row - ccdRow * camera.rows };
}

/** Columns and rows of a detector [pixel]. */
export function detectorSize(survey: SurveyName): { readonly columns: number; readonly rows: number } {
  const { columns, rows } = cameraOf(survey);
  return { columns, rows };
}

/** Detectors of a camera. */
export function detectorCount(survey: SurveyName): number {
  return cameraOf(survey).numbers.reduce((count, number) => count + (number >= 0 ? 1 : 0), 0);
}

/** ξ and η [deg] from the centre of the field of a pixel: what `findOnDetector` undoes. */
export function placeOnCamera(
  survey: SurveyName,
  { detector, x, y }: DetectorPlace,
): readonly [xi: number, eta: number] {
  const camera = cameraOf(survey);
  const cell = camera.numbers.indexOf(detector);
  if (cell < 0) throw new TypeError(`${survey} has no detector ${detector}`);
  const column = x + (cell % camera.across) * camera.columns - (camera.columns * camera.across) / 2;
  const row = y + Math.floor(cell / camera.across) * camera.rows - (camera.rows * camera.across) / 2;
  return [(-column * camera.pixelArcsec) / 3600, (row * camera.pixelArcsec) / 3600];
}
