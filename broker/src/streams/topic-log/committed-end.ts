import { crc32 } from 'node:zlib';

/**
 * How far a topic is committed: the only part of it that readers look at.
 *
 * Written after the records are safe, in one write of 32 bytes into one file a topic, so that readers of other processes
 * never see records that an append took back because the disk was full. Not synced itself: after a power cut it may be
 * older than the records, and the next writer finds those by their checksums.
 *
 *   u64 next offset · u64 offset at which the last segment begins · u64 bytes of the last segment · u32 CRC-32 · u32 zero
 */
export interface CommittedEnd {
  readonly nextOffset: bigint;
  /** First offset of the segment that is being written. */
  readonly segment: bigint;
  /** Where in that segment the next record goes. */
  readonly segmentBytes: number;
}

/** Name of the file in a topic's folder. */
export const COMMITTED_FILE = 'committed';

/** Length of the file. */
export const COMMITTED_BYTES = 32;

/** Lays the state out. */
export function encodeCommittedEnd(end: CommittedEnd): Buffer {
  const bytes = Buffer.alloc(COMMITTED_BYTES);
  bytes.writeBigUInt64LE(end.nextOffset, 0);
  bytes.writeBigUInt64LE(end.segment, 8);
  bytes.writeBigUInt64LE(BigInt(end.segmentBytes), 16);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 24)), 24);
  return bytes;
}

/** Reads the state; undefined when it was caught half written, or is none. */
export function decodeCommittedEnd(bytes: Buffer): CommittedEnd | undefined {
  if (bytes.length < COMMITTED_BYTES || crc32(bytes.subarray(0, 24)) !== bytes.readUInt32LE(24)) return undefined;
  return {
    nextOffset: bytes.readBigUInt64LE(0),
    segment: bytes.readBigUInt64LE(8),
    segmentBytes: Number(bytes.readBigUInt64LE(16)),
  };
}
