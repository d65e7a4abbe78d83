import { toEcliptic, toGalactic } from '../../sky/coordinates.ts';
import { LSST_BANDS, type LsstSchema, type LsstSchemaVersion, lsstSchema } from '../schemas/lsst-schema.ts';
import { ASTEROID_SLOPE, type Asteroid, isAsteroid } from '../sky/asteroid.ts';
import { AU_PER_DAY_KM_S, dot, length, SUN_GM, type Vector } from '../sky/orbit.ts';
import { distanceArcsec, TangentPlane } from '../sky/tangent-plane.ts';
import { ByteSink } from './byte-sink.ts';
import { containerOf, type PacketFormat, type Wrapping, wireOf } from './container.ts';
import { LSST_FORCED_SLOT, lsstSolarSystemId, lsstSourceId, lsstVisit } from './lsst-ids.ts';
import type { Observation, Observer } from './observation.ts';
import { compileRecordEncoder, type FieldValue, type RecordEncoder } from './record-encoder.ts';
import type { Visit } from './schedule.ts';
import { findVisit, observeVisit, placementIn, type Sighting, tallyBefore, type WrittenPacket } from './sighting.ts';
import { type CutoutMode, placeLsstStamp, StampPainter } from './stamps.ts';
import { LSST } from './survey.ts';

/** From the middle of a visit to its alerts [d]: 75 s, as in the first public nights. */
const PROCESSING_DAYS = 75 / 86_400;
/** Forced photometry of an object begins a day after its first detection, and then goes back a month before it [d]. */
const FORCED_DELAY_DAYS = 1;
const FORCED_PRECOVERY_DAYS = 30;
/** Side of the stamp of pixels in a PSF fit. */
const PSF_PIXELS = 41 * 41;
const DEG = Math.PI / 180;

const SOURCE_COLUMNS = [
  'diaSourceId',
  'visit',
  'detector',
  'diaObjectId',
  'ssObjectId',
  'midpointMjdTai',
  'ra',
  'raErr',
  'dec',
  'decErr',
  'ra_dec_Cov',
  'x',
  'xErr',
  'y',
  'yErr',
  'apFlux',
  'apFluxErr',
  'isNegative',
  'snr',
  'psfFlux',
  'psfFluxErr',
  'psfChi2',
  'trailFlux',
  'trailFluxErr',
  'trailRa',
  'trailDec',
  'trailLength',
  'trailAngle',
  'dipoleMeanFlux',
  'dipoleMeanFluxErr',
  'dipoleFluxDiff',
  'dipoleFluxDiffErr',
  'dipoleLength',
  'dipoleAngle',
  'dipoleChi2',
  'dipoleNdata',
  'scienceFlux',
  'scienceFluxErr',
  'templateFlux',
  'templateFluxErr',
  'ixx',
  'iyy',
  'ixy',
  'ixxPSF',
  'iyyPSF',
  'ixyPSF',
  'extendedness',
  'reliability',
  'band',
  'isDipole',
  'dipoleFitAttempted',
  'timeProcessedMjdTai',
  'bboxSize',
  'pixelFlags_streak',
] as const;

const FORCED_COLUMNS = [
  'diaForcedSourceId',
  'diaObjectId',
  'ra',
  'dec',
  'visit',
  'detector',
  'psfFlux',
  'psfFluxErr',
  'midpointMjdTai',
  'scienceFlux',
  'scienceFluxErr',
  'band',
  'timeProcessedMjdTai',
] as const;

type SourceEncoder = RecordEncoder<(typeof SOURCE_COLUMNS)[number]>;
type ForcedEncoder = RecordEncoder<(typeof FORCED_COLUMNS)[number]>;
type AnyEncoder = RecordEncoder<string>;

/** What a packet writer may be told. */
export interface LsstPacketOptions {
  readonly version: LsstSchemaVersion;
  readonly format: PacketFormat;
  readonly cutouts: CutoutMode;
}

