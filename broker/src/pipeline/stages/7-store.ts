import type { PacketAddress } from '../../alert-store/alert-store.ts';
import { tallyLedger } from '../ledger-of-batch.ts';
import { rejectionOf } from '../rejections.ts';
import type { AlertInFlight, Batch, PipelineContext, RawPacket, Stage } from '../stage.ts';

/**
 * Stage 7, store: the batch becomes durable, all of it or nothing.
 *
 * Packets go to the disk while the stages before this one compute; their addresses are filled in at the end, and one
 * commit makes loci, alerts, ledger, progress and the messages still to be published true together.
 *
 * Second delivery: a duplicate adds one to the ledger, and no packet.
 */
export const store: Stage = {
  name: 'store',

  prepare(batch: Batch, context: PipelineContext): void {
    const wanted = batch.alerts.filter((alert) => alert.address?.kind !== 'candidate').map(({ raw }) => raw);
    const packets = [...new Set(wanted)];
    if (packets.length === 0) return;
    const staged = context.store.stagePackets(packets.map(({ bytes }) => bytes));
    // A failure is reported where the addresses are awaited, not as an unhandled rejection in the meantime.
    staged.catch(() => undefined);
    batch.staged = { packets, addresses: staged };
  },

  async finish(batch: Batch, context: PipelineContext): Promise<void> {
    const addresses = await packetAddresses(batch, context);
    for (const alert of batch.alerts) if (alert.row !== undefined) alert.row.packet = addresses.get(alert.raw);
    await context.store.commit({
      loci: batch.loci.writes(),
      unassociated: batch.unassociated,
      schemas: context.decoder.takeNewSchemas(),
      ledger: tallyLedger(batch),
      rejections: batch.rejections.map((rejected) => rejectionOf(rejected, addresses.get(rejected.raw))),
      progress: progressOf(batch),
      pending: batch.pending,
      clearPending: batch.published,
    });
  },
};

/** Addresses of all packets that the commit will name; the ones that nobody thought would be kept are staged now. */
async function packetAddresses(batch: Batch, context: PipelineContext): Promise<Map<RawPacket, PacketAddress>> {
  const addresses = new Map<RawPacket, PacketAddress>();
  const staged = batch.staged;
  if (staged !== undefined)
    (await staged.addresses).forEach((address, i) => addresses.set(staged.packets[i]!, address));
  const late = new Set<RawPacket>();
  for (const { raw } of batch.rejections) if (!addresses.has(raw) && raw.bytes.length > 0) late.add(raw);
  for (const alert of batch.alerts) if (needsPacket(alert) && !addresses.has(alert.raw)) late.add(alert.raw);
  if (late.size > 0) {
    const packets = [...late];
    const found = await context.store.stagePackets(packets.map(({ bytes }) => bytes));
    found.forEach((address, i) => addresses.set(packets[i]!, address));
  }
  return addresses;
}

function needsPacket(alert: AlertInFlight): boolean {
  return alert.row !== undefined;
}

function progressOf(batch: Batch): { sourceId: string; ordinals: number[]; lowWater: number }[] {
  const bySource = new Map<string, number[]>();
  for (const { source, ordinal } of batch.packets) {
    if (source.id === '') continue;
    const ordinals = bySource.get(source.id);
    if (ordinals === undefined) bySource.set(source.id, [ordinal]);
    else ordinals.push(ordinal);
  }
  return [...bySource].map(([sourceId, ordinals]) => ({
    sourceId,
    ordinals,
    lowWater: batch.lowWater.get(sourceId) ?? 0,
  }));
}
