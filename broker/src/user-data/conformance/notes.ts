import assert from 'node:assert/strict';
import { assertFails, type ClaimAbout, newUser } from './under-test.ts';

/** What bookmarks and annotations do. */
export function notesConformance(claim: ClaimAbout): void {
  claim('a bookmark is set once; setting it again changes its comment', async ({ data, clock }) => {
    const [ann, bea] = [await newUser(data, 'ann'), await newUser(data, 'bea')];
    const at = clock.nowMs;
    await data.bookmarks.set(ann.id, 'ANT2020so7ia', 'first');
    clock.nowMs += 5;
    await data.bookmarks.set(ann.id, 'ANT2020so7ia', 'second');
    await data.bookmarks.set(ann.id, 'ANT2020so7ib', '');
    const expected = { locusId: 'ANT2020so7ia', comment: 'second', createdAtMs: at };
    assert.deepEqual(await data.bookmarks.find(ann.id, 'ANT2020so7ia'), expected);
    const { items, total } = await data.bookmarks.list(ann.id, { limit: 10 });
    assert.deepEqual([items.map(({ locusId }) => locusId), total], [['ANT2020so7ib', 'ANT2020so7ia'], 2]);
    assert.equal(await data.bookmarks.find(bea.id, 'ANT2020so7ia'), undefined);
    assert.equal(await data.bookmarks.remove(bea.id, 'ANT2020so7ia'), false);
    assert.equal(await data.bookmarks.remove(ann.id, 'ANT2020so7ia'), true);
    assert.equal(await data.bookmarks.remove(ann.id, 'ANT2020so7ia'), false);
    await assertFails(data.bookmarks.set('nobody', 'ANT2020so7ia', ''), 'USER_UNKNOWN');
  });

  claim('the same bookmark set many times at once is one', async ({ data, openAgain }) => {
    const ann = await newUser(data, 'ann');
    const again = await openAgain();
    await Promise.all(
      Array.from({ length: 10 }, (_, i) => (i % 2 ? data : again).bookmarks.set(ann.id, 'ANT1', `${i}`)),
    );
    assert.equal((await data.bookmarks.list(ann.id, { limit: 10 })).total, 1);
  });

  claim('an annotation is its author’s alone', async ({ data, clock }) => {
    const [ann, bea] = [await newUser(data, 'ann'), await newUser(data, 'bea')];
    const note = await data.annotations.create(ann.id, 'ANT1', 'looks like a nova — 新星\nsee plate 7');
    clock.nowMs++;
    const other = await data.annotations.create(ann.id, 'ANT2', 'x');
    assert.deepEqual((await data.annotations.list(ann.id, { limit: 10 })).items, [other, note]);
    assert.deepEqual((await data.annotations.list(ann.id, { limit: 10 }, 'ANT1')).items, [note]);
    assert.equal((await data.annotations.list(bea.id, { limit: 10 }, 'ANT1')).total, 0);
    await assertFails(data.annotations.change(bea.id, note.id, 'mine'), 'ANNOTATION_UNKNOWN');
    assert.equal(await data.annotations.remove(bea.id, note.id), false);
    const changed = await data.annotations.change(ann.id, note.id, 'a nova', 1);
    assert.deepEqual(changed, { ...note, text: 'a nova', revision: 2, updatedAtMs: clock.nowMs });
    await assertFails(data.annotations.change(ann.id, note.id, 'old window', 1), 'REVISION_STALE');
    assert.equal(await data.annotations.remove(ann.id, note.id), true);
    await assertFails(data.annotations.create('nobody', 'ANT1', ''), 'USER_UNKNOWN');
  });
}
