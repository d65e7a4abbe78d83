import { createHash } from 'node:crypto';
import type { PacketAddress, RejectionWrite } from '../alert-store/alert-store.ts';
import type { RejectedPacket } from './stage.ts';

/**
 * What the store keeps of a refused packet.
 *
 * Its id is made of the source, the packet's name and its content, so that a repeated delivery names the same rejection.
 */
export function rejectionOf(rejected: RejectedPacket, packet: PacketAddress | undefined): RejectionWrite {
  const { raw, code, message, survey, night, visit } = rejected;
  const id = createHash('sha256')
    .update(`${raw.source.name}\n${raw.name}\n`)
    .update(raw.bytes)
    .digest('hex')
    .slice(0, 24);
  return {
    rejection: {
      id,
      source: raw.source.name,
      survey,
      night,
      visit,
      name: raw.name,
      reason: code,
      message,
      receivedAt: Math.floor(raw.receivedAtMs / 1000),
      bytes: raw.bytes.length,
    },
    packet,
  };
}
