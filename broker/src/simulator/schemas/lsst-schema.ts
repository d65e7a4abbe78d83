import { type AvroField, type AvroRecord, type AvroType, type FieldLine, fieldsOf } from './avro-schema.ts';

/** Versions of the LSST alert schema that the simulator writes. */
export type LsstSchemaVersion = '11.0' | '11.1';

/** Bands of LSST, blue to red: the order in which per-band columns follow each other. */
export const LSST_BANDS = ['u', 'g', 'r', 'i', 'z', 'y'] as const;

/** The records of one version of the LSST alert schema. */
export interface LsstSchema {
  readonly version: LsstSchemaVersion;
  /** Identifier on the wire and in the registry: 100 × major + minor. */
  readonly wireId: number;
  readonly alert: AvroRecord;
  readonly diaSource: AvroRecord;
  readonly diaForcedSource: AvroRecord;
  readonly diaObject: AvroRecord;
  readonly ssSource: AvroRecord;
  readonly mpcOrbits: AvroRecord;
}

const PIXEL_FLAGS: readonly (readonly [string, string])[] = [
  ['bad', 'A bad pixel'],
  ['cr', 'A cosmic ray'],
  ['crCenter', 'A cosmic ray within 3 by 3 pixels of the centre'],
  ['edge', 'Pixels beyond the usable exposure'],
  ['nodata', 'A pixel without data'],
  ['nodataCenter', 'A pixel without data within 3 by 3 pixels of the centre'],
  ['interpolated', 'An interpolated pixel'],
  ['interpolatedCenter', 'An interpolated pixel within 3 by 3 pixels of the centre'],
  ['offimage', 'The centre lies off the image'],
  ['saturated', 'A saturated pixel'],
  ['saturatedCenter', 'A saturated pixel within 3 by 3 pixels of the centre'],
  ['suspect', 'A suspect pixel'],
  ['suspectCenter', 'A suspect pixel within 3 by 3 pixels of the centre'],
  ['streak', 'A streak'],
  ['streakCenter', 'A streak within 3 by 3 pixels of the centre'],
  ['injected', 'A synthetic source'],
  ['injectedCenter', 'A synthetic source within 3 by 3 pixels of the centre'],
  ['injected_template', 'A synthetic source in the template'],
  ['injected_templateCenter', 'A synthetic source in the template, within 3 by 3 pixels of the centre'],
];

