import { AntaresError, errorCode } from '../../model/errors.ts';
import { ConstraintViolation } from '../sql/constraint-violation.ts';

/** An error of SQLite as one of ours. Its own message stays underneath: it names columns, never values. */
export function toUserDataFailure(error: unknown): unknown {
  const code = errorCode(error);
  if (!code.startsWith('SQLITE_')) return error;
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') {
    return new ConstraintViolation('unique', error);
  }
  if (code === 'SQLITE_CONSTRAINT_FOREIGNKEY') return new ConstraintViolation('foreign-key', error);
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new AntaresError('USER_DATA_BUSY', 'another process is writing to the user data; try again', {
      cause: error,
    });
  }
  if (code.startsWith('SQLITE_FULL')) {
    return new AntaresError('USER_DATA_FULL', 'there is no space left for the user data; free some', { cause: error });
  }
  if (code.startsWith('SQLITE_NOTADB') || code.startsWith('SQLITE_CORRUPT')) {
    return new AntaresError(
      'USER_DATA_DAMAGED',
      'the file of the user data is not a database, or is damaged; put a copy of it back',
      { cause: error },
    );
  }
  return new AntaresError('USER_DATA_UNREACHABLE', `the user data cannot be read or written (${code})`, {
    cause: error,
  });
}
