import assert from 'node:assert/strict';
import { assertFails, type ClaimAbout, newUser } from './under-test.ts';

/** What lists do. */
export function pagesConformance(claim: ClaimAbout): void {
  claim('pages hold everybody once, also those made in the same millisecond', async ({ data, clock }) => {
    const made: string[] = [];
    for (let i = 0; i < 25; i++) {
      if (i % 10 === 0) clock.nowMs++;
      made.push((await newUser(data, `user${i}`)).username);
    }
    for (const limit of [1, 7, 25, 26, 500]) {
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await data.accounts.list({ limit, cursor });
        assert.equal(page.total, 25);
        assert.ok(page.items.length <= limit);
        found.push(...page.items.map(({ username }) => username));
        cursor = page.next;
      } while (cursor !== undefined);
      assert.deepEqual(found.toSorted(), made.toSorted());
      assert.deepEqual(found.slice(0, 10).toSorted(), made.slice(0, 10).toSorted());
    }
  });

  claim('what comes or goes between two pages moves nobody else', async ({ data, clock }) => {
    const ann = await newUser(data, 'ann');
    for (const id of ['L1', 'L2', 'L3', 'L4']) {
      clock.nowMs++;
      await data.bookmarks.set(ann.id, id, '');
    }
    const first = await data.bookmarks.list(ann.id, { limit: 2 });
    clock.nowMs++;
    await data.bookmarks.set(ann.id, 'L5', '');
    await data.bookmarks.remove(ann.id, 'L3');
    const second = await data.bookmarks.list(ann.id, { limit: 2, cursor: first.next });
    assert.deepEqual(
      [...first.items, ...second.items].map(({ locusId }) => locusId),
      ['L4', 'L3', 'L2', 'L1'],
    );
    assert.equal(second.next, undefined);
  });

  claim('a page that cannot be is refused', async ({ data }) => {
    for (const limit of [0, -1, 1.5, 501, Number.NaN]) {
      await assertFails(data.accounts.list({ limit }), 'PAGE_LIMIT_INVALID');
    }
    for (const cursor of ['', 'x', '1', `1.${'x'.repeat(36)}`, "1.' or 1=1 --", `${'9'.repeat(400)}.x`]) {
      await assertFails(data.accounts.list({ limit: 1, cursor }), 'PAGE_CURSOR_INVALID');
    }
    assert.deepEqual(await data.accounts.list({ limit: 1 }), { items: [], next: undefined, total: 0 });
  });
}
