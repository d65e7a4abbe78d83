/// <reference path="../../../src/api/thumbnails/pngjs.d.ts" />
import { gunzipSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AlertRow } from '../../../src/alert-store/alert-store.ts';
import { readFitsImage } from '../../../src/api/thumbnails/fits-image.ts';
import { greyLevels } from '../../../src/api/thumbnails/render-image.ts';
import { describeWithSharedData } from '../../shared-data.ts';
import type { ApiUnderTest } from '../drop-in-under-test.ts';
import { lociOf, openSampleApi, pathOf } from '../night-of-samples.ts';

describeWithSharedData('images of real packets', () => {
  let api: ApiUnderTest;
  let withPacket: readonly AlertRow[];
  let withoutPacket: AlertRow;
  beforeAll(async () => {
    api = await openSampleApi();
    const rows: AlertRow[] = [];
    for (const { ref } of await lociOf(api)) rows.push(...(await api.context.store.getAlertRows(ref)));
    withPacket = rows.filter(({ packet }) => packet !== undefined);
    withoutPacket = rows.find(({ packet }) => packet === undefined)!;
  }, 120_000);
  afterAll(() => api.close());

  const listed = async (
    version: string,
    row: AlertRow,
  ): Promise<{ kind: string; name: string; type: string; src: string }[]> => {
    const { body } = await api.get(`/${version}/alerts/${row.point.alertId}/thumbnails`);
    return body.data.map((item: Record<string, string> & { attributes: Record<string, string> }) =>
      version === 'v1'
        ? {
            kind: item.attributes['thumbnail_type'],
            name: item.attributes['filename'],
            type: item.attributes['filemime'],
            src: item.attributes['src'],
          }
        : { kind: item['thumbnail_type'], name: item['id'], type: item['filemime'], src: item['src'] },
    );
  };

  it('every alert with a packet has three, and each can be fetched without signing in, for caches to keep', async () => {
    expect(withPacket.length).toBeGreaterThan(200);
    for (const row of withPacket) {
      for (const version of ['v1', 'v2']) {
        const thumbnails = await listed(version, row);
        expect(thumbnails.map(({ kind }) => kind)).toEqual(['difference', 'science', 'template']);
        for (const { src, type, name } of version === 'v1' ? thumbnails : []) {
          expect(src).toMatch(/^http:\/\/antares\.test\/v1\/alerts\//);
          const image = await api.get(pathOf(src));
          expect([image.status, image.headers['content-type']], name).toEqual([200, type]);
          expect(image.headers['cache-control']).toContain('immutable');
          expect(image.bytes.length).toBeGreaterThan(100);
        }
      }
    }
  });

  it("names are the survey's, with the ending that ANTARES gives them", async () => {
    const names = (await Promise.all(withPacket.map((row) => listed('v1', row)))).flat().map(({ name }) => name);
    expect(names.some((name) => /^candid\d+_pid\d+_targ_sci\.fits\.png$/.test(name))).toBe(true);
    expect(names.some((name) => /^candid\d+_ref\.fits\.png$/.test(name))).toBe(true);
    expect(names.some((name) => /\.jpg$/.test(name))).toBe(true);
    expect(names.some((name) => /^lsst_\d+_science\.png$/.test(name))).toBe(true);
  });

  it('the FITS file is that of the packet, and the PNG shows the same pixels, first row at the bottom', async () => {
    let compared = 0;
    for (const row of withPacket.slice(-60)) {
      const cutouts = await api.context.cutouts(row);
      for (const { kind, format, bytes } of cutouts) {
        if (format !== 'fits.gz' && format !== 'fits') continue;
        const sent = format === 'fits' ? Buffer.from(bytes) : gunzipSync(bytes);
        const fits = await api.get(`/v2/alerts/${row.point.alertId}/thumbnails/${kind}.fits`);
        expect(fits.headers['content-type']).toBe('image/fits');
        expect(fits.bytes.equals(sent)).toBe(true);
        const image = readFitsImage(sent);
        const png = PNG.sync.read((await api.get(`/v2/alerts/${row.point.alertId}/thumbnails/${kind}.png`)).bytes);
        expect([png.width, png.height]).toEqual([image.width, image.height]);
        const levels = greyLevels(image);
        for (let i = 0; i < levels.length; i += 1) {
          if (png.data[4 * i] !== levels[i]) throw new Error(`pixel ${i} is ${png.data[4 * i]}, not ${levels[i]}`);
        }
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(50);
  });

  it('the source in the middle of a science image is brighter than its edge', async () => {
    let brighter = 0;
    let all = 0;
    for (const row of withPacket) {
      const science = (await api.context.cutouts(row)).find(
        ({ kind, format }) => kind === 'science' && format === 'fits.gz',
      );
      if (science === undefined || !(row.point.mag < 18)) continue;
      const { width, height, pixels } = readFitsImage(gunzipSync(science.bytes));
      const levels = greyLevels({ width, height, pixels });
      const middle = levels[Math.floor(height / 2) * width + Math.floor(width / 2)]!;
      const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
      all += 1;
      if (middle > mean) brighter += 1;
    }
    expect(all).toBeGreaterThan(10);
    expect(brighter / all).toBeGreaterThan(0.95);
  });

  it('an unknown alert, and one without a packet, have an empty list', async () => {
    for (const version of ['v1', 'v2']) {
      for (const id of ['ztf_candidate:1', 'lsst:999', '__proto__', withoutPacket.point.alertId]) {
        const { status, body } = await api.get(`/${version}/alerts/${encodeURIComponent(id)}/thumbnails`);
        expect([status, body.data], id).toEqual([200, []]);
      }
    }
  });

  it('a file that there is not is a 404', async () => {
    const id = withPacket[0]!.point.alertId;
    for (const file of [
      'science.gif',
      'science',
      'moon.png',
      'science.png.exe',
      '..%2f..%2fetc%2fpasswd',
      'constructor.png',
    ]) {
      expect((await api.get(`/v1/alerts/${id}/thumbnails/${file}`)).status, file).toBe(404);
    }
    expect((await api.get('/v1/alerts/ztf_candidate:1/thumbnails/science.png')).status).toBe(404);
  });

  it('an image that is damaged is a 422, and the server goes on', async () => {
    const row = withPacket.at(-1)!;
    const damaged = await openDamaged(api);
    try {
      const { status, body } = await damaged.get(`/v1/alerts/${row.point.alertId}/thumbnails/science.png`);
      expect([status, body.errors[0].code]).toEqual([422, 'IMAGE_UNREADABLE']);
    } finally {
      await damaged.app.close();
    }
    expect(api.faults).toEqual([]);
  });
});

/** The same interface over packets whose images are not what they say. */
async function openDamaged(api: ApiUnderTest): Promise<Pick<ApiUnderTest, 'get' | 'app'>> {
  const { buildApi } = await import('../../../src/api/server.ts');
  const bytes = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]);
  const app = await buildApi({
    ...api.context,
    cutouts: () => Promise.resolve([{ kind: 'science', fileName: '', format: 'fits.gz', bytes }]),
  });
  return {
    app,
    get: async (url) => {
      const answer = await app.inject(url);
      return {
        status: answer.statusCode,
        headers: answer.headers,
        text: answer.payload,
        bytes: answer.rawPayload,
        body: JSON.parse(answer.payload),
      };
    },
  };
}