/**
 * Writes LSST alert packets, schema 11.0 or 11.1.
 *
 * An alert of a stationary source has its object with the detections of the last 12 months, and with forced photometry from
 * a day after the first detection on. An alert of a known solar-system object has its ephemeris and orbit instead. An unknown
 * one is a new object each time.
 */
export class LsstPacketWriter {
  readonly #observer: Observer;
  readonly #painter: StampPainter;
  readonly #wrapping: Wrapping;
  readonly #encodeSource: SourceEncoder;
  readonly #encodeForced: ForcedEncoder;
  readonly #encodeObject: AnyEncoder;
  readonly #encodeSsSource: AnyEncoder;
  readonly #encodeOrbit: AnyEncoder;
  readonly #datum = new ByteSink(1 << 18);
  readonly #history = new ByteSink(1 << 15);
  readonly #forced = new ByteSink(1 << 15);
  readonly #row = emptyRow();
  readonly #summary = new ObjectSummary();

  constructor(seed: string | number, observer: Observer, options: LsstPacketOptions) {
    const schema = lsstSchema(options.version);
    this.#observer = observer;
    this.#painter = new StampPainter(seed, LSST, options.cutouts);
    this.#wrapping = options.format === 'wire' ? wireOf(schema.wireId) : containerOf(schema.alert);
    this.#encodeSource = sourceEncoder(schema);
    this.#encodeForced = compileRecordEncoder(
      schema.diaForcedSource,
      { timeWithdrawnMjdTai: undefined },
      FORCED_COLUMNS,
    );
    const all = (record: LsstSchema['diaObject']): AnyEncoder =>
      compileRecordEncoder(
        record,
        {},
        record.fields.map((field) => field.name),
      );
    this.#encodeObject = all(schema.diaObject);
    this.#encodeSsSource = all(schema.ssSource);
    this.#encodeOrbit = all(schema.mpcOrbits);
  }

  /** The packet of a sighting. */
  write(sighting: Sighting): WrittenPacket {
    const { source, visit, onDetector, placed } = sighting;
    const sourceId = lsstSourceId(visit, onDetector.detector, sighting.slot);
    const asteroid = isAsteroid(source) && source.isKnown ? source : undefined;
    const first = placed === undefined ? undefined : this.#firstDetection(sighting);
    const objectId = asteroid === undefined ? (first?.sourceId ?? sourceId) : undefined;
    this.#summary.clear();
    const counts =
      placed === undefined || first === undefined || objectId === undefined
        ? { before: 0, forced: 0 }
        : this.#before(sighting, first, objectId);
    const observation = this.#observer.observe(source, visit, sighting.place, onDetector);
    const solarSystemId = asteroid === undefined ? undefined : lsstSolarSystemId(asteroid.packed);
    const row = this.#measure(observation, sourceId, objectId, solarSystemId, asteroid);
    this.#summary.addSource(observation);

    const sink = this.#datum;
    sink.clear();
    sink.long(sourceId);
    sink.integer(1);
    sink.string('pairs');
    sink.integer(1);
    sink.string('lowdust');
    this.#encodeSource(row, sink);
    writeRows(sink, counts.before, this.#history);
    writeRows(sink, counts.forced, this.#forced);
    if (objectId === undefined) sink.integer(0);
    else {
      sink.integer(1);
      this.#encodeObject(this.#summary.columns(objectId, row.timeProcessedMjdTai, first), sink);
    }
    if (asteroid === undefined) {
      sink.integer(0);
      sink.integer(0);
    } else {
      sink.integer(1);
      this.#encodeSsSource(ephemerisColumns(asteroid, observation, sourceId, solarSystemId!), sink);
      sink.integer(1);
      this.#encodeOrbit(orbitColumns(asteroid), sink);
    }
    const stamps = this.#painter.paint(observation);
    for (const stamp of [stamps?.difference, stamps?.science, stamps?.template]) {
      if (stamp === undefined) {
        sink.integer(0);
        continue;
      }
      sink.integer(1);
      sink.blob(stamp);
      placeLsstStamp(sink.bytes.subarray(sink.at - stamp.length, sink.at), row.ra, row.dec, row.x, row.y);
    }
    return {
      bytes: this.#wrapping.wrap(sink.bytes.subarray(0, sink.at)),
      alertId: `lsst:${sourceId}`,
      surveyObjectId: String(objectId ?? solarSystemId),
      surveyId: sourceId,
      visit: String(row.visit),
      ra: observation.ra,
      dec: observation.dec,
      snr: observation.snr,
      historyRows: counts.before,
    };
  }

  /** The first detection of a stationary source that came before a visit: what its object is named after. */
  #firstDetection(sighting: Sighting): FirstDetection | undefined {
    const placed = sighting.placed!;
    const end = findVisit(placed.visits, sighting.visit.startMjd);
    const start = findVisit(placed.visits, sighting.visit.startMjd - LSST.historyDays);
    const tally = tallyBefore(this.#observer, placed, start);
    let place = tally.firstDetection;
    for (let later = start; place < 0 && later < end; later += 1) {
      if (observeVisit(this.#observer, placed, later).isDetected) place = later;
    }
    if (place < 0) return undefined;
    const observation = observeVisit(this.#observer, placed, place);
    const { visit, onDetector } = observation;
    const { slot } = placementIn(placed, visit);
    return {
      sourceId: lsstSourceId(visit, onDetector.detector, slot),
      mjdTai: visit.midMjdTai,
      ra: observation.ra,
      dec: observation.dec,
      older: tally.detections,
    };
  }

  /** Fills the history of a stationary source. */
  #before(sighting: Sighting, first: FirstDetection, objectId: bigint): { before: number; forced: number } {
    const placed = sighting.placed!;
    const { visit } = sighting;
    const end = findVisit(placed.visits, visit.startMjd);
    const start = findVisit(placed.visits, visit.startMjd - LSST.historyDays);
    const hasForced = visit.midMjdTai >= first.mjdTai + FORCED_DELAY_DAYS;
    const forcedFrom = first.mjdTai - FORCED_PRECOVERY_DAYS;
    this.#history.clear();
    this.#forced.clear();
    let before = 0;
    let forced = 0;
    for (let place = start; place < end; place += 1) {
      const earlier = observeVisit(this.#observer, placed, place);
      const { slot, onDetector } = placementIn(placed, earlier.visit);
      const detector = onDetector.detector;
      if (earlier.isDetected) {
        const id = lsstSourceId(earlier.visit, detector, slot);
        this.#encodeSource(this.#measure(earlier, id, objectId, undefined, undefined), this.#history);
        this.#summary.addSource(earlier);
        before += 1;
      }
      if (hasForced && earlier.visit.midMjdTai >= forcedFrom) {
        this.#encodeForced(
          this.#force(earlier, lsstSourceId(earlier.visit, detector, LSST_FORCED_SLOT + slot), objectId, first),
          this.#forced,
        );
        this.#summary.addForced(earlier);
        forced += 1;
      }
    }
    return { before, forced };
  }

  /** Fills the row with a detection. Takes its draws from the observation's stream, always the same ones. */
  #measure(
    observation: Observation,
    sourceId: bigint,
    objectId: bigint | undefined,
    solarSystemId: bigint | undefined,
    asteroid: Asteroid | undefined,
  ): SourceRow {
    const row = this.#row;
    const { visit, onDetector, random, source, snr, flux, fluxErr } = observation;
    const isArtefact = source.kind === 'artefact';
    const isDipole = source.truth['type'] === 'dipole';
    const errDeg = observation.positionErrArcsec / 3600;
    const moment = (visit.seeingArcsec / 2.3548) ** 2;
    row.diaSourceId = sourceId;
    row.visit = lsstVisit(visit);
    row.detector = onDetector.detector;
    row.diaObjectId = objectId;
    row.ssObjectId = solarSystemId;
    row.midpointMjdTai = visit.midMjdTai;
    row.ra = observation.ra;
    row.raErr = errDeg;
    row.dec = observation.dec;
    row.decErr = errDeg;
    row.ra_dec_Cov = 0.05 * errDeg * errDeg * (random.unit() - 0.5);
    row.x = onDetector.x;
    row.xErr = observation.positionErrArcsec / LSST.pixelArcsec;
    row.y = onDetector.y;
    row.yErr = row.xErr;
    row.apFlux = flux * (1 + 0.02 * random.normal()) + 2.2 * fluxErr * random.normal();
    row.apFluxErr = 2.7 * fluxErr;
    row.isNegative = flux < 0;
    row.snr = snr;
    row.psfFlux = flux;
    row.psfFluxErr = fluxErr;
    row.psfChi2 = PSF_PIXELS * (isArtefact ? 1.5 + 3 * random.unit() : 1 + 0.05 * random.normal());
    row.trailFlux = flux * (1 + 0.05 * random.normal());
    row.trailFluxErr = fluxErr;
    row.trailRa = row.ra;
    row.trailDec = row.dec;
    row.trailLength = 0.3 + 0.4 * random.unit();
    row.trailAngle = 180 * random.unit();
    row.dipoleFitAttempted = isArtefact;
    row.isDipole = isDipole;
    row.dipoleMeanFlux = isDipole ? 4 * Math.abs(flux) : undefined;
    row.dipoleMeanFluxErr = isDipole ? fluxErr : undefined;
    row.dipoleFluxDiff = isDipole ? flux : undefined;
    row.dipoleFluxDiffErr = isDipole ? 1.4 * fluxErr : undefined;
    row.dipoleLength = isDipole ? 0.2 + 0.3 * random.unit() : undefined;
    row.dipoleAngle = isDipole ? 360 * random.unit() - 180 : undefined;
    row.dipoleChi2 = isDipole ? PSF_PIXELS * 1.1 : undefined;
    row.dipoleNdata = isDipole ? 2475 : 0;
    row.scienceFlux = observation.scienceFlux;
    row.scienceFluxErr = observation.scienceFluxErr;
    row.templateFlux = observation.templateFlux;
    row.templateFluxErr = 0.2 * fluxErr;
    const stretch = isArtefact ? 0.3 + 2 * random.unit() : 1 + (0.5 * random.normal()) / Math.max(snr, 5);
    row.ixx = moment * stretch;
    row.iyy = moment * (isArtefact ? 0.3 + 2 * random.unit() : stretch);
    row.ixy = 0.03 * moment * random.normal();
    row.ixxPSF = moment;
    row.iyyPSF = moment * 1.01;
    row.ixyPSF = 0.005 * moment;
    row.extendedness = isArtefact ? random.unit() : 0.3 * random.unit() ** 2;
    row.reliability = reliability(isArtefact, observation.scoreDeviate, snr);
    row.band = visit.band;
    row.timeProcessedMjdTai = visit.midMjdTai + PROCESSING_DAYS;
    row.bboxSize = 11 + Math.round(3 * Math.log2(Math.max(1, snr / 5)));
    row.pixelFlags_streak = source.truth['type'] === 'spike';
    if (asteroid !== undefined) this.#setTrail(asteroid, visit);
    return row;
  }

  /** A moving object leaves a trail: its length and direction follow from its motion. */
  #setTrail(asteroid: Asteroid, visit: Visit): void {
    const row = this.#row;
    const before = asteroid.ephemeris(visit.midMjdTai - 0.5 / 1440);
    const after = asteroid.ephemeris(visit.midMjdTai + 0.5 / 1440);
    const plane = new TangentPlane(before.place);
    plane.project(after.place.ra, after.place.dec);
    row.trailLength = (distanceArcsec(before.place, after.place) / 60) * LSST.exposureSec;
    row.trailAngle = Math.atan2(plane.xi, plane.eta) / DEG;
  }

  #force(observation: Observation, forcedId: bigint, objectId: bigint, first: FirstDetection): SourceRow {
    const row = this.#row;
    const { visit, onDetector, flux, fluxErr } = observation;
    row.diaForcedSourceId = forcedId;
    row.diaObjectId = objectId;
    row.ra = first.ra;
    row.dec = first.dec;
    row.visit = lsstVisit(visit);
    row.detector = onDetector.detector;
    // A little off the peak: forced at the object's position, not at that of the detection.
    row.psfFlux = flux * 0.998;
    row.psfFluxErr = fluxErr;
    row.midpointMjdTai = visit.midMjdTai;
    row.scienceFlux = observation.scienceFlux;
    row.scienceFluxErr = observation.scienceFluxErr;
    row.band = visit.band;
    row.timeProcessedMjdTai = visit.midMjdTai + PROCESSING_DAYS;
    return row;
  }
}

