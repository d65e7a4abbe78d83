import type { Page, PageRequest } from './page.ts';

/** What a user notes about a locus. Only she sees it. */
export interface Annotation {
  readonly id: string;
  readonly userId: string;
  readonly locusId: string;
  readonly text: string;
  readonly revision: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** Private notes on loci; every call names the user, and reaches nobody else's. */
export interface Annotations {
  /** @throws USER_UNKNOWN */
  create(userId: string, locusId: string, text: string): Promise<Annotation>;
  /** Newest first; of one locus or of all. */
  list(userId: string, page: PageRequest, locusId?: string): Promise<Page<Annotation>>;
  /** @throws ANNOTATION_UNKNOWN, REVISION_STALE */
  change(userId: string, annotationId: string, text: string, revision?: number): Promise<Annotation>;
  /** @returns false when she has no such note */
  remove(userId: string, annotationId: string): Promise<boolean>;
}
