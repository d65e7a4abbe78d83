import assert from 'node:assert/strict';
import type { NewOutputStream } from '../output-streams.ts';
import { assertFails, type ClaimAbout, newUser } from './under-test.ts';

const stream = (ownerId: string, name: string): NewOutputStream => ({
  ownerId,
  name,
  description: '',
  selection: { kind: 'tags', expression: 'extragalactic & !sso_candidates' },
  state: 'requested',
});

/** What output streams do. */
export function outputStreamsConformance(claim: ClaimAbout): void {
  claim('a stream has a name of its own among all, and is found by it', async ({ data }) => {
    const [ann, bea] = [await newUser(data, 'ann'), await newUser(data, 'bea')];
    const made = await data.outputStreams.create(stream(ann.id, 'Galaxies'));
    assert.deepEqual(await data.outputStreams.find(made.id), made);
    assert.deepEqual(await data.outputStreams.findByName('galaxies'), made);
    await assertFails(data.outputStreams.create(stream(bea.id, 'gAlaxies')), 'OUTPUT_STREAM_NAME_TAKEN');
    await assertFails(data.outputStreams.create(stream('nobody', 'x')), 'USER_UNKNOWN');
  });

  claim('streams are listed by owner and by state, and change under their revision', async ({ data, clock }) => {
    const [ann, bea] = [await newUser(data, 'ann'), await newUser(data, 'bea')];
    const first = await data.outputStreams.create(stream(ann.id, 'one'));
    clock.nowMs++;
    await data.outputStreams.create(stream(bea.id, 'two'));
    const selection = { kind: 'query', expression: '{"match_all":{}}' } as const;
    const changed = await data.outputStreams.change(first.id, { state: 'active', selection }, 1);
    assert.deepEqual(changed, { ...first, state: 'active', selection, revision: 2, updatedAtMs: clock.nowMs });
    await assertFails(data.outputStreams.change(first.id, { state: 'paused' }, 1), 'REVISION_STALE');
    await assertFails(data.outputStreams.change('nothing', {}), 'OUTPUT_STREAM_UNKNOWN');
    const names = async (of: Parameters<typeof data.outputStreams.list>[1]): Promise<string[]> =>
      (await data.outputStreams.list({ limit: 10 }, of)).items.map(({ name }) => name);
    assert.deepEqual(await names({}), ['one', 'two']);
    assert.deepEqual(await names({ state: 'active' }), ['one']);
    assert.deepEqual(await names({ ownerId: bea.id }), ['two']);
    assert.deepEqual(await names({ ownerId: bea.id, state: 'active' }), []);
    assert.equal(await data.outputStreams.remove(first.id), true);
    assert.equal(await data.outputStreams.remove(first.id), false);
  });
}
