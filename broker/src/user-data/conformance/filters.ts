import assert from 'node:assert/strict';
import type { FilterRevision, NewUserFilter, RevisionState, UserFilter } from '../filters.ts';
import type { UserData } from '../user-data.ts';
import { assertFails, type ClaimAbout, newUser, successes } from './under-test.ts';

const filter = (ownerId: string, name: string, more: Partial<NewUserFilter> = {}): NewUserFilter => ({
  ownerId,
  name,
  description: `about ${name}`,
  isPublic: false,
  ...more,
});

async function add(data: UserData, { id, ownerId }: UserFilter, code: string): Promise<FilterRevision> {
  return data.filters.addRevision(id, { authorId: ownerId, language: 'python', code, comment: `says ${code}` });
}

async function walk(data: UserData, id: string, userId: string, states: readonly RevisionState[]): Promise<void> {
  for (const [i, to] of states.slice(1).entries()) {
    await data.filters.moveRevision(id, { from: states[i]!, to, userId, comment: '' });
  }
}

/** What filters do. */
export function filtersConformance(claim: ClaimAbout): void {
  claim('a filter has a name of its own among all, and is found by it', async ({ data }) => {
    const [ann, bea] = [await newUser(data, 'ann'), await newUser(data, 'bea')];
    const made = await data.filters.create(filter(ann.id, 'ann_Novae'));
    assert.deepEqual(await data.filters.find(made.id), made);
    assert.deepEqual(await data.filters.findByName('ANN_novae'), made);
    assert.equal(made.enabledRevisionId, undefined);
    await assertFails(data.filters.create(filter(bea.id, 'Ann_novae')), 'FILTER_NAME_TAKEN');
    await assertFails(data.filters.create(filter('nobody', 'other')), 'USER_UNKNOWN');
  });

  claim('others see public filters, and nobody else’s private ones', async ({ data, clock }) => {
    const [ann, bea] = [await newUser(data, 'ann'), await newUser(data, 'bea')];
    for (const [owner, name, isPublic] of [
      [ann, 'a_private', false],
      [ann, 'a_public', true],
      [bea, 'b_private', false],
    ] as const) {
      clock.nowMs++;
      await data.filters.create(filter(owner.id, name, { isPublic }));
    }
    const names = async (of?: { ownerId?: string; visibleTo?: string }): Promise<string[]> =>
      (await data.filters.list({ limit: 10 }, of)).items.map(({ name }) => name);
    assert.deepEqual(await names(), ['a_private', 'a_public', 'b_private']);
    assert.deepEqual(await names({ ownerId: ann.id }), ['a_private', 'a_public']);
    assert.deepEqual(await names({ visibleTo: bea.id }), ['a_public', 'b_private']);
    assert.equal((await data.filters.list({ limit: 1 }, { visibleTo: bea.id })).total, 2);
  });

  claim('every revision is kept, numbered, and never changes', async ({ data }) => {
    const ann = await newUser(data, 'ann');
    const made = await data.filters.create(filter(ann.id, 'novae'));
    const code = `def run(locus):\n    locus.tag('nova')  # 新星 ${'x'.repeat(100_000)}`;
    const first = await add(data, made, code);
    const second = await add(data, made, 'two');
    assert.deepEqual([first.number, second.number, first.state], [1, 2, 'draft']);
    assert.equal((await data.filters.findRevision(first.id))!.code, code);
    const page = await data.filters.listRevisions(made.id, { limit: 1 });
    assert.deepEqual(page, { items: [second], next: page.next, total: 2 });
    assert.deepEqual((await data.filters.listRevisions(made.id, { limit: 1, cursor: page.next })).items, [first]);
    await assertFails(
      data.filters.addRevision('nothing', { authorId: ann.id, language: 'rule', code: '', comment: '' }),
      'FILTER_UNKNOWN',
    );
  });

  claim('revisions added at once get numbers one after the other', async ({ data, openAgain }) => {
    const made = await data.filters.create(filter((await newUser(data, 'ann')).id, 'novae'));
    const again = await openAgain();
    const added = await Promise.all(Array.from({ length: 10 }, (_, i) => add(i % 2 ? data : again, made, `${i}`)));
    assert.deepEqual(
      added.map(({ number }) => number).sort((a, b) => a - b),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    );
  });

  claim('a revision goes from draft to disabled, and who took it there is on record', async ({ data, clock }) => {
    const [ann, rev] = [await newUser(data, 'ann'), await newUser(data, 'reviewer', { role: 'staff' })];
    const made = await data.filters.create(filter(ann.id, 'novae'));
    const { id } = await add(data, made, 'one');
    const steps = [
      ['draft', 'submitted', ann.id, 'please'],
      ['submitted', 'draft', rev.id, 'too slow'],
      ['draft', 'submitted', ann.id, 'faster now'],
      ['submitted', 'approved', rev.id, 'good'],
      ['approved', 'enabled', rev.id, ''],
      ['enabled', 'disabled', undefined, 'crashed'],
    ] as const;
    for (const [from, to, userId, comment] of steps) {
      clock.nowMs += 10;
      const moved = await data.filters.moveRevision(id, { from, to, userId, comment });
      assert.deepEqual(moved, await data.filters.findRevision(id));
      assert.deepEqual([moved.state, moved.stateChangedAtMs], [to, clock.nowMs]);
      const enabled = (await data.filters.find(made.id))!.enabledRevisionId;
      assert.equal(enabled, to === 'enabled' ? id : undefined);
    }
    assert.equal((await data.filters.findRevision(id))!.reviewerId, rev.id);
    const changes = await data.filters.listStateChanges(id);
    assert.deepEqual(
      changes.map(({ from, to, userId, comment }) => [from, to, userId, comment]),
      steps.map((step) => [...step]),
    );
  });

  claim('no step is left out, and of two who take the same one is told', async ({ data, openAgain }) => {
    const ann = await newUser(data, 'ann');
    const { id } = await add(data, await data.filters.create(filter(ann.id, 'novae')), 'one');
    const step = { userId: ann.id, comment: '' };
    await assertFails(
      data.filters.moveRevision(id, { ...step, from: 'draft', to: 'enabled' }),
      'FILTER_STATE_IMPOSSIBLE',
    );
    await assertFails(data.filters.moveRevision(id, { ...step, from: 'submitted', to: 'approved' }), 'REVISION_STALE');
    await assertFails(
      data.filters.moveRevision('nothing', { ...step, from: 'draft', to: 'submitted' }),
      'FILTER_REVISION_UNKNOWN',
    );
    const again = await openAgain();
    const calls = [data, again, data].map((place) =>
      place.filters.moveRevision(id, { ...step, from: 'draft', to: 'submitted' }),
    );
    assert.equal(await successes(calls, 'REVISION_STALE'), 1);
    assert.equal((await data.filters.listStateChanges(id)).length, 1);
  });

  claim('of a filter at most one revision is enabled: a new one takes the place of the old', async ({ data }) => {
    const ann = await newUser(data, 'ann');
    const [b, a] = [
      await data.filters.create(filter(ann.id, 'B_filter')),
      await data.filters.create(filter(ann.id, 'a_filter')),
    ];
    const revisions = [await add(data, b, 'b1'), await add(data, b, 'b2'), await add(data, a, 'a1')];
    for (const { id } of revisions) await walk(data, id, ann.id, ['draft', 'submitted', 'approved', 'enabled']);
    const states = await Promise.all(revisions.map(async ({ id }) => (await data.filters.findRevision(id))!.state));
    assert.deepEqual(states, ['disabled', 'enabled', 'enabled']);
    const enabled = await data.filters.listEnabled();
    assert.deepEqual(
      enabled.map((one) => [one.filter.name, one.revision.code]),
      [
        ['a_filter', 'a1'],
        ['B_filter', 'b2'],
      ],
    );
    await walk(data, revisions[1]!.id, ann.id, ['enabled', 'disabled', 'enabled']);
    assert.equal((await data.filters.listEnabled()).length, 2);
  });

  claim('description and publicity of a filter change under its revision', async ({ data }) => {
    const made = await data.filters.create(filter((await newUser(data, 'ann')).id, 'novae'));
    const changed = await data.filters.change(made.id, { isPublic: true }, 1);
    assert.deepEqual([changed.isPublic, changed.description, changed.revision], [true, 'about novae', 2]);
    await assertFails(data.filters.change(made.id, { description: 'x' }, 1), 'REVISION_STALE');
    await assertFails(data.filters.change('nothing', {}), 'FILTER_UNKNOWN');
  });
}
