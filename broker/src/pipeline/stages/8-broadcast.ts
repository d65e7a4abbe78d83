import type { AlertInFlight, Batch, PipelineContext, Stage } from '../stage.ts';
import { streamMessage } from '../stream-message.ts';

/**
 * Stage 8, broadcast: alerts go to the streams that want the tags of their locus.
 *
 * Reads the locus' tags; builds a message only where a stream wants it. The message is part of the commit of stage 7 and
 * is published after it: published first, a crash in between would announce an alert that is not there; without the
 * record in the store, it would be lost. A message that is published twice carries the same sequence number, and the
 * stream keeps one.
 *
 * Second delivery: does not get here, so nobody hears of an alert twice.
 */
export const broadcast: Stage = {
  name: 'broadcast',

  process(alert: AlertInFlight, batch: Batch, context: PipelineContext): void {
    const { locus } = alert;
    if (locus === undefined || locus.tags.size === 0) return;
    const streams = context.streams.matching(locus.tags);
    if (streams.length === 0) return;
    batch.pending.push({
      sequence: context.nextSequence(),
      streams: [...streams],
      key: locus.ref.locusId,
      value: streamMessage(alert, locus),
    });
  },
};
