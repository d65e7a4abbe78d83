import { crc32 } from 'node:zlib';
import { copyBytes } from '../../disk/copy-bytes.ts';

/*
 * A segment file, little-endian:
 *
 *   header   "ANTSTRM1" · u64 offset of the first record · u16 length of the topic's name · name
 *   record   u32 length of what follows the checksum · u32 CRC-32 of what follows
 *            u64 offset · f64 timestamp [Unix ms] · i64 sequence (−1: no producer)
 *            u16 length of the key · u16 length of the producer's id · key · producer's id · value
 *
 * CRC-32 and not CRC-32C: Node.js has the first built in, in native code, and it finds the same tears.
 */

const MAGIC = Buffer.from('ANTSTRM1');
const SEGMENT_HEADER_FIXED_BYTES = 18;
/** Length and checksum. */
const FRAME_BYTES = 8;
const RECORD_FIXED_BYTES = 28;

/** Bytes of a record beyond its key, producer id and value. */
export const RECORD_OVERHEAD_BYTES = FRAME_BYTES + RECORD_FIXED_BYTES;

/** A record with its strings as UTF-8, ready to be laid out. */
export interface EncodableRecord {
  readonly keyBytes: number;
  readonly key: string;
  readonly producerBytes: number;
  readonly producer: string;
  /** −1: no producer. */
  readonly sequence: bigint;
  readonly timestampMs: number;
  readonly value: Uint8Array;
}

/** How long a record is on disk. */
export function encodedLength(record: EncodableRecord): number {
  return RECORD_OVERHEAD_BYTES + record.keyBytes + record.producerBytes + record.value.length;
}

/** Lays a record out at a place of a buffer that has room for it. Returns where it ends. */
export function encodeRecord(record: EncodableRecord, offset: bigint, into: Buffer, at: number): number {
  const end = at + encodedLength(record);
  const body = at + FRAME_BYTES;
  into.writeUInt32LE(end - body, at);
  into.writeBigUInt64LE(offset, body);
  into.writeDoubleLE(record.timestampMs, body + 8);
  into.writeBigInt64LE(record.sequence, body + 16);
  into.writeUInt16LE(record.keyBytes, body + 24);
  into.writeUInt16LE(record.producerBytes, body + 26);
  let position = body + RECORD_FIXED_BYTES;
  position += into.write(record.key, position, 'utf8');
  position += into.write(record.producer, position, 'utf8');
  copyBytes(record.value, into, position);
  into.writeUInt32LE(crc32(into.subarray(body, end)), at + 4);
  return end;
}

/** A record found in a buffer. */
export interface DecodedRecord {
  readonly offset: bigint;
  readonly timestampMs: number;
  /** −1: no producer. */
  readonly sequence: bigint;
  readonly key: string;
  readonly producer: string;
  /** View of the buffer. */
  readonly value: Buffer;
  /** Where the next one begins. */
  readonly end: number;
}

/** How long the record at a place is, as far as its frame says; undefined when not even the frame is there. */
export function recordLengthAt(bytes: Buffer, at: number): number | undefined {
  return bytes.length - at < FRAME_BYTES ? undefined : FRAME_BYTES + bytes.readUInt32LE(at);
}

/** Reads the record at a place; undefined when it is not whole, or not what was written. */
export function decodeRecord(bytes: Buffer, at: number): DecodedRecord | undefined {
  const length = recordLengthAt(bytes, at);
  if (length === undefined || length < RECORD_OVERHEAD_BYTES || length > bytes.length - at) return undefined;
  const body = at + FRAME_BYTES;
  const end = at + length;
  if (crc32(bytes.subarray(body, end)) !== bytes.readUInt32LE(at + 4)) return undefined;
  const keyStart = body + RECORD_FIXED_BYTES;
  const keyEnd = keyStart + bytes.readUInt16LE(body + 24);
  const producerEnd = keyEnd + bytes.readUInt16LE(body + 26);
  if (producerEnd > end) return undefined;
  return {
    offset: bytes.readBigUInt64LE(body),
    timestampMs: bytes.readDoubleLE(body + 8),
    sequence: bytes.readBigInt64LE(body + 16),
    key: bytes.toString('utf8', keyStart, keyEnd),
    producer: bytes.toString('utf8', keyEnd, producerEnd),
    value: bytes.subarray(producerEnd, end),
    end,
  };
}

/** The header of a segment. */
export function encodeSegmentHeader(topic: string, baseOffset: bigint): Buffer {
  const name = Buffer.from(topic);
  const header = Buffer.alloc(SEGMENT_HEADER_FIXED_BYTES + name.length);
  header.set(MAGIC);
  header.writeBigUInt64LE(baseOffset, 8);
  header.writeUInt16LE(name.length, 16);
  header.set(name, SEGMENT_HEADER_FIXED_BYTES);
  return header;
}

/** What the header of a segment says; undefined when it is not whole or not ours. */
export function decodeSegmentHeader(bytes: Buffer): { topic: string; baseOffset: bigint } | undefined {
  if (bytes.length < SEGMENT_HEADER_FIXED_BYTES || !bytes.subarray(0, 8).equals(MAGIC)) return undefined;
  const end = SEGMENT_HEADER_FIXED_BYTES + bytes.readUInt16LE(16);
  if (bytes.length < end) return undefined;
  return { topic: bytes.toString('utf8', SEGMENT_HEADER_FIXED_BYTES, end), baseOffset: bytes.readBigUInt64LE(8) };
}

/** Longest header there is. */
export const MAX_SEGMENT_HEADER_BYTES = SEGMENT_HEADER_FIXED_BYTES + 249;

/** Length of the header of a topic's segments. */
export function segmentHeaderBytes(topic: string): number {
  return SEGMENT_HEADER_FIXED_BYTES + Buffer.byteLength(topic);
}
