/** What belongs to users: accounts, tokens, filters, watch lists, bookmarks, annotations, output streams. */
export interface UserData {
  /** Frees what is open. */
  close(): Promise<void>;
}
