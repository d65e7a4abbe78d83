import { AntaresError } from '../model/errors.ts';
import type { PacketDecoder } from '../surveys/survey.ts';
import type { ConflictKey } from './in-flight-regions.ts';
import { LociOfBatch } from './loci-of-batch.ts';
import { regionsAround } from './regions.ts';

/**
 * What the alerts of a packet may touch: the sky regions around each, its survey object, and the alert itself.
 *
 * A packet that cannot be routed touches nothing: the lane that gets it will find out why and refuse it.
 */
export function conflictKeysOf(
  decoder: PacketDecoder,
): (bytes: Uint8Array, survey: string | undefined) => readonly ConflictKey[] {
  return (bytes, survey) => {
    const keys = new Set<ConflictKey>();
    const add = (packet: Uint8Array): number => {
      const { alertId, object, ra, dec, records } = decoder.route(packet, { survey });
      keys.add(alertId);
      if (object !== undefined) keys.add(LociOfBatch.objectKey(object));
      for (const region of regionsAround({ ra, dec })) keys.add(region);
      return records;
    };
    try {
      if (add(bytes) > 1) for (const packet of decoder.unpack(bytes, { survey })) add(packet);
    } catch (error) {
      if (!(error instanceof AntaresError)) throw error;
    }
    return [...keys];
  };
}
