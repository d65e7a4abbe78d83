import cookie from '@fastify/cookie';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { AntaresError, errorCode } from '../model/errors.ts';
import { accessInWords, type Caller, isAllowed } from './access.ts';
import { AllowedMethods } from './allowed-methods.ts';
import type { ApiContext } from './api-context.ts';
import { ApiError, badRequest, errorBody, notFound } from './api-error.ts';
import { identify } from './auth/identify.ts';
import { USER_DATA_STATUS } from './auth/user-data-status.ts';
import { refuseAddress, refuseConnection } from './early-refusals.ts';
import { groups } from './groups.ts';
import { keepBodyText } from './json-body.ts';
import { toJsonText } from './json-text.ts';
import { CALLS_A_MINUTE, TIME_LIMIT_MS } from './limits.ts';
import { baseUrlOf } from './links.ts';
import { registerDocumentation } from './openapi.ts';
import { metricsOf } from './own/metrics.ts';
import type { Answer, Route, RouteGroup } from './route.ts';

/** Errors of the layers below that are about the request, with the status that each is answered with. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  ...USER_DATA_STATUS,
  LOCUS_ID_MALFORMED: 404,
  LOCUS_UNKNOWN: 404,
  STREAM_OFFSET_AHEAD: 416,
  STREAM_TOPIC_INVALID: 404,
  ALERT_STORE_UNREACHABLE: 503,
  ALERT_STORE_FULL: 503,
  SEARCH_INDEX_NOT_READY: 503,
  SEARCH_INDEX_UNREACHABLE: 503,
  // A broker began to keep it a moment ago.
  PACKET_SCHEMA_UNKNOWN: 503,
};
/** Codes of errors in a query: the caller's. */
const QUERY_CODES = /^(QUERY_|SORT_|AGGREGATION_)/;

const CALLER = Symbol('caller');
type WithCaller = FastifyRequest & { [CALLER]?: Caller | undefined };

/**
 * Builds the HTTP interface: all groups of routes, behind one set of limits, one way to sign in and one shape of error.
 *
 * Listens to nothing yet. Closing it ends running answers; what is in the context stays open.
 */
export async function buildApi(context: ApiContext): Promise<FastifyInstance> {
  const { http } = context.config;
  const app = fastify({
    bodyLimit: http.maxBodyBytes,
    trustProxy: http.trustedProxies.length === 0 ? false : [...http.trustedProxies],
    requestTimeout: 30_000,
    keepAliveTimeout: 30_000,
    // Queries come in the address: ten thousand ids of a terms clause must fit.
    // Node.js takes the longer of the two times for whole requests, so that of headers must be the shorter one.
    http: { maxHeaderSize: 256 * 1024, headersTimeout: 15_000, connectionsCheckingInterval: 5_000 },
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, _request, reply) => refuseAddress(error, reply),
    routerOptions: {
      // The 1.x client asks for `v1//grav_wave_notices`, and bases come with and without a slash at the end.
      ignoreDuplicateSlashes: true,
      ignoreTrailingSlash: true,
      maxParamLength: 1_000,
      querystringParser: (text) => parseQuery(text),
    },
    ajv: { customOptions: { coerceTypes: 'array', removeAdditional: false, useDefaults: true, allErrors: false } },
    forceCloseConnections: true,
  });
  keepBodyText(app);
  app.setErrorHandler((error: FastifyError, request, reply) => answerError(context, error, request, reply));
  const all = groups(context);
  const methods = new AllowedMethods(all);
  app.setNotFoundHandler(({ method, url }, reply) => {
    const allowed = methods.of(url);
    if (allowed.length === 0) return sendError(reply, notFound());
    const detail = `this address has no ${method}; it has ${allowed.join(', ')}`;
    return sendError(reply, new ApiError(405, 'METHOD_NOT_ALLOWED', detail, { allow: allowed.join(', ') }));
  });

  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] },
    },
    // Whether the connection is encrypted is for whoever ends it (a proxy) to promise.
    strictTransportSecurity: false,
    crossOriginResourcePolicy: { policy: 'cross-origin' },
  });
  // Reading is open to pages of any origin; cookies are never sent along, so no page can act for a user.
  // Searches and look-ups are reading too, and are posted.
  await app.register(cors, {
    origin: '*',
    methods: ['GET', 'HEAD', 'POST', 'OPTIONS'],
    exposedHeaders: ['Retry-After'],
    maxAge: 600,
    strictPreflight: false,
  });
  await app.register(cookie);
  await app.register(rateLimit, {
    global: false,
    max: CALLS_A_MINUTE.cheap,
    timeWindow: '1 minute',
    keyGenerator: (request) => (request as WithCaller)[CALLER]?.userId ?? request.ip,
    errorResponseBuilder: (_request, { after }) =>
      new ApiError(429, 'RATE_LIMITED', `too many calls from here; go on in ${after}`),
  });
  await registerDocumentation(app, context);
  app.addHook('onRequest', async (request) => {
    (request as WithCaller)[CALLER] = await identify(context, request);
  });
  const metrics = metricsOf(context);
  app.addHook('onResponse', async ({ method, routeOptions }, { statusCode, elapsedTime }) => {
    metrics.observe({ method, route: routeOptions.url, status: statusCode, seconds: elapsedTime / 1000 });
  });
  for (const group of all) registerGroup(app, context, group);
  return app;
}

