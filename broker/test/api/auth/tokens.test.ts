import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AuthUnderTest, codeOf, openAuthUnderTest } from './auth-under-test.ts';

const DAY_MS = 86_400_000;

let api: AuthUnderTest;
beforeEach(async () => {
  api = await openAuthUnderTest();
});
afterEach(() => api.close());

describe('a token', () => {
  it('is shown once, kept as a hash, and works until it expires, after a restart too', async () => {
    const session = await api.sessionOf(await api.makeUser('vera'));
    const made = await api.call('POST', '/api/tokens', {
      session,
      body: { name: 'my script', scopes: ['read', 'write'] },
    });
    expect(made.status).toBe(201);
    const { token, ...shown } = made.body;
    expect(token).toMatch(/^ant_[0-9A-Za-z]{43}$/);
    expect(shown).toMatchObject({ name: 'my script', scopes: ['read', 'write'] });
    expect(Date.parse(shown.expires_at) - api.clock.nowMs).toBe(90 * DAY_MS);
    expect(made.headers['cache-control']).toBe('no-store');
    const list = await api.call('GET', '/api/tokens', { session });
    expect(list.body).toEqual({ tokens: [shown] });
    const contents = Buffer.concat([await readFile(api.file), await readFile(`${api.file}-wal`)]);
    expect(contents.includes('my script')).toBe(true);
    expect(contents.includes(token)).toBe(false);

    api = await api.restart();
    expect((await api.call('GET', '/api/me', { token })).body.username).toBe('vera');
    expect((await api.call('GET', '/api/tokens', { token })).body.tokens[0].last_used_at).toBeDefined();
    api.clock.nowMs += 90 * DAY_MS - 1;
    expect((await api.call('GET', '/api/me', { token })).status).toBe(200);
    api.clock.nowMs++;
    const over = await api.call('GET', '/api/announcements', { token });
    expect([over.status, codeOf(over)]).toEqual([401, 'TOKEN_INVALID']);
  });

  it('changes things without an origin: no browser sends it along by itself', async () => {
    const user = await api.makeUser('vera');
    const token = await api.tokenOf(user, ['write']);
    for (const headers of [{}, { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' }]) {
      const answer = await api.call('PATCH', '/api/me', { token, body: { name: 'V' }, headers });
      expect(answer.status).toBe(200);
    }
  });

  it('counts before a cookie that comes along', async () => {
    const [vera, ann] = [await api.makeUser('vera'), await api.makeUser('ann')];
    const token = await api.tokenOf(vera, ['read']);
    const session = await api.sessionOf(ann);
    expect((await api.call('GET', '/api/me', { token, session })).body.username).toBe('vera');
    const bad = await api.call('GET', '/api/me', { token: `ant_${'z'.repeat(43)}`, session });
    expect(bad.status).toBe(401);
  });

  it('is refused from the moment it is revoked; nobody revokes that of another', async () => {
    const [vera, ann] = [await api.makeUser('vera'), await api.makeUser('ann', 'admin')];
    const token = await api.tokenOf(vera, ['read']);
    const { id } = (await api.users.tokens.list(vera.id))[0]!;
    const byOther = await api.call('DELETE', `/api/tokens/${id}`, { session: await api.sessionOf(ann) });
    expect([byOther.status, codeOf(byOther)]).toEqual([404, 'TOKEN_UNKNOWN']);
    expect((await api.call('GET', '/api/me', { token })).status).toBe(200);
    const session = await api.sessionOf(vera);
    expect((await api.call('DELETE', `/api/tokens/${id}`, { session })).status).toBe(204);
    expect((await api.call('GET', '/api/me', { token })).status).toBe(401);
    expect((await api.call('DELETE', `/api/tokens/${id}`, { session })).status).toBe(404);
  });

  it('goes with its user when she is disabled, at once', async () => {
    const [vera, admin] = [await api.makeUser('vera'), await api.makeUser('admin', 'admin')];
    const token = await api.tokenOf(vera, ['read']);
    const session = await api.sessionOf(vera);
    const by = await api.sessionOf(admin);
    const disabled = await api.call('PATCH', `/api/users/${vera.id}`, { session: by, body: { disabled: true } });
    expect(disabled.body.disabled).toBe(true);
    expect((await api.call('GET', '/api/me', { token })).status).toBe(401);
    expect((await api.call('GET', '/api/me', { session })).status).toBe(401);
    await api.call('PATCH', `/api/users/${vera.id}`, { session: by, body: { disabled: false } });
    expect((await api.call('GET', '/api/me', { token })).status).toBe(401);
    expect((await api.call('GET', '/api/me', { session })).status).toBe(401);
  });

  it('cannot make another, and does no more than its user may now', async () => {
    const vera = await api.makeUser('vera', 'staff');
    await api.makeUser('root', 'admin');
    const token = await api.tokenOf(vera, ['read', 'write', 'filters', 'admin']);
    const made = await api.call('POST', '/api/tokens', { token, body: { name: 'child', scopes: ['read'] } });
    expect([made.status, codeOf(made)]).toEqual([403, 'SESSION_NEEDED']);
    expect((await api.call('POST', '/api/announcements', { token, body: { title: 'a' } })).status).toBe(201);
    await api.users.accounts.change(vera.id, { role: 'ordinary' });
    expect((await api.call('POST', '/api/announcements', { token, body: { title: 'b' } })).status).toBe(403);
  });

  it('of the scope admin is not for ordinary users', async () => {
    const vera = await api.makeUser('vera');
    const body = { name: 'x', scopes: ['admin'] };
    const answer = await api.call('POST', '/api/tokens', { session: await api.sessionOf(vera), body });
    expect([answer.status, codeOf(answer)]).toEqual([403, 'SCOPE_NOT_ALLOWED']);
    const staff = await api.makeUser('ann', 'staff');
    expect((await api.call('POST', '/api/tokens', { session: await api.sessionOf(staff), body })).status).toBe(201);
  });

  it('lives a year at most, and says what it is for', async () => {
    const session = await api.sessionOf(await api.makeUser('vera'));
    const make = async (body: object): Promise<number> =>
      (await api.call('POST', '/api/tokens', { session, body })).status;
    expect(await make({ name: 'x', scopes: ['read'], expires_in_days: 365 })).toBe(201);
    for (const wrong of [
      { name: 'x', scopes: ['read'], expires_in_days: 366 },
      { name: 'x', scopes: ['read'], expires_in_days: 0 },
      { name: 'x', scopes: ['read'], expires_in_days: -1 },
      { name: 'x', scopes: ['read'], expires_in_days: 1e300 },
      { name: 'x', scopes: [] },
      { name: 'x', scopes: ['everything'] },
      { name: 'x', scopes: ['read', 'read'] },
      { name: '', scopes: ['read'] },
      { name: '   ', scopes: ['read'] },
      { name: 'a\u202Eb', scopes: ['read'] },
      { scopes: ['read'] },
      { name: 'x' },
      { name: 'x', scopes: ['read'], user_id: 'somebody' },
    ]) {
      expect(await make(wrong), JSON.stringify(wrong)).toBe(400);
    }
  });
});
