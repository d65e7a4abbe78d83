import { createHash } from 'node:crypto';
import type { AvroRecord } from '../schemas/avro-schema.ts';
import { schemaText } from '../schemas/avro-schema.ts';
import { ByteSink } from './byte-sink.ts';

/** How a packet's datum is wrapped: an Avro object container file, or a Confluent wire message. */
export type PacketFormat = 'container' | 'wire';

/** Makes packets of a schema out of data. */
export interface Wrapping {
  /** The bytes of a packet around a datum; a copy of its own. */
  wrap(datum: Uint8Array): Uint8Array;
}

const MAGIC = [0x4f, 0x62, 0x6a, 1] as const;

/**
 * Avro object container files of one record each, not compressed, as both surveys write them.
 *
 * Header: magic, metadata (`avro.schema`, `avro.codec`), a sync marker of 16 bytes. Then one block: count 1, size, datum, sync
 * marker. The marker is the digest of the schema, so that the same packet is the same bytes.
 */
export function containerOf(schema: AvroRecord): Wrapping {
  const text = schemaText(schema);
  const sync = createHash('md5').update(text).digest();
  const sink = new ByteSink(1 << 16);
  sink.raw(Uint8Array.from(MAGIC));
  sink.integer(2);
  sink.string('avro.schema');
  sink.blob(Buffer.from(text));
  sink.string('avro.codec');
  sink.string('null');
  sink.integer(0);
  sink.raw(sync);
  sink.integer(1);
  const head = sink.toBytes();
  return {
    wrap(datum) {
      sink.clear();
      sink.integer(datum.length);
      const size = sink.at;
      const packet = Buffer.allocUnsafeSlow(head.length + size + datum.length + sync.length);
      packet.set(head);
      packet.set(sink.bytes.subarray(0, size), head.length);
      packet.set(datum, head.length + size);
      packet.set(sync, head.length + size + datum.length);
      return packet;
    },
  };
}

/**
 * Confluent wire messages: a zero byte, the schema's id in four bytes, big-endian, and the datum.
 *
 * @param schemaId  LSST: 100 × major + minor
 */
export function wireOf(schemaId: number): Wrapping {
  return {
    wrap(datum) {
      const packet = Buffer.allocUnsafeSlow(5 + datum.length);
      packet[0] = 0;
      packet.writeUInt32BE(schemaId, 1);
      packet.set(datum, 5);
      return packet;
    },
  };
}
