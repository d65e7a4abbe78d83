import type { PendingMessage } from '../alert-store/alert-store.ts';
import type { Chunk, ChunkPool } from '../disk/chunk-pool.ts';
import { type ConflictKey, InFlightRegions } from './in-flight-regions.ts';
import { BLOCK_STRIDE, type Lane, type LaneBlock, type LaneResult } from './lane.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import type { SourceTracker } from './source-tracker.ts';
import type { BatchSource } from './stage.ts';

/** A source that is being taken in. */
export interface OpenSource extends BatchSource {
  readonly tracker: SourceTracker;
}

/** A packet as it comes from a source. */
export interface IncomingPacket {
  readonly bytes: Uint8Array;
  /** The chunk that the bytes lie in, if any: it is held instead of copying them. */
  readonly chunk?: Chunk | undefined;
  readonly ordinal: number;
  readonly name: string;
  /** [Unix ms] */
  readonly receivedAtMs: number;
  readonly fault?: { readonly code: string; readonly message: string } | undefined;
}

/** How the dispatcher is set up. */
export interface DispatcherOptions {
  readonly lanes: readonly Lane[];
  /** Where packets are copied to that lie in no chunk, and where messages come back in. */
  readonly pool: ChunkPool;
  /** Keys of everything that a packet's alerts may touch; empty for a packet that cannot be read. */
  readonly conflictKeys: (bytes: Uint8Array, survey: string | undefined) => readonly ConflictKey[];
  /**
   * Publishes committed messages of one lane; durable when it resolves, and the memory that the messages lie in is used
   * for others then. Called in the order of the lane's commits.
   */
  readonly publish: (lane: number, messages: readonly PendingMessage[]) => Promise<void>;
  /** Called when a block is durable and published. */
  readonly onResult?: (result: LaneResult) => void;
  /** Most packets of a block. Higher: fewer commits, more repeated work after a crash. */
  readonly maxBlockPackets: number;
  /** Most bytes of a block. */
  readonly maxBlockBytes: number;
}

/** Blocks that a lane may have: one that is written, one in work, so that it never idles between two. */
const BLOCKS_PER_LANE = 2;
/** Blocks of a lane that may be on their way or unpublished: streams that take nothing hold up the intake, not all memory. */
const MOST_UNPUBLISHED = 6;

interface QueuedPacket {
  readonly packet: IncomingPacket;
  /** Which of the block's chunks its bytes lie in, and where in that chunk's buffer. */
  readonly memory: number;
  readonly offset: number;
  readonly source: OpenSource;
  readonly keys: readonly ConflictKey[];
}

/** A block that is being filled. */
class GatheredBlock {
  readonly packets: QueuedPacket[] = [];
  /** Bytes of the packets. */
  bytes = 0;
  /** Chunks that the packets lie in, each held once by this block. */
  readonly chunks: Chunk[] = [];
  /** Whether it may touch what a block in flight touches. */
  followsOn = false;
  /** Which of the chunks packets are copied into, and how far it is filled. */
  #copies = -1;
  #copied = 0;

  add(packet: IncomingPacket, source: OpenSource, keys: readonly ConflictKey[], pool: ChunkPool): void {
    const memory = this.#indexOf(packet.chunk);
    this.packets.push(
      memory === -1
        ? { packet, source, keys, ...this.#copy(packet.bytes, pool) }
        : { packet, source, keys, memory, offset: packet.bytes.byteOffset },
    );
    this.bytes += packet.bytes.length;
  }

  /** The index of a chunk that the block holds, or can hold; −1 otherwise. */
  #indexOf(chunk: Chunk | undefined): number {
    if (chunk === undefined) return -1;
    const index = this.chunks.lastIndexOf(chunk);
    if (index !== -1) return index;
    return chunk.hold() ? this.chunks.push(chunk) - 1 : -1;
  }