/** The detection that an object is named after. */
interface FirstDetection {
  readonly sourceId: bigint;
  readonly mjdTai: number;
  readonly ra: number;
  readonly dec: number;
  /** Detections before the window of the history. */
  readonly older: number;
}

/** The detections and forced measurements of an object so far, summed up band by band as `diaObject` has it. */
class ObjectSummary {
  readonly #bands = new Map<string, BandSummary>();
  #detections = 0;
  #first = 0;
  #last = 0;
  #ra0 = 0;
  #dec0 = 0;
  #weight = 0;
  #east = 0;
  #north = 0;

  clear(): void {
    this.#bands.clear();
    this.#detections = 0;
    this.#weight = 0;
    this.#east = 0;
    this.#north = 0;
  }

  addSource(observation: Observation): void {
    const { visit, flux, fluxErr } = observation;
    if (this.#detections === 0) {
      this.#first = visit.midMjdTai;
      this.#ra0 = observation.ra;
      this.#dec0 = observation.dec;
    }
    this.#detections += 1;
    this.#last = visit.midMjdTai;
    const weight = 1 / observation.positionErrArcsec ** 2;
    this.#weight += weight;
    // Offsets from the first detection: no trouble across RA 0.
    this.#east += weight * (((observation.ra - this.#ra0 + 540) % 360) - 180);
    this.#north += weight * (observation.dec - this.#dec0);
    const band = this.#band(visit.band);
    if (band.count > 0) {
      const slope = (flux - band.lastFlux) / (visit.midMjdTai - band.lastMjd);
      band.maxSlope = band.count === 1 ? slope : Math.max(band.maxSlope, slope);
    }
    band.count += 1;
    band.lastFlux = flux;
    band.lastMjd = visit.midMjdTai;
    band.psf.add(flux, fluxErr);
    band.science.add(observation.scienceFlux, observation.scienceFluxErr);
  }

