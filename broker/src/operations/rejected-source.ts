import type { AlertStore } from '../alert-store/alert-store.ts';
import type { PacketSource, SourcePacket } from '../sources/source.ts';

/**
 * The packets in the list of rejections as a source: to be tried again after a fix.
 *
 * A packet that goes through this time is taken off the list by the run that replays it; one that does not is listed
 * again under the same id.
 */
export function rejectedPackets(store: AlertStore): PacketSource {
  return {
    id: 'rejected',
    name: 'replay of rejected packets',
    isResumable: false,
    totalBytes: undefined,
    bytesRead: 0,
    passedOver: 0,
    async *packets(): AsyncGenerator<readonly SourcePacket[]> {
      let token: string | undefined;
      let ordinal = 0;
      do {
        const page = await store.scanRejections(token, 100);
        const packets: SourcePacket[] = [];
        for (const { id, name } of page.items) {
          const bytes = await store.getRejectedPacket(id);
          if (bytes !== undefined)
            packets.push({ bytes, ordinal: ordinal++, name, receivedAtMs: Date.now(), fault: undefined });
        }
        if (packets.length > 0) yield packets;
        token = page.next;
      } while (token !== undefined);
    },
    close: () => Promise.resolve(),
  };
}
