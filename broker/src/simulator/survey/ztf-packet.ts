import { abMagnitude, fluxOfMagnitude } from '../../model/magnitudes.ts';
import { JD_OF_MJD_0 } from '../../model/time.ts';
import { Random, wordOf } from '../random.ts';
import { ZTF_ALERT, ZTF_CANDIDATE, ZTF_FP_HIST, ZTF_PRV_CANDIDATE, ZTF_SCHEMA_VERSION } from '../schemas/ztf-schema.ts';
import { isAsteroid } from '../sky/asteroid.ts';
import type { Band, ReferenceSource, SimulatedSource } from '../sky/source.ts';
import { distanceArcsec } from '../sky/tangent-plane.ts';
import { ByteSink } from './byte-sink.ts';
import { containerOf, type Wrapping } from './container.ts';
import { type DetectorPlace, detectorSize } from './focal-plane.ts';
import type { Observation, Observer } from './observation.ts';
import { compileRecordEncoder } from './record-encoder.ts';
import type { Schedule, Visit } from './schedule.ts';
import { findVisit, observeVisit, placementIn, type Sighting, tallyBefore, type WrittenPacket } from './sighting.ts';
import { type CutoutMode, StampPainter } from './stamps.ts';
import { type Surroundings, surroundingsOf } from './surroundings.ts';
import { ZTF } from './survey.ts';
import {
  ztfCandid,
  ztfDifferenceFile,
  ztfExposure,
  ztfFilePrefix,
  ztfFilter,
  ztfNight,
  ztfObjectId,
  ztfPassingObjectId,
  ztfPid,
  ztfReferenceId,
} from './ztf-ids.ts';

const PUBLISHER = 'Simulated sky (ZTF schema)';
const PROGRAM_LEAD = 'Simulated';
const RB_VERSION = 't17_f5_c3';
const DRB_VERSION = 'd6_m7';
/** −2.5 log₁₀ e: magnitudes per relative error. */
const MAG_PER_E = 1.0857362047581296;
const CALIBRATION_STREAM = wordOf('calibration');

/** Calibration of an exposure, the same for all its detections. */
interface Calibration {
  readonly jd: number;
  readonly nid: number;
  readonly filePrefix: string;
  /** Flux of one data number [nJy]. */
  readonly dataNumber: number;
  readonly zeroPoint: number;
  readonly zeroPointErr: number;
  readonly zeroPointScatter: number;
  readonly colourTerm: number;
  readonly colourTermErr: number;
  readonly background: number;
  readonly pixelNoise: number;
  readonly calibrators: number;
  readonly astrometry: readonly [number, number];
}

/** What all rows of a packet say of the exposure that they come from. */
const IMAGE_COLUMNS = [
  'jd',
  'fid',
  'pid',
  'diffmaglim',
  'pdiffimfilename',
  'nid',
  'rcid',
  'field',
  'magzpsci',
  'magzpsciunc',
  'magzpscirms',
  'clrcoeff',
  'clrcounc',
] as const;

/** What a detection says beyond that, in candidates and in history alike. */
const DETECTION_COLUMNS = [
  'candid',
  'isdiffpos',
  'tblid',
  'xpos',
  'ypos',
  'ra',
  'dec',
  'magpsf',
  'sigmapsf',
  'chipsf',
  'magap',
  'sigmagap',
  'distnr',
  'magnr',
  'sigmagnr',
  'chinr',
  'sharpnr',
  'sky',
  'magdiff',
  'fwhm',
  'classtar',
  'mindtoedge',
  'magfromlim',
  'seeratio',
  'aimage',
  'bimage',
  'aimagerat',
  'bimagerat',
  'elong',
  'nneg',
  'nbad',
  'rb',
  'ssdistnr',
  'ssmagnr',
  'ssnamenr',
  'sumrat',
  'magapbig',
  'sigmagapbig',
  'ranr',
  'decnr',
  'scorr',
] as const;

