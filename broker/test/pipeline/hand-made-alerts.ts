import { join } from 'node:path';
import type { AlertStore } from '../../src/alert-store/alert-store.ts';
import { openLmdbAlertStore } from '../../src/alert-store/lmdb/lmdb-alert-store.ts';
import { CatalogSet } from '../../src/catalogs/catalog-set.ts';
import { InProcessCoordination } from '../../src/coordination/in-process/in-process-coordination.ts';
import { DisabledFlags } from '../../src/filters/disabled-flags.ts';
import type { Filter } from '../../src/filters/filter.ts';
import { InProcessFilterHost } from '../../src/filters/in-process/in-process-filter-host.ts';
import type { L1Filter } from '../../src/filters/l1/l1-filter.ts';
import { AntaresError } from '../../src/model/errors.ts';
import { toAlertId, toProvenanceId } from '../../src/model/ids.ts';
import type { AlertKind, LightCurvePoint } from '../../src/model/light-curve.ts';
import type { DecodedPacket, PacketAlert } from '../../src/model/packet.ts';
import type { Properties } from '../../src/model/property.ts';
import { LocusNumbers } from '../../src/pipeline/locus-numbers.ts';
import { messageSequences } from '../../src/pipeline/message-sequence.ts';
import { runBatch } from '../../src/pipeline/run-batch.ts';
import type { Batch, PipelineContext, RawPacket } from '../../src/pipeline/stage.ts';
import { StreamIndex } from '../../src/streams/stream-definition.ts';
import type { PacketDecoder } from '../../src/surveys/survey.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** An alert that a test makes up. */
export interface MadeAlert {
  readonly id: string;
  readonly ra: number;
  readonly dec: number;
  readonly mjd?: number;
  readonly mag?: number;
  /** g, unless said. */
  readonly passband?: string;
  readonly object?: string;
  readonly solarSystemObject?: string;
  /** Rows of history: id, time, and a position unless it is an upper limit. */
  readonly history?: readonly {
    readonly id: string;
    readonly mjd: number;
    readonly ra?: number;
    readonly dec?: number;
    readonly mag?: number;
    readonly passband?: string;
  }[];
  /** The packet cannot be read, for this reason. */
  readonly unreadable?: string;
}

function point(
  id: string,
  kind: AlertKind,
  passband: string | undefined,
  mjd: number,
  ra: number,
  dec: number,
  mag: number,
): LightCurvePoint {
  const none = Number.NaN;
  return {
    ...{
      alertId: toAlertId(id),
      kind,
      surveyNumber: kind === 'upper_limit' ? 2 : 1,
      passband: passband ?? 'g',
      mjd,
      ra,
      dec,
      mag,
    },
    ...{ magErr: 0.1, magLimit: 20, flux: none, fluxErr: none, magCorrected: none, magErrCorrected: none, sign: 1 },
    ...{
      referenceMag: none,
      referenceMagErr: none,
      referenceDistance: none,
      starDistance: none,
      starScore: none,
      referenceImage: 0,
    },
  };
}