/** Lines that came with version 11.1 stand between `since('11.1', …)`; the rest is common to both. */
function diaSourceLines(version: LsstSchemaVersion): FieldLine[] {
  const since11_1 = (...line: FieldLine): FieldLine[] => (version === '11.1' ? [line] : []);
  return [
    ['diaSourceId', 'long', 'Identifier of this detection on a difference image'],
    ['visit', 'long', 'Visit in which it was measured'],
    ['detector', 'int', 'Detector on which it was measured, 0 to 188'],
    ['diaObjectId', 'long?', 'Object that it belongs to; null for a solar-system object'],
    ['ssObjectId', 'long?', 'Solar-system object that it belongs to'],
    ['parentDiaSourceId', 'long?', 'Detection that it was deblended from'],
    ['midpointMjdTai', 'double', 'Middle of the visit, MJD, TAI [d]'],
    ...since11_1('exposureTime', 'float?', 'Exposure time [s]'),
    ['ra', 'double', 'Right ascension of the centre [deg]'],
    ['raErr', 'float?', 'One sigma along right ascension [deg]'],
    ['dec', 'double', 'Declination of the centre [deg]'],
    ['decErr', 'float?', 'One sigma of dec [deg]'],
    ['ra_dec_Cov', 'float?', 'Covariance of the two [deg2]'],
    ['x', 'float', 'Column of the centre [pixel]'],
    ['xErr', 'float?', 'One sigma of x [pixel]'],
    ['y', 'float', 'Row of the centre [pixel]'],
    ['yErr', 'float?', 'One sigma of y [pixel]'],
    ['centroid_flag', 'boolean?', 'The centre could not be measured well'],
    ['apFlux', 'float?', 'Flux within 12 pixels on the difference [nJy]'],
    ['apFluxErr', 'float?', 'One sigma of apFlux [nJy]'],
    ['apFlux_flag', 'boolean?', 'Aperture photometry failed'],
    ['apFlux_flag_apertureTruncated', 'boolean?', 'The aperture did not fit into the image'],
    ['isNegative', 'boolean?', 'Fainter than in the template'],
    ['snr', 'float?', 'Signal to noise of the detection'],
    ['psfFlux', 'float?', 'Point-source flux on the difference [nJy]'],
    ['psfFluxErr', 'float?', 'One sigma of psfFlux [nJy]'],
    ['psfLnL', 'float?', 'Log likelihood of the point-source fit'],
    ['psfChi2', 'float?', 'Chi-square of the point-source fit'],
    ['psfNdata', 'int', 'Pixels in the point-source fit'],
    ['psfFlux_flag', 'boolean?', 'Point-source photometry failed'],
    ['psfFlux_flag_edge', 'boolean?', 'Too near the edge for the whole PSF'],
    ['psfFlux_flag_noGoodPixels', 'boolean?', 'Too few good pixels for a fit'],
    ['trailFlux', 'float?', 'Flux of the trail fit [nJy]'],
    ['trailFluxErr', 'float?', 'One sigma of trailFlux [nJy]'],
    ['trailRa', 'double?', 'Right ascension of the trail [deg]'],
    ['trailRaErr', 'float?', 'One sigma of trailRa [deg]'],
    ['trailDec', 'double?', 'Declination of the trail [deg]'],
    ['trailDecErr', 'float?', 'One sigma of trailDec [deg]'],
    ['trailLength', 'float?', 'Length of the trail [arcsec]'],
    ['trailLengthErr', 'float?', 'One sigma of trailLength [arcsec]'],
    ['trailAngle', 'float?', 'Direction of the trail from north through east [deg]'],
    ['trailAngleErr', 'float?', 'One sigma of trailAngle [deg]'],
    ['trailChi2', 'float?', 'Chi-square of the trail fit'],
    ['trailNdata', 'int', 'Pixels in the trail fit'],
    ...since11_1('trailAlgorithm', 'int?', 'How the trail was measured: 1 SDSS shape, 2 HSM shape'),
    ['trail_flag_edge', 'boolean?', 'The trail reaches the edge'],
    ...since11_1('trail_flag', 'boolean?', 'The trail fit failed'),
    ['dipoleMeanFlux', 'float?', 'Mean flux of the two lobes of a dipole [nJy]'],
    ['dipoleMeanFluxErr', 'float?', 'One sigma of dipoleMeanFlux [nJy]'],
    ['dipoleFluxDiff', 'float?', 'Difference of the fluxes of the two lobes [nJy]'],
    ['dipoleFluxDiffErr', 'float?', 'One sigma of dipoleFluxDiff [nJy]'],
    ['dipoleLength', 'float?', 'Distance between the lobes [arcsec]'],
    ['dipoleAngle', 'float?', 'Direction of the dipole from north through east [deg]'],
    ['dipoleChi2', 'float?', 'Chi-square of the dipole fit'],
    ['dipoleNdata', 'int', 'Pixels in the dipole fit'],
    ['scienceFlux', 'float?', 'Point-source flux at the same place on the visit image [nJy]'],
    ['scienceFluxErr', 'float?', 'One sigma of scienceFlux [nJy]'],
    ['forced_PsfFlux_flag', 'boolean?', 'Photometry on the visit image failed'],
    ['forced_PsfFlux_flag_edge', 'boolean?', 'There, too near the edge for the whole PSF'],
    ['forced_PsfFlux_flag_noGoodPixels', 'boolean?', 'There, too few good pixels for a fit'],
    ['templateFlux', 'float?', 'Point-source flux at the same place on the template [nJy]'],
    ['templateFluxErr', 'float?', 'One sigma of templateFlux [nJy]'],
    ['ixx', 'float?', 'Second moment of the source, xx [arcsec2]'],
    ['iyy', 'float?', 'Second moment of the source, yy [arcsec2]'],
    ['ixy', 'float?', 'Second moment of the source, xy [arcsec2]'],
    ['ixxPSF', 'float?', 'Second moment of the PSF, xx [arcsec2]'],
    ['iyyPSF', 'float?', 'Second moment of the PSF, yy [arcsec2]'],
    ['ixyPSF', 'float?', 'Second moment of the PSF, xy [arcsec2]'],
    ['shape_flag', 'boolean?', 'The shape could not be measured'],
    ['shape_flag_no_pixels', 'boolean?', 'No pixels to measure a shape on'],
    ['shape_flag_not_contained', 'boolean?', 'The centre lies outside the footprint'],
    ['shape_flag_parent_source', 'boolean?', 'A blend, of which only the parts should be measured'],
    ['extendedness', 'float?', 'How extended the source is: 0 point-like to 1 extended'],
    ['reliability', 'float?', 'Probability that the source is of the sky, 0 to 1'],
    ...since11_1('reliabilityVersion', 'string?', 'Version of the model behind reliability'),
    ['band', 'string?', 'Band: u, g, r, i, z or y'],
    ['isDipole', 'boolean?', 'A dipole fits the source well'],
    ['dipoleFitAttempted', 'boolean?', 'Whether a dipole was tried'],
    ['timeProcessedMjdTai', 'double', 'When this record was made, MJD, TAI [d]'],
    ['timeWithdrawnMjdTai', 'double?', 'When it was withdrawn, MJD, TAI [d]; null while valid'],
    ['bboxSize', 'int', 'Side of the square around the footprint [pixel]'],
    ['pixelFlags', 'boolean?', 'The pixel flags could not be set'],
    ...PIXEL_FLAGS.map(([name, what]): FieldLine => [`pixelFlags_${name}`, 'boolean?', `${what} in the footprint`]),
    ['glint_trail', 'boolean?', 'Part of a trail of glints'],
  ];
}

