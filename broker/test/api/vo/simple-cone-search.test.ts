import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toLocusDocument } from '../../../src/operations/indexer.ts';
import type { LocusDocument } from '../../../src/search-index/search-index.ts';
import { separationArcsec } from '../../../src/sky/separation.ts';
import { type HandMadePipeline, handMadePipeline } from '../../pipeline/hand-made-alerts.ts';
import { describeWithSharedData } from '../../shared-data.ts';
import { realPackets } from '../../surveys/real-packets.ts';
import { type ServerUnderTest, serverUnderTest } from '../server-under-test.ts';

/** Rows of the table in a VOTable, by column name. */
function rowsOf(votable: string): Record<string, string>[] {
  const names = [...votable.matchAll(/<FIELD ID="(\w+)"/g)].map(([, name]) => name!);
  return [...votable.matchAll(/<TR>(.*?)<\/TR>/g)].map(([, row]) =>
    Object.fromEntries([...row!.matchAll(/<TD(?:\/>|>(.*?)<\/TD>)/g)].map(([, cell], i) => [names[i]!, cell ?? ''])),
  );
}

describe('cone search at the awkward places of the sky', () => {
  let pipeline: HandMadePipeline;
  let api: ServerUnderTest;
  const positions: [ra: number, dec: number][] = [
    [0, 0],
    [359.9995, 0],
    [0.0005, 0],
    [359.5, 0],
    [10, 90],
    [190, 89.9995],
    [100, -90],
    [280, -89.9995],
    [180, 45],
  ];

  beforeAll(async () => {
    pipeline = await handMadePipeline();
    await pipeline.run(...positions.map(([ra, dec], i) => ({ id: `a${i}`, ra, dec, object: `O${i}` })));
    api = await serverUnderTest({ change: (context) => ({ ...context, store: pipeline.store }) });
    const { items } = await pipeline.store.scanLoci(undefined, 100);
    const records = await pipeline.store.getLocusRecords(items);
    await api.index.put(records.map((record): LocusDocument => toLocusDocument(record!)));
  });
  afterAll(async () => {
    await api.close();
    await pipeline.dispose();
  });

  it.each([
    [0, 0, 0.001],
    [360, 0, 0.001],
    [359.9999, 0, 0.6],
    [0, 90, 0.001],
    [270, 90, 0.001],
    [33, -90, 0.01],
    [180, 45, 0.0001],
    [180, 45, 180],
  ])('RA %d, DEC %d, SR %d finds what lies there, and nothing else, nearest first', async (ra, dec, sr) => {
    const { body } = await api.app.inject(`/vo/scs?RA=${ra}&DEC=${dec}&SR=${sr}`);
    const rows = rowsOf(body);
    const expected = positions
      .map(([a, d]) => separationArcsec(ra % 360, dec, a, d))
      .filter((separation) => separation <= sr * 3600)
      .sort((a, b) => a - b);
    expect(rows.length).toBe(expected.length);
    expect(rows.length).toBeGreaterThan(0);
    for (const [i, { separation }] of rows.entries()) expect(Number(separation)).toBeCloseTo(expected[i]!, 5);
  });
});

