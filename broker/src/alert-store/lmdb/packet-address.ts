import type { PacketAddress } from '../alert-store.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** Where a packet lies in the segment files. */
export interface PacketPlace {
  /** Number of the writer that made the segment, and of the segment among that writer's. */
  readonly writer: number;
  readonly segment: number;
  /** Where its header begins [bytes]. */
  readonly offset: number;
  /** Length of the packet without header [bytes]. */
  readonly length: number;
}

const ADDRESS = /^(\d{1,10})-(\d{1,10}):(\d{1,15}):(\d{1,10})$/;

/** `<writer>-<segment>:<offset>:<length>`. */
export function formatPacketAddress(place: PacketPlace): PacketAddress {
  return `${place.writer}-${place.segment}:${place.offset}:${place.length}`;
}

/** @throws TypeError  for a text that `stagePackets` did not give out */
export function parsePacketAddress(address: PacketAddress): PacketPlace {
  const match = ADDRESS.exec(address);
  if (match === null) throw new TypeError(`not a packet address of this store: ${JSON.stringify(address)}`);
  return {
    writer: Number(match[1]),
    segment: Number(match[2]),
    offset: Number(match[3]),
    length: Number(match[4]),
  };
}

/** Writes a place as four varints. */
export function putPacketAddress(writer: ByteWriter, place: PacketPlace): void {
  writer.varint(place.writer);
  writer.varint(place.segment);
  writer.varint(place.offset);
  writer.varint(place.length);
}

/** Reads a place back as an address. */
export function readPacketAddress(reader: ByteReader): PacketAddress {
  return `${reader.varint()}-${reader.varint()}:${reader.varint()}:${reader.varint()}`;
}
