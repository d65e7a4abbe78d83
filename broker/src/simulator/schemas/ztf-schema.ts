import { type AvroField, type AvroRecord, type AvroType, type FieldLine, fieldsOf } from './avro-schema.ts';

/** Version of the ZTF alert schema that the simulator writes. */
export const ZTF_SCHEMA_VERSION = '4.02';

/** What an exposure and its calibration are: the columns that every row of a ZTF packet shares. */
const IMAGE: readonly FieldLine[] = [
  ['jd', 'double', 'Julian date, UTC, when the shutter opened [d]'],
  ['fid', 'int', 'Filter: 1 is g, 2 is r, 3 is i'],
  ['pid', 'long', 'Identifier of the processed image of one quadrant'],
  ['diffmaglim', 'float?', 'Magnitude of a source at five sigma in the difference image [mag]'],
  ['pdiffimfilename', 'string?', 'File name of the difference image, science minus reference'],
  ['programpi', 'string?', 'Who leads the programme that asked for the exposure'],
  ['programid', 'int', 'Programme: 1 public, 2 partnership, 3 Caltech'],
];

/** What was measured at the place of a detection on the difference image, up to the real/bogus score. */
const MEASURED: readonly FieldLine[] = [
  ['tblid', 'long?', 'Number of the detection within its image'],
  ['nid', 'int?', 'Number of the night, 1 for 2017-01-02 UTC'],
  ['rcid', 'int?', 'Readout channel, 0 to 63: four to a CCD'],
  ['field', 'int?', 'Field of the survey grid'],
  ['xpos', 'float?', 'Column of the detection on the quadrant [pixel]'],
  ['ypos', 'float?', 'Row of the detection on the quadrant [pixel]'],
];

const PHOTOMETRY: readonly FieldLine[] = [
  ['chipsf', 'float?', 'Chi-square per degree of freedom of the PSF fit'],
  ['magap', 'float?', 'Magnitude within an aperture of 14 pixels across [mag]'],
  ['sigmagap', 'float?', 'One sigma of magap [mag]'],
  ['distnr', 'float?', 'Distance of the nearest source in the reference image [pixel]'],
  ['magnr', 'float?', 'Magnitude of that source [mag]'],
  ['sigmagnr', 'float?', 'One sigma of magnr [mag]'],
  ['chinr', 'float?', 'Goodness of its point-source fit, as DAOPhot counts it'],
  ['sharpnr', 'float?', 'Its sharpness against a point source, as DAOPhot counts it'],
  ['sky', 'float?', 'Background left in the difference image around the detection [DN]'],
  ['magdiff', 'float?', 'magap minus magpsf [mag]'],
  ['fwhm', 'float?', 'Full width at half maximum of the detection, taken as a Gaussian [pixel]'],
  ['classtar', 'float?', 'How star-like SExtractor finds the detection, 0 to 1'],
  ['mindtoedge', 'float?', 'Distance to the nearest edge of the image [pixel]'],
  ['magfromlim', 'float?', 'diffmaglim minus magap [mag]'],
  ['seeratio', 'float?', 'Width of the difference PSF over fwhm'],
  ['aimage', 'float?', 'Longer axis of the detection, root mean square [pixel]'],
  ['bimage', 'float?', 'Shorter axis of the detection, root mean square [pixel]'],
  ['aimagerat', 'float?', 'aimage over fwhm'],
  ['bimagerat', 'float?', 'bimage over fwhm'],
  ['elong', 'float?', 'aimage over bimage'],
  ['nneg', 'int?', 'Pixels below zero among the 5 by 5 around the detection'],
  ['nbad', 'int?', 'Pixels known to be bad among the 5 by 5 around the detection'],
  ['rb', 'float?', 'Real or bogus, by random forest: 0 bogus to 1 real'],
  [
    'ssdistnr',
    'float?',
    'Distance of the nearest known solar-system object within 30 arcsec [arcsec]; -999 where none',
  ],
  ['ssmagnr', 'float?', 'Predicted magnitude of that object, usually V [mag]; -999 where none'],
  ['ssnamenr', 'string?', 'Name of that object; the text null where none'],
  ['sumrat', 'float?', 'Sum of pixels over sum of their absolute values, 5 by 5 around the detection'],
  ['magapbig', 'float?', 'Magnitude within an aperture of 18 pixels across [mag]'],
  ['sigmagapbig', 'float?', 'One sigma of magapbig [mag]'],
];

