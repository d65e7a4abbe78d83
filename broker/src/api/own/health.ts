import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../../model/errors.ts';
import { CHANGED_LOCI, topicOfStream } from '../../streams/topic-name.ts';
import type { ApiContext } from '../api-context.ts';

/** A part that did not answer for so long counts as gone [ms]. */
const TIME_OUT_MS = 2_000;

/** How a part of the broker is. */
export interface PartHealth {
  readonly ok: boolean;
  /** How long its read took [ms]. */
  readonly ms: number;
  /** Stable code of what is wrong; never a message, which may name hosts and paths. */
  readonly code?: string;
}

/**
 * Reads from every part that the interface needs, as a request would.
 *
 * @returns by part: `store`, `index`, `streams`, `users`
 */
export async function checkHealth(context: ApiContext): Promise<Readonly<Record<string, PartHealth>>> {
  const parts = Object.entries(probes(context));
  return Object.fromEntries(
    await Promise.all(parts.map(async ([name, probe]) => [name, await measure(probe)] as const)),
  );
}

function probes({ store, index, streams, users }: ApiContext): Readonly<Record<string, () => Promise<unknown>>> {
  return {
    store: async () => {
      const { items } = await store.scanLoci(undefined, 1);
      return store.getLocusRecords(items);
    },
    index: () => index.search({ query: { clause: 'match_all' }, sort: [], from: 0, size: 1 }),
    streams: async () => {
      const topic = topicOfStream(CHANGED_LOCI);
      const start = await streams.startOffset(topic);
      return streams.read(topic, start, 1);
    },
    // Nobody has this id: the look-up reads the table all the same.
    users: () => users.accounts.find('00000000-0000-0000-0000-000000000000'),
  };
}

async function measure(probe: () => Promise<unknown>): Promise<PartHealth> {
  const start = performance.now();
  const timeOut = new AbortController();
  const ms = (): number => Math.round((performance.now() - start) * 10) / 10;
  try {
    const isDone = await Promise.race([
      probe().then(() => true),
      sleep(TIME_OUT_MS, false, { signal: timeOut.signal, ref: false }),
    ]);
    return isDone ? { ok: true, ms: ms() } : { ok: false, ms: ms(), code: 'TIME_OUT' };
  } catch (error) {
    return { ok: false, ms: ms(), code: errorCode(error) };
  } finally {
    timeOut.abort();
  }
}
