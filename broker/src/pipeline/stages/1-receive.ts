import { errorCode, errorMessage } from '../../model/errors.ts';
import type { AlertInFlight, Batch, PipelineContext, RawPacket, Stage } from '../stage.ts';

/**
 * Stage 1, receive: bytes become alerts.
 *
 * Reads the packets of the batch; adds the alerts in them, in order of arrival. A packet that cannot be read is refused
 * with the decoder's reason, kept, and the batch goes on. A packet may hold several alerts: one bad record refuses the
 * whole packet, since nothing says which bytes of a damaged container can be trusted.
 *
 * Second delivery: nothing is decided here; stage 3 knows which alerts are known.
 */
export const receive: Stage = {
  name: 'receive',

  async prepare(batch: Batch, context: PipelineContext): Promise<void> {
    for (const raw of batch.packets) {
      if (raw.fault !== undefined) {
        refuse(batch, raw, raw.fault.code, raw.fault.message);
        continue;
      }
      try {
        await context.decoder.ensureSchema(raw.bytes);
        for (const bytes of context.decoder.unpack(raw.bytes, { survey: raw.source.survey })) {
          const [packet] = context.decoder.decode(bytes, { survey: raw.source.survey });
          batch.alerts.push({
            raw,
            bytes,
            packet: packet!,
            outcome: 'pending',
            storeOnlyBecause: undefined,
            address: undefined,
            historyRows: [],
            nearby: [],
            likelyLocusId: undefined,
            locus: undefined,
            row: undefined,
            filterOutcome: undefined,
          });
        }
      } catch (error) {
        const code = errorCode(error);
        // Only a decoder's own verdict is about the packet; anything else is about us, and must not pass for one.
        if (!code.startsWith('PACKET_')) throw error;
        while (batch.alerts.at(-1)?.raw === raw) batch.alerts.pop();
        refuse(batch, raw, code, errorMessage(error));
      }
    }
  },
};

/** Books a packet of which nothing could be read. */
function refuse(batch: Batch, raw: RawPacket, code: string, message: string): void {
  batch.rejections.push({ raw, code, message, survey: '', night: '', visit: '' });
}

/** Refuses an alert that could be read: it keeps its night and visit in the ledger. */
export function refuseAlert(batch: Batch, alert: AlertInFlight, code: string, message: string): void {
  alert.outcome = 'rejected';
  const { survey, night, visit } = alert.packet;
  batch.rejections.push({ raw: alert.raw, code, message, survey, night, visit });
}