  addForced(observation: Observation): void {
    this.#band(observation.visit.band).forced.add(observation.flux * 0.998, observation.fluxErr);
  }

  /** The columns of the `diaObject`. */
  columns(objectId: bigint, validFrom: number, first: FirstDetection | undefined): Record<string, FieldValue> {
    const error = 1 / Math.sqrt(this.#weight) / 3600;
    const columns: Record<string, FieldValue> = {
      diaObjectId: objectId,
      validityStartMjdTai: validFrom,
      ra: (this.#ra0 + this.#east / this.#weight + 360) % 360,
      raErr: error,
      dec: this.#dec0 + this.#north / this.#weight,
      decErr: error,
      ra_dec_Cov: 0,
      firstDiaSourceMjdTai: first?.mjdTai ?? this.#first,
      lastDiaSourceMjdTai: this.#last,
      nDiaSources: (first?.older ?? 0) + this.#detections,
    };
    for (const name of LSST_BANDS) {
      const band = this.#bands.get(name);
      columns[`${name}_psfFluxMean`] = band?.psf.mean();
      columns[`${name}_psfFluxMeanErr`] = band?.psf.meanErr();
      columns[`${name}_psfFluxSigma`] = band?.psf.deviation();
      columns[`${name}_psfFluxNdata`] = band?.count ?? 0;
      columns[`${name}_fpFluxMean`] = band?.forced.mean();
      columns[`${name}_fpFluxMeanErr`] = band?.forced.meanErr();
      columns[`${name}_scienceFluxMean`] = band?.science.mean();
      columns[`${name}_scienceFluxMeanErr`] = band?.science.meanErr();
      columns[`${name}_psfFluxMin`] = band?.psf.least();
      columns[`${name}_psfFluxMax`] = band?.psf.most();
      columns[`${name}_psfFluxMaxSlope`] = band === undefined || band.count < 2 ? undefined : band.maxSlope;
      columns[`${name}_psfFluxErrMean`] = band?.psf.errMean();
    }
    return columns;
  }

  #band(name: string): BandSummary {
    let band = this.#bands.get(name);
    if (band === undefined) {
      band = {
        count: 0,
        lastFlux: 0,
        lastMjd: 0,
        maxSlope: 0,
        psf: new FluxSummary(),
        forced: new FluxSummary(),
        science: new FluxSummary(),
      };
      this.#bands.set(name, band);
    }
    return band;
  }
}

interface BandSummary {
  count: number;
  lastFlux: number;
  lastMjd: number;
  maxSlope: number;
  readonly psf: FluxSummary;
  readonly forced: FluxSummary;
  readonly science: FluxSummary;
}

/** Moments of fluxes with errors. */
class FluxSummary {
  #count = 0;
  #weight = 0;
  #weighted = 0;
  #mean = 0;
  #squares = 0;
  #errors = 0;
  #least = Number.POSITIVE_INFINITY;
  #most = Number.NEGATIVE_INFINITY;