const DIA_FORCED_SOURCE: readonly FieldLine[] = [
  ['diaForcedSourceId', 'long', 'Identifier of this measurement'],
  ['diaObjectId', 'long', 'Object at whose position it was made'],
  ['ra', 'double', 'Right ascension of the object [deg]'],
  ['dec', 'double', 'Declination of the object [deg]'],
  ['visit', 'long', 'Visit in which it was measured'],
  ['detector', 'int', 'Detector on which it was measured, 0 to 188'],
  ['psfFlux', 'float?', 'Point-source flux on the difference [nJy]'],
  ['psfFluxErr', 'float?', 'One sigma of psfFlux [nJy]'],
  ['midpointMjdTai', 'double', 'Middle of the visit, MJD, TAI [d]'],
  ['scienceFlux', 'float?', 'Point-source flux on the visit image [nJy]'],
  ['scienceFluxErr', 'float?', 'One sigma of scienceFlux [nJy]'],
  ['band', 'string?', 'Band: u, g, r, i, z or y'],
  ['timeProcessedMjdTai', 'double', 'When this record was made, MJD, TAI [d]'],
  ['timeWithdrawnMjdTai', 'double?', 'When it was withdrawn, MJD, TAI [d]; null while valid'],
];

const DIA_OBJECT: readonly FieldLine[] = [
  ['diaObjectId', 'long', 'Identifier of this object'],
  ['validityStartMjdTai', 'double', 'From when this state of the object holds, MJD, TAI [d]'],
  ['ra', 'double', 'Right ascension [deg]'],
  ['raErr', 'float?', 'One sigma along right ascension [deg]'],
  ['dec', 'double', 'Declination [deg]'],
  ['decErr', 'float?', 'One sigma of dec [deg]'],
  ['ra_dec_Cov', 'float?', 'Covariance of the two [deg2]'],
  ...LSST_BANDS.flatMap((band): FieldLine[] => [
    [`${band}_psfFluxMean`, 'float?', `Weighted mean of psfFlux in ${band} [nJy]`],
    [`${band}_psfFluxMeanErr`, 'float?', `One sigma of ${band}_psfFluxMean [nJy]`],
    [`${band}_psfFluxSigma`, 'float?', `Standard deviation of psfFlux in ${band} [nJy]`],
    [`${band}_psfFluxNdata`, 'int', `Detections in ${band}`],
    [`${band}_fpFluxMean`, 'float?', `Weighted mean of forced psfFlux in ${band} [nJy]`],
    [`${band}_fpFluxMeanErr`, 'float?', `One sigma of ${band}_fpFluxMean [nJy]`],
  ]),
  ...LSST_BANDS.flatMap((band): FieldLine[] => [
    [`${band}_scienceFluxMean`, 'float?', `Weighted mean of scienceFlux in ${band} [nJy]`],
    [`${band}_scienceFluxMeanErr`, 'float?', `One sigma of ${band}_scienceFluxMean [nJy]`],
  ]),
  ...LSST_BANDS.flatMap((band): FieldLine[] => [
    [`${band}_psfFluxMin`, 'float?', `Lowest psfFlux in ${band} [nJy]`],
    [`${band}_psfFluxMax`, 'float?', `Highest psfFlux in ${band} [nJy]`],
    [`${band}_psfFluxMaxSlope`, 'float?', `Steepest rise of psfFlux between neighbours in ${band} [nJy/d]`],
    [`${band}_psfFluxErrMean`, 'float?', `Mean of psfFluxErr in ${band} [nJy]`],
  ]),
  ['firstDiaSourceMjdTai', 'double?', 'First detection, MJD, TAI [d]'],
  ['lastDiaSourceMjdTai', 'double?', 'Last detection, MJD, TAI [d]'],
  ['nDiaSources', 'int', 'Detections in all'],
];

