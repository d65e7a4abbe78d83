import type { PacketAddress } from '../../alert-store/alert-store.ts';
import { announceChangedLoci } from '../changed-loci.ts';
import { tallyLedger } from '../ledger-of-batch.ts';
import { rejectionOf } from '../rejections.ts';
import type { Batch, PipelineContext, Stage } from '../stage.ts';

/**
 * Stage 7, store: the batch becomes durable, all of it or nothing.
 *
 * Packets go to the disk while the stages before this one compute; their addresses are filled in at the end, and one
 * commit makes loci, alerts, ledger, progress and the messages still to be published true together, the one that tells the
 * search index which loci changed among them.
 *
 * Second delivery: a duplicate adds one to the ledger, and no packet.
 */
export const store: Stage = {
  name: 'store',

  prepare(batch: Batch, context: PipelineContext): void {
    const packets = batch.alerts.filter((alert) => alert.address?.kind !== 'candidate').map(({ bytes }) => bytes);
    if (packets.length === 0) return;
    const staged = context.store.stagePackets(packets);
    // A failure is reported where the addresses are awaited, not as an unhandled rejection in the meantime.
    staged.catch(() => undefined);
    batch.staged = { packets, addresses: staged };
  },

  async finish(batch: Batch, context: PipelineContext): Promise<void> {
    const addresses = await packetAddresses(batch, context);
    for (const alert of batch.alerts) if (alert.row !== undefined) alert.row.packet = addresses.get(alert.bytes);
    announceChangedLoci(batch, context);
    const schemas = context.decoder.newSchemas();
    const committed = context.store.commit({
      loci: batch.loci.writes(),
      unassociated: batch.unassociated,
      schemas,
      ledger: tallyLedger(batch),
      rejections: batch.rejections.map((rejected) => rejectionOf(rejected, addresses.get(rejected.raw.bytes))),
      progress: progressOf(batch),
      pending: batch.pending,
      clearPending: batch.published,
    });
    batch.onComputed();
    await committed;
    context.decoder.markKept(schemas);
  },
};

/** Addresses of all packets that the commit will name; the ones that nobody thought would be kept are staged now. */
async function packetAddresses(batch: Batch, context: PipelineContext): Promise<Map<Uint8Array, PacketAddress>> {
  const addresses = new Map<Uint8Array, PacketAddress>();
  const add = (packets: readonly Uint8Array[], found: readonly PacketAddress[]): void => {
    for (const [i, address] of found.entries()) addresses.set(packets[i]!, address);
  };
  if (batch.staged !== undefined) add(batch.staged.packets, await batch.staged.addresses);
  const late = new Set<Uint8Array>();
  for (const { raw } of batch.rejections) if (raw.bytes.length > 0 && !addresses.has(raw.bytes)) late.add(raw.bytes);
  for (const { row, bytes } of batch.alerts) if (row !== undefined && !addresses.has(bytes)) late.add(bytes);
  if (late.size > 0) add([...late], await context.store.stagePackets([...late]));
  return addresses;
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