  #copy(bytes: Uint8Array, pool: ChunkPool): { readonly memory: number; readonly offset: number } {
    if (this.#copies === -1 || this.#copied + bytes.length > this.chunks[this.#copies]!.bytes.length) {
      this.#copies = this.chunks.push(pool.take(bytes.length)) - 1;
      this.#copied = 0;
    }
    const into = this.chunks[this.#copies]!.bytes;
    into.set(bytes, this.#copied);
    const offset = into.byteOffset + this.#copied;
    this.#copied += bytes.length;
    return { memory: this.#copies, offset };
  }
}

interface LaneState {
  readonly index: number;
  readonly lane: Lane;
  /** What waits for the lane. */
  gathered: GatheredBlock;
  inFlight: number;
  /** Blocks in flight, and those whose messages are not published yet. */
  unpublished: number;
  /** Publishing of this lane's messages, one block after the other. */
  publishing: Promise<void>;
  published: bigint[];
}

/**
 * Hands packets to lanes, in blocks, so that order is kept where it matters and nowhere else.
 *
 * A lane that is idle gets what there is at once, so that a quiet stream is fast; a lane that is busy gathers a block
 * meanwhile, so that a flood is efficient. `offer` waits while the chosen lane has enough to do: that is the
 * back-pressure that a source feels.
 */
export class Dispatcher {
  readonly latency = new LatencyHistogram();
  readonly #options: DispatcherOptions;
  readonly #lanes: LaneState[];
  readonly #regions = new InFlightRegions();
  #waiters: (() => void)[] = [];
  #failure: { readonly error: unknown } | undefined;
  #flushScheduled = false;

  constructor(options: DispatcherOptions) {
    if (options.lanes.length === 0) throw new TypeError('a dispatcher needs at least one lane');
    this.#options = options;
    this.#lanes = options.lanes.map((lane, index) => ({
      index,
      lane,
      gathered: new GatheredBlock(),
      inFlight: 0,
      unpublished: 0,
      publishing: Promise.resolve(),
      published: [],
    }));
  }

  /**
   * Takes a packet. Resolves when there is room for the next one, not when this one is done; its bytes are copied by then,
   * or their chunk is held.
   *
   * @throws  what made a lane fail, once one has
   */
  async offer(packet: IncomingPacket, source: OpenSource): Promise<void> {
    this.#throwFailure();
    const keys = packet.fault === undefined ? this.#options.conflictKeys(packet.bytes, source.survey) : [];
    let state = this.#enqueue(packet, source, keys);
    while (state === undefined) {
      await this.#flushAndWait();
      state = this.#enqueue(packet, source, keys);
    }
    this.#scheduleFlush();
    while (this.#isFull(state)) {
      this.#flush(state);
      if (this.#isFull(state)) await this.#progress();
    }
  }

  /** Resolves when everything offered so far is durable and published. @throws what made a lane fail */
  async drain(): Promise<void> {
    while (this.#lanes.some((state) => state.gathered.packets.length > 0 || state.unpublished > 0))
      await this.#flushAndWait();
    this.#throwFailure();
  }

  /** Sequences of messages that are published and whose records the store may drop. */
  takePublished(): bigint[] {
    return this.#lanes.flatMap((state) => state.published.splice(0));
  }

  /** Puts a packet into the block that its lane gathers. @returns the lane; undefined when something must be done first */
  #enqueue(packet: IncomingPacket, source: OpenSource, keys: readonly ConflictKey[]): LaneState | undefined {
    const holders = this.#regions.lanesOf(keys);
    // It touches what two lanes have in hand: whichever it joined, it might overtake the other's alert.
    if (holders.length > 1) return undefined;
    const state = holders.length === 1 ? this.#lanes[holders[0]!]! : this.#leastLoaded();
    const { maxBlockBytes, pool } = this.#options;
    if (state.gathered.packets.length > 0 && state.gathered.bytes + packet.bytes.length > maxBlockBytes) {
      this.#flush(state);
      if (state.gathered.packets.length > 0) return undefined;
    }
    // Held by a block in flight or by this one itself: the first is presumed.
    if (holders.length === 1) state.gathered.followsOn ||= state.inFlight > 0;
    this.#regions.enter(keys, state.index);
    source.tracker.begin(packet.ordinal);
    state.gathered.add(packet, source, keys, pool);
    return state;
  }

  #leastLoaded(): LaneState {
    const load = ({ inFlight, gathered }: LaneState): number =>
      inFlight * this.#options.maxBlockPackets + gathered.packets.length;
    let best = this.#lanes[0]!;
    for (const state of this.#lanes) if (load(state) < load(best)) best = state;
    return best;
  }

  #isFull({ gathered }: LaneState): boolean {
    return gathered.packets.length >= this.#options.maxBlockPackets || gathered.bytes >= this.#options.maxBlockBytes;
  }

  /** Sends what idle lanes have gathered, once the caller has offered all that it had at hand. */
  #scheduleFlush(): void {
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    setImmediate(() => {
      this.#flushScheduled = false;
      for (const state of this.#lanes) if (state.inFlight === 0) this.#flush(state);
    });
  }

  async #flushAndWait(): Promise<void> {
    for (const state of this.#lanes) this.#flush(state);
    if (this.#lanes.some((state) => state.unpublished > 0)) await this.#progress();
    this.#throwFailure();
  }

  #progress(): Promise<void> {
    this.#throwFailure();
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
    });
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #flush(state: LaneState): void {
    if (state.gathered.packets.length === 0 || this.#failure !== undefined) return;
    if (state.inFlight >= BLOCKS_PER_LANE || state.unpublished >= MOST_UNPUBLISHED) return;
    const { gathered } = state;
    state.gathered = new GatheredBlock();
    state.inFlight += 1;
    state.unpublished += 1;
    const messages = this.#options.pool.take();
    state.lane.submit(packBlock(gathered, messages, state.published.splice(0))).then(
      (result) => this.#finish(state, gathered, messages, result),
      (error: unknown) => {
        // Its chunks are not released: the lane may still be at work in them, and nothing goes on from here.
        this.#failure ??= { error };
        state.inFlight -= 1;
        this.#wake();
      },
    );
  }

  #finish(state: LaneState, { packets, chunks }: GatheredBlock, messages: Chunk, result: LaneResult): void {
    state.inFlight -= 1;
    for (const chunk of chunks) chunk.release();
    for (const { keys, packet, source } of packets) {
      this.#regions.leave(keys);
      source.tracker.finish(packet.ordinal);
    }
    state.publishing = state.publishing
      .then(() => (result.pending.length === 0 ? undefined : this.#options.publish(state.index, result.pending)))
      .then(() => {
        messages.release();
        state.unpublished -= 1;
        for (const { sequence } of result.pending) state.published.push(sequence);
        const now = Date.now();
        for (const { packet } of packets) this.latency.add(now - packet.receivedAtMs);
        this.#options.onResult?.(result);
        // Otherwise it goes when one that is in flight is done: until then more may gather.
        if (state.inFlight === 0) this.#flush(state);
      })
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#wake());
    this.#flush(state);
    this.#wake();
  }
}

