import { Worker } from 'node:worker_threads';
import { AntaresError } from '../../model/errors.ts';
import type {
  FieldDescription,
  KnownProperty,
  LocusDocument,
  SearchIndex,
  SearchIndexSupport,
  SearchRequest,
  SearchResult,
} from '../search-index.ts';
import type { ColumnarOptions } from './columnar-search-index.ts';
import { packDocuments, transferListOf } from './packed-documents.ts';
import type { FromSearchWorker, SearchCall, SearchWorkerSetup, SentError, ToSearchWorker } from './search-messages.ts';

/** Heap of the thread; columns are outside of it. */
const WORKER_HEAP_MB = 2048;

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The columnar index in a thread of its own, so that neither a long search nor a large `put` keeps this one from its
 * work: requests and answers travel as messages.
 */
export class ThreadedSearchIndex implements SearchIndex {
  readonly supports: SearchIndexSupport = { manyWriters: false };
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #exited: Promise<void>;
  #nextId = 1;
  #position: string | undefined;
  #ended: Error | undefined;

  private constructor(
    worker: Worker,
    onOpened: (message: Extract<FromSearchWorker, { type: 'opened' }>) => void,
    onEnd: (error: Error) => void,
  ) {
    this.#worker = worker;
    let cause: unknown;
    worker.on('message', (message: FromSearchWorker) => {
      if (message.type === 'opened') {
        this.#position = message.position;
        onOpened(message);
      } else if (message.type === 'answer') {
        this.#waiting.get(message.id)?.resolve(message.value as never);
        this.#waiting.delete(message.id);
      } else if (message.id === undefined) {
        onEnd(fromSent(message.error));
      } else {
        this.#waiting.get(message.id)?.reject(fromSent(message.error));
        this.#waiting.delete(message.id);
      }
    });
    worker.on('error', (error) => {
      cause = error;
    });
    this.#exited = new Promise((resolve) => {
      worker.on('exit', (code) => {
        this.#ended ??= new AntaresError(
          'SEARCH_INDEX_UNREACHABLE',
          `the thread of the search index ended with code ${code}; restart the program`,
          cause === undefined ? undefined : { cause },
        );
        onEnd(this.#ended);
        for (const { reject } of this.#waiting.values()) reject(this.#ended);
        this.#waiting.clear();
        resolve();
      });
    });
  }

  /** Starts the thread and opens the index in it. @throws SEARCH_INDEX_UNREACHABLE */
  static open({ directory, onDamaged, readOnly }: ColumnarOptions): Promise<ThreadedSearchIndex> {
    return new Promise((resolve, reject) => {
      const setup: SearchWorkerSetup = { directory, readOnly: readOnly === true };
      const worker = new Worker(new URL('./search-worker.js', import.meta.url), {
        workerData: setup,
        resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MB },
      });
      const index: ThreadedSearchIndex = new ThreadedSearchIndex(
        worker,
        ({ damaged }) => {
          if (damaged !== undefined) onDamaged?.(fromSent(damaged));
          resolve(index);
        },
        reject,
      );
    });
  }

  get position(): string | undefined {
    return this.#position;
  }

  put(documents: readonly LocusDocument[]): Promise<void> {
    const packed = packDocuments(documents);
    return this.#call({ call: 'put', documents: packed }, transferListOf(packed));
  }

  remove(locusIds: readonly string[]): Promise<void> {
    return this.#call({ call: 'remove', locusIds });
  }

  search(request: SearchRequest): Promise<SearchResult> {
    return this.#call({ call: 'search', request });
  }

  defineProperties(properties: readonly KnownProperty[]): Promise<void> {
    return this.#call({ call: 'defineProperties', properties });
  }

  fields(): Promise<readonly FieldDescription[]> {
    return this.#call({ call: 'fields' });
  }

  size(): Promise<number> {
    return this.#call({ call: 'size' });
  }

  /** Bytes in memory, by what they hold; for measurements. */
  memory(): Promise<Record<string, number>> {
    return this.#call({ call: 'memory' });
  }

  async checkpoint(position: string): Promise<void> {
    await this.#call({ call: 'checkpoint', position });
    this.#position = position;
  }

  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    await this.#call({ call: 'close' });
    this.#ended = new AntaresError('SEARCH_INDEX_UNREACHABLE', 'the search index was closed');
    await this.#exited;
  }

  #call<T>(call: SearchCall, transferList: readonly ArrayBuffer[] = []): Promise<T> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      const message: ToSearchWorker = { id, call };
      this.#worker.postMessage(message, transferList);
    });
  }
}

function fromSent({ code, message }: SentError): Error {
  return code === undefined ? new Error(message) : new AntaresError(code, message);
}
