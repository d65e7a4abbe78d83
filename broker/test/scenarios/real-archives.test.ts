import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { extract, pack } from 'tar-stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type IngestCounts, loadEveryList, takeInZtf, ZTF_ARCHIVES } from '../archives-taken-in.ts';
import { antaresOutput, temporaryFolder } from '../command-line.ts';
import { type ExportedAlert, type ExportedLocus, exportStore, parseCsv, partition } from '../exports.ts';
import { describeWithSharedData, sharedPath } from '../shared-data.ts';

const MINUTES = 60_000;

function expected(file: string): Record<string, string>[] {
  return parseCsv(readFileSync(sharedPath(`data/expected/${file}`), 'utf8'));
}

/** Matches as `alerts of the locus | list | object`, so that they compare without locus names. */
function matchesOf(loci: readonly ExportedLocus[], keyOf: (locusId: string) => string): string[] {
  return loci
    .flatMap(({ locus_id, catalog_matches, watch_matches }) => [
      ...catalog_matches.map(({ catalog, object_id }) => `${keyOf(locus_id)}|${catalog}|${object_id}`),
      ...watch_matches.map(({ watch_list, object_id }) => `${keyOf(locus_id)}|${watch_list}|${object_id}`),
    ])
    .sort();
}

describeWithSharedData('all ZTF packets of the shared archives', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let counts: IngestCounts;
  let alerts: ExportedAlert[];
  let loci: ExportedLocus[];
  const locusOfCandid = new Map(expected('ztf_alert_locus.csv').map(({ candid, locus }) => [candid!, locus!]));

  beforeAll(async () => {
    folder = await temporaryFolder();
    counts = await takeInZtf(folder.path);
    ({ alerts, loci } = await exportStore(folder.path));
  }, 10 * MINUTES);
  afterAll(() => folder.dispose());

  /** The expected number of a locus of ours, by the candidates in it. */
  function expectedNumber(): Map<string, string> {
    const numbers = new Map<string, string>();
    for (const { alert_id, locus_id } of alerts) {
      const number = locusOfCandid.get(alert_id.replace('ztf_candidate:', ''));
      if (number !== undefined) numbers.set(locus_id, number);
    }
    return numbers;
  }

  it('every packet is accounted for, and none is refused', () => {
    expect(counts).toMatchObject({ received: 3427, stored: 3427, duplicate: 0, rejected: 0 });
  });

  it('alerts group into loci as by brute force', () => {
    const ours = alerts
      .filter(({ kind }) => kind === 'candidate')
      .map(({ alert_id, locus_id }) => [alert_id.replace('ztf_candidate:', ''), locus_id] as const);
    expect(partition(ours)).toEqual(partition(locusOfCandid));
  });

  it('counts and mean positions are those of the whole history', () => {
    const numbers = expectedNumber();
    const byNumber = new Map(loci.map((locus) => [numbers.get(locus.locus_id)!, locus]));
    expect(byNumber.size).toBe(2365);
    for (const row of expected('ztf_full_loci.csv')) {
      if (row['ambiguous'] === '1') continue;
      const locus = byNumber.get(row['locus']!)!;
      expect({
        locus: row['locus'],
        detections: locus.num_detections,
        upperLimits: locus.num_upper_limits,
        alerts: locus.num_alerts,
      }).toEqual({
        locus: row['locus'],
        detections: Number(row['n_detections']),
        upperLimits: Number(row['n_upper_limits']),
        alerts: Number(row['num_alerts']),
      });
      expect(Math.abs(locus.ra - Number(row['ra_deg']))).toBeLessThan(2e-9);
      expect(Math.abs(locus.dec - Number(row['dec_deg']))).toBeLessThan(2e-9);
    }
  });

  it('catalogue and watch-list matches are those at the mean position', () => {
    const numbers = expectedNumber();
    const wanted = expected('ztf_full_catalog_matches.csv')
      .filter(({ matches }) => matches === '1')
      .map(({ locus, catalog, catalog_id }) => `${locus}|${catalog}|${catalog_id}`)
      .sort();
    expect(matchesOf(loci, (id) => numbers.get(id)!)).toEqual(wanted);
  });

  it(
    'the same archives again are duplicates, and change nothing',
    async () => {
      const before = [
        await antaresOutput(['export', 'alerts', '--format', 'ndjson', '--data', folder.path]),
        await antaresOutput(['export', 'loci', '--data', folder.path]),
      ];
      const archives = ZTF_ARCHIVES.map(sharedPath);
      const output = await antaresOutput(['ingest', ...archives, '--l1', 'off', '--json', '--data', folder.path]);
      expect(JSON.parse(output)).toMatchObject({
        received: 3427,
        stored: 0,
        duplicate: 3427,
        rejected: 0,
        loci_created: 0,
      });
      const after = [
        await antaresOutput(['export', 'alerts', '--format', 'ndjson', '--data', folder.path]),
        await antaresOutput(['export', 'loci', '--data', folder.path]),
      ];
      expect(after[0] === before[0] && after[1] === before[1]).toBe(true);
    },
    5 * MINUTES,
  );

  it('the ledger adds up, by source, night and visit', async () => {
    for (const level of ['source', 'night', 'visit']) {
      const lines = JSON.parse(
        await antaresOutput(['ledger', '--json', '--by', level, '--data', folder.path]),
      ) as Record<string, number>[];
      for (const { received, stored, duplicate, rejected } of lines)
        expect(received).toBe(stored! + duplicate! + rejected!);
      expect(lines.reduce((sum, { received }) => sum + received!, 0)).toBe(2 * 3427);
    }
  });
});

