import type { AlertStore, AlertStoreSupport } from '../alert-store.ts';

/** A store to be tried, empty at first. */
export interface AlertStoreUnderTest {
  /** The client that most of the suite uses. */
  readonly store: AlertStore;
  /** Another client of the same store, such as another thread or machine has. */
  another(): Promise<AlertStore>;
  /** Closes every client and opens the store again, as a restart does. */
  reopen(): Promise<AlertStore>;
  /** Makes the store behave as if its disk were full, or no longer so. */
  setFull(isFull: boolean): void;
  dispose(): Promise<void>;
}

/** What the parts of the suite are written with. */
export interface ClaimApi {
  readonly supports: AlertStoreSupport;
  describe(title: string, define: () => void): void;
  /** A test on a store of its own. */
  claim(title: string, body: (store: AlertStore, subject: AlertStoreUnderTest) => Promise<void>): void;
}
