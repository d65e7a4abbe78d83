import { Type } from 'typebox';
import type { ApiContext } from '../api-context.ts';
import { getLatestNotice, getNotice, idsMissing, listLatestNotices } from '../loci/grav-wave-notices.ts';
import { wrongGeneration } from '../loci/wrong-generation.ts';
import { defineRoute, type Route } from '../route.ts';
import { JSON_API, toWire } from './json-api.ts';

/** Notices of gravitational waves; and a word to the 2.x client, which asks for them under another name. */
export function noticeRoutes(_context: ApiContext): readonly Route[] {
  const access = 'anyone';
  const cost = 'cheap';
  return [
    defineRoute({
      method: 'GET',
      url: '/grav_wave_notices/latest',
      summary: 'The newest notice of each of several events',
      access,
      cost,
      query: Type.Object({
        ids: Type.Optional(Type.Array(Type.String(), { description: 'GraceDB ids, comma separated' })),
      }),
      handle: ({ query, baseUrl, url }) => {
        const ids = (query.ids ?? []).flatMap((text) => text.split(',')).filter((id) => id !== '');
        if (ids.length === 0) throw idsMissing(`${baseUrl}/v1/grav_wave_notices/latest`, 'ids=id1,id2,id3');
        const notices = listLatestNotices(ids);
        return {
          type: JSON_API,
          json: toWire({ data: notices, links: { self: `${baseUrl}${url}` }, meta: { count: notices.length } }),
        };
      },
    }),
    defineRoute({
      method: 'GET',
      url: '/grav_wave_notices/:gracedb_id/latest',
      summary: 'The newest notice of an event',
      access,
      cost,
      params: Type.Object({ gracedb_id: Type.String() }),
      handle: ({ params }) => getLatestNotice(params.gracedb_id),
    }),
    defineRoute({
      method: 'GET',
      url: '/grav_wave_notices/:gracedb_id/:time',
      summary: 'The notice of an event of a certain time, UTC',
      access,
      cost,
      params: Type.Object({ gracedb_id: Type.String(), time: Type.String() }),
      handle: ({ params }) => getNotice(params.gracedb_id, params.time),
    }),
    ...['/grav_wave_notice/latest', '/grav_wave_notice/:gracedb_id/:time'].map((url) =>
      defineRoute({
        method: 'GET',
        url,
        summary: 'Tells the 2.x client which address is right for it',
        access,
        cost,
        handle: ({ baseUrl }) => {
          throw wrongGeneration(baseUrl, 'v1');
        },
      }),
    ),
  ];
}
