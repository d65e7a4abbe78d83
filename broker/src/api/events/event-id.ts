/**
 * Where to go on: the feed, and the place in it that comes next.
 *
 * The place is in the log of the feed and not in the memory of a server, so it holds over restarts.
 */
export type EventPosition =
  | { readonly feed: 'stream'; readonly stream: string; readonly offset: bigint }
  | {
      readonly feed: 'changes';
      readonly offset: bigint;
      /** Alerts of the message at `offset` that are done. */
      readonly done: number;
    };

/** A position as the id of an event: `stream/extragalactic@17`, `changes@17.3`. */
export function formatEventId(position: EventPosition): string {
  return position.feed === 'stream'
    ? `stream/${position.stream}@${position.offset}`
    : `changes@${position.offset}.${position.done}`;
}

/** The position in an id; undefined for a text that is none. */
export function parseEventId(text: string): EventPosition | undefined {
  const stream = /^stream\/([A-Za-z0-9._-]{1,249})@(\d{1,18})$/.exec(text);
  if (stream !== null) return { feed: 'stream', stream: stream[1]!, offset: BigInt(stream[2]!) };
  const changes = /^changes@(\d{1,18})\.(\d{1,9})$/.exec(text);
  return changes === null ? undefined : { feed: 'changes', offset: BigInt(changes[1]!), done: Number(changes[2]!) };
}
