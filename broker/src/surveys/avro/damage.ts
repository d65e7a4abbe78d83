import { AntaresError } from '../../model/errors.ts';

/** Bytes that contradict the schema or the container. `offset` counts from the first byte of what is being read. */
export function damaged(offset: number, what: string): AntaresError {
  return new AntaresError('PACKET_DAMAGED', `byte ${offset}: ${what}`);
}

/** Bytes that end too early. */
export function truncated(what: string): AntaresError {
  return new AntaresError('PACKET_TRUNCATED', what);
}
