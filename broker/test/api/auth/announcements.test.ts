import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AuthUnderTest, codeOf, openAuthUnderTest } from './auth-under-test.ts';

let api: AuthUnderTest;
let session: string;
beforeEach(async () => {
  api = await openAuthUnderTest();
  session = await api.sessionOf(await api.makeUser('ann', 'staff'));
});
afterEach(() => api.close());

const titles = async (url: string, as = {}): Promise<string[]> =>
  (await api.call('GET', url, as)).body.announcements.map(({ title }: { title: string }) => title);
const iso = (afterMs: number): string => new Date(api.clock.nowMs + afterMs).toISOString();

describe('announcements', () => {
  it('are shown to anyone while they last; staff see all', async () => {
    const made = await api.call('POST', '/api/announcements', {
      session,
      body: { title: 'now', text: 'a\nb <b>', level: 'warning' },
    });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ title: 'now', text: 'a\nb <b>', level: 'warning', revision: 1 });
    expect(made.body).not.toHaveProperty('author_id');
    await api.call('POST', '/api/announcements', {
      session,
      body: { title: 'later', starts_at: iso(60_000), ends_at: iso(120_000) },
    });
    expect(await titles('/api/announcements')).toEqual(['now']);
    expect((await titles('/api/announcements?all=true', { session })).sort()).toEqual(['later', 'now']);
    api.clock.nowMs += 60_000;
    expect((await titles('/api/announcements')).sort()).toEqual(['later', 'now']);
    api.clock.nowMs += 60_000;
    expect(await titles('/api/announcements')).toEqual(['now']);
    const all = await api.call('GET', '/api/announcements?all=true');
    expect([all.status, codeOf(all)]).toEqual([403, 'NOT_ALLOWED']);
  });

  it('change under their revision, and are taken out', async () => {
    const { id } = (
      await api.call('POST', '/api/announcements', { session, body: { title: 'a', ends_at: iso(1_000) } })
    ).body;
    const change = (body: object) => api.call('PATCH', `/api/announcements/${id}`, { session, body });
    expect((await change({ title: 'b', ends_at: '', revision: 1 })).body).toMatchObject({ title: 'b', revision: 2 });
    expect((await api.users.announcements.find(id))!.endsAtMs).toBeUndefined();
    expect(codeOf(await change({ title: 'c', revision: 1 }))).toBe('REVISION_STALE');
    expect((await api.call('DELETE', `/api/announcements/${id}`, { session })).status).toBe(204);
    for (const answer of [
      await change({ title: 'd' }),
      await api.call('DELETE', `/api/announcements/${id}`, { session }),
    ]) {
      expect([answer.status, codeOf(answer)]).toEqual([404, 'ANNOUNCEMENT_UNKNOWN']);
    }
  });

  it('of a form that is none are refused', async () => {
    for (const body of [
      {},
      { title: '' },
      { title: 'x'.repeat(201) },
      { title: 'x', text: 'x'.repeat(10_001) },
      { title: 'x', text: 'a\u0000b' },
      { title: 'x', level: 'fatal' },
      { title: 'x', starts_at: 'tomorrow' },
      { title: 'x', starts_at: '2026-11-26T22:00:00' },
      { title: 'x', ends_at: '2026-13-45T22:00:00Z' },
      { title: 'x', author_id: 'somebody' },
    ]) {
      const answer = await api.call('POST', '/api/announcements', { session, body });
      expect(answer.status, JSON.stringify(body).slice(0, 60)).toBe(400);
    }
    expect(await titles('/api/announcements?all=true', { session })).toEqual([]);
    expect(api.faults).toEqual([]);
  });
});
