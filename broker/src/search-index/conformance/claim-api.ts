import type { SearchIndex } from '../search-index.ts';

/** An index to be tried, empty at first. */
export interface SearchIndexUnderTest {
  readonly index: SearchIndex;
  /** Closes the index and opens it again, as a restart does; undefined where the adapter keeps nothing. */
  readonly reopen: (() => Promise<SearchIndex>) | undefined;
  dispose(): Promise<void>;
}

/** What the parts of the suite are written with. */
export interface ClaimApi {
  describe(title: string, define: () => void): void;
  /** A test on an index of its own. */
  claim(title: string, body: (index: SearchIndex, subject: SearchIndexUnderTest) => Promise<void>): void;
}