/**
 * Packets of several archives as one tar, in the order of observation: that of the expected files. It matters in one set,
 * where five object ids were used twice, for places far apart: the alert that comes first decides where the name belongs.
 */
async function inTimeOrder(files: readonly string[], ids: readonly string[]): Promise<Buffer> {
  const packets = new Map<string, Buffer>();
  for (const file of files) {
    const archive = extract();
    archive.on('entry', (header, stream, next) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: unknown) => chunks.push(chunk as Buffer));
      stream.on('end', () => {
        packets.set(basename(header.name, '.avro'), Buffer.concat(chunks));
        next();
      });
    });
    archive.end(gunzipSync(readFileSync(sharedPath(`data/alerts/lsst/${file}`))));
    await once(archive, 'finish');
  }
  const tar = pack();
  for (const id of ids) tar.entry({ name: `${id}.avro` }, packets.get(id)!);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

for (const [set, files] of [
  ['lsst_rubin_v10_0', ['rubin_v10_0.tar.gz']],
  ['lsst_rubin_v9_0_spark', ['rubin_v9_0_spark.tar.gz', 'rubin_v9_0_spark_nocutout.tar.gz']],
  ['lsst_sim_or4_v7_1', ['sim_or4_v7_1.tar.gz', 'sim_or4_v7_1_nocutout.tar.gz']],
  ['lsst_sim_v7_4_spark', ['sim_v7_4_spark.tar.gz', 'sim_v7_4_spark_nocutout.tar.gz']],
] as const) {
  describeWithSharedData(`all packets of ${set}`, () => {
    let folder: Awaited<ReturnType<typeof temporaryFolder>>;
    let alerts: ExportedAlert[];
    let loci: ExportedLocus[];
    const rows = expected(`${set}_alert_locus.csv`);
    const locusOf = new Map(rows.map(({ diaSourceId, locus }) => [diaSourceId!, locus!]));

    beforeAll(async () => {
      folder = await temporaryFolder();
      await loadEveryList(folder.path);
      const tar = await inTimeOrder(
        files,
        rows.map(({ diaSourceId }) => diaSourceId!),
      );
      const output = await antaresOutput(['ingest', '-', '--l1', 'off', '--json', '--data', folder.path], tar);
      expect(JSON.parse(output)).toMatchObject({ received: rows.length, stored: rows.length, rejected: 0 });
      ({ alerts, loci } = await exportStore(folder.path));
    }, 5 * MINUTES);
    afterAll(() => folder.dispose());

    it('alerts group into loci as by brute force', () => {
      const ours = alerts
        .filter(({ kind }) => kind === 'candidate')
        .map(({ alert_id, locus_id }) => [alert_id.replace('lsst:', ''), locus_id] as const);
      expect(partition(ours)).toEqual(partition(locusOf));
    });

    it('catalogue matches are those of brute force', () => {
      const numbers = new Map(
        alerts.flatMap(({ alert_id, locus_id }) => {
          const number = locusOf.get(alert_id.replace('lsst:', ''));
          return number === undefined ? [] : [[locus_id, number] as const];
        }),
      );
      const wanted = expected(`${set}_catalog_matches.csv`)
        .map(({ locus, catalog, catalog_id }) => `${locus}|${catalog}|${catalog_id}`)
        .sort();
      expect(matchesOf(loci, (id) => numbers.get(id)!)).toEqual(wanted);
    });
  });
}