function packBlock(
  { packets: queued, chunks, followsOn }: GatheredBlock,
  messages: Chunk,
  published: readonly bigint[],
): LaneBlock {
  const packets = new Float64Array(queued.length * BLOCK_STRIDE);
  const sourceOf = new Uint16Array(queued.length);
  const sources: OpenSource[] = [];
  const faults = new Map<number, { readonly code: string; readonly message: string }>();
  queued.forEach(({ packet, memory, offset, source }, i) => {
    packets.set([memory, offset, packet.bytes.length, packet.ordinal, packet.receivedAtMs], i * BLOCK_STRIDE);
    let index = sources.indexOf(source);
    if (index === -1) index = sources.push(source) - 1;
    sourceOf[i] = index;
    // An error object would lose its code on the way to another thread.
    if (packet.fault !== undefined) faults.set(i, { code: packet.fault.code, message: packet.fault.message });
  });
  return {
    memories: chunks.map(({ bytes }) => bytes.buffer),
    packets,
    sourceOf,
    names: queued.map(({ packet }) => packet.name),
    faults,
    sources: sources.map(({ id, name, survey, useL1Filters }) => ({ id, name, survey, useL1Filters })),
    lowWater: new Map(sources.filter(({ id }) => id !== '').map(({ id, tracker }) => [id, tracker.lowWater])),
    published,
    followsOn,
    messageMemory: messages.bytes.buffer,
  };
}
