import { expect, it } from 'vitest';
import { AntaresClient } from '../src/antares-client.ts';
import { sendError, sendJson, startServer } from './in-process-server.ts';

const NOTICE = {
  type: 'grav_wave_notice',
  id: 17,
  attributes: {
    gracedb_id: 'S230529ay',
    notice_type: 'UPDATE',
    notice_datetime: '2023-07-06T14:09:33',
    event_datetime: '2023-05-29T18:15:00',
    false_alarm_rate: 1.9e-10,
    skymap_base64: 'U0lNUExF',
    external_coinc: null,
    full_notice: { superevent_id: 'S230529ay' },
    version_id: 1,
  },
};

it('notices are found by event, by time, and many at once; none are asked for without ids', async () => {
  const server = await startServer(({ url }, response) => {
    if (url.pathname === '/v1/grav_wave_notices/latest') sendJson(response, { data: [NOTICE] });
    else if (url.pathname.startsWith('/v1/grav_wave_notices/S230529ay/')) sendJson(response, { data: NOTICE });
    else sendError(response, 404, 'NOT_FOUND', 'The requested URL was not found.');
  });
  const { gravWaveNotices } = new AntaresClient({ baseUrl: server.url });
  const expected = {
    ...{ id: '17', gracedbId: 'S230529ay', noticeType: 'UPDATE', noticeDatetime: '2023-07-06T14:09:33' },
    ...{ eventDatetime: '2023-05-29T18:15:00', falseAlarmRate: 1.9e-10, skymapBase64: 'U0lNUExF' },
    ...{ externalCoinc: undefined, fullNotice: { superevent_id: 'S230529ay' }, versionId: 1 },
  };
  expect(await gravWaveNotices.latest('S230529ay')).toEqual(expected);
  expect(await gravWaveNotices.at('S230529ay', '2023-07-06T14:09:33')).toEqual(expected);
  expect(await gravWaveNotices.latestOf(['S230529ay', 'S231027bk'])).toEqual([expected]);
  expect(await gravWaveNotices.latestOf([])).toEqual([]);
  expect(await gravWaveNotices.latest('S1')).toBeUndefined();
  expect(server.requests.map(({ url }) => url.pathname + url.search)).toEqual([
    '/v1/grav_wave_notices/S230529ay/latest',
    '/v1/grav_wave_notices/S230529ay/2023-07-06T14:09:33',
    '/v1/grav_wave_notices/latest?ids=S230529ay%2CS231027bk',
    '/v1/grav_wave_notices/S1/latest',
  ]);
});
