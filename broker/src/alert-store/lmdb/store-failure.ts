import { constants } from 'node:os';
import { AntaresError, errorMessage } from '../../model/errors.ts';

/** System and LMDB errors that mean: no room. */
const FULL = new Set<unknown>([
  'ENOSPC',
  'EDQUOT',
  'EFBIG',
  constants.errno.ENOSPC,
  constants.errno.EDQUOT,
  constants.errno.EFBIG,
  -30792, // MDB_MAP_FULL
]);

/** Whether an error of the system or the driver says that there is no room. */
export function saysNoRoom(error: unknown): boolean {
  return error !== null && typeof error === 'object' && 'code' in error && FULL.has(error.code);
}

/**
 * An error of the system or the driver in the words of the contract.
 *
 * @param what  what was being done, as in "could not <what>"
 */
export function toStoreError(error: unknown, directory: string, what: string): AntaresError {
  if (error instanceof AntaresError) return error;
  if (saysNoRoom(error)) {
    return new AntaresError(
      'ALERT_STORE_FULL',
      `could not ${what}: no room at ${directory}; free some space there, the broker goes on by itself`,
      { cause: error },
    );
  }
  return new AntaresError(
    'ALERT_STORE_UNREACHABLE',
    `could not ${what} at ${directory}: ${errorMessage(error)}; check the disk, then start again`,
    { cause: error },
  );
}

/** What lies under the driver's "commit failed" error: it keeps the real one as a promise. */
export async function driverCause(error: unknown): Promise<unknown> {
  if (error !== null && typeof error === 'object' && 'commitError' in error) {
    try {
      await error.commitError;
    } catch (cause) {
      return cause;
    }
  }
  return error;
}
