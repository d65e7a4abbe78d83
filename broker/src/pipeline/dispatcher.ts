import type { PendingMessage } from '../alert-store/alert-store.ts';
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
  readonly ordinal: number;
  readonly name: string;
  /** [Unix ms] */
  readonly receivedAtMs: number;
  readonly fault?: { readonly code: string; readonly message: string } | undefined;
}

/** How the dispatcher is set up. */
export interface DispatcherOptions {
  readonly lanes: readonly Lane[];
  /** Keys of everything that a packet's alerts may touch; empty for a packet that cannot be read. */
  readonly conflictKeys: (bytes: Uint8Array, survey: string | undefined) => readonly ConflictKey[];
  /** Publishes committed messages of one lane; durable when it resolves. Called in the order of the lane's commits. */
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

interface QueuedPacket {
  readonly packet: IncomingPacket;
  /** Where its bytes lie in the memory of the block. */
  readonly offset: number;
  readonly source: OpenSource;
  readonly keys: readonly ConflictKey[];
}

interface LaneState {
  readonly index: number;
  readonly lane: Lane;
  queue: QueuedPacket[];
  /** Memory of the block that is being filled, and how much of it is. */
  memory: Uint8Array<SharedArrayBuffer> | undefined;
  queuedBytes: number;
  inFlight: number;
  /** Whether the block that is being filled may touch what one in flight touches. */
  followsOn: boolean;
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
      queue: [],
      memory: undefined,
      queuedBytes: 0,
      inFlight: 0,
      followsOn: false,
      publishing: Promise.resolve(),
      published: [],
    }));
  }

  /**
   * Takes a packet. Resolves when there is room for the next one, not when this one is done; its bytes are copied by then.
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
    while (this.#lanes.some((state) => state.queue.length > 0 || state.inFlight > 0)) await this.#flushAndWait();
    await Promise.all(this.#lanes.map((state) => state.publishing));
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
    const { bytes } = packet;
    if (!hasRoom(state, bytes.length)) {
      this.#flush(state);
      if (state.queue.length > 0) return undefined;
      const memory = state.lane.takeMemory(Math.max(bytes.length, this.#options.maxBlockBytes));
      state.memory = new Uint8Array(memory);
    }
    // Held by a block in flight or by this one itself: the first is presumed.
    if (holders.length === 1) state.followsOn ||= state.inFlight > 0;
    this.#regions.enter(keys, state.index);
    source.tracker.begin(packet.ordinal);
    state.memory!.set(bytes, state.queuedBytes);
    state.queue.push({ packet, offset: state.queuedBytes, source, keys });
    state.queuedBytes += bytes.length;
    return state;
  }

  #leastLoaded(): LaneState {
    let best = this.#lanes[0]!;
    for (const state of this.#lanes) {
      if (
        state.inFlight * this.#options.maxBlockPackets + state.queue.length <
        best.inFlight * this.#options.maxBlockPackets + best.queue.length
      ) {
        best = state;
      }
    }
    return best;
  }

  #isFull(state: LaneState): boolean {
    return state.queue.length >= this.#options.maxBlockPackets || state.queuedBytes >= this.#options.maxBlockBytes;
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
    if (this.#lanes.some((state) => state.inFlight > 0)) await this.#progress();
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
    if (state.queue.length === 0 || state.inFlight >= BLOCKS_PER_LANE || this.#failure !== undefined) return;
    const queued = state.queue;
    const memory = state.memory!;
    state.queue = [];
    state.memory = undefined;
    state.queuedBytes = 0;
    state.inFlight += 1;
    const block = packBlock(queued, memory.buffer, state.published.splice(0), state.followsOn);
    state.followsOn = false;
    state.lane.submit(block).then(
      (result) => this.#finish(state, queued, result),
      (error: unknown) => {
        this.#failure ??= { error };
        state.inFlight -= 1;
        this.#wake();
      },
    );
  }

  #finish(state: LaneState, queued: readonly QueuedPacket[], result: LaneResult): void {
    state.inFlight -= 1;
    for (const { keys, packet, source } of queued) {
      this.#regions.leave(keys);
      source.tracker.finish(packet.ordinal);
    }
    const done = (): void => {
      const now = Date.now();
      for (const { packet } of queued) this.latency.add(now - packet.receivedAtMs);
      this.#options.onResult?.(result);
    };
    if (result.pending.length === 0) {
      state.publishing = state.publishing.then(done);
    } else {
      state.publishing = state.publishing
        .then(() => this.#options.publish(state.index, result.pending))
        .then(() => {
          for (const { sequence } of result.pending) state.published.push(sequence);
          done();
        });
    }
    state.publishing = state.publishing.catch((error: unknown) => {
      this.#failure ??= { error };
      this.#wake();
    });
    if (state.queue.length > 0) this.#flush(state);
    this.#wake();
  }
}

function hasRoom({ memory, queuedBytes }: LaneState, bytes: number): boolean {
  return memory !== undefined && queuedBytes + bytes <= memory.length;
}

function packBlock(
  queued: readonly QueuedPacket[],
  memory: SharedArrayBuffer,
  published: readonly bigint[],
  followsOn: boolean,
): LaneBlock {
  const packets = new Float64Array(queued.length * BLOCK_STRIDE);
  const sourceOf = new Uint16Array(queued.length);
  const sources: OpenSource[] = [];
  const faults = new Map<number, { readonly code: string; readonly message: string }>();
  queued.forEach(({ packet, offset, source }, i) => {
    packets.set([offset, packet.bytes.length, packet.ordinal, packet.receivedAtMs], i * BLOCK_STRIDE);
    let index = sources.indexOf(source);
    if (index === -1) index = sources.push(source) - 1;
    sourceOf[i] = index;
    // An error object would lose its code on the way to another thread.
    if (packet.fault !== undefined) faults.set(i, { code: packet.fault.code, message: packet.fault.message });
  });
  return {
    memory,
    packets,
    sourceOf,
    names: queued.map(({ packet }) => packet.name),
    faults,
    sources: sources.map(({ id, name, survey, useL1Filters }) => ({ id, name, survey, useL1Filters })),
    lowWater: new Map(sources.filter(({ id }) => id !== '').map(({ id, tracker }) => [id, tracker.lowWater])),
    published,
    followsOn,
  };
}