/** What only the alert itself says. */
const CANDIDATE_COLUMNS = [
  'sgmag1',
  'srmag1',
  'simag1',
  'szmag1',
  'sgscore1',
  'distpsnr1',
  'ndethist',
  'ncovhist',
  'jdstarthist',
  'jdendhist',
  'objectidps1',
  'objectidps2',
  'sgmag2',
  'srmag2',
  'simag2',
  'szmag2',
  'sgscore2',
  'distpsnr2',
  'objectidps3',
  'sgmag3',
  'srmag3',
  'simag3',
  'szmag3',
  'sgscore3',
  'distpsnr3',
  'nmtchps',
  'rfid',
  'jdstartref',
  'jdendref',
  'nframesref',
  'dsnrms',
  'ssnrms',
  'dsdiff',
  'nmatches',
  'zpclrcov',
  'zpmed',
  'clrmed',
  'clrrms',
  'neargaia',
  'neargaiabright',
  'maggaia',
  'maggaiabright',
  'drb',
] as const;

const FORCED_COLUMNS = [
  'field',
  'rcid',
  'fid',
  'pid',
  'rfid',
  'sciinpseeing',
  'scibckgnd',
  'scisigpix',
  'magzpsci',
  'magzpsciunc',
  'magzpscirms',
  'clrcoeff',
  'clrcounc',
  'adpctdif1',
  'adpctdif2',
  'diffmaglim',
  'jd',
  'forcediffimflux',
  'forcediffimfluxunc',
  'distnr',
  'ranr',
  'decnr',
  'magnr',
  'sigmagnr',
  'chinr',
  'sharpnr',
] as const;

const ALWAYS = { programpi: PROGRAM_LEAD, programid: 1, rbversion: RB_VERSION };

const encodeCandidate = compileRecordEncoder(
  ZTF_CANDIDATE,
  { ...ALWAYS, tooflag: 0, exptime: ZTF.exposureSec, drbversion: DRB_VERSION },
  [...IMAGE_COLUMNS, ...DETECTION_COLUMNS, ...CANDIDATE_COLUMNS],
);
const encodeDetection = compileRecordEncoder(ZTF_PRV_CANDIDATE, ALWAYS, [...IMAGE_COLUMNS, ...DETECTION_COLUMNS]);
const encodeUpperLimit = compileRecordEncoder(
  ZTF_PRV_CANDIDATE,
  { ...ALWAYS, ...Object.fromEntries(DETECTION_COLUMNS.map((name) => [name, undefined])) },
  IMAGE_COLUMNS,
);
const encodeForced = compileRecordEncoder(
  ZTF_FP_HIST,
  { exptime: ZTF.exposureSec, programid: 1, procstatus: '0' },
  FORCED_COLUMNS,
);

/** What a packet writer may be told. */
export interface ZtfPacketOptions {
  readonly cutouts: CutoutMode;
}

/**
 * Writes ZTF alert packets, schema 4.02.
 *
 * The history of a packet holds every exposure of the last 30 days that covered the place: a detection where there was one,
 * else an upper limit, and forced photometry for both.
 */
export class ZtfPacketWriter {
  readonly #seed: string | number;
  readonly #schedule: Schedule;
  readonly #observer: Observer;
  readonly #painter: StampPainter;
  readonly #wrapping: Wrapping = containerOf(ZTF_ALERT);
  readonly #datum = new ByteSink(1 << 17);
  readonly #history = new ByteSink(1 << 14);
  readonly #forced = new ByteSink(1 << 14);
  readonly #calibrations = new Map<number, Calibration>();
  readonly #row = emptyRow();

  constructor(seed: string | number, schedule: Schedule, observer: Observer, options: ZtfPacketOptions) {
    this.#seed = seed;
    this.#schedule = schedule;
    this.#observer = observer;
    this.#painter = new StampPainter(seed, ZTF, options.cutouts);
  }

