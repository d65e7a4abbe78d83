import { crc32 } from 'node:zlib';

/** The last sequence of each producer in a topic, as of a place in its log. */
export interface ProducerSnapshot {
  /** First offset of the segment in which the place is. */
  readonly segment: bigint;
  /** The place: where the next record goes, and its offset. */
  readonly position: number;
  readonly nextOffset: bigint;
  /** Whether the log was closed there: nothing follows. */
  readonly isClosed: boolean;
  readonly sequences: ReadonlyMap<string, bigint>;
}

/** Writes a snapshot: a checksum, then JSON with 64-bit numbers as text. */
export function encodeProducerSnapshot(snapshot: ProducerSnapshot): string {
  const body = JSON.stringify({
    segment: snapshot.segment.toString(),
    position: snapshot.position,
    nextOffset: snapshot.nextOffset.toString(),
    isClosed: snapshot.isClosed,
    sequences: [...snapshot.sequences].map(([id, sequence]) => [id, sequence.toString()]),
  });
  return `${crc32(body).toString(16)}\n${body}\n`;
}

/** Reads a snapshot; undefined when it is not whole. */
export function decodeProducerSnapshot(text: string): ProducerSnapshot | undefined {
  const [checksum, body] = text.split('\n');
  if (body === undefined || crc32(body).toString(16) !== checksum) return undefined;
  const read = JSON.parse(body) as {
    segment: string;
    position: number;
    nextOffset: string;
    isClosed: boolean;
    sequences: [string, string][];
  };
  return {
    segment: BigInt(read.segment),
    position: read.position,
    nextOffset: BigInt(read.nextOffset),
    isClosed: read.isClosed,
    sequences: new Map(read.sequences.map(([id, sequence]) => [id, BigInt(sequence)])),
  };
}
