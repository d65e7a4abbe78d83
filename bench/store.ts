import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AlertRow, CommitBatch, LocusWrite } from 'antares/alert-store/alert-store.js';
import { type LmdbAlertStore, openLmdbAlertStore } from 'antares/alert-store/lmdb/lmdb-alert-store.js';
import { locusIdFromCounter, toAlertId, toProvenanceId } from 'antares/model/ids.js';
import type { LightCurvePoint } from 'antares/model/light-curve.js';
import { LightCurveBuilder } from 'antares/model/light-curve-builder.js';
import type { LocusRecord } from 'antares/model/locus.js';
import type { SurveyObject } from 'antares/model/packet.js';
import type { Properties } from 'antares/model/property.js';
import { htmIdOf } from 'antares/sky/htm/locate.js';
import { toUnitVector } from 'antares/sky/position.js';
import type { BenchResult } from './result.ts';
import { rounded, seededRandom } from './sky-sample.ts';

const SEED = 20_260_101;
const LOCI = 20_000;
/** Loci of one field: neighbours on the sky, as an exposure sees them. */
const FIELD = 2_000;
const POINTS = 40;
const PROPERTIES = 60;
const ALERTS_PER_COMMIT = 200;
const COMMITS = 60;
/** Alerts of a commit whose locus is new. */
const NEW_LOCI = 20;
const BODY_BYTES = 700;
const PACKET_BYTES = 70_000;

/**
 * How fast does the embedded store load loci, commit batches, look around a position and keep packets? One thread,
 * seeded, with everything durable when it is counted.
 *
 * Each alert of a commit adds two rows (itself, and one of its history) to a locus of 40 points with 60 properties.
 */
export async function run(): Promise<BenchResult[]> {
  const directory = mkdtempSync(join(tmpdir(), 'antares-bench-store-'));
  const store = await openLmdbAlertStore({ directory, mode: 'writer' });
  try {
    const night = new Night();
    await night.prepare(store);
    return [
      await measureLoads(store, night),
      await measureNear(store, night),
      ...(await measureCommits(store, night, directory)),
      await measurePackets(store),
    ];
  } finally {
    await store.close();
    rmSync(directory, { recursive: true });
  }
}

/** Where a locus is, and what its survey calls it: all that is remembered of it outside the store. */
interface KnownLocus {
  readonly ra: number;
  readonly dec: number;
  readonly object: SurveyObject;
}

/** What was seen of the sky, and where the alerts of a batch fall. */
class Night {
  readonly #known: KnownLocus[] = [];
  readonly #random = seededRandom(SEED);
  readonly #body = Uint8Array.from({ length: BODY_BYTES }, () => this.#random() * 256);
  readonly #provenance = toProvenanceId('bench');
  #alerts = 0;