  /** The packet of a sighting. */
  write(sighting: Sighting): WrittenPacket {
    const { source, visit, onDetector, placed } = sighting;
    const surroundings = this.#surroundings(sighting);
    const rows =
      placed === undefined ? this.#nothingBefore(sighting, surroundings) : this.#before(sighting, surroundings);
    const observation = this.#observer.observe(source, visit, sighting.place, onDetector);
    const row = this.#measure(observation, sighting.slot, surroundings);
    const jd = row.jd;
    const rcid = onDetector.detector;
    const objectId =
      placed === undefined
        ? ztfPassingObjectId(visit, rcid, sighting.slot)
        : ztfObjectId(rows.firstNight ?? visit.night, source.index);
    const candid = row.candid;
    this.#describe(observation, surroundings, rows, jd);

    const sink = this.#datum;
    sink.clear();
    sink.string(ZTF_SCHEMA_VERSION);
    sink.string(PUBLISHER);
    sink.string(objectId);
    sink.long(candid);
    encodeCandidate(row, sink);
    writeRows(sink, rows.count, this.#history);
    writeRows(sink, rows.count, this.#forced);
    const stamps = this.#painter.paint(observation);
    if (stamps === undefined) {
      for (let i = 0; i < 3; i += 1) sink.integer(0);
    } else {
      const name = `candid${candid}`;
      const image = `${name}_pid${row.pid}_targ`;
      writeStamp(sink, `${image}_sci.fits.gz`, stamps.science);
      writeStamp(sink, `${name}_ref.fits.gz`, stamps.template);
      writeStamp(sink, `${image}_scimref.fits.gz`, stamps.difference);
    }
    return {
      bytes: this.#wrapping.wrap(sink.bytes.subarray(0, sink.at)),
      alertId: `ztf_candidate:${candid}`,
      surveyObjectId: objectId,
      surveyId: candid,
      visit: String(ztfExposure(visit)),
      ra: observation.ra,
      dec: observation.dec,
      snr: observation.snr,
      historyRows: rows.count,
    };
  }

  #surroundings(sighting: Sighting): Surroundings {
    const { placed } = sighting;
    if (placed === undefined) return surroundingsOf(this.#seed, { ...sighting.source, place: sighting.place });
    placed.surroundings ??= surroundingsOf(this.#seed, placed.source);
    return placed.surroundings;
  }

  /** Fills the history of a stationary source. */
  #before(sighting: Sighting, surroundings: Surroundings): Rows {
    const placed = sighting.placed!;
    const { visit } = sighting;
    const end = findVisit(placed.visits, visit.startMjd);
    const start = findVisit(placed.visits, visit.startMjd - ZTF.historyDays);
    const tally = tallyBefore(this.#observer, placed, start);
    let detections = tally.detections;
    let firstVisit = tally.firstDetection < 0 ? undefined : placed.visits[tally.firstDetection];
    this.#history.clear();
    this.#forced.clear();
    for (let place = start; place < end; place += 1) {
      const earlier = observeVisit(this.#observer, placed, place);
      const { slot, onDetector } = placementIn(placed, earlier.visit);
      const calibration = this.#calibration(earlier.visit);
      if (earlier.isDetected) {
        detections += 1;
        firstVisit ??= earlier.visit;
        this.#setForced(earlier, earlier.visit, onDetector, calibration, surroundings);
        encodeForced(this.#row, this.#forced);
        encodeDetection(this.#measure(earlier, slot, surroundings), this.#history);
      } else {
        this.#setImage(earlier.visit, onDetector, calibration);
        encodeUpperLimit(this.#row, this.#history);
        this.#setForced(earlier, earlier.visit, onDetector, calibration, surroundings);
        encodeForced(this.#row, this.#forced);
      }
    }
    return { count: end - start, detections, exposures: end, firstVisit, firstNight: firstVisit?.night };
  }

  /** Fills the history of a place where something moving is for the first time: upper limits. */
  #nothingBefore(sighting: Sighting, surroundings: Surroundings): Rows {
    const { visit, onDetector } = sighting;
    const visits = this.#schedule.visitsOf(visit.field);
    const end = findVisit(visits, visit.startMjd);
    const start = findVisit(visits, visit.startMjd - ZTF.historyDays);
    this.#history.clear();
    this.#forced.clear();
    for (let place = start; place < end; place += 1) {
      const earlier = visits[place]!;
      const calibration = this.#calibration(earlier);
      this.#setImage(earlier, onDetector, calibration);
      encodeUpperLimit(this.#row, this.#history);
      this.#setForced(undefined, earlier, onDetector, calibration, surroundings);
      encodeForced(this.#row, this.#forced);
    }
    return { count: end - start, detections: 0, exposures: end, firstVisit: undefined, firstNight: undefined };
  }

  #calibration(visit: Visit): Calibration {
    let known = this.#calibrations.get(visit.ordinal);
    if (known === undefined) {
      known = calibrationOf(this.#seed, visit);
      this.#calibrations.set(visit.ordinal, known);
    }
    return known;
  }

  /** What the row says of its exposure. */
  #setImage(visit: Visit, { detector }: DetectorPlace, calibration: Calibration): void {
    const row = this.#row;
    row.jd = calibration.jd;
    row.fid = ztfFilter(visit.band);
    row.pid = ztfPid(visit, detector);
    row.diffmaglim = visit.limitMag;
    row.pdiffimfilename = ztfDifferenceFile(calibration.filePrefix, detector);
    row.nid = calibration.nid;
    row.rcid = detector;
    row.field = visit.field.number;
    row.magzpsci = calibration.zeroPoint;
    row.magzpsciunc = calibration.zeroPointErr;
    row.magzpscirms = calibration.zeroPointScatter;
    row.clrcoeff = calibration.colourTerm;
    row.clrcounc = calibration.colourTermErr;
  }

  /** What the row says of forced photometry; of an empty place where there is no observation. */
  #setForced(
    observation: Observation | undefined,
    visit: Visit,
    onDetector: DetectorPlace,
    calibration: Calibration,
    surroundings: Surroundings,
  ): void {
    const row = this.#row;
    this.#setImage(visit, onDetector, calibration);
    row.rfid = ztfReferenceId(visit.field.number, row.fid, row.rcid);
    row.sciinpseeing = visit.seeingArcsec / ZTF.pixelArcsec;
    row.scibckgnd = calibration.background;
    row.scisigpix = calibration.pixelNoise;
    row.adpctdif1 = calibration.astrometry[0];
    row.adpctdif2 = calibration.astrometry[1];
    const { dataNumber } = calibration;
    const { skyErr } = visit;
    row.forcediffimflux =
      (observation === undefined ? skyErr * emptyPlace(visit, onDetector) : observation.flux) / dataNumber;
    row.forcediffimfluxunc = (observation?.fluxErr ?? skyErr) / dataNumber;
    this.#setReference(surroundings, visit.band);
    // Forced photometry gives the distance in arcseconds, detections in pixels.
    const { source } = observation ?? {};
    row.distnr =
      source === undefined ? surroundingsDistance(surroundings) : referenceDistance(source, surroundings.reference);
  }

  #setReference(surroundings: Surroundings, band: Band): void {
    const row = this.#row;
    const { reference } = surroundings;
    row.magnr = reference.mag(band);
    row.sigmagnr = Math.min(0.35, 0.012 + 0.15 * 10 ** (0.35 * (row.magnr - 22)));
    row.chinr = surroundings.chi;
    row.sharpnr = surroundings.sharp;
    row.ranr = reference.place.ra;
    row.decnr = reference.place.dec;
  }

  /** What the row says of a detection. Takes its draws from the observation's stream, always the same ones. */
  #measure(observation: Observation, slot: number, surroundings: Surroundings): Row {
    const row = this.#row;
    const { visit, source, snr, random, onDetector } = observation;
    this.#setImage(visit, onDetector, this.#calibration(visit));
    this.#setReference(surroundings, visit.band);
    const isArtefact = source.kind === 'artefact';
    const isPositive = observation.flux > 0;
    row.tblid = slot + 1;
    row.candid = ztfCandid(row.pid, isPositive, row.tblid);
    row.isdiffpos = isPositive ? 't' : 'f';
    row.xpos = onDetector.x;
    row.ypos = onDetector.y;
    row.ra = observation.ra;
    row.dec = observation.dec;
    row.magpsf = abMagnitude(Math.abs(observation.flux));
    row.sigmapsf = MAG_PER_E / snr;
    row.chipsf = (0.8 + 0.5 * random.unit()) * (isArtefact ? 3 + 6 * random.unit() : 1 + snr / 60);
    row.magdiff = (isArtefact ? 0.5 : 0.02 + 0.5 / snr) * clip(random.normal(), 1.9);
    row.magap = row.magpsf + row.magdiff;
    row.sigmagap = row.sigmapsf * 1.25;
    row.distnr = distanceArcsec(observation, surroundings.reference.place) / ZTF.pixelArcsec;
    row.sky = random.normal(0, 0.5);
    const seeing = visit.seeingArcsec / ZTF.pixelArcsec;
    row.fwhm = isArtefact ? random.uniform(0.8, 7) : seeing * (1 + 0.06 * random.normal());
    row.classtar = isArtefact ? random.unit() : Math.min(1, 0.98 - 0.15 * Math.abs(random.normal()) * (5 / snr));
    const { columns, rows } = detectorSize('ztf');
    row.mindtoedge = Math.min(onDetector.x, columns - onDetector.x, onDetector.y, rows - onDetector.y);
    row.magfromlim = visit.limitMag - row.magap;
    row.seeratio = (seeing * 1.1) / row.fwhm;
    row.elong = isArtefact ? random.uniform(1, 2.5) : 1.02 + 0.08 * Math.abs(random.normal());
    row.aimage = row.fwhm * 0.33 * Math.sqrt(row.elong);
    row.bimage = row.aimage / row.elong;
    row.aimagerat = row.aimage / row.fwhm;
    row.bimagerat = row.bimage / row.fwhm;
    row.nneg = isArtefact ? 4 + random.integer(9) : Math.max(0, Math.round(random.normal(12 / Math.sqrt(snr), 1.5)));
    row.nbad = isArtefact && random.chance(0.3) ? 1 + random.integer(4) : 0;
    row.rb = score(isArtefact, observation.scoreDeviate, snr);
    row.sumrat = isArtefact ? random.uniform(0.1, 0.8) : Math.min(1, 1 - Math.abs(random.normal()) / snr);
    row.magapbig = row.magap + 0.01 * random.normal();
    row.sigmagapbig = row.sigmagap * 1.3;
    row.scorr = snr * (1.05 + 0.1 * random.unit());
    row.ssdistnr = -999;
    row.ssmagnr = -999;
    row.ssnamenr = 'null';
    if (isAsteroid(source) && source.isKnown) {
      const ephemeris = source.ephemeris(visit.midMjdTai);
      row.ssdistnr = Math.round(distanceArcsec(observation, ephemeris.place));
      row.ssmagnr = Math.round(ephemeris.magV * 10) / 10;
      row.ssnamenr = source.number > 0 ? String(source.number) : source.designation.replace(' ', '');
    }
    return row;
  }

  /** What only the alert says: catalogues, counts, the reference image, the deeper score. */
  #describe(observation: Observation, surroundings: Surroundings, rows: Rows, jd: number): void {
    const row = this.#row;
    const { random, snr, source, visit } = observation;
    const calibration = this.#calibration(visit);
    const [first, second, third] = surroundings.panStarrs;
    row.objectidps1 = first?.objectId ?? 0n;
    row.distpsnr1 = first?.distanceArcsec ?? -999;
    row.sgscore1 = first?.starScore ?? -999;
    [row.sgmag1, row.srmag1, row.simag1, row.szmag1] = first?.mags ?? UNKNOWN;
    row.objectidps2 = second?.objectId ?? 0n;
    row.distpsnr2 = second?.distanceArcsec ?? -999;
    row.sgscore2 = second?.starScore ?? -999;
    [row.sgmag2, row.srmag2, row.simag2, row.szmag2] = second?.mags ?? UNKNOWN;
    row.objectidps3 = third?.objectId ?? 0n;
    row.distpsnr3 = third?.distanceArcsec ?? -999;
    row.sgscore3 = third?.starScore ?? -999;
    [row.sgmag3, row.srmag3, row.simag3, row.szmag3] = third?.mags ?? UNKNOWN;
    row.nmtchps = surroundings.panStarrsCount;
    row.ndethist = rows.detections + 1;
    row.ncovhist = rows.exposures + 1;
    row.jdstarthist = rows.firstVisit === undefined ? jd : rows.firstVisit.startMjd + JD_OF_MJD_0;
    row.jdendhist = jd;
    row.rfid = ztfReferenceId(row.field, row.fid, row.rcid);
    [row.jdstartref, row.jdendref, row.nframesref] = surroundings.referenceImage;
    row.ssnrms = snr * (1.1 + 0.2 * random.unit());
    row.dsnrms = row.ssnrms * (0.4 + 0.2 * random.unit());
    row.dsdiff = row.dsnrms - row.ssnrms;
    row.nmatches = calibration.calibrators;
    row.zpclrcov = -4 * calibration.colourTermErr * calibration.zeroPointErr * 1e4;
    row.zpmed = calibration.zeroPoint + 0.05 * (calibration.colourTerm < 0 ? -1 : 1);
    row.clrmed = 0.65;
    row.clrrms = 0.25;
    [row.neargaia, row.maggaia] = surroundings.gaia;
    [row.neargaiabright, row.maggaiabright] = surroundings.gaiaBright;
    const deviate = 0.6 * observation.scoreDeviate + 0.8 * random.normal();
    row.drb =
      source.kind === 'artefact' ? 10 ** Math.min(-0.1, -2 + 0.8 * deviate) : 1 - 10 ** Math.min(-0.15, -3 - deviate);
  }
}

/** What a loop over the history found. */
interface Rows {
  readonly count: number;
  readonly detections: number;
  readonly exposures: number;
  readonly firstVisit: Visit | undefined;
  readonly firstNight: number | undefined;
}

const UNKNOWN = [-999, -999, -999, -999] as const;

function writeRows(sink: ByteSink, count: number, rows: ByteSink): void {
  // A place never looked at before has no history: null, as the survey writes it.
  if (count === 0) {
    sink.integer(0);
    return;
  }
  sink.integer(1);
  sink.integer(count);
  sink.raw(rows.bytes.subarray(0, rows.at));
  sink.integer(0);
}

function writeStamp(sink: ByteSink, fileName: string, stamp: Uint8Array): void {
  sink.integer(1);
  sink.string(fileName);
  sink.blob(stamp);
}

function clip(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}

/** The random forest's score: about 0.83 for what is real, better the brighter; about 0.3 for what is not. */
function score(isArtefact: boolean, deviate: number, snr: number): number {
  const value = isArtefact ? 0.3 + 0.14 * deviate : 0.8 + 0.02 * Math.log2(snr / 5) + 0.09 * deviate;
  return Math.max(0.01, Math.min(0.98, value));
}

/** A Gaussian deviate for the noise at a place where nothing is, from the exposure and the pixel. */
function emptyPlace(visit: Visit, { detector, x, y }: DetectorPlace): number {
  return new Random(visit.night, visit.sequence, detector, Math.round(x * 4096 + y)).normal();
}

function referenceDistance(source: SimulatedSource, reference: ReferenceSource): number {
  return distanceArcsec(source.place, reference.place);
}

function surroundingsDistance(surroundings: Surroundings): number {
  return surroundings.panStarrs[0]?.distanceArcsec ?? 25;
}

function calibrationOf(seed: string | number, visit: Visit): Calibration {
  const random = new Random(wordOf(seed), CALIBRATION_STREAM, visit.night, visit.sequence);
  const zeroPoint = { g: 26.3, r: 26.25, i: 25.7 }[visit.band as 'g' | 'r' | 'i'] + random.normal(0, 0.05);
  const sigma = visit.seeingArcsec / ZTF.pixelArcsec / 2.3548;
  const dataNumber = fluxOfMagnitude(zeroPoint);
  return {
    jd: visit.startMjd + JD_OF_MJD_0,
    nid: ztfNight(visit),
    filePrefix: ztfFilePrefix(visit),
    dataNumber,
    zeroPoint,
    zeroPointErr: random.logNormal(5e-6, 0.8),
    zeroPointScatter: random.uniform(0.02, 0.05),
    colourTerm: visit.band === 'g' ? random.normal(-0.065, 0.01) : random.normal(0.09, 0.01),
    colourTermErr: random.logNormal(8e-6, 0.8),
    background: random.logNormal(150, 0.3),
    pixelNoise: visit.skyErr / (Math.sqrt(4 * Math.PI) * sigma) / dataNumber,
    calibrators: 300 + random.integer(1700),
    astrometry: [random.uniform(0.07, 0.1), random.uniform(0.07, 0.1)],
  };
}

/** A row of a packet: every column that any of its records has. One is filled again and again. */
function emptyRow() {
  return {
    jd: 0,
    fid: 0,
    pid: 0,
    diffmaglim: 0,
    pdiffimfilename: '',
    nid: 0,
    rcid: 0,
    field: 0,
    magzpsci: 0,
    magzpsciunc: 0,
    magzpscirms: 0,
    clrcoeff: 0,
    clrcounc: 0,
    candid: 0n,
    isdiffpos: 't',
    tblid: 0,
    xpos: 0,
    ypos: 0,
    ra: 0,
    dec: 0,
    magpsf: 0,
    sigmapsf: 0,
    chipsf: 0,
    magap: 0,
    sigmagap: 0,
    distnr: 0,
    magnr: 0,
    sigmagnr: 0,
    chinr: 0,
    sharpnr: 0,
    sky: 0,
    magdiff: 0,
    fwhm: 0,
    classtar: 0,
    mindtoedge: 0,
    magfromlim: 0,
    seeratio: 0,
    aimage: 0,
    bimage: 0,
    aimagerat: 0,
    bimagerat: 0,
    elong: 0,
    nneg: 0,
    nbad: 0,
    rb: 0,
    ssdistnr: 0,
    ssmagnr: 0,
    ssnamenr: 'null',
    sumrat: 0,
    magapbig: 0,
    sigmagapbig: 0,
    ranr: 0,
    decnr: 0,
    scorr: 0,
    sgmag1: 0,
    srmag1: 0,
    simag1: 0,
    szmag1: 0,
    sgscore1: 0,
    distpsnr1: 0,
    ndethist: 0,
    ncovhist: 0,
    jdstarthist: 0,
    jdendhist: 0,
    objectidps1: 0n,
    objectidps2: 0n,
    sgmag2: 0,
    srmag2: 0,
    simag2: 0,
    szmag2: 0,
    sgscore2: 0,
    distpsnr2: 0,
    objectidps3: 0n,
    sgmag3: 0,
    srmag3: 0,
    simag3: 0,
    szmag3: 0,
    sgscore3: 0,
    distpsnr3: 0,
    nmtchps: 0,
    rfid: 0,
    jdstartref: 0,
    jdendref: 0,
    nframesref: 0,
    dsnrms: 0,
    ssnrms: 0,
    dsdiff: 0,
    nmatches: 0,
    zpclrcov: 0,
    zpmed: 0,
    clrmed: 0,
    clrrms: 0,
    neargaia: 0,
    neargaiabright: 0,
    maggaia: 0,
    maggaiabright: 0,
    drb: 0,
    sciinpseeing: 0,
    scibckgnd: 0,
    scisigpix: 0,
    adpctdif1: 0,
    adpctdif2: 0,
    forcediffimflux: 0,
    forcediffimfluxunc: 0,
  };
}

type Row = ReturnType<typeof emptyRow>;
