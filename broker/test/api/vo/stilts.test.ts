import { execFile, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LocusRecord } from '../../../src/model/locus.ts';
import { describeWithSharedData } from '../../shared-data.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import type { ServerUnderTest } from '../server-under-test.ts';
import { bothSurveysServed } from './both-surveys-served.ts';

const hasStilts = spawnSync('stilts', ['-version']).status === 0;
if (!hasStilts) console.warn('stilts is not tried: there is none');

/** Runs a task of stilts. @returns what it printed, warnings and errors included */
async function stilts(...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)('stilts', args, { maxBuffer: 2 ** 26 });
  return stdout + stderr;
}

describeWithSharedData('the real stilts', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let api: ServerUnderTest;
  let base: string;
  let records: LocusRecord[];

  beforeAll(async () => {
    folder = await temporaryFolder();
    ({ api, base, records } = await bothSurveysServed());
  });
  afterAll(async () => {
    await api.close();
    await folder.dispose();
  });

  const locusOf = (survey: string): LocusRecord =>
    records.find(({ objects }) => objects.some((object) => object.survey === survey))!;

  it.runIf(hasStilts)(
    'finds nothing to say against any VOTable',
    async () => {
      const ids = ['ztf', 'lsst'].map((survey) => locusOf(survey).ref.locusId);
      const cone = '/vo/scs?RA=0&DEC=0&SR=180';
      const paths = [
        ...[1, 2, 3].map((verbosity) => `${cone}&VERB=${verbosity}`),
        ...[`${cone}&MAXREC=2`, '/vo/scs?RA=0&DEC=0&SR=0', '/vo/scs?RA=0&DEC=-91&SR=1', '/vo/scs?RA=north'],
        ...ids.flatMap((id) => [`/api/loci/${id}.vot`, `/api/loci/${id}/lightcurve.vot`]),
      ];
      for (const path of paths) {
        const file = join(folder.path, 'table.vot');
        await writeFile(file, Buffer.from(await (await fetch(`${base}${path}`)).arrayBuffer()));
        expect(await stilts('votlint', 'ucd=true', 'unit=true', `votable=${file}`), path).toBe('');
      }
    },
    120_000,
  );

  it.runIf(hasStilts)(
    'finds a locus in a cone, and loci around the positions of a table',
    async () => {
      const { ref, ra, dec } = records[0]!;
      const cone = await stilts(
        'cone',
        `serviceurl=${base}/vo/scs`,
        `lon=${ra}`,
        `lat=${dec}`,
        'radius=0.001',
        'ofmt=csv',
      );
      expect(cone).toMatch(new RegExp(`^locus_id,ra,dec,separation,.*\\n${ref.locusId},`));
      const positions = join(folder.path, 'positions.csv');
      await writeFile(positions, `ra,dec\n${records.map((record) => `${record.ra},${record.dec}`).join('\n')}\n`);
      const nearest = await stilts(
        ...[
          'coneskymatch',
          `serviceurl=${base}/vo/scs`,
          `in=${positions}`,
          'ra=ra',
          'dec=dec',
          'sr=0.001',
          'usefoot=false',
        ],
        ...['find=best', 'ocmd=keepcols locus_id', 'ofmt=csv-noheader'],
      );
      const found = nearest.split('\n').filter((line) => line.startsWith('ANT'));
      expect(found.sort()).toEqual(records.map((record) => record.ref.locusId).sort());
    },
    120_000,
  );

  it.runIf(hasStilts)(
    'reads light curves with their times, units and 64-bit ids',
    async () => {
      for (const survey of ['ztf', 'lsst']) {
        const { ref } = locusOf(survey);
        const url = `${base}/api/loci/${ref.locusId}/lightcurve.vot`;
        const csv = await stilts('tpipe', `in=${url}`, 'cmd=keepcols "alert_id mjd_utc mag"', 'ofmt=csv');
        const ids = csv
          .trim()
          .split('\n')
          .slice(1)
          .map((line) => line.split(',')[0]);
        const rows = await api.store.getAlertRows(ref);
        expect([...ids].sort()).toEqual(rows.map(({ point }) => point.alertId as string).sort());
        const columns = await stilts('tpipe', `in=${url}`, 'cmd=meta', 'ofmt=csv');
        expect(columns).toMatch(/,mjd_utc,Double,d,.*,UTC,TOPOCENTER,/);
        expect(columns).toMatch(/,mjd_tai,Double,d,.*,TAI,TOPOCENTER,/);
      }
    },
    120_000,
  );

  it.runIf(hasStilts)(
    'finds nothing to say against what is said of availability',
    async () => {
      // Its linter is for another kind of service; this stage of it is common to all.
      expect(await stilts('taplint', `tapurl=${base}/vo`, 'stages=AVV')).toContain('Errors: 0; Warnings: 0;');
    },
    120_000,
  );
});
