import { Type } from 'typebox';
import type { ApiContext } from '../api-context.ts';
import { getLatestNotice, getNotice, idsMissing, listLatestNotices } from '../loci/grav-wave-notices.ts';
import { wrongGeneration } from '../loci/wrong-generation.ts';
import { defineRoute, type Route } from '../route.ts';
import { onePage } from './envelope.ts';

/** Notices of gravitational waves; and a word to the 1.x client, which asks for them under another name. */
export function noticeRoutes(_context: ApiContext): readonly Route[] {
  const access = 'anyone';
  const cost = 'cheap';
  return [
    defineRoute({
      method: 'GET',
      url: '/grav_wave_notice/latest',
      summary: 'The newest notice of each of several events; unknown ones are left out',
      access,
      cost,
      query: Type.Object({
        ids: Type.Optional(Type.Array(Type.String(), { description: 'GraceDB ids, the parameter repeated' })),
      }),
      handle: ({ query, baseUrl, url }) => {
        const ids = (query.ids ?? []).filter((id) => id !== '');
        if (ids.length === 0) throw idsMissing(`${baseUrl}/v2/grav_wave_notice/latest`, 'ids=id1&ids=id2&ids=id3');
        return { json: onePage(listLatestNotices(ids), `${baseUrl}${url}`) };
      },
    }),
    defineRoute({
      method: 'GET',
      url: '/grav_wave_notice/:gracedb_id/latest',
      summary: 'The newest notice of an event',
      access,
      cost,
      params: Type.Object({ gracedb_id: Type.String() }),
      handle: ({ params }) => getLatestNotice(params.gracedb_id),
    }),
    defineRoute({
      method: 'GET',
      url: '/grav_wave_notice/:gracedb_id/:time',
      summary: 'The notice of an event of a certain time, UTC',
      access,
      cost,
      params: Type.Object({ gracedb_id: Type.String(), time: Type.String() }),
      handle: ({ params }) => getNotice(params.gracedb_id, params.time),
    }),
    ...['/grav_wave_notices/latest', '/grav_wave_notices/:gracedb_id/:time'].map((url) =>
      defineRoute({
        method: 'GET',
        url,
        summary: 'Tells the 1.x client which address is right for it',
        access,
        cost,
        handle: ({ baseUrl }) => {
          throw wrongGeneration(baseUrl, 'v2');
        },
      }),
    ),
  ];
}
