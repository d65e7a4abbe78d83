import { AntaresError } from '../../model/errors.ts';

/** Surrogates that are not half of a pair. */
const LONE_SURROGATE = /\p{Cs}/u;

/**
 * Refuses text that would not come back as it was: with NUL, at which SQLite's text ends for its reader, or with half a
 * surrogate pair, which UTF-8 does not have.
 *
 * @param parameters  of a statement that writes
 * @throws USER_DATA_TEXT_INVALID
 */
export function requireKeepable(parameters: readonly unknown[]): void {
  for (const value of parameters) {
    if (typeof value !== 'string' || (!value.includes('\u0000') && !LONE_SURROGATE.test(value))) continue;
    throw new AntaresError(
      'USER_DATA_TEXT_INVALID',
      'expected text without NUL characters and without halves of surrogate pairs',
    );
  }
}