describeWithSharedData('cone search', () => {
  let api: ServerUnderTest;
  beforeAll(async () => {
    api = await serverUnderTest({ packets: await realPackets('ztf/ztf_public_20231018.tar.gz', 60) });
  });
  afterAll(() => api.close());

  const get = async (query: string): Promise<string> => {
    const { statusCode, headers, body } = await api.app.inject(`/vo/scs?${query}`);
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toBe('application/x-votable+xml');
    return body;
  };

  it('has the three fields of the standard under their old descriptors, and the new ones too', async () => {
    for (const verb of [1, 2, 3]) {
      const body = await get(`RA=0&DEC=0&SR=180&VERB=${verb}`);
      for (const [name, old, ucd] of [
        ['locus_id', 'ID_MAIN', 'meta.id;meta.main'],
        ['ra', 'POS_EQ_RA_MAIN', 'pos.eq.ra;meta.main'],
        ['dec', 'POS_EQ_DEC_MAIN', 'pos.eq.dec;meta.main'],
      ] as const) {
        const fields = [...body.matchAll(new RegExp(`<FIELD [^>]*ucd="${old}"`, 'g'))];
        expect(fields.length).toBe(1);
        expect(fields[0]![0]).toContain(`name="${name}"`);
        expect(body).toContain(`<FIELDref ref="${name}" ucd="${ucd}"/>`);
      }
    }
  });

  it('tells more with a higher VERB', async () => {
    const counts = await Promise.all(
      [1, 2, 3].map(async (verb) => (await get(`RA=0&DEC=0&SR=180&VERB=${verb}`)).match(/<FIELD /g)!.length),
    );
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(new Set(counts).size).toBe(3);
  });

  it('is cut at MAXREC, and says so', async () => {
    const all = rowsOf(await get('RA=0&DEC=0&SR=180'));
    expect(all.length).toBe(await api.index.size());
    const cut = await get('RA=0&DEC=0&SR=180&MAXREC=3');
    expect(rowsOf(cut).length).toBe(3);
    expect(cut).toContain('<INFO name="QUERY_STATUS" value="OVERFLOW"/>');
    expect(await get(`RA=0&DEC=0&SR=180&MAXREC=${all.length}`)).not.toContain('OVERFLOW');
  });

  it('gives the columns alone for a radius of nought, and for MAXREC 0', async () => {
    for (const query of ['RA=0&DEC=0&SR=0', 'RA=0&DEC=0&SR=180&MAXREC=0']) {
      const body = await get(query);
      expect(rowsOf(body)).toEqual([]);
      expect(body).toContain('ID_MAIN');
    }
  });

  it('reads names of parameters in either case, and passes over those that it does not know', async () => {
    expect(rowsOf(await get('ra=0&Dec=0&sR=180&RESPONSEFORMAT=votable&x=1')).length).toBeGreaterThan(10);
  });

  it.each([
    ['nothing', ''],
    ['no SR', 'RA=1&DEC=1'],
    ['text for a number', 'RA=x&DEC=1&SR=1'],
    ['a number with a tail', 'RA=1d&DEC=1&SR=1'],
    ['a hexadecimal number', 'RA=0x10&DEC=1&SR=1'],
    ['an infinite number', 'RA=Infinity&DEC=1&SR=1'],
    ['not a number', 'RA=NaN&DEC=1&SR=1'],
    ['RA beyond the circle', 'RA=360.1&DEC=1&SR=1'],
    ['DEC beyond the pole', 'RA=1&DEC=-90.0001&SR=1'],
    ['a negative radius', 'RA=1&DEC=1&SR=-1'],
    ['a radius beyond the sky', 'RA=1&DEC=1&SR=181'],
    ['RA twice', 'RA=1&RA=2&DEC=1&SR=1'],
    ['RA twice, in two cases', 'RA=1&ra=2&DEC=1&SR=1'],
    ['VERB 4', 'RA=1&DEC=1&SR=1&VERB=4'],
    ['VERB of the language', 'RA=1&DEC=1&SR=1&VERB=constructor'],
    ['a negative MAXREC', 'RA=1&DEC=1&SR=1&MAXREC=-1'],
    ['markup', 'RA=%3Cscript%3E&DEC=1&SR=1'],
  ])('answers %s with an error in a VOTable', async (_what, query) => {
    const body = await get(query);
    expect(body).toMatch(/<INFO ID="Error" name="Error" value="[^"]+"\/>/);
    expect(body).not.toContain('<TABLE');
    expect(body).not.toContain('<script');
  });

  it('says what it can do, at the address where the caller sees it', async () => {
    const capabilities = await api.app.inject({ url: '/vo/capabilities', headers: { host: 'vo.example.org' } });
    expect(capabilities.headers['content-type']).toBe('text/xml; charset=utf-8');
    expect(capabilities.body).toContain('<accessURL use="base">http://vo.example.org/vo/scs?</accessURL>');
    expect((await api.app.inject('/vo/availability')).body).toContain('<vosi:available>true</vosi:available>');
  });
});
