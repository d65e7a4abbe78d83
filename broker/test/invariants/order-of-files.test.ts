import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadEveryList, takeInZtf } from '../archives-taken-in.ts';
import { antaresOutput, temporaryFolder } from '../command-line.ts';
import { type ExportedAlert, type ExportedLocus, exportStore, partition } from '../exports.ts';
import { describeWithSharedData, sharedPath } from '../shared-data.ts';

const MINUTES = 60_000;
const SEED = 20260523;

/** Archives in an order made by a seed. */
function shuffled(files: readonly string[], seed: number): string[] {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const list = [...files];
  for (let i = list.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
  return list;
}

function archives(): string[] {
  return ['ztf', 'ztf/by_object', 'ztf-nocutout', 'ztf-nocutout/by_object'].flatMap((folder) =>
    readdirSync(sharedPath(`data/alerts/${folder}`))
      .filter((file) => file.endsWith('.tar.gz'))
      .map((file) => sharedPath(`data/alerts/${folder}/${file}`)),
  );
}

describeWithSharedData(`the order in which archives come (seed ${SEED})`, () => {
  const folders: Awaited<ReturnType<typeof temporaryFolder>>[] = [];
  const states: { alerts: ExportedAlert[]; loci: ExportedLocus[] }[] = [];

  beforeAll(async () => {
    const [inOrder, inAnother] = [await newFolder(), await newFolder()];
    await takeInZtf(inOrder);
    await loadEveryList(inAnother);
    await antaresOutput(['ingest', ...shuffled(archives(), SEED), '--l1', 'off', '--data', inAnother]);
    for (const data of [inOrder, inAnother]) states.push(await exportStore(data));
  }, 10 * MINUTES);
  afterAll(() => Promise.all(folders.map((folder) => folder.dispose())));

  async function newFolder(): Promise<string> {
    const folder = await temporaryFolder();
    folders.push(folder);
    return folder.path;
  }

  it('does not change which alerts belong together', () => {
    const [a, b] = states.map(({ alerts }) => partition(alerts.map(({ alert_id, locus_id }) => [alert_id, locus_id])));
    expect(b).toEqual(a);
  });

  it('does not change a point of any light curve', () => {
    const [a, b] = states.map(({ alerts }) =>
      alerts
        .map(({ alert_id, kind, mjd, ra, dec, passband, mag, magerr, maglim }) =>
          [alert_id, kind, mjd, ra, dec, passband, mag, magerr, maglim].join(','),
        )
        .sort(),
    );
    expect(b).toEqual(a);
  });

  it('does not change a catalogue match or a position', () => {
    const [a, b] = states.map(({ loci, alerts }) => {
      const names = new Map<string, string>();
      for (const { alert_id, locus_id } of alerts) {
        const least = names.get(locus_id);
        if (least === undefined || alert_id < least) names.set(locus_id, alert_id);
      }
      return loci
        .map(({ locus_id, ra, dec, catalog_matches }) =>
          JSON.stringify([names.get(locus_id), ra, dec, catalog_matches]),
        )
        .sort();
    });
    expect(b).toEqual(a);
  });
});