/** The photometric calibration of the science image. */
const ZERO_POINT: readonly FieldLine[] = [
  ['magzpsci', 'float?', 'Magnitude zero point [mag]'],
  ['magzpsciunc', 'float?', 'One sigma of magzpsci [mag]'],
  ['magzpscirms', 'float?', 'Scatter of the calibrators about the fitted zero point [mag]'],
];

const COLOUR_TERM: readonly FieldLine[] = [
  ['clrcoeff', 'float?', 'Coefficient of the colour term'],
  ['clrcounc', 'float?', 'One sigma of clrcoeff'],
];

const ORDINALS = ['nearest', 'second nearest', 'third nearest'] as const;

function panStarrsColours(n: 1 | 2 | 3): FieldLine[] {
  const which = ORDINALS[n - 1];
  return [
    [`sgmag${n}`, 'float?', `g of the ${which} Pan-STARRS1 source within 30 arcsec [mag]; -999 where unknown`],
    [`srmag${n}`, 'float?', `r of the ${which} Pan-STARRS1 source [mag]; -999 where unknown`],
    [`simag${n}`, 'float?', `i of the ${which} Pan-STARRS1 source [mag]; -999 where unknown`],
    [`szmag${n}`, 'float?', `z of the ${which} Pan-STARRS1 source [mag]; -999 where unknown`],
    [`sgscore${n}`, 'float?', `How star-like the ${which} Pan-STARRS1 source is: 0 galaxy to 1 star`],
    [`distpsnr${n}`, 'float?', `Distance of the ${which} Pan-STARRS1 source [arcsec]; -999 where none`],
  ];
}

const CANDIDATE: readonly FieldLine[] = [
  ...IMAGE,
  ['candid', 'long', 'Identifier of this detection'],
  ['isdiffpos', 'string', 't or 1 where the source got brighter than the reference, f or 0 where fainter'],
  ...MEASURED,
  ['ra', 'double', 'Right ascension, J2000 [deg]'],
  ['dec', 'double', 'Declination, J2000 [deg]'],
  ['magpsf', 'float', 'Magnitude of the difference by PSF fit [mag]'],
  ['sigmapsf', 'float', 'One sigma of magpsf [mag]'],
  ...PHOTOMETRY,
  ['ranr', 'double', 'Right ascension of the nearest source in the reference image, J2000 [deg]'],
  ['decnr', 'double', 'Declination of the nearest source in the reference image, J2000 [deg]'],
  ...panStarrsColours(1),
  ['ndethist', 'int', 'Detections within 1.5 arcsec since the survey began, this one included'],
  ['ncovhist', 'int', 'Exposures of the position since the survey began'],
  ['jdstarthist', 'double?', 'Julian date of the first of ndethist [d]'],
  ['jdendhist', 'double?', 'Julian date of the last of ndethist [d]'],
  ['scorr', 'double?', 'Signal to noise of the peak pixel in the matched-filter image'],
  ['tooflag', 'int?', '1 for an exposure asked for as a target of opportunity, else 0'],
  ['objectidps1', 'long?', 'Identifier of the nearest Pan-STARRS1 source within 30 arcsec'],
  ['objectidps2', 'long?', 'Identifier of the second nearest Pan-STARRS1 source'],
  ...panStarrsColours(2),
  ['objectidps3', 'long?', 'Identifier of the third nearest Pan-STARRS1 source'],
  ...panStarrsColours(3),
  ['nmtchps', 'int', 'Pan-STARRS1 sources within 30 arcsec'],
  ['rfid', 'long', 'Identifier of the reference image'],
  ['jdstartref', 'double', 'Julian date of the first exposure in the reference image [d]'],
  ['jdendref', 'double', 'Julian date of the last exposure in the reference image [d]'],
  ['nframesref', 'int', 'Exposures in the reference image'],
  ['rbversion', 'string', 'Version of the classifier behind rb'],
  ['dsnrms', 'float?', 'Difference at the detection over its scatter'],
  ['ssnrms', 'float?', 'Matched-filter image at the detection over its scatter'],
  ['dsdiff', 'float?', 'dsnrms minus ssnrms'],
  ...ZERO_POINT,
  ['nmatches', 'int', 'Pan-STARRS1 calibrators used for the zero point'],
  ...COLOUR_TERM,
  ['zpclrcov', 'float?', 'Covariance of zero point and colour term [mag2]'],
  ['zpmed', 'float?', 'Zero point from the median of all calibrators [mag]'],
  ['clrmed', 'float?', 'Median colour of the calibrators [mag]'],
  ['clrrms', 'float?', 'Scatter of the colours of the calibrators [mag]'],
  ['neargaia', 'float?', 'Distance of the nearest Gaia DR1 source within 90 arcsec [arcsec]; -999 where none'],
  ['neargaiabright', 'float?', 'Distance of the nearest one brighter than 14 mag [arcsec]; -999 where none'],
  ['maggaia', 'float?', 'G magnitude of the nearest Gaia DR1 source [mag]; -999 where none'],
  ['maggaiabright', 'float?', 'G magnitude of the nearest bright one [mag]; -999 where none'],
  ['exptime', 'float?', 'Exposure time [s]'],
  ['drb', 'float?', 'Real or bogus, by deep learning: 0 bogus to 1 real'],
  ['drbversion', 'string', 'Version of the classifier behind drb'],
];