const SS_SOURCE: readonly FieldLine[] = [
  ['diaSourceId', 'long', 'Detection that this is about'],
  ['ssObjectId', 'long', 'Identifier of the solar-system object'],
  ['designation', 'string?', 'Its primary provisional designation, unpacked'],
  ['eclLambda', 'double', 'Ecliptic longitude as observed [deg]'],
  ['eclBeta', 'double', 'Ecliptic latitude as observed [deg]'],
  ['galLon', 'double', 'Galactic longitude as observed [deg]'],
  ['galLat', 'double', 'Galactic latitude as observed [deg]'],
  ['elongation', 'float?', 'Angle from the Sun [deg]'],
  ['phaseAngle', 'float?', 'Angle Sun, object, observer [deg]'],
  ['topoRange', 'float?', 'Distance from the observer [au]'],
  ['topoRangeRate', 'float?', 'Its change, positive when receding [km/s]'],
  ['helioRange', 'float?', 'Distance from the Sun [au]'],
  ['helioRangeRate', 'float?', 'Its change, positive when receding [km/s]'],
  ['ephRa', 'double?', 'Predicted right ascension [deg]'],
  ['ephDec', 'double?', 'Predicted declination [deg]'],
  ['ephVmag', 'float?', 'Predicted V magnitude [mag]'],
  ['ephRate', 'float?', 'Predicted motion on the sky [deg/d]'],
  ['ephRateRa', 'float?', 'Its part along right ascension, times cos(dec) [deg/d]'],
  ['ephRateDec', 'float?', 'Its part along declination [deg/d]'],
  ['ephOffset', 'float?', 'Observed from predicted place [arcsec]'],
  ['ephOffsetRa', 'double?', 'Its part along right ascension, times cos(dec) [arcsec]'],
  ['ephOffsetDec', 'double?', 'Its part along declination [arcsec]'],
  ['ephOffsetAlongTrack', 'float?', 'Its part along the motion [arcsec]'],
  ['ephOffsetCrossTrack', 'float?', 'Its part across the motion [arcsec]'],
  ['helio_x', 'float?', 'Place from the Sun, equatorial x [au]'],
  ['helio_y', 'float?', 'Place from the Sun, equatorial y [au]'],
  ['helio_z', 'float?', 'Place from the Sun, equatorial z [au]'],
  ['helio_vx', 'float?', 'Velocity about the Sun, x [km/s]'],
  ['helio_vy', 'float?', 'Velocity about the Sun, y [km/s]'],
  ['helio_vz', 'float?', 'Velocity about the Sun, z [km/s]'],
  ['helio_vtot', 'float?', 'Speed about the Sun [km/s]'],
  ['topo_x', 'float?', 'Place from the observer, equatorial x [au]'],
  ['topo_y', 'float?', 'Place from the observer, equatorial y [au]'],
  ['topo_z', 'float?', 'Place from the observer, equatorial z [au]'],
  ['topo_vx', 'float?', 'Velocity past the observer, x [km/s]'],
  ['topo_vy', 'float?', 'Velocity past the observer, y [km/s]'],
  ['topo_vz', 'float?', 'Velocity past the observer, z [km/s]'],
  ['topo_vtot', 'float?', 'Speed past the observer [km/s]'],
  ['diaDistanceRank', 'int?', '1 where this detection is the nearest to the prediction, 2 the next'],
];

