import type { AlertId, LocusId } from '../model/ids.ts';
import type { LightCurvePoint } from '../model/light-curve.ts';
import { LightCurveBuilder } from '../model/light-curve-builder.ts';
import type { ObjectMatch } from '../model/locus.ts';
import type { LocusInFlight } from '../model/locus-in-flight.ts';
import type { SurveyObject } from '../model/packet.ts';
import type { PropertyValue } from '../model/property.ts';

/** A point of a hand-made light curve: what is not said is undefined, and a detection is assumed. */
export type HandMadePoint = Partial<LightCurvePoint> & Pick<LightCurvePoint, 'mjd'>;

/** What a hand-made locus is like. */
export interface HandMadeLocus {
  readonly locusId?: string;
  /** ICRS [deg]; by default of the points that do not say otherwise as well. */
  readonly ra?: number;
  readonly dec?: number;
  /** In order of arrival; the last one is the new alert. One point at MJD 59000 in ZTF's g band, unless said. */
  readonly points?: readonly HandMadePoint[];
  /** The survey's properties of the new alert, beside the `ant_*` that follow from its point. */
  readonly alertProperties?: Readonly<Record<string, PropertyValue>>;
  readonly properties?: Readonly<Record<string, PropertyValue>>;
  readonly tags?: readonly string[];
  readonly objects?: readonly SurveyObject[];
  readonly catalogMatches?: readonly (Partial<ObjectMatch> & Pick<ObjectMatch, 'list'>)[];
  readonly watchMatches?: readonly (Partial<ObjectMatch> & Pick<ObjectMatch, 'list'>)[];
  /** Passbands with new detections; by default that of the new alert. */
  readonly newDetectionPassbands?: readonly string[];
}

const UNDEFINED_NUMBERS = {
  mag: Number.NaN,
  magErr: Number.NaN,
  magLimit: Number.NaN,
  flux: Number.NaN,
  fluxErr: Number.NaN,
  magCorrected: Number.NaN,
  magErrCorrected: Number.NaN,
  sign: 1,
  referenceMag: Number.NaN,
  referenceMagErr: Number.NaN,
  referenceDistance: Number.NaN,
  starDistance: Number.NaN,
  starScore: Number.NaN,
  referenceImage: 0,
} as const;

/**
 * A locus in flight made by hand: what filters are tried on without a broker.
 *
 * Everything has a default, so that a test or an author states what matters and nothing else.
 */
export function makeLocusInFlight(made: HandMadeLocus = {}): LocusInFlight {
  const { ra = 180, dec = 30, points = [{ mjd: 59_000 }] } = made;
  const lightCurve = new LightCurveBuilder(points.length);
  for (const [i, point] of points.entries()) {
    lightCurve.append({
      ...UNDEFINED_NUMBERS,
      alertId: `made:${i}` as AlertId,
      kind: 'candidate',
      surveyNumber: 1,
      passband: 'g',
      ra,
      dec,
      ...point,
    });
  }
  const alertRow = lightCurve.length - 1;
  const newest = lightCurve.pointAt(alertRow);
  const alertProperties = new Map(Object.entries(made.alertProperties ?? {}));
  for (const [name, value] of Object.entries({
    ant_mjd: newest.mjd,
    ant_mag: newest.mag,
    ant_magerr: newest.magErr,
    ant_maglim: newest.magLimit,
    ant_ra: newest.ra,
    ant_dec: newest.dec,
  })) {
    if (!Number.isNaN(value)) alertProperties.set(name, value);
  }
  alertProperties.set('ant_passband', newest.passband);
  alertProperties.set('ant_survey', BigInt(newest.surveyNumber));
  return {
    ref: { locusId: (made.locusId ?? 'ANT2020so7ia') as LocusId, birthTrixel: 0 },
    isNew: points.length === 1,
    isAssociable: true,
    ra,
    dec,
    objects: [...(made.objects ?? [])],
    lightCurve,
    properties: new Map(Object.entries(made.properties ?? {})),
    tags: new Set(made.tags),
    catalogMatches: (made.catalogMatches ?? []).map(toMatch),
    watchMatches: (made.watchMatches ?? []).map(toMatch),
    alertRow,
    alertProperties: () => alertProperties,
    annotations: new Map(),
    newDetectionPassbands: new Set(made.newDetectionPassbands ?? [newest.passband]),
  };
}

function toMatch(match: Partial<ObjectMatch> & Pick<ObjectMatch, 'list'>, row: number): ObjectMatch {
  return { objectId: `object ${row}`, row, separationArcsec: 0.5, radiusArcsec: 1, ...match };
}
