import { Type } from 'typebox';
import type { ApiContext } from '../api-context.ts';
import { defineRoute, type Route } from '../route.ts';
import { VERSION_ANSWER } from './answer-schemas.ts';

/** What this server is. */
export function versionRoute({ version }: ApiContext): Route {
  return defineRoute({
    method: 'GET',
    url: '/version',
    summary: 'Version of the broker, and where each interface of it is',
    access: 'anyone',
    cost: 'cheap',
    query: Type.Object({}, { additionalProperties: false }),
    answers: { 200: VERSION_ANSWER },
    handle: ({ baseUrl }) => ({
      json: {
        name: 'antares',
        version,
        interfaces: {
          v1: `${baseUrl}/v1`,
          v2: `${baseUrl}/v2`,
          own: `${baseUrl}/api`,
          cone_search: `${baseUrl}/vo/scs`,
          documentation: `${baseUrl}/docs`,
        },
      },
    }),
  });
}