/** Elements of an orbit for which the MPC also gives an uncertainty, in the order of both runs of columns. */
const ORBIT_ELEMENTS: readonly (readonly [string, string])[] = [
  ['a', 'Semi-major axis [au]'],
  ['q', 'Perihelion distance [au]'],
  ['e', 'Eccentricity'],
  ['i', 'Inclination [deg]'],
  ['node', 'Longitude of the ascending node [deg]'],
  ['argperi', 'Argument of perihelion [deg]'],
  ['peri_time', 'Time from perihelion passage [d]'],
  ['yarkovsky', 'Yarkovsky drift [1e-10 au/d2]'],
  ['srp', 'Radiation pressure [m2/t]'],
  ['a1', 'Non-gravitational A1 [m2/t]'],
  ['a2', 'Non-gravitational A2 [m2/t]'],
  ['a3', 'Non-gravitational A3 [m2/t]'],
  ['dt', 'Non-gravitational DT'],
  ['mean_anomaly', 'Mean anomaly [deg]'],
  ['period', 'Orbital period [d]'],
  ['mean_motion', 'Mean motion [deg/d]'],
];

const MPC_ORBITS: readonly FieldLine[] = [
  ['id', 'int', 'Row number'],
  ['designation', 'string', 'Primary provisional designation, unpacked'],
  ['packed_primary_provisional_designation', 'string', 'Primary provisional designation, packed'],
  ['unpacked_primary_provisional_designation', 'string', 'Primary provisional designation, unpacked'],
  ['mpc_orb_jsonb', 'string?', 'The whole solution as JSON'],
  ['created_at', 'timestamp?', 'When the row was made'],
  ['updated_at', 'timestamp?', 'When the row was changed'],
  ['orbit_type_int', 'int?', 'Type of the orbit'],
  ['u_param', 'int?', 'Uncertainty parameter'],
  ['nopp', 'int?', 'Oppositions'],
  ['arc_length_total', 'double?', 'Arc of all observations [d]'],
  ['arc_length_sel', 'double?', 'Arc of the observations used [d]'],
  ['nobs_total', 'int?', 'Observations'],
  ['nobs_total_sel', 'int?', 'Observations used'],
  ...ORBIT_ELEMENTS.map(([name, doc]): FieldLine => [name, 'double?', doc]),
  ...ORBIT_ELEMENTS.map(([name, doc]): FieldLine => [`${name}_unc`, 'double?', `One sigma of: ${doc}`]),
  ['epoch_mjd', 'double?', 'Epoch of the solution, MJD [d]'],
  ['h', 'double?', 'Absolute magnitude H [mag]'],
  ['g', 'double?', 'Slope G'],
  ['not_normalized_rms', 'double?', 'Scatter of the fit [arcsec]'],
  ['normalized_rms', 'double?', 'Scatter of the fit over the errors'],
  ['earth_moid', 'double?', 'Least distance from the orbit of the Earth [au]'],
  ['fitting_datetime', 'timestamp?', 'When the orbit was fitted'],
];