/** Reads packets that are the JSON of a `MadeAlert`: lets a test say where an alert is, and nothing else. */
const decoder: PacketDecoder = {
  needsSchema: () => false,
  ensureSchema: () => Promise.resolve(),
  unpack: (bytes) => [bytes],
  decode(bytes) {
    const made = JSON.parse(new TextDecoder().decode(bytes)) as MadeAlert;
    if (made.unreadable !== undefined) throw new AntaresError(made.unreadable, 'made unreadable');
    const mjd = made.mjd ?? 60_000;
    const body = { schemaId: '0000000000000000', part: '', bytes };
    const rows: PacketAlert[] = (made.history ?? []).map((row) => ({
      point:
        row.ra === undefined
          ? point(row.id, 'upper_limit', row.passband, row.mjd, Number.NaN, Number.NaN, Number.NaN)
          : point(row.id, 'history', row.passband, row.mjd, row.ra, row.dec!, row.mag ?? 18),
      body: { ...body, part: 'history' },
    }));
    const object =
      made.object !== undefined
        ? ({ survey: 'ztf', role: 'object', id: made.object } as const)
        : made.solarSystemObject !== undefined
          ? ({ survey: 'lsst', role: 'solar_system_object', id: made.solarSystemObject } as const)
          : undefined;
    const packet: DecodedPacket = {
      ...{
        survey: 'ztf',
        schemaVersion: '1',
        schemaId: body.schemaId,
        object,
        night: '2023-02-25',
        visit: '1',
        cutouts: [],
      },
      alert: { point: point(made.id, 'candidate', made.passband, mjd, made.ra, made.dec, made.mag ?? 18), body },
      history: (isKnown) => rows.filter((row) => !isKnown(row.point.alertId, row.point.kind)),
    };
    return [packet];
  },
  route: () => {
    throw new TypeError('tests do not route');
  },
  properties: (_body, known, into: Properties = new Map()): Properties => {
    into.set('ant_mag', known?.mag ?? Number.NaN);
    return into;
  },
  values: () => {
    throw new TypeError('not needed');
  },
  sameContent: (a, b) => Buffer.compare(a.bytes, b.bytes) === 0,
  locusContribution: () => ({ survey: 'ztf', values: {}, lists: {} }),
  newSchemas: () => new Map([['0000000000000000', '{}']]),
  markKept: () => undefined,
  addSchemas: () => undefined,
};

/** A pipeline on a real store, in this thread, fed with alerts that a test makes up. */
export interface HandMadePipeline {
  readonly store: AlertStore;
  readonly context: PipelineContext;
  /** Runs alerts through, as one batch. */
  run(...alerts: readonly MadeAlert[]): Promise<Batch>;
  /** Ids of the alerts of each locus, sorted; sorted. */
  loci(): Promise<string[][]>;
  dispose(): Promise<void>;
}

/** Opens one. */
export async function handMadePipeline(
  options: {
    readonly l1?: readonly L1Filter[];
    readonly filters?: readonly Filter[];
    readonly solarSystemLoci?: 'detection' | 'object';
  } = {},
): Promise<HandMadePipeline> {
  const folder = await temporaryFolder();
  const store = await openLmdbAlertStore({ directory: join(folder.path, 'store'), mode: 'writer' });
  const coordination = await InProcessCoordination.create(join(folder.path, 'coordination'));
  const filters = new InProcessFilterHost();
  const list = options.filters ?? [];
  const noFiles = {
    get: (): never => {
      throw new TypeError('no files');
    },
  };
  const flags = DisabledFlags.create(list.map(({ name }) => name));
  await filters.prepare(list, { flags, definitions: new Map(), files: noFiles, at: 0 });
  const context: PipelineContext = {
    ...{ store, coordination, decoder, filters, l1Filters: options.l1 ?? [] },
    streams: new StreamIndex([{ name: 'all', tags: 'seen' }]),
    catalogs: new CatalogSet(store, { revision: 0, lists: [] }),
    provenanceId: toProvenanceId('test'),
    associationRadiusArcsec: 1,
    solarSystemLoci: options.solarSystemLoci ?? 'detection',
    locusNumbers: new LocusNumbers(coordination),
    nextSequence: messageSequences(1, 0),
  };
  const source = { id: 'made', name: 'made', survey: undefined, useL1Filters: true };
  let ordinal = 0;
  return {
    store,
    context,
    run(...alerts) {
      const packets = alerts.map(
        (alert): RawPacket => ({
          bytes: new TextEncoder().encode(JSON.stringify(alert)),
          ordinal: ordinal++,
          source,
          name: alert.id,
          receivedAtMs: 1_700_000_000_000,
        }),
      );
      return runBatch({ packets, published: [], lowWater: new Map() }, context);
    },
    async loci() {
      const { items } = await store.scanLoci(undefined, 1000);
      const groups: string[][] = [];
      for (const ref of items)
        groups.push((await store.getAlertRows(ref)).map((row): string => row.point.alertId).sort());
      return groups.sort((a, b) => (a[0]! < b[0]! ? -1 : 1));
    },
    async dispose() {
      await filters.close();
      await coordination.close();
      await store.close();
      await folder.dispose();
    },
  };
}
