/** Which part of a list is wanted. */
export interface PageRequest {
  /** Most items, 1 to 500. */
  readonly limit: number;
  /** Where the page before ended: its `next`. Undefined for the first page. */
  readonly cursor?: string | undefined;
}

/** A part of a list, in the order of creation unless the list says otherwise. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Ask for the next part with this; undefined at the end. Stays good while items come and go. */
  readonly next: string | undefined;
  /** How many there are in the whole list. */
  readonly total: number;
}

/** Largest page that may be asked for. */
export const MAX_PAGE_SIZE = 500;
