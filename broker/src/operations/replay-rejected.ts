import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertStore, Rejection } from '../alert-store/alert-store.ts';
import type { PacketSource, SourcePacket } from '../sources/source.ts';
import type { Broker } from './broker.ts';

/** Packets read into memory at a time. */
const PAGE = 100;

/**
 * Tries rejected packets again, each in the name of the source it came from, so that one that is refused again is the same
 * rejection and not another one. Those that go through are taken off the list.
 *
 * @returns how many went through
 */
export async function replayRejected(broker: Broker, signal: AbortSignal): Promise<number> {
  const { store } = broker;
  const before = await listRejections(store);
  // A refusal of this run is told by its later time, which is kept in whole seconds.
  const latest = Math.max(0, ...before.map(({ receivedAt }) => receivedAt));
  while (Math.floor(Date.now() / 1000) <= latest && !signal.aborted) await sleep(50);
  const tried = new Set<string>();
  for (const source of new Set(before.map((rejection) => rejection.source))) {
    const rejections = before.filter((rejection) => rejection.source === source);
    await broker.take(rejectedSource(store, source, rejections, tried), { signal });
  }
  const after = new Map((await listRejections(store)).map((rejection) => [rejection.id, rejection]));
  const through = before.filter(({ id, receivedAt }) => tried.has(id) && after.get(id)?.receivedAt === receivedAt);
  await store.clearRejections(through.map(({ id }) => id));
  return through.length;
}

async function listRejections(store: AlertStore): Promise<Rejection[]> {
  const rejections: Rejection[] = [];
  let token: string | undefined;
  do {
    const page = await store.scanRejections(token, 1000);
    rejections.push(...page.items);
    token = page.next;
  } while (token !== undefined);
  return rejections;
}

function rejectedSource(
  store: AlertStore,
  name: string,
  rejections: readonly Rejection[],
  tried: Set<string>,
): PacketSource {
  return {
    id: name,
    name,
    isResumable: false,
    totalBytes: undefined,
    bytesRead: 0,
    passedOver: 0,
    async *packets(): AsyncGenerator<readonly SourcePacket[]> {
      let packets: SourcePacket[] = [];
      for (const [ordinal, rejection] of rejections.entries()) {
        const bytes = await store.getRejectedPacket(rejection.id);
        // One that was too large to keep stays on the list: its source has to deliver it again.
        if (bytes === undefined) continue;
        tried.add(rejection.id);
        packets.push({ bytes, ordinal, name: rejection.name, receivedAtMs: Date.now(), fault: undefined });
        if (packets.length < PAGE) continue;
        yield packets;
        packets = [];
      }
      if (packets.length > 0) yield packets;
    },
    close: () => Promise.resolve(),
  };
}