const PRV_CANDIDATE: readonly FieldLine[] = [
  ...IMAGE,
  ['candid', 'long?', 'Identifier of the earlier detection; null for an upper limit'],
  ['isdiffpos', 'string?', 't or 1 where the source got brighter than the reference, f or 0 where fainter'],
  ...MEASURED,
  ['ra', 'double?', 'Right ascension, J2000 [deg]'],
  ['dec', 'double?', 'Declination, J2000 [deg]'],
  ['magpsf', 'float?', 'Magnitude of the difference by PSF fit [mag]'],
  ['sigmapsf', 'float?', 'One sigma of magpsf [mag]'],
  ...PHOTOMETRY,
  ['ranr', 'double?', 'Right ascension of the nearest source in the reference image, J2000 [deg]'],
  ['decnr', 'double?', 'Declination of the nearest source in the reference image, J2000 [deg]'],
  ['scorr', 'double?', 'Signal to noise of the peak pixel in the matched-filter image'],
  ...ZERO_POINT,
  ...COLOUR_TERM,
  ['rbversion', 'string', 'Version of the classifier behind rb'],
];

const FP_HIST: readonly FieldLine[] = [
  ['field', 'int?', 'Field of the survey grid'],
  ['rcid', 'int?', 'Readout channel, 0 to 63: four to a CCD'],
  ['fid', 'int', 'Filter: 1 is g, 2 is r, 3 is i'],
  ['pid', 'long', 'Identifier of the processed image of one quadrant'],
  ['rfid', 'long', 'Identifier of the reference image'],
  ['sciinpseeing', 'float?', 'Seeing of the science image, full width at half maximum [pixel]'],
  ['scibckgnd', 'float?', 'Background of the science image [DN]'],
  ['scisigpix', 'float?', 'Noise of a pixel of the science image [DN]'],
  ...ZERO_POINT,
  ...COLOUR_TERM,
  ['exptime', 'float?', 'Exposure time [s]'],
  ['adpctdif1', 'float?', 'Scatter of the astrometry along right ascension against Gaia [arcsec]'],
  ['adpctdif2', 'float?', 'Scatter of the astrometry along declination against Gaia [arcsec]'],
  ['diffmaglim', 'float?', 'Magnitude of a source at five sigma in the difference image [mag]'],
  ['programid', 'int', 'Programme: 1 public, 2 partnership, 3 Caltech'],
  ['jd', 'double', 'Julian date, UTC, when the shutter opened [d]'],
  [
    'forcediffimflux',
    'float?',
    'Flux of the difference, forced at the position of the object [DN]; -99999 where it failed',
  ],
  ['forcediffimfluxunc', 'float?', 'One sigma of forcediffimflux [DN]; -99999 where it failed'],
  ['procstatus', 'string?', 'Codes of what went wrong in forced photometry; 0 for nothing'],
  ['distnr', 'float?', 'Distance of the nearest source in the reference image [arcsec]'],
  ['ranr', 'double', 'Right ascension of the nearest source in the reference image, J2000 [deg]'],
  ['decnr', 'double', 'Declination of the nearest source in the reference image, J2000 [deg]'],
  ['magnr', 'float?', 'Magnitude of that source [mag]'],
  ['sigmagnr', 'float?', 'One sigma of magnr [mag]'],
  ['chinr', 'float?', 'Goodness of its point-source fit, as DAOPhot counts it'],
  ['sharpnr', 'float?', 'Its sharpness against a point source, as DAOPhot counts it'],
];