function registerGroup(app: FastifyInstance, context: ApiContext, group: RouteGroup): void {
  for (const route of group.routes) registerRoute(app, context, group, route);
}

function registerRoute(app: FastifyInstance, context: ApiContext, group: RouteGroup, route: Route): void {
  const { method, access, cost } = route;
  const timeLimitMs = TIME_LIMIT_MS[cost];
  app.route({
    method,
    url: `${group.prefix}${route.url}`,
    schema: schemaOf(group, route),
    config: {
      rateLimit: {
        max: (request: FastifyRequest) =>
          CALLS_A_MINUTE[cost] * context.config.http.rateLimitFactor * ((request as WithCaller)[CALLER] ? 3 : 1),
        groupId: cost,
      },
    },
    preValidation: async (request) => {
      const caller = (request as WithCaller)[CALLER];
      if (isAllowed(access, caller)) return;
      if (caller === undefined) {
        throw new ApiError(401, 'SIGN_IN_NEEDED', 'sign in, or send a token: Authorization: Bearer <token>', {
          'www-authenticate': 'Bearer realm="antares"',
        });
      }
      throw new ApiError(403, 'NOT_ALLOWED', `this needs ${accessInWords(access)}`);
    },
    handler: async (request, reply) => {
      const gone = new AbortController();
      const onClose = (): void => gone.abort();
      request.raw.socket.once('close', onClose);
      reply.raw.once('close', onClose);
      const timer = timeLimitMs === 0 ? undefined : setTimeout(() => gone.abort('time'), timeLimitMs);
      timer?.unref();
      try {
        const answer = await Promise.race([
          Promise.resolve(
            route.handle({
              params: request.params,
              query: request.query,
              body: request.body,
              caller: (request as WithCaller)[CALLER],
              baseUrl: baseUrlOf(request, context.config.http.publicUrl),
              url: request.url,
              signal: gone.signal,
              request,
            }),
          ),
          tooLong(gone.signal, timeLimitMs),
        ]);
        return send(reply, answer);
      } finally {
        clearTimeout(timer);
        request.raw.socket.removeListener('close', onClose);
      }
    },
  });
}

/** Rejects when the time of a call is up. */
function tooLong(signal: AbortSignal, limitMs: number): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      if (signal.reason === 'time') {
        reject(new ApiError(503, 'TIME_LIMIT', `the answer took more than ${limitMs / 1000} s; ask for less`));
      }
    });
  });
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  reply.code(answer.status ?? 200);
  for (const [name, value] of Object.entries(answer.headers ?? {})) reply.header(name, value);
  if ('json' in answer) {
    return reply.type(answer.type ?? 'application/json; charset=utf-8').send(toJsonText(answer.json));
  }
  return reply.type(answer.type).send(answer.content);
}

function schemaOf(group: RouteGroup, route: Route): Record<string, unknown> {
  const { summary, description, access, params, query, body, answers, produces } = route;
  return {
    tags: [group.name],
    summary,
    description: `${description ?? ''}${description === undefined ? '' : '\n\n'}Who may call it: ${accessInWords(access)}.`,
    ...(access === 'anyone' ? {} : { security: [{ token: [] }, { session: [] }] }),
    ...(params === undefined ? {} : { params }),
    ...(query === undefined ? {} : { querystring: query }),
    ...(body === undefined ? {} : { body }),
    ...(answers === undefined ? {} : { response: answers }),
    ...(produces === undefined ? {} : { produces }),
  };
}

/** Parameters of an address: a name that comes more than once is a list; no name can reach a prototype. */
function parseQuery(text: string): Record<string, string | string[]> {
  const result: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  for (const [name, value] of new URLSearchParams(text)) {
    const before = result[name];
    if (before === undefined) result[name] = value;
    else if (typeof before === 'string') result[name] = [before, value];
    else before.push(value);
  }
  return result;
}

function answerError(context: ApiContext, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = toApiError(error);
  if (known !== undefined) return sendError(reply, known);
  // What went wrong with us is for the log, not for the caller.
  context.log.fault({ method: request.method, route: request.routeOptions.url ?? '', error });
  return reply
    .code(500)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(errorBody(500, 'UNEXPECTED', 'The server encountered a problem.')));
}

function sendError(reply: FastifyReply, error: ApiError): FastifyReply {
  for (const [name, value] of Object.entries(error.headers)) reply.header(name, value);
  return reply.code(error.status).type('application/json; charset=utf-8').send(JSON.stringify(error.body));
}

function toApiError(error: unknown): ApiError | undefined {
  if (error instanceof ApiError) return error;
  const code = errorCode(error);
  if (error instanceof AntaresError) {
    if (QUERY_CODES.test(code)) return badRequest(code, error.message);
    const status = STATUS_OF_CODE[code];
    return status === undefined ? undefined : new ApiError(status, code, error.message);
  }
  const { statusCode, validation, message } = error as FastifyError;
  if (validation !== undefined) return badRequest('REQUEST_INVALID', message);
  if (statusCode === undefined || statusCode < 400 || statusCode >= 500) return undefined;
  if (code === 'UNEXPECTED') return new ApiError(statusCode, 'REQUEST_REFUSED', message);
  return new ApiError(statusCode, code.replace(/^FST_(ERR_)?(CTP_)?/, 'REQUEST_'), message);
}