  add(flux: number, error: number): void {
    const weight = 1 / (error * error);
    this.#count += 1;
    this.#weight += weight;
    this.#weighted += weight * flux;
    // Welford's recurrence: sums of squares of large fluxes would cancel.
    const step = flux - this.#mean;
    this.#mean += step / this.#count;
    this.#squares += step * (flux - this.#mean);
    this.#errors += error;
    this.#least = Math.min(this.#least, flux);
    this.#most = Math.max(this.#most, flux);
  }

  mean(): number | undefined {
    return this.#count === 0 ? undefined : this.#weighted / this.#weight;
  }

  meanErr(): number | undefined {
    return this.#count === 0 ? undefined : 1 / Math.sqrt(this.#weight);
  }

  deviation(): number | undefined {
    return this.#count < 2 ? undefined : Math.sqrt(this.#squares / (this.#count - 1));
  }

  errMean(): number | undefined {
    return this.#count === 0 ? undefined : this.#errors / this.#count;
  }

  least(): number | undefined {
    return this.#count === 0 ? undefined : this.#least;
  }

  most(): number | undefined {
    return this.#count === 0 ? undefined : this.#most;
  }
}

/** What never changes in a `diaSource`: versions, nulls, and all the flags that a good measurement leaves down. */
function sourceEncoder(schema: LsstSchema): SourceEncoder {
  const fixed: Record<string, FieldValue> = {
    parentDiaSourceId: undefined,
    psfLnL: undefined,
    psfNdata: PSF_PIXELS,
    trailRaErr: undefined,
    trailDecErr: undefined,
    trailLengthErr: undefined,
    trailAngleErr: undefined,
    trailChi2: undefined,
    trailNdata: PSF_PIXELS,
    timeWithdrawnMjdTai: undefined,
  };
  if (schema.version === '11.1') {
    fixed['exposureTime'] = LSST.exposureSec;
    fixed['trailAlgorithm'] = 1;
    fixed['reliabilityVersion'] = 'simulated';
  }
  const varying = new Set<string>(SOURCE_COLUMNS);
  for (const { name, type } of schema.diaSource.fields) {
    if (Array.isArray(type) && type[1] === 'boolean' && !varying.has(name)) fixed[name] = false;
  }
  return compileRecordEncoder(schema.diaSource, fixed, SOURCE_COLUMNS);
}

/** The columns of `ssSource`: where the ephemeris has the object, and how far off it was seen. */
function ephemerisColumns(
  asteroid: Asteroid,
  observation: Observation,
  sourceId: bigint,
  solarSystemId: bigint,
): Record<string, FieldValue> {
  const mjd = observation.visit.midMjdTai;
  const now = asteroid.ephemeris(mjd);
  const soon = asteroid.ephemeris(mjd + 1 / 1440);
  const plane = new TangentPlane(now.place);
  plane.project(soon.place.ra, soon.place.dec);
  const rateRa = plane.xi * 1440;
  const rateDec = plane.eta * 1440;
  const rate = Math.hypot(rateRa, rateDec);
  plane.project(observation.ra, observation.dec);
  const offsetRa = plane.xi * 3600;
  const offsetDec = plane.eta * 3600;
  const ecliptic = toEcliptic(observation.ra, observation.dec);
  const galactic = toGalactic(observation.ra, observation.dec);
  const helioV = inKmPerSecond(now.helioVelocity);
  const topoV = inKmPerSecond(now.topoVelocity);
  return {
    diaSourceId: sourceId,
    ssObjectId: solarSystemId,
    designation: asteroid.designation,
    eclLambda: ecliptic.lon,
    eclBeta: ecliptic.lat,
    galLon: galactic.l,
    galLat: galactic.b,
    elongation: now.elongation,
    phaseAngle: now.phaseAngle,
    topoRange: length(now.topo),
    topoRangeRate: dot(now.topo, topoV) / length(now.topo),
    helioRange: length(now.helio),
    helioRangeRate: dot(now.helio, helioV) / length(now.helio),
    ephRa: now.place.ra,
    ephDec: now.place.dec,
    ephVmag: now.magV,
    ephRate: rate,
    ephRateRa: rateRa,
    ephRateDec: rateDec,
    ephOffset: Math.hypot(offsetRa, offsetDec),
    ephOffsetRa: offsetRa,
    ephOffsetDec: offsetDec,
    ephOffsetAlongTrack: (offsetRa * rateRa + offsetDec * rateDec) / rate,
    ephOffsetCrossTrack: (offsetDec * rateRa - offsetRa * rateDec) / rate,
    helio_x: now.helio[0],
    helio_y: now.helio[1],
    helio_z: now.helio[2],
    helio_vx: helioV[0],
    helio_vy: helioV[1],
    helio_vz: helioV[2],
    helio_vtot: length(helioV),
    topo_x: now.topo[0],
    topo_y: now.topo[1],
    topo_z: now.topo[2],
    topo_vx: topoV[0],
    topo_vy: topoV[1],
    topo_vz: topoV[2],
    topo_vtot: length(topoV),
    diaDistanceRank: 1,
  };
}

/** The columns of `mpc_orbits`; what the Minor Planet Center would leave out is undefined. */
function orbitColumns(asteroid: Asteroid): Record<string, FieldValue> {
  const { orbit } = asteroid;
  const motion = Math.sqrt(SUN_GM / orbit.a ** 3) / DEG;
  return {
    id: asteroid.index,
    designation: asteroid.designation,
    packed_primary_provisional_designation: asteroid.packed,
    unpacked_primary_provisional_designation: asteroid.designation,
    orbit_type_int: 10,
    u_param: 0,
    nopp: 5,
    nobs_total: 200,
    nobs_total_sel: 198,
    arc_length_total: 4000,
    arc_length_sel: 4000,
    a: orbit.a,
    q: orbit.a * (1 - orbit.e),
    e: orbit.e,
    i: orbit.inclination,
    node: orbit.node,
    argperi: orbit.argumentOfPerihelion,
    peri_time: orbit.epochMjd - orbit.meanAnomaly / motion,
    mean_anomaly: orbit.meanAnomaly,
    period: 360 / motion,
    mean_motion: motion,
    a_unc: 1e-8,
    q_unc: 1e-8,
    e_unc: 1e-8,
    i_unc: 1e-6,
    node_unc: 1e-6,
    argperi_unc: 1e-6,
    peri_time_unc: 1e-4,
    mean_anomaly_unc: 1e-6,
    period_unc: 1e-5,
    mean_motion_unc: 1e-9,
    epoch_mjd: orbit.epochMjd,
    h: asteroid.absoluteMag,
    g: ASTEROID_SLOPE,
    not_normalized_rms: 0.4,
    normalized_rms: 0.7,
    fitting_datetime: Math.round((orbit.epochMjd - 40_587) * 86_400) * 1_000_000,
  };
}

function inKmPerSecond([x, y, z]: Vector): Vector {
  return [x * AU_PER_DAY_KM_S, y * AU_PER_DAY_KM_S, z * AU_PER_DAY_KM_S];
}

function writeRows(sink: ByteSink, count: number, rows: ByteSink): void {
  if (count === 0) {
    sink.integer(0);
    return;
  }
  sink.integer(1);
  sink.integer(count);
  sink.raw(rows.bytes.subarray(0, rows.at));
  sink.integer(0);
}

/** High for what is real and bright, low for artefacts; the faintest real ones overlap with them, as they do. */
function reliability(isArtefact: boolean, deviate: number, snr: number): number {
  const logit = isArtefact ? -1.5 + 1.2 * deviate : 1.5 + Math.log2(snr / 5) + 1.2 * deviate;
  return 1 / (1 + Math.exp(-logit));
}

/** A row of a packet: every column that varies. One is filled again and again. */
function emptyRow() {
  return {
    diaForcedSourceId: 0n,
    diaSourceId: 0n,
    visit: 0,
    detector: 0,
    diaObjectId: undefined as bigint | undefined,
    ssObjectId: undefined as bigint | undefined,
    midpointMjdTai: 0,
    ra: 0,
    raErr: 0,
    dec: 0,
    decErr: 0,
    ra_dec_Cov: 0,
    x: 0,
    xErr: 0,
    y: 0,
    yErr: 0,
    apFlux: 0,
    apFluxErr: 0,
    isNegative: false,
    snr: 0,
    psfFlux: 0,
    psfFluxErr: 0,
    psfChi2: 0,
    trailFlux: 0,
    trailFluxErr: 0,
    trailRa: 0,
    trailDec: 0,
    trailLength: 0,
    trailAngle: 0,
    dipoleMeanFlux: undefined as number | undefined,
    dipoleMeanFluxErr: undefined as number | undefined,
    dipoleFluxDiff: undefined as number | undefined,
    dipoleFluxDiffErr: undefined as number | undefined,
    dipoleLength: undefined as number | undefined,
    dipoleAngle: undefined as number | undefined,
    dipoleChi2: undefined as number | undefined,
    dipoleNdata: 0,
    scienceFlux: 0,
    scienceFluxErr: 0,
    templateFlux: 0,
    templateFluxErr: 0,
    ixx: 0,
    iyy: 0,
    ixy: 0,
    ixxPSF: 0,
    iyyPSF: 0,
    ixyPSF: 0,
    extendedness: 0,
    reliability: 0,
    band: 'r' as string,
    isDipole: false,
    dipoleFitAttempted: false,
    timeProcessedMjdTai: 0,
    bboxSize: 0,
    pixelFlags_streak: false,
  };
}

type SourceRow = ReturnType<typeof emptyRow>;
