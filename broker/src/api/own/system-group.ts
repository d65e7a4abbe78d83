import { Type } from 'typebox';
import type { ApiContext } from '../api-context.ts';
import { defineRoute, type RouteGroup } from '../route.ts';
import { HEALTH_ANSWER } from './answer-schemas.ts';
import { checkHealth } from './health.ts';
import { metricsOf } from './metrics.ts';

const NO_PARAMETERS = Type.Object({}, { additionalProperties: false });

/** What operators' tools ask: is it alive, is it well, how much does it do. */
export function systemGroup(context: ApiContext): RouteGroup {
  return {
    prefix: '',
    name: 'System',
    routes: [
      defineRoute({
        method: 'GET',
        url: '/health',
        summary: 'Whether the broker can answer: every part is read from',
        description: '503 where a part cannot be read within two seconds; the answer says which.',
        access: 'anyone',
        cost: 'cheap',
        query: NO_PARAMETERS,
        answers: { 200: HEALTH_ANSWER, 503: HEALTH_ANSWER },
        handle: async () => {
          const parts = await checkHealth(context);
          const isWell = Object.values(parts).every(({ ok }) => ok);
          const wire = Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, { ...part }]));
          return {
            status: isWell ? 200 : 503,
            json: { status: isWell ? 'ok' : 'failing', parts: wire },
            headers: { 'cache-control': 'no-store' },
          };
        },
      }),
      defineRoute({
        method: 'GET',
        url: '/health/live',
        summary: 'Whether the process answers at all; reads nothing',
        access: 'anyone',
        cost: 'cheap',
        query: NO_PARAMETERS,
        handle: () => ({ json: { status: 'ok' }, headers: { 'cache-control': 'no-store' } }),
      }),
      defineRoute({
        method: 'GET',
        url: '/metrics',
        summary: 'Figures for Prometheus',
        access: 'anyone',
        cost: 'cheap',
        query: NO_PARAMETERS,
        produces: ['text/plain; version=0.0.4'],
        handle: async () => {
          const { text, type } = await metricsOf(context).read();
          return { content: text, type, headers: { 'cache-control': 'no-store' } };
        },
      }),
    ],
  };
}
