import { Type } from 'typebox';
import type { ApiContext } from '../api-context.ts';
import { RawJson } from '../json-text.ts';
import { defineRoute, type RouteGroup } from '../route.ts';
import { HEALTH_ANSWER } from './answer-schemas.ts';
import { checkHealth } from './health.ts';
import { metricsOf } from './metrics.ts';

/** Figures of the broker in this process; of one that only answers questions, that it takes nothing in. */
const STATUS_ANSWER = Type.Union([
  Type.Object({ takesAlerts: Type.Literal(false) }),
  Type.Object({
    version: Type.String(),
    startedAt: Type.String(),
    totals: Type.Object({ received: Type.Integer(), stored: Type.Integer(), rejected: Type.Integer() }),
    rate: Type.Number({ description: 'Alerts a second, over the last seconds' }),
    loci: Type.Integer(),
    alerts: Type.Integer(),
  }),
]);

/** The page has a style of its own, and nothing else. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const NO_PARAMETERS = Type.Object({}, { additionalProperties: false });

/** What operators' tools ask: is it alive, is it well, how much does it do. */
export function systemGroup(context: ApiContext): RouteGroup {
  return {
    prefix: '',
    name: 'System',
    routes: [
      defineRoute({
        method: 'GET',
        url: '/',
        summary: 'The plain page of this process',
        access: 'anyone',
        cost: 'cheap',
        query: NO_PARAMETERS,
        produces: ['text/html'],
        handle: async () => ({
          content: await context.page.html(),
          type: 'text/html; charset=utf-8',
          headers: { 'cache-control': 'no-store', 'content-security-policy': PAGE_POLICY },
        }),
      }),
      defineRoute({
        method: 'GET',
        url: '/status.json',
        summary: 'What the plain page shows',
        access: 'anyone',
        cost: 'cheap',
        query: NO_PARAMETERS,
        answers: { 200: STATUS_ANSWER },
        handle: async () => ({
          json: new RawJson(await context.page.json()),
          headers: { 'cache-control': 'no-store' },
        }),
      }),
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
