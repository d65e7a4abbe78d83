import assert from 'node:assert/strict';
import type { NewWatchList, NewWatchObject } from '../watch-lists.ts';
import { assertFails, type ClaimAbout, newUser, successes } from './under-test.ts';

const list = (ownerId: string, name: string, more: Partial<NewWatchList> = {}): NewWatchList => ({
  ownerId,
  name,
  description: '',
  isPublic: false,
  ...more,
});
const object = (name: string, more: Partial<NewWatchObject> = {}): NewWatchObject => ({
  name,
  ra: 83.633,
  dec: 22.0145,
  radiusArcsec: 2,
  ...more,
});

/** What watch lists do. */
export function watchListsConformance(claim: ClaimAbout): void {
  claim('a name of a list is taken for its owner only', async ({ data }) => {
    const [ann, bea] = [await newUser(data, 'ann'), await newUser(data, 'bea')];
    const made = await data.watchLists.create(list(ann.id, 'Novae', { description: 'd', isPublic: true }));
    assert.deepEqual(await data.watchLists.find(made.id), made);
    await assertFails(data.watchLists.create(list(ann.id, 'NOVAE')), 'WATCH_LIST_NAME_TAKEN');
    await assertFails(data.watchLists.create(list('nobody', 'x')), 'USER_UNKNOWN');
    await data.watchLists.create(list(bea.id, 'novae'));
    const other = await data.watchLists.create(list(ann.id, 'other'));
    await assertFails(data.watchLists.change(other.id, { name: 'novae' }), 'WATCH_LIST_NAME_TAKEN');
    assert.equal((await data.watchLists.change(other.id, { name: 'OTHER' })).name, 'OTHER');
  });

  claim('others see public lists, and nobody else’s private ones', async ({ data, clock }) => {
    const [ann, bea] = [await newUser(data, 'ann'), await newUser(data, 'bea')];
    await data.watchLists.create(list(ann.id, 'private'));
    clock.nowMs++;
    await data.watchLists.create(list(ann.id, 'public', { isPublic: true }));
    const names = async (of: { ownerId?: string; visibleTo?: string }): Promise<string[]> =>
      (await data.watchLists.list({ limit: 10 }, of)).items.map(({ name }) => name);
    assert.deepEqual(await names({ visibleTo: bea.id }), ['public']);
    assert.deepEqual(await names({ visibleTo: ann.id }), ['private', 'public']);
    assert.deepEqual(await names({ ownerId: bea.id }), []);
  });

  claim('objects come back in their order, to the last bit, page by page', async ({ data }) => {
    const { id } = await data.watchLists.create(list((await newUser(data, 'ann')).id, 'many'));
    const objects = Array.from({ length: 1_203 }, (_, i) =>
      object(`o${i}`, { ra: (i * 0.1 * Math.PI) % 360, dec: 90 - i / 7, radiusArcsec: 1 / 3 + i }),
    );
    await data.watchLists.addObjects(id, objects.slice(0, 1_200));
    await data.watchLists.addObjects(id, objects.slice(1_200));
    const found: NewWatchObject[] = [];
    let cursor: string | undefined;
    do {
      const page = await data.watchLists.listObjects(id, { limit: 500, cursor });
      assert.equal(page.total, 1_203);
      found.push(...page.items.map(({ name, ra, dec, radiusArcsec }) => ({ name, ra, dec, radiusArcsec })));
      cursor = page.next;
    } while (cursor !== undefined);
    assert.deepEqual(found, objects);
    const { numObjects, revision } = (await data.watchLists.find(id))!;
    assert.deepEqual([numObjects, revision], [1_203, 3]);
  });

  claim('an object without a place on the sky is refused, and with it all that came along', async ({ data }) => {
    const { id } = await data.watchLists.create(list((await newUser(data, 'ann')).id, 'bad'));
    for (const wrong of [
      { ra: 360 },
      { ra: -1e-9 },
      { ra: Number.NaN },
      { dec: 90.001 },
      { radiusArcsec: 0 },
      { radiusArcsec: Infinity },
    ]) {
      await assertFails(data.watchLists.addObjects(id, [object('good'), object('bad', wrong)]), 'WATCH_OBJECT_INVALID');
    }
    await assertFails(data.watchLists.addObjects('nothing', [object('good')]), 'WATCH_LIST_UNKNOWN');
    assert.equal((await data.watchLists.listObjects(id, { limit: 1 })).total, 0);
    await data.watchLists.addObjects(id, [object('edge', { ra: 0, dec: -90 })]);
  });

  claim('objects added at once are all there', async ({ data, openAgain }) => {
    const { id } = await data.watchLists.create(list((await newUser(data, 'ann')).id, 'busy'));
    const again = await openAgain();
    await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        (i % 2 ? data : again).watchLists.addObjects(id, [object(`a${i}`), object(`b${i}`)]),
      ),
    );
    assert.equal((await data.watchLists.find(id))!.numObjects, 20);
    assert.equal((await data.watchLists.listObjects(id, { limit: 100 })).items.length, 20);
  });

  claim('an object is taken out of its list only', async ({ data }) => {
    const ann = await newUser(data, 'ann');
    const [one, two] = [
      await data.watchLists.create(list(ann.id, 'one')),
      await data.watchLists.create(list(ann.id, 'two')),
    ];
    const [first] = await data.watchLists.addObjects(one.id, [object('a'), object('b')]);
    assert.equal(await data.watchLists.removeObject(two.id, first!.id), false);
    assert.equal(await data.watchLists.removeObject(one.id, first!.id), true);
    assert.equal(await data.watchLists.removeObject(one.id, first!.id), false);
    await data.watchLists.addObjects(one.id, [object('c')]);
    const { items } = await data.watchLists.listObjects(one.id, { limit: 10 });
    assert.deepEqual(
      items.map(({ name }) => name),
      ['b', 'c'],
    );
    assert.equal((await data.watchLists.find(one.id))!.numObjects, 2);
  });

  claim('a list goes with its objects, and changes under its revision', async ({ data }) => {
    const made = await data.watchLists.create(list((await newUser(data, 'ann')).id, 'gone'));
    await data.watchLists.addObjects(made.id, [object('a')]);
    await assertFails(data.watchLists.change(made.id, { isPublic: true }, made.revision), 'REVISION_STALE');
    const calls = [1, 2, 3].map(() => data.watchLists.change(made.id, { isPublic: true }, made.revision + 1));
    assert.equal(await successes(calls, 'REVISION_STALE'), 1);
    assert.equal(await data.watchLists.remove(made.id), true);
    assert.equal(await data.watchLists.remove(made.id), false);
    assert.equal((await data.watchLists.listObjects(made.id, { limit: 1 })).total, 0);
    await assertFails(data.watchLists.change(made.id, {}), 'WATCH_LIST_UNKNOWN');
  });
}