/** Fields of `prv_candidate` that may be null but have no default in the survey's schema. */
const WITHOUT_DEFAULT = new Set(['candid', 'isdiffpos', 'ra', 'dec', 'magpsf', 'sigmapsf', 'ranr', 'decnr']);

function record(name: string, doc: string, fields: readonly AvroField[]): AvroRecord {
  return {
    type: 'record',
    namespace: 'ztf.alert',
    name,
    doc,
    attributes: { version: ZTF_SCHEMA_VERSION },
    fields,
  };
}

/** The detection that an alert is about. */
export const ZTF_CANDIDATE = record('candidate', 'The detection that this packet is about', fieldsOf(CANDIDATE));

/** A row of the last 30 days: a detection, or an upper limit where `candid` is null. */
export const ZTF_PRV_CANDIDATE = record(
  'prv_candidate',
  'An earlier look at the same place: a detection, or an upper limit',
  fieldsOf(PRV_CANDIDATE).map((field) =>
    WITHOUT_DEFAULT.has(field.name) ? { ...field, defaultsToNull: false } : field,
  ),
);

/** Photometry forced at the position of the object on an earlier exposure. */
export const ZTF_FP_HIST = record(
  'fp_hist',
  'Photometry forced at the same place on an earlier image',
  fieldsOf(FP_HIST),
);

/** A stamp: a gzipped FITS image. */
export const ZTF_CUTOUT = record('cutout', 'A stamp around the detection', [
  { name: 'fileName', type: 'string', doc: 'File name', defaultsToNull: false },
  { name: 'stampData', type: 'bytes', doc: 'FITS image, gzipped', defaultsToNull: false },
]);

/**
 * The ZTF alert schema 4.02: names, types and order of the survey's, descriptions of our own.
 *
 * @see Masci et al. 2019, PASP 131, 018003; Patterson et al. 2019, PASP 131, 018001
 */
export const ZTF_ALERT: AvroRecord = {
  type: 'record',
  namespace: 'ztf',
  name: 'alert',
  doc: 'A ZTF alert packet',
  attributes: { version: ZTF_SCHEMA_VERSION },
  fields: [
    { name: 'schemavsn', type: 'string', doc: 'Version of this schema', defaultsToNull: false },
    { name: 'publisher', type: 'string', doc: 'Where the packet comes from', defaultsToNull: false },
    { name: 'objectId', type: 'string', doc: 'Name of the object', defaultsToNull: false },
    { name: 'candid', type: 'long', doc: 'Identifier of the detection', defaultsToNull: false },
    { name: 'candidate', type: ZTF_CANDIDATE, doc: 'The detection', defaultsToNull: false },
    nullable('prv_candidates', { type: 'array', items: ZTF_PRV_CANDIDATE }, 'The last 30 days'),
    nullable('fp_hists', { type: 'array', items: ZTF_FP_HIST }, 'Forced photometry of the last 30 days'),
    nullable('cutoutScience', ZTF_CUTOUT, 'Stamp of the new image'),
    nullable('cutoutTemplate', ZTF_CUTOUT, 'Stamp of the reference image'),
    nullable('cutoutDifference', ZTF_CUTOUT, 'Stamp of the difference'),
  ],
};

function nullable(name: string, type: AvroType, doc: string): AvroField {
  return { name, type: ['null', type], doc, defaultsToNull: true };
}
