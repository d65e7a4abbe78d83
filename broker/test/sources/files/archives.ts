import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import type { PacketSource, SourcePacket } from '../../../src/sources/source.ts';

/** A tar of files, written by a library that shares no code with our reader. */
export async function tarOf(files: Readonly<Record<string, Uint8Array | string>>): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) {
    tar.entry({ name }, typeof content === 'string' ? content : Buffer.from(content));
  }
  tar.finalize();
  return buffer(Readable.from(tar));
}

/** Something that begins as an Avro container; sources never look further. */
export function packetLike(size: number, seed: number): Buffer {
  const bytes = Buffer.alloc(size);
  let state = (seed * 2654435761 + 1) >>> 0;
  for (let i = 0; i < size; i += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  bytes.set([0x4f, 0x62, 0x6a, 1]);
  return bytes;
}

/** Everything a source delivers. */
export async function readAll(source: PacketSource, fromOrdinal?: number): Promise<SourcePacket[]> {
  const packets: SourcePacket[] = [];
  for await (const batch of source.packets(fromOrdinal)) packets.push(...batch);
  await source.close();
  return packets;
}

/** The last part of a packet's name: member or file. */
export function shortName(packet: SourcePacket): string {
  return packet.name.split(/[!/]/).at(-1)!;
}
