/**
 * The one error class of the broker: a stable code, what went wrong in words, and the cause.
 *
 * Codes read `<SUBJECT>_<REASON>` (`PACKET_TRUNCATED`, `ALERT_STORE_FULL`). The message says what was expected, what
 * came and what to do, and never holds a secret. Wrong arguments by the programmer are plain `TypeError`s instead.
 */
export class AntaresError extends Error {
  override readonly name = 'AntaresError';
  /** Stable, upper case, underscore separated; programs branch on it, documents list it. */
  readonly code: string;

  /**
   * @param code     stable code, `<SUBJECT>_<REASON>`
   * @param message  what was expected, what came, what to do
   * @param options  `cause`: the error underneath, where there is one
   */
  constructor(code: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** The code of an error where it has one (ours, or Node.js' own such as `ENOSPC`), else `UNEXPECTED`. */
export function errorCode(error: unknown): string {
  if (error !== null && typeof error === 'object' && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  return 'UNEXPECTED';
}

/** The message of anything that was thrown, with the messages of its causes, on one line. */
export function errorMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : ` (caused by: ${errorMessage(error.cause)})`;
  return `${error.message}${cause}`;
}
