import { aggregationClaims } from './conformance/aggregations.ts';
import type { ClaimApi, SearchIndexUnderTest } from './conformance/claim-api.ts';
import { documentClaims } from './conformance/documents.ts';
import { orderClaims } from './conformance/orders.ts';
import { queryClaims } from './conformance/queries.ts';
import { refusalClaims } from './conformance/refusals.ts';
import { skyClaims } from './conformance/sky.ts';

export type { SearchIndexUnderTest } from './conformance/claim-api.ts';

/** The calls of a test framework that the suite needs. */
export interface TestApi {
  describe(title: string, define: () => void): void;
  it(title: string, run: () => Promise<void>): void;
}

/**
 * What every search index does, whatever is behind it: a test for each claim, on an index of its own.
 *
 * @param api   the test framework
 * @param open  makes an empty index of the adapter to be tried
 */
export function searchIndexConformance({ describe, it }: TestApi, open: () => Promise<SearchIndexUnderTest>): void {
  const api: ClaimApi = {
    describe,
    claim: (title, body) => {
      it(title, async () => {
        const subject = await open();
        try {
          await body(subject.index, subject);
        } finally {
          await subject.dispose();
        }
      });
    },
  };
  queryClaims(api);
  skyClaims(api);
  orderClaims(api);
  aggregationClaims(api);
  refusalClaims(api);
  documentClaims(api);
}
