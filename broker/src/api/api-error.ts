import { STATUS_CODES } from 'node:http';

/**
 * An answer that says no: what the caller gets, and nothing that is not meant for her.
 *
 * `status` and `title` are HTTP's; `detail` says what was expected, what came and what to do; `code` is stable, for
 * programs.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status, 400 to 599. */
  readonly status: number;
  /** Stable, upper case: `QUERY_FIELD_UNKNOWN`. */
  readonly code: string;
  /** Further headers of the answer. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  /** The body of the answer, in the shape that ANTARES' clients read: `status` is a number. */
  get body(): ErrorBody {
    return errorBody(this.status, this.code, this.message);
  }
}

/** Body of every answer that says no, in all versions of the interface. */
export interface ErrorBody {
  readonly errors: readonly {
    readonly status: number;
    readonly title: string;
    readonly detail: string;
    readonly code: string;
  }[];
}

/** Builds the body of an answer that says no. */
export function errorBody(status: number, code: string, detail: string): ErrorBody {
  return { errors: [{ status, title: titleOf(status), detail, code }] };
}

/** Titles as ANTARES has them, where they are known; HTTP's own phrase else. */
function titleOf(status: number): string {
  if (status === 404) return '404 NOT FOUND';
  if (status === 500) return '500 Internal Server Error';
  return STATUS_CODES[status] ?? 'Error';
}

/** Nothing is there under an address. The words are those of ANTARES. */
export function notFound(code = 'NOT_FOUND', detail = 'The requested URL was not found.'): ApiError {
  return new ApiError(404, code, detail);
}

/** The request makes no sense. */
export function badRequest(code: string, detail: string): ApiError {
  return new ApiError(400, code, detail);
}
