import type { AlertStoreSupport } from './alert-store.ts';
import { accountsClaims } from './conformance/accounts.ts';
import { alertsClaims } from './conformance/alerts.ts';
import type { AlertStoreUnderTest, ClaimApi } from './conformance/claim-api.ts';
import { commitsClaims } from './conformance/commits.ts';
import { dataFilesClaims } from './conformance/data-files.ts';
import { lightCurvesClaims } from './conformance/light-curves.ts';
import { lociClaims } from './conformance/loci.ts';
import { packetsClaims } from './conformance/packets.ts';
import { positionsClaims } from './conformance/positions.ts';
import { scansClaims } from './conformance/scans.ts';
import { smallTablesClaims } from './conformance/small-tables.ts';

export type { AlertStoreUnderTest } from './conformance/claim-api.ts';

/** The calls of a test framework that the suite needs. */
export interface TestApi {
  describe(title: string, define: () => void): void;
  it(title: string, run: () => Promise<void>): void;
}

/** Makes stores of one adapter. */
export interface AlertStoreFactory {
  readonly supports: AlertStoreSupport;
  /** An empty store. */
  create(): Promise<AlertStoreUnderTest>;
}

/**
 * What every alert store does, whatever is behind it: a test for each claim, on a store of its own.
 *
 * @param api      the test framework
 * @param factory  the adapter to be tried
 */
export function alertStoreConformance({ describe, it }: TestApi, factory: AlertStoreFactory): void {
  const api: ClaimApi = {
    supports: factory.supports,
    describe,
    claim: (title, body) => {
      it(title, async () => {
        const subject = await factory.create();
        try {
          await body(subject.store, subject);
        } finally {
          await subject.dispose();
        }
      });
    },
  };
  lociClaims(api);
  lightCurvesClaims(api);
  alertsClaims(api);
  positionsClaims(api);
  packetsClaims(api);
  commitsClaims(api);
  scansClaims(api);
  accountsClaims(api);
  smallTablesClaims(api);
  dataFilesClaims(api);
}
