/**
 * Every reason for which a packet is refused, with a sentence on when it appears. The keys are the codes of
 * `AntaresError`, of the ledger and of the command line: stable for good.
 */
export const PACKET_ERRORS = {
  PACKET_EMPTY: 'There are no bytes, or a valid Avro container that holds no record.',
  PACKET_TOO_LARGE:
    'The packet, or what it decompresses to, is beyond the cap. Raise the cap if the survey really sends such packets.',
  PACKET_NOT_AVRO:
    'The bytes begin neither as an Avro container nor as a schema-registry message: an error page saved as a file, another format, or a bare datum, which cannot be read without its schema.',
  PACKET_TRUNCATED: 'The bytes end before the packet does: a download or a write that was cut off.',
  PACKET_DAMAGED:
    'The bytes contradict the schema or the container, at the offset given: changed on the way, or written with another schema.',
  PACKET_CODEC_UNKNOWN: 'The container is compressed with a codec other than null, deflate and snappy.',
  PACKET_SCHEMA_INVALID:
    'The schema cannot be decoded with: not JSON, an unknown type, a type that holds itself, or beyond the limits.',
  PACKET_SCHEMA_UNKNOWN:
    'No schema is known under the id in the message (or in the stored alert). Give a schema folder or a registry.',
  PACKET_SCHEMA_LIMIT:
    'More distinct schemas than surveys ever have were seen; the rest is refused so that memory stays bounded.',
  PACKET_SURVEY_UNKNOWN: 'A readable Avro record, but of a survey without a decoder here.',
  PACKET_ID_MISSING: 'The record has no identifier of its alert.',
  PACKET_POSITION_INVALID: 'The position is missing, not a number, or not on the sky.',
  PACKET_TIME_INVALID: 'The time is missing, not a number, or not between 1950 and 2150.',
} as const;

/** A reason for which a packet is refused. */
export type PacketErrorCode = keyof typeof PACKET_ERRORS;

/** What can go wrong with looking up schemas, apart from the packet itself. */
export const SCHEMA_SOURCE_ERRORS = {
  SCHEMA_REGISTRY_UNREACHABLE:
    'The schema registry did not answer in time, or not with a schema. Nothing is remembered: the next packet asks again.',
  SCHEMA_FOLDER_UNREADABLE:
    'The schema folder cannot be read, or a type that a schema names is defined in none of its files.',
} as const;