/**
 * The LSST alert schema: names, types and order of the survey's, descriptions of our own.
 *
 * 11.1 has four columns of `diaSource` more than 11.0.
 *
 * @see https://github.com/lsst/alert_packet
 */
export function lsstSchema(version: LsstSchemaVersion): LsstSchema {
  const known = schemas.get(version);
  if (known === undefined) throw new TypeError(`the simulator writes LSST schema 11.0 or 11.1, not ${version}`);
  return known;
}

function makeSchema(version: LsstSchemaVersion): LsstSchema {
  const [major, minor] = version.split('.') as [string, string];
  const wireId = Number(major) * 100 + Number(minor);
  const record = (name: string, doc: string, lines: readonly FieldLine[]): AvroRecord => ({
    type: 'record',
    namespace: `lsst.v${major}_${minor}`,
    name,
    doc,
    attributes: { 'confluent:version': wireId },
    fields: fieldsOf(lines),
  });
  const diaSource = record('diaSource', 'A detection on a difference image', diaSourceLines(version));
  const diaForcedSource = record(
    'diaForcedSource',
    'Photometry forced at the position of an object',
    DIA_FORCED_SOURCE,
  );
  const diaObject = record('diaObject', 'What is known of an object', DIA_OBJECT);
  const ssSource = record('ssSource', 'A detection of a solar-system object, beside its ephemeris', SS_SOURCE);
  const mpcOrbits = record('mpc_orbits', 'The orbit of a solar-system object by the Minor Planet Center', MPC_ORBITS);
  const field = (name: string, type: AvroType, doc: string): AvroField => ({ name, type, doc, defaultsToNull: false });
  const nullable = (name: string, type: AvroType, doc: string): AvroField => ({
    name,
    type: ['null', type],
    doc,
    defaultsToNull: true,
  });
  return {
    version,
    wireId,
    diaSource,
    diaForcedSource,
    diaObject,
    ssSource,
    mpcOrbits,
    alert: {
      type: 'record',
      namespace: `lsst.v${major}_${minor}`,
      name: 'alert',
      doc: `A Rubin alert packet, schema ${version}`,
      fields: [
        field('diaSourceId', 'long', 'Identifier of the detection that this packet is about'),
        nullable('observation_reason', 'string', 'Why the scheduler took the visit'),
        nullable('target_name', 'string', 'What the scheduler pointed at'),
        field('diaSource', diaSource, 'The detection'),
        nullable(
          'prvDiaSources',
          { type: 'array', items: diaSource },
          'Detections of the object in the last 12 months',
        ),
        nullable('prvDiaForcedSources', { type: 'array', items: diaForcedSource }, 'Forced photometry of the object'),
        nullable('diaObject', diaObject, 'The object'),
        nullable('ssSource', ssSource, 'The detection beside the ephemeris, for a solar-system object'),
        nullable('mpc_orbits', mpcOrbits, 'The orbit, for a solar-system object'),
        nullable('cutoutDifference', 'bytes', 'Stamp of the difference, FITS'),
        nullable('cutoutScience', 'bytes', 'Stamp of the visit image, FITS'),
        nullable('cutoutTemplate', 'bytes', 'Stamp of the template, FITS'),
      ],
    },
  };
}

const schemas = new Map<LsstSchemaVersion, LsstSchema>([
  ['11.0', makeSchema('11.0')],
  ['11.1', makeSchema('11.1')],
]);
