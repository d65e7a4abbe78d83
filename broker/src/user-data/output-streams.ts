import type { Page, PageRequest } from './page.ts';

/** A stream that a user asked for: alerts of loci with certain tags, or that a query finds. */
export interface OutputStream {
  readonly id: string;
  readonly ownerId: string;
  /** Unique among all, case aside: it names a topic. */
  readonly name: string;
  readonly description: string;
  readonly selection: StreamSelection;
  readonly state: OutputStreamState;
  readonly revision: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What a stream wants: a tag expression, or a query as JSON text. */
export interface StreamSelection {
  readonly kind: 'tags' | 'query';
  readonly expression: string;
}

/** `requested` until staff turn it on; `paused` by its owner or staff. */
export type OutputStreamState = 'requested' | 'active' | 'paused';

/** A stream to be made. */
export interface NewOutputStream {
  readonly ownerId: string;
  readonly name: string;
  readonly description: string;
  readonly selection: StreamSelection;
  readonly state: OutputStreamState;
}

/** Streams that users asked for. */
export interface OutputStreams {
  /** @throws OUTPUT_STREAM_NAME_TAKEN, USER_UNKNOWN */
  create(stream: NewOutputStream): Promise<OutputStream>;
  find(streamId: string): Promise<OutputStream | undefined>;
  findByName(name: string): Promise<OutputStream | undefined>;
  list(
    page: PageRequest,
    of?: { readonly ownerId?: string | undefined; readonly state?: OutputStreamState | undefined },
  ): Promise<Page<OutputStream>>;
  /** @throws OUTPUT_STREAM_UNKNOWN, REVISION_STALE */
  change(
    streamId: string,
    changes: {
      readonly description?: string | undefined;
      readonly selection?: StreamSelection | undefined;
      readonly state?: OutputStreamState | undefined;
    },
    revision?: number,
  ): Promise<OutputStream>;
  /** @returns false when there is none */
  remove(streamId: string): Promise<boolean>;
}
