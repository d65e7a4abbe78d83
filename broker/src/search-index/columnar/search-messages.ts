import type { KnownProperty, SearchRequest } from '../search-index.ts';
import type { PackedDocuments } from './packed-documents.ts';

/** What a search thread is started with. */
export interface SearchWorkerSetup {
  readonly directory: string | undefined;
  readonly readOnly: boolean;
}

/** A call of the contract on its way to the thread. */
export type SearchCall =
  | { readonly call: 'put'; readonly documents: PackedDocuments }
  | { readonly call: 'remove'; readonly locusIds: readonly string[] }
  | { readonly call: 'search'; readonly request: SearchRequest }
  | { readonly call: 'defineProperties'; readonly properties: readonly KnownProperty[] }
  | { readonly call: 'fields' }
  | { readonly call: 'size' }
  | { readonly call: 'memory' }
  | { readonly call: 'checkpoint'; readonly position: string }
  | { readonly call: 'close' };

/** A call with the number under which it is answered. */
export interface ToSearchWorker {
  readonly id: number;
  readonly call: SearchCall;
}

/** What comes back. `opened` comes once, first; `failed` without a number is the end of the thread. */
export type FromSearchWorker =
  | { readonly type: 'opened'; readonly position: string | undefined; readonly damaged: SentError | undefined }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'failed'; readonly id: number | undefined; readonly error: SentError };

/** An error between threads, which keeps its code. */
export interface SentError {
  /** Undefined for a fault of ours. */
  readonly code: string | undefined;
  readonly message: string;
}
