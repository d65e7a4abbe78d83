import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import type { ApiContext } from './api-context.ts';

/** What the rendered documentation may load: its own files, and nothing from anywhere else. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Serves the description of all routes at `/openapi.json`, and rendered at `/docs`. */
export async function registerDocumentation(app: FastifyInstance, context: ApiContext): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Antares',
        version: context.version,
        description:
          'An alert broker for time-domain astronomy. `/v1` and `/v2` are drop-in for the clients of ANTARES; `/api` and `/vo` are our own.',
      },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: 'antares_session' },
        },
      },
    },
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: PAGE_POLICY,
    uiConfig: { supportedSubmitMethods: ['get'] },
  });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
}
