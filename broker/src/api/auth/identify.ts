import type { FastifyRequest } from 'fastify';
import type { Caller } from '../access.ts';
import type { ApiContext } from '../api-context.ts';

/** Who calls, by session or token; undefined where nobody signed in. */
export function identify(_context: ApiContext, _request: FastifyRequest): Promise<Caller | undefined> {
  return Promise.resolve(undefined);
}
