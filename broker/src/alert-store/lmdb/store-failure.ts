import { closeSync, openSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
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

/** Whether an error is an I/O error that says nothing more. */
export function isPlainIoError(error: unknown): boolean {
  return (
    error !== null &&
    typeof error === 'object' &&
    'code' in error &&
    (error.code === 'EIO' || error.code === constants.errno.EIO)
  );
}

/**
 * Tries whether there is room to write behind the end of a file.
 *
 * LMDB reports a write that the system took only the first part of, which is what a disk does as it becomes full, as a
 * plain I/O error. So the same is tried in a file beside it, which is gone again afterwards.
 *
 * @param folder  where to try
 * @param file    the file in it that was being written
 * @param bytes   how much there was to write; a small part of it tells
 * @returns       the error that says that there is no room, undefined when there is
 */
export function tryRoom(folder: string, file: string, bytes: number): unknown {
  const probe = join(folder, `.room-${process.pid}`);
  try {
    const size = statSync(join(folder, file)).size;
    const descriptor = openSync(probe, 'w');
    try {
      const block = Buffer.alloc(Math.min(Math.max(bytes, 1 << 20), 8 << 20));
      for (let at = 0; at < block.length; ) at += writeSync(descriptor, block, at, block.length - at, size + at);
    } finally {
      closeSync(descriptor);
      unlinkSync(probe);
    }
    return undefined;
  } catch (error) {
    return saysNoRoom(error) ? error : undefined;
  }
}
