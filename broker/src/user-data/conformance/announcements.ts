import assert from 'node:assert/strict';
import type { NewAnnouncement } from '../announcements.ts';
import { assertFails, type ClaimAbout, newUser } from './under-test.ts';

const news = (authorId: string, title: string, more: Partial<NewAnnouncement> = {}): NewAnnouncement => ({
  authorId,
  title,
  text: '',
  level: 'info',
  startsAtMs: undefined,
  endsAtMs: undefined,
  ...more,
});

/** What announcements do. */
export function announcementsConformance(claim: ClaimAbout): void {
  claim('an announcement is shown from its start to its end', async ({ data, clock }) => {
    const author = await newUser(data, 'ann', { role: 'staff' });
    const start = clock.nowMs;
    await data.announcements.create(news(author.id, 'always'));
    clock.nowMs++;
    await data.announcements.create(news(author.id, 'later', { startsAtMs: start + 100, endsAtMs: start + 200 }));
    const shown = async (): Promise<string[]> =>
      (await data.announcements.list({ limit: 10 }, { current: true })).items.map(({ title }) => title);
    const seen: string[][] = [];
    for (const after of [99, 100, 199, 200]) {
      clock.nowMs = start + after;
      seen.push(await shown());
    }
    assert.deepEqual(seen, [['always'], ['later', 'always'], ['later', 'always'], ['always']]);
    assert.equal((await data.announcements.list({ limit: 10 })).total, 2);
  });

  claim('an announcement changes under its revision, and is taken out', async ({ data }) => {
    const author = await newUser(data, 'ann', { role: 'staff' });
    const made = await data.announcements.create(news(author.id, 'maintenance', { endsAtMs: 5 }));
    const changed = await data.announcements.change(made.id, { level: 'critical', endsAtMs: null }, 1);
    assert.deepEqual(changed, { ...made, level: 'critical', endsAtMs: undefined, revision: 2 });
    assert.deepEqual(await data.announcements.find(made.id), changed);
    await assertFails(data.announcements.change(made.id, { title: 'x' }, 1), 'REVISION_STALE');
    assert.equal(await data.announcements.remove(made.id), true);
    assert.equal(await data.announcements.remove(made.id), false);
    await assertFails(data.announcements.change(made.id, {}), 'ANNOUNCEMENT_UNKNOWN');
    await assertFails(data.announcements.create(news('nobody', 'x')), 'USER_UNKNOWN');
  });
}
