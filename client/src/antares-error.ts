import type { Json } from './json/json-text.ts';

/**
 * The one error class of the client: a stable code, what went wrong in words, and what the server said.
 *
 * A request that the caller aborts fails with the reason of the signal instead, and a wrong argument with a `TypeError`.
 */
export class AntaresError extends Error {
  override readonly name = 'AntaresError';
  /**
   * Stable, upper case: the server's own code where it gave one (`QUERY_FIELD_UNKNOWN`), `HTTP_<status>` where it gave
   * none, or one of `CLIENT_ERRORS`.
   */
  readonly code: string;
  /** HTTP status of the answer; undefined where there was none. */
  readonly status: number | undefined;
  /** All that the server said, where it said more than one thing. */
  readonly errors: readonly ServerError[];
  /** The body of the answer, where it was JSON. */
  readonly body: Json | undefined;
  /** How long the server asks to wait before the next try [ms]; undefined where it does not say. */
  readonly retryAfterMs: number | undefined;

  /**
   * @param code     stable code
   * @param message  what was expected, what came, what to do; never a token
   */
  constructor(
    code: string,
    message: string,
    options: {
      readonly status?: number | undefined;
      readonly errors?: readonly ServerError[] | undefined;
      readonly body?: Json | undefined;
      readonly retryAfterMs?: number | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status;
    this.errors = options.errors ?? [];
    this.body = options.body;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** One of the things that a server said in an answer that says no. */
export interface ServerError {
  readonly status: number | undefined;
  readonly title: string | undefined;
  readonly detail: string | undefined;
  readonly code: string | undefined;
}

/** Codes that the client itself gives, with a sentence on when each appears. The keys are stable. */
export const CLIENT_ERRORS = {
  SERVER_UNREACHABLE: 'No answer came: the address is wrong, the server is down, or the connection broke.',
  REQUEST_TIMED_OUT: 'The answer was not complete within the time-out. Ask for less, or allow more time.',
  ANSWER_MALFORMED: 'The answer is no JSON, or was cut short: often the address of something else than Antares.',
  ANSWER_UNEXPECTED:
    'The answer is JSON, but not what this request answers with: mostly another version of the server.',
  STREAM_UNKNOWN: 'There is no stream of this name at the server.',
  STREAM_POSITION_AHEAD: 'The place to read on from is beyond the end of the stream: a bookmark of another server.',
  STREAM_MESSAGES_GONE: 'Messages between the place to read on from and the oldest one kept are no longer there.',
} as const;

/** Code of any error: ours, or Node.js' own such as `ENOSPC`; else `UNEXPECTED`. */
export function errorCode(error: unknown): string {
  if (error !== null && typeof error === 'object' && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  return 'UNEXPECTED';
}
