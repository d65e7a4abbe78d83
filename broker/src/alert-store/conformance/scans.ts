import assert from 'node:assert/strict';
import type { LocusId } from '../../model/ids.ts';
import type { Page } from '../alert-store.ts';
import type { ClaimApi } from './claim-api.ts';
import { batchOf, LocusScene, pointOf, seededRandom } from './scene.ts';
import { collect } from './stored.ts';

/** What scans do. */
export function scansClaims({ describe, claim }: ClaimApi): void {
  describe('scans', () => {
    claim('pages of any size cover all loci exactly once', async (store) => {
      const random = seededRandom(4);
      const loci = Array.from(
        { length: 83 },
        (_, i) => new LocusScene(`ANT2026a${i}`, random() * 360, random() * 180 - 90),
      );
      for (const locus of loci) locus.add(pointOf(`${locus.ref.locusId}:1`));
      await store.commit(batchOf({ loci: loci.map((locus) => locus.write()) }));
      for (const size of [1, 7, 83, 1000]) {
        const refs = await collect((token, limit) => store.scanLoci(token, limit), size);
        assert.deepEqual(refs.map(({ locusId }) => locusId).sort(), loci.map(({ ref }) => ref.locusId).sort());
        const byId = new Map(loci.map(({ ref }) => [ref.locusId, ref]));
        for (const ref of refs) assert.deepEqual(ref, byId.get(ref.locusId));
      }
    });

    claim('an empty store has empty pages, and they are the last', async (store) => {
      assert.deepEqual(await store.scanLoci(undefined, 10), { items: [], next: undefined });
      assert.deepEqual(await store.scanUnassociatedAlerts(undefined, 10), { items: [], next: undefined });
      assert.deepEqual(await store.scanRejections(undefined, 10), { items: [], next: undefined });
    });

    claim('loci that are added during a scan disturb none of the others', async (store) => {
      const loci = Array.from({ length: 30 }, (_, i) => new LocusScene(`ANT2026b${i}`, i * 12, 0));
      for (const locus of loci) locus.add(pointOf(`${locus.ref.locusId}:1`));
      await store.commit(batchOf({ loci: loci.map((locus) => locus.write()) }));
      const seen: string[] = [];
      let token: string | undefined;
      let added = 0;
      do {
        const page: Page<{ readonly locusId: LocusId }> = await store.scanLoci(token, 4);
        seen.push(...page.items.map(({ locusId }) => locusId));
        const newcomer = new LocusScene(`ANT2026c${added}`, added * 12 + 6, 0);
        added += 1;
        newcomer.add(pointOf(`${newcomer.ref.locusId}:1`));
        await store.commit(batchOf({ loci: [newcomer.write()] }));
        token = page.next;
      } while (token !== undefined);
      const old = seen.filter((id) => id.startsWith('ANT2026b'));
      assert.deepEqual(old.sort(), loci.map(({ ref }) => ref.locusId).sort());
      assert.equal(new Set(seen).size, seen.length);
    });
  });
}
