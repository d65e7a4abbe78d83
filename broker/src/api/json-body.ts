import type { FastifyInstance, FastifyRequest } from 'fastify';

const TEXT = Symbol('body');
type WithText = FastifyRequest & { [TEXT]?: string };

/**
 * Keeps the text of JSON bodies beside what fastify makes of them: `JSON.parse` rounds integers beyond 2^53, and ids in
 * queries are such.
 */
export function keepBodyText(app: FastifyInstance): void {
  // Prototype tricks in bodies are an error, not something to take out in silence.
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    (request as WithText)[TEXT] = text;
    return parse(request, text, done);
  });
}

/** The JSON text of a request's body; empty where there was none. */
export function bodyTextOf(request: FastifyRequest): string {
  return (request as WithText)[TEXT] ?? '';
}
