import { truncated } from './damage.ts';

/*
 * A message of a schema registry: byte 0 is 0, bytes 1 to 4 the schema's id (big-endian), the rest one record.
 */

/** Length of what stands before the record [bytes]. */
export const WIRE_HEADER_LENGTH = 5;

/** Whether the bytes begin as a message of a schema registry. */
export function isWireMessage(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes[0] === 0;
}

/** The schema id of a message. @throws PACKET_TRUNCATED */
export function wireSchemaId(bytes: Uint8Array): number {
  if (bytes.length < WIRE_HEADER_LENGTH) throw truncated('the bytes end within the schema id of the message');
  return ((bytes[1]! << 24) | (bytes[2]! << 16) | (bytes[3]! << 8) | bytes[4]!) >>> 0;
}
