import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import type { Static, TSchema } from 'typebox';
import type { Access, Caller } from './access.ts';
import type { WireValue } from './json-text.ts';

/** How dear a call is: what its rate limit and its time limit are taken from. */
export type Cost = 'cheap' | 'search' | 'bulk' | 'stream' | 'sign-in';

/** What a route is given: parameters that were checked against its schemas, and who calls. */
export interface Call<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Undefined where nobody signed in. */
  readonly caller: Caller | undefined;
  /** Where the caller sees this server, without a slash at the end: for links. */
  readonly baseUrl: string;
  /** Path and parameters as they came. */
  readonly url: string;
  /** Aborted when the caller is gone, or when the call's time is up. */
  readonly signal: AbortSignal;
  readonly request: FastifyRequest;
}

/** What a route answers. */
export type Answer =
  | { readonly json: WireValue; readonly status?: number; readonly type?: string; readonly headers?: Headers }
  | {
      readonly content: string | Uint8Array | Readable;
      /** Media type. */
      readonly type: string;
      readonly status?: number;
      readonly headers?: Headers;
    };

type Headers = Readonly<Record<string, string | readonly string[]>>;

/** A route: its address, who may call it, what it takes, and what it does. Documented from this alone. */
export interface RouteDefinition<P extends TSchema, Q extends TSchema, B extends TSchema> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Under the prefix of its group, parameters as `:name`. */
  readonly url: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  readonly cost: Cost;
  readonly params?: P;
  /** Parameters that it does not name are ignored in `/v1` and `/v2`, whose clients send more than is documented. */
  readonly query?: Q;
  readonly body?: B;
  /** Schemas of the answers by status, for the documentation. */
  readonly answers?: Readonly<Record<number, TSchema>>;
  /** Media types of answers that are not JSON, for the documentation. */
  readonly produces?: readonly string[];
  readonly handle: (call: Call<StaticOf<P>, StaticOf<Q>, StaticOf<B>>) => Promise<Answer> | Answer;
}

type StaticOf<T extends TSchema> = TSchema extends T ? undefined : Static<T>;

/** A route of any kind, as groups list them: what its handler takes was checked where it was defined. */
export interface Route extends Omit<RouteDefinition<TSchema, TSchema, TSchema>, 'handle'> {
  readonly handle: (call: Call<unknown, unknown, unknown>) => Promise<Answer> | Answer;
}

/** Routes under a common prefix. */
export interface RouteGroup {
  /** `/v1`, `/v2`, `/api`, `/vo`, or '' for the root. */
  readonly prefix: string;
  /** Heading in the documentation. */
  readonly name: string;
  readonly routes: readonly Route[];
}

/** Defines a route: what its handler is given follows from its schemas. */
export function defineRoute<P extends TSchema = TSchema, Q extends TSchema = TSchema, B extends TSchema = TSchema>(
  route: RouteDefinition<P, Q, B>,
): Route {
  return route as unknown as Route;
}
