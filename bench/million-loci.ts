import type { AlertRow, AlertStore, CommitBatch, LocusWrite } from 'antares/alert-store/alert-store.js';
import { locusIdFromCounter, toAlertId, toProvenanceId } from 'antares/model/ids.js';
import { LightCurveBuilder } from 'antares/model/light-curve-builder.js';
import type { Properties } from 'antares/model/property.js';
import { htmIdOf } from 'antares/sky/htm/locate.js';
import { seededRandom, uniformPosition } from './sky-sample.ts';

/** Tags of simulated loci, each on about so large a share of them. */
const TAGS: readonly (readonly [string, number])[] = [
  ['lc_feature_extractor', 0.9],
  ['extragalactic', 0.3],
  ['high_snr', 0.2],
  ['nuclear_transient', 0.05],
  ['high_amplitude_variable_star_candidate', 0.01],
  ['young_extragalactic_candidate', 0.001],
];
const FEATURES = ['amplitude', 'beyond_1_std', 'cusum', 'eta_e', 'kurtosis', 'mean', 'skew', 'stetson_k'];
const LOCI_PER_COMMIT = 2_000;

/** A locus that was put in: what a benchmark asks for again. */
export interface KnownLocus {
  readonly locusId: string;
  readonly ra: number;
  readonly dec: number;
  readonly ztfObjectId: string;
}

/**
 * Puts many loci straight into a store, as the pipeline would leave them: spread over the sky, with two alerts, sixteen
 * numeric properties, tags. Seeded.
 *
 * @returns  a thousandth of them, to be asked for
 */
export async function putLoci(store: AlertStore, count: number, seed: number): Promise<KnownLocus[]> {
  const random = seededRandom(seed);
  const known: KnownLocus[] = [];
  for (let first = 0; first < count; first += LOCI_PER_COMMIT) {
    const loci: LocusWrite[] = [];
    for (let index = first; index < Math.min(count, first + LOCI_PER_COMMIT); index += 1) {
      const locus = makeLocus(index, random, 2);
      loci.push(locus.write);
      if (index % 1000 === 0) known.push(locus.known);
    }
    await store.commit(batchOf(loci));
  }
  return known;
}

/** Puts one locus with many alerts into a store. */
export async function putLongLightCurve(store: AlertStore, alerts: number): Promise<KnownLocus> {
  const { write, known } = makeLocus(50_000_000, seededRandom(alerts), alerts);
  await store.commit(batchOf([write]));
  return known;
}

function makeLocus(index: number, random: () => number, alerts: number): { write: LocusWrite; known: KnownLocus } {
  const [ra, dec] = uniformPosition(random);
  const locusId = locusIdFromCounter(2026, BigInt(100_000_000 + index));
  const ztfObjectId = `ZTF26${index
    .toString(26)
    .padStart(7, '0')
    .replace(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)]!)}`;
  const lightCurve = new LightCurveBuilder(alerts);
  const rows = new Map<number, AlertRow>();
  const ref = { locusId, birthTrixel: htmIdOf(ra, dec, 20) };
  const start = 60_000 + 1_000 * random();
  for (let n = 0; n < alerts; n += 1) {
    const point = {
      ...{ alertId: toAlertId(`ztf_candidate:${3_000_000_000_000_000n + BigInt(index) * 4_096n + BigInt(n)}`) },
      ...{ kind: 'candidate' as const, surveyNumber: 1, passband: n % 2 === 0 ? 'g' : 'R', mjd: start + n, ra, dec },
      ...{ mag: 17 + 3 * random(), magErr: 0.05, magLimit: 20.5, flux: Number.NaN, fluxErr: Number.NaN, sign: 1 },
      ...{ magCorrected: Number.NaN, magErrCorrected: Number.NaN, referenceMag: 19, referenceMagErr: 0.02 },
      ...{ referenceDistance: 0.4, starDistance: 2, starScore: 0.5, referenceImage: 7 },
    };
    rows.set(lightCurve.append(point), {
      ...{ ref, point, body: { schemaId: '00f00baa00f00baa', part: '', bytes: BODY }, receivedAt: 1_760_000_000 },
      ...{ sentAt: 0, provenanceId: PROVENANCE, annotations: NONE, packet: undefined },
    });
  }
  const write: LocusWrite = {
    record: {
      ...{ ref, ra, dec, isAssociable: true, objects: [{ survey: 'ztf', role: 'object', id: ztfObjectId }] },
      ...{ numAlerts: alerts, numDetections: alerts, numUpperLimits: 0 },
      tags: TAGS.filter(([, share]) => random() < share).map(([tag]) => tag),
      ...{ catalogMatches: [], watchMatches: [] },
      properties: propertiesOf(lightCurve, ztfObjectId, random),
    },
    ...{ lightCurve, previousPosition: undefined, rows, removedRows: [] },
    newObjects: [{ survey: 'ztf', role: 'object', id: ztfObjectId }],
  };
  return { write, known: { locusId, ra, dec, ztfObjectId } };
}

const BODY = new Uint8Array(8);
const PROVENANCE = toProvenanceId('bench');
const NONE: Properties = new Map();

/** Sixteen numbers, and the names that every locus has. */
function propertiesOf(curve: LightCurveBuilder, ztfObjectId: string, random: () => number): Properties {
  const last = curve.length - 1;
  return new Map<string, number | bigint | string>([
    ['num_alerts', BigInt(curve.length)],
    ['num_mag_values', BigInt(curve.length)],
    ['newest_alert_id', curve.alertId[last]!],
    ['newest_alert_magnitude', curve.mag[last]!],
    ['newest_alert_observation_time', curve.mjd[last]!],
    ['oldest_alert_id', curve.alertId[0]!],
    ['oldest_alert_magnitude', curve.mag[0]!],
    ['oldest_alert_observation_time', curve.mjd[0]!],
    ['brightest_alert_magnitude', Math.min(curve.mag[0]!, curve.mag[last]!)],
    ['brightest_alert_observation_time', curve.mjd[0]!],
    ...FEATURES.map((name) => [`feature_${name}_magn_g`, random() * 10 - 5] as const),
    ['ztf_object_id', ztfObjectId],
    ['is_corrected', 'false'],
    ['survey', JSON.stringify({ ztf: { id: [ztfObjectId], field: [600], rcid: [9], ssnamenr: ['null'] } })],
  ]);
}

function batchOf(loci: readonly LocusWrite[]): CommitBatch {
  const nothing = { unassociated: [], ledger: [], rejections: [], progress: [], pending: [], clearPending: [] };
  return { loci, schemas: new Map(), ...nothing };
}
