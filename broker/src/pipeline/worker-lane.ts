import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { CatalogImages } from '../catalogs/catalog-set.ts';
import { AntaresError } from '../model/errors.ts';
import type { ProvenanceId } from '../model/ids.ts';
import type { Lane, LaneBlock, LaneEvents, LaneResult } from './lane.ts';
import { readMessages } from './message-memory.ts';
import { MemorySender } from './sent-memories.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './worker-messages.ts';

/** What a worker's heap may grow to before it is collected as a whole: half of it costs 6 % more processor time, twice as much gains 2 %. */
const WORKER_OLD_SPACE_MB = 64;
/** What new objects of a worker may take up: four times as much gains nothing that can be told from noise. */
const WORKER_YOUNG_SPACE_MB = 48;

interface Waiting {
  readonly messageMemory: SharedArrayBuffer;
  readonly resolve: (result: LaneResult) => void;
  readonly reject: (error: unknown) => void;
}

/** A lane in a worker thread. */
export class WorkerLane implements Lane {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #exited: Promise<void>;
  readonly #memories = new MemorySender();
  #nextId = 0;
  #ended: AntaresError | undefined;

  private constructor(worker: Worker, events: LaneEvents, onReady: () => void, onEnd: (error: AntaresError) => void) {
    this.#worker = worker;
    let cause: unknown;
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'ready') onReady();
      else if (message.type === 'stall') events.onStall(message.reason);
      else this.#settle(message);
    });
    worker.on('error', (error) => {
      cause = error;
    });
    this.#exited = new Promise((resolve) => {
      worker.on('exit', (code) => {
        this.#ended = new AntaresError(
          'WORKER_ENDED',
          `a pipeline worker ended with code ${code}; restart the broker`,
          { cause },
        );
        for (const { reject } of this.#waiting.values()) reject(this.#ended);
        this.#waiting.clear();
        onEnd(this.#ended);
        resolve();
      });
    });
  }

  /** Starts a worker thread. Resolves when it is ready. @throws WORKER_ENDED  with what went wrong as cause */
  static start(setup: WorkerSetup, events: LaneEvents): Promise<WorkerLane> {
    return new Promise((resolve, reject) => {
      // V8 reads it when it makes the worker's heap. Without it the heap is collected whole with every batch or two, since
      // typed arrays count as old from the beginning; that took a sixth of all processor time.
      setFlagsFromString(`--initial-old-space-size=${WORKER_OLD_SPACE_MB}`);
      // Young objects are collected by the thread that made them: helpers would have to take their time from the other
      // lanes, which are as many as processors, and finding out who collects what costs a fourteenth of it besides.
      setFlagsFromString('--no-parallel-scavenge');
      // Packets and catalogues are in shared memory: the heap of a worker holds loci of a few batches. A batch makes
      // tens of megabytes that die with it; a young generation that holds some batches collects them for nothing.
      const worker = new Worker(new URL('./worker.js', import.meta.url), {
        workerData: setup,
        resourceLimits: { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: WORKER_YOUNG_SPACE_MB },
      });
      const lane: WorkerLane = new WorkerLane(worker, events, () => resolve(lane), reject);
    });
  }

  submit(block: LaneBlock): Promise<LaneResult> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const { messageMemory } = block;
      this.#waiting.set(id, { messageMemory, resolve, reject });
      this.#post({
        type: 'block',
        id,
        block: {
          ...block,
          memories: block.memories.map((memory) => this.#memories.send(memory)),
          messageMemory: this.#memories.send(messageMemory),
        },
      });
    });
  }

  /** Lets go of a memory that no block will lie in any more. */
  forget(memory: SharedArrayBuffer): void {
    const number = this.#memories.forget(memory);
    if (number !== undefined) this.#post({ type: 'forget', memory: number });
  }

  /** Puts other versions of catalogues in force for the blocks submitted after this. */
  setCatalogs(images: CatalogImages, provenanceId: ProvenanceId): void {
    this.#post({ type: 'catalogs', images, provenanceId });
  }

  async close(): Promise<void> {
    this.#post({ type: 'stop' });
    await this.#exited;
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #settle(message: Extract<FromWorker, { id: number }>): void {
    const waiting = this.#waiting.get(message.id);
    if (waiting === undefined) return;
    this.#waiting.delete(message.id);
    if (message.type === 'failure') waiting.reject(new AntaresError(message.code, message.message));
    else if (message.laid === undefined) waiting.resolve(message.result);
    else waiting.resolve({ ...message.result, pending: readMessages(message.laid, waiting.messageMemory) });
  }
}