  /** Stores the loci as they stand before the night, one commit a thousand. */
  async prepare(store: LmdbAlertStore): Promise<void> {
    for (let first = 0; first < LOCI; first += 1000) {
      const loci: LocusWrite[] = [];
      for (let i = first; i < first + 1000; i += 1) loci.push(this.#makeLocus(POINTS, 1));
      await store.commit(batchOf(loci));
    }
  }

  /** Loci that the alerts of one batch fall on: in one field, none twice. */
  draw(count: number): KnownLocus[] {
    const field = Math.floor(this.#random() * (LOCI / FIELD)) * FIELD;
    const chosen = new Set<number>();
    while (chosen.size < count) chosen.add(field + Math.floor(this.#random() * FIELD));
    return [...chosen].map((index) => this.#known[index]!);
  }

  /** A number in [0, 1). */
  random(): number {
    return this.#random();
  }

  newLocus(): LocusWrite {
    return this.#makeLocus(2, 2);
  }

  /** A known locus with two more rows. */
  addAlerts(record: LocusRecord, lightCurve: LightCurveBuilder): LocusWrite {
    const rows = new Map<number, AlertRow>();
    for (let i = 0; i < 2; i += 1) this.#addRow(record, lightCurve, rows, i === 0);
    const moved = { ...record, ra: record.ra + 1e-7, dec: record.dec + 1e-7 };
    return {
      record: moved,
      lightCurve,
      previousPosition: { ra: record.ra, dec: record.dec },
      newObjects: [],
      rows,
      removedRows: [],
    };
  }

  #makeLocus(points: number, rowsWritten: number): LocusWrite {
    const index = this.#known.length;
    const field = Math.floor(index / FIELD) % (LOCI / FIELD);
    const ra = (field * 36 + this.#random()) % 360;
    const dec = this.#random() - 0.5 + (field % 5) * 10;
    const record: LocusRecord = {
      ref: { locusId: locusIdFromCounter(2026, BigInt(index + 1_000_000)), birthTrixel: htmIdOf(ra, dec, 20) },
      ra,
      dec,
      isAssociable: true,
      objects: [{ survey: 'ztf', role: 'object', id: `ZTF26${index.toString(36).padStart(7, 'a')}` }],
      numAlerts: points,
      numDetections: points,
      numUpperLimits: 0,
      tags: ['high_snr', 'lc_feature_extractor'],
      catalogMatches: [
        {
          list: 'gaia_dr3_gaia_source',
          objectId: String(index * 7919),
          row: index,
          separationArcsec: 0.12,
          radiusArcsec: 1,
        },
        { list: 'allwise', objectId: `J${index}`, row: index, separationArcsec: 0.34, radiusArcsec: 1 },
      ],
      watchMatches: [],
      properties: this.#properties(index),
    };
    this.#known.push({ ra, dec, object: record.objects[0]! });
    const lightCurve = new LightCurveBuilder(points);
    const rows = new Map<number, AlertRow>();
    const unwritten = new Map<number, AlertRow>();
    for (let i = 0; i < points; i += 1) {
      this.#addRow(record, lightCurve, i >= points - rowsWritten ? rows : unwritten, i === points - 1);
    }
    return { record, lightCurve, previousPosition: undefined, newObjects: record.objects, rows, removedRows: [] };
  }

  #properties(index: number): Properties {
    const properties: Properties = new Map();
    for (let i = 0; i < PROPERTIES; i += 1) properties.set(`feature_${i}_magn_r`, this.#random() * index);
    properties.set('num_alerts', BigInt(POINTS));
    properties.set('ztf_object_id', `ZTF26${index}`);
    return properties;
  }

  #addRow(record: LocusRecord, curve: LightCurveBuilder, rows: Map<number, AlertRow>, isCandidate: boolean): void {
    const point = this.#point(record, isCandidate);
    rows.set(curve.append(point), {
      ref: record.ref,
      point,
      body: { schemaId: '0123456789abcdef', part: isCandidate ? '' : 'prv_candidates', bytes: this.#body },
      receivedAt: 1_767_225_600,
      sentAt: 1_767_225_590,
      provenanceId: this.#provenance,
      annotations: new Map(),
      packet: undefined,
    });
  }

  /** A point as ZTF gives them: mostly single precision; one in three is an upper limit. */
  #point(record: LocusRecord, isCandidate: boolean): LightCurvePoint {
    const random = this.#random;
    this.#alerts += 1;
    const isLimit = !isCandidate && random() < 0.33;
    const measured = (value: number): number => (isLimit ? Number.NaN : Math.fround(value));
    const candid = 2_900_000_000_000_000_000n + BigInt(this.#alerts) * 1_000_003n;
    return {
      alertId: toAlertId(
        isLimit ? `ztf_upper_limit:${record.objects[0]!.id}-${candid / 1_000_000n}` : `ztf_candidate:${candid}`,
      ),
      kind: isCandidate ? 'candidate' : isLimit ? 'upper_limit' : 'history',
      surveyNumber: isLimit ? 2 : 1,
      passband: random() < 0.5 ? 'g' : 'R',
      mjd: 60_900 + this.#alerts / 10_000 + random() / 100,
      ra: isLimit ? Number.NaN : record.ra + (random() - 0.5) * 1e-4,
      dec: isLimit ? Number.NaN : record.dec + (random() - 0.5) * 1e-4,
      mag: measured(17 + random() * 3),
      magErr: measured(0.05 + random() * 0.1),
      magLimit: Math.fround(20 + random()),
      flux: Number.NaN,
      fluxErr: Number.NaN,
      magCorrected: isLimit ? Number.NaN : 17 + random(),
      magErrCorrected: isLimit ? Number.NaN : random() * 0.1,
      sign: isLimit ? 0 : 1,
      referenceMag: measured(18 + random()),
      referenceMagErr: measured(0.02),
      referenceDistance: measured(random()),
      starDistance: isCandidate ? measured(random() * 5) : Number.NaN,
      starScore: isCandidate ? measured(random()) : Number.NaN,
      referenceImage: 71_000_000 + Math.floor(random() * 4),
      listedAt: isCandidate ? Number.NaN : 60_930,
      objectIndex: 0,
    };
  }
}

async function measureLoads(store: LmdbAlertStore, night: Night): Promise<BenchResult> {
  const batches = Array.from({ length: 40 }, () => night.draw(ALERTS_PER_COMMIT));
  let points = 0;
  const pass = async (): Promise<number> => {
    const start = process.hrtime.bigint();
    for (const batch of batches) {
      const refs = await store.findLociByObject(batch.map(({ object }) => object));
      const found = await store.getLoci(refs.map((ref) => ref!));
      for (const locus of found) points += locus!.lightCurve.length;
    }
    return Number(process.hrtime.bigint() - start) / 1000 / (batches.length * ALERTS_PER_COMMIT);
  };
  const microseconds = await medianOf(pass);
  if (points === 0) throw new Error('nothing was loaded');
  return {
    question: 'store',
    measure: 'load of a locus by its object',
    value: rounded(1e6 / microseconds),
    unit: 'loci/s/core',
    detail: { microsecondsPerLocus: rounded(microseconds), points: POINTS, properties: PROPERTIES, loci: LOCI },
  };
}

async function measureNear(store: LmdbAlertStore, night: Night): Promise<BenchResult> {
  const batches = Array.from({ length: 40 }, () =>
    night.draw(ALERTS_PER_COMMIT).map(({ ra, dec }) => ({
      ...toUnitVector(ra + night.random() * 1e-4, dec + night.random() * 1e-4),
      radiusArcsec: 1,
    })),
  );
  let hits = 0;
  const pass = async (): Promise<number> => {
    hits = 0;
    const start = process.hrtime.bigint();
    for (const cones of batches) for (const near of await store.findLociNear(cones)) hits += near.length;
    return Number(process.hrtime.bigint() - start) / 1000 / (batches.length * ALERTS_PER_COMMIT);
  };
  const microseconds = await medianOf(pass);
  return {
    question: 'store',
    measure: 'loci within 1 arcsec of a position',
    value: rounded(1e6 / microseconds),
    unit: 'look-ups/s/core',
    detail: {
      microsecondsPerLookUp: rounded(microseconds),
      found: `${Math.round((100 * hits) / (batches.length * ALERTS_PER_COMMIT))} %`,
    },
  };
}

async function measureCommits(store: LmdbAlertStore, night: Night, directory: string): Promise<BenchResult[]> {
  let wall = 0;
  let cpu = 0;
  let thread = 0;
  const bytesBefore = indexBytes(directory);
  const rowsBefore = (await store.totals()).alerts;
  for (let i = 0; i < COMMITS; i += 1) {
    // What the pipeline does between two commits is not counted: the loci are loaded first.
    const known = night.draw(ALERTS_PER_COMMIT - NEW_LOCI);
    const refs = await store.findLociByObject(known.map(({ object }) => object));
    const stored = await store.getLoci(refs.map((ref) => ref!));
    const writes = stored.map((locus) => night.addAlerts(locus!.record, locus!.lightCurve));
    for (let j = 0; j < NEW_LOCI; j += 1) writes.push(night.newLocus());
    const batch = batchOf(writes, i);
    const used = process.cpuUsage();
    const start = process.hrtime.bigint();
    const committed = store.commit(batch);
    const called = process.hrtime.bigint();
    await committed;
    wall += Number(process.hrtime.bigint() - start);
    thread += Number(called - start);
    const { user, system } = process.cpuUsage(used);
    cpu += user + system;
  }
  const alerts = COMMITS * ALERTS_PER_COMMIT;
  const rows = (await store.totals()).alerts - rowsBefore;
  return [
    {
      question: 'store',
      measure: `durable commits of ${ALERTS_PER_COMMIT} alerts`,
      value: rounded((alerts * 1e9) / wall),
      unit: 'alerts/s',
      detail: {
        cpuMicrosecondsPerAlert: rounded(cpu / alerts),
        encodingMicrosecondsPerAlert: rounded(thread / 1000 / alerts),
        millisecondsPerCommit: rounded(wall / 1e6 / COMMITS),
        rowsPerAlert: rounded(rows / alerts),
      },
    },
    {
      question: 'store',
      measure: 'growth of the index for each alert',
      value: rounded((indexBytes(directory) - bytesBefore) / alerts),
      unit: 'bytes',
      detail: { bodyBytesPerAlert: rounded((rows * BODY_BYTES) / alerts) },
    },
  ];
}

async function measurePackets(store: LmdbAlertStore): Promise<BenchResult> {
  const random = seededRandom(SEED);
  const block = Uint8Array.from({ length: PACKET_BYTES * 50 }, () => random() * 256);
  const packets = Array.from({ length: 50 }, (_, i) => block.subarray(i * PACKET_BYTES, (i + 1) * PACKET_BYTES));
  const calls = 60;
  const used = process.cpuUsage();
  const start = process.hrtime.bigint();
  for (let call = 0; call < calls; call += 1) {
    const addresses = await store.stagePackets(packets);
    if (call % 4 === 3) await store.commit(rejectionsOf(addresses, call));
  }
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const { user, system } = process.cpuUsage(used);
  const kept = calls * packets.length;
  return {
    question: 'store',
    measure: 'packets kept durably, a commit every 200',
    value: rounded((kept * PACKET_BYTES) / 1e6 / seconds),
    unit: 'MB/s',
    detail: {
      packetsPerSecond: Math.round(kept / seconds),
      packetBytes: PACKET_BYTES,
      cpuMicrosecondsPerPacket: rounded((user + system) / kept),
    },
  };
}

function batchOf(loci: readonly LocusWrite[], ordinal = 0): CommitBatch {
  return {
    loci,
    unassociated: [],
    schemas: new Map([['0123456789abcdef', '{}']]),
    ledger: [
      {
        source: 'bench',
        survey: 'ztf',
        night: '2026-01-01',
        visit: `visit ${ordinal}`,
        received: loci.length,
        stored: loci.length,
        duplicate: 0,
        rejected: 0,
        reasons: {},
      },
    ],
    rejections: [],
    progress: [
      {
        sourceId: 'bench',
        ordinals: Array.from({ length: loci.length }, (_, i) => ordinal * loci.length + i),
        lowWater: ordinal * loci.length,
      },
    ],
    pending: [],
    clearPending: [],
  };
}

/** A commit that makes packets durable and writes little else. */
function rejectionsOf(addresses: readonly string[], call: number): CommitBatch {
  return {
    ...batchOf([]),
    ledger: [],
    progress: [],
    rejections: [
      {
        rejection: {
          id: `rejection ${call}`,
          source: 'bench',
          survey: 'ztf',
          night: '2026-01-01',
          visit: '',
          name: '',
          reason: 'BENCH',
          message: '',
          receivedAt: call,
          bytes: PACKET_BYTES,
        },
        packet: addresses[0],
      },
    ],
  };
}

function indexBytes(directory: string): number {
  return statSync(join(directory, 'index', 'data.mdb')).size;
}

async function medianOf(pass: () => Promise<number>): Promise<number> {
  await pass();
  const times: number[] = [];
  for (let i = 0; i < 5; i += 1) times.push(await pass());
  return times.sort((a, b) => a - b)[2]!;
}
