import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AuthUnderTest, codeOf, openAuthUnderTest, PASSWORD } from './auth-under-test.ts';

const NEW_PASSWORD = 'staple wrong zebra';

let api: AuthUnderTest;
beforeEach(async () => {
  api = await openAuthUnderTest();
});
afterEach(() => api.close());

const signIn = async (password: string): Promise<number> =>
  (await api.call('POST', '/api/session', { body: { username: 'vera', password } })).status;

describe('my account', () => {
  it('changes in what I name, and only there', async () => {
    const session = await api.sessionOf(await api.makeUser('vera'));
    const change = async (body: object) => (await api.call('PATCH', '/api/me', { session, body })).body;
    expect(await change({ name: ' 薇拉 ', email: 'vera@example.org' })).toMatchObject({
      name: '薇拉',
      email: 'vera@example.org',
      revision: 2,
    });
    expect(await change({})).toMatchObject({ name: '薇拉', email: 'vera@example.org', revision: 3 });
    const without = await change({ email: '' });
    expect(without).toMatchObject({ name: '薇拉', revision: 4 });
    expect(without).not.toHaveProperty('email');
  });

  it('gives me no role, no other name and no other id', async () => {
    const user = await api.makeUser('vera');
    const session = await api.sessionOf(user);
    for (const body of [
      { role: 'admin' },
      { username: 'ann' },
      { id: 'x' },
      { disabled: false },
      { isDisabled: true },
    ]) {
      const answer = await api.call('PATCH', '/api/me', { session, body });
      expect([answer.status, codeOf(answer)], JSON.stringify(body)).toEqual([400, 'REQUEST_INVALID']);
    }
    expect(await api.users.accounts.find(user.id)).toMatchObject({ role: 'ordinary', username: 'vera', revision: 1 });
  });

  it('is not changed over a change that I have not seen', async () => {
    const session = await api.sessionOf(await api.makeUser('vera'));
    const change = (name: string) => api.call('PATCH', '/api/me', { session, body: { name, revision: 1 } });
    const answers = await Promise.all(['a', 'b', 'c'].map(change));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect(answers.map(codeOf)).toContain('REVISION_STALE');
  });

  it('refuses what is no name or address, without repeating it', async () => {
    const session = await api.sessionOf(await api.makeUser('vera'));
    for (const body of [
      { email: 'not an address' },
      { name: 'a\u202Eb' },
      { name: 'a\u0000b' },
      { name: 'x'.repeat(101) },
    ]) {
      const answer = await api.call('PATCH', '/api/me', { session, body });
      expect([answer.status, codeOf(answer)]).toEqual([400, 'USER_DETAIL_INVALID']);
      expect(answer.text).not.toContain(Object.values(body)[0]);
    }
  });
});

describe('a new password', () => {
  it('takes the place of the old one, ends other sessions, keeps this one and the tokens', async () => {
    const user = await api.makeUser('vera');
    const [here, elsewhere] = [await api.sessionOf(user), await api.sessionOf(user)];
    const token = await api.tokenOf(user, ['read']);
    const answer = await api.call('PATCH', '/api/me', {
      session: here,
      body: { old_password: PASSWORD, password: NEW_PASSWORD },
    });
    expect([answer.status, answer.text.includes(NEW_PASSWORD)]).toEqual([200, false]);
    expect((await api.call('GET', '/api/me', { session: here })).status).toBe(200);
    expect((await api.call('GET', '/api/me', { session: elsewhere })).status).toBe(401);
    expect((await api.call('GET', '/api/me', { token })).status).toBe(200);
    expect([await signIn(PASSWORD), await signIn(NEW_PASSWORD)]).toEqual([401, 200]);
  });

  it('needs the old one, and guessing that is slowed down too', async () => {
    const session = await api.sessionOf(await api.makeUser('vera'));
    const change = async (body: object): Promise<unknown[]> => {
      const answer = await api.call('PATCH', '/api/me', { session, body });
      return [answer.status, codeOf(answer)];
    };
    expect(await change({ password: NEW_PASSWORD })).toEqual([400, 'PASSWORD_OLD_MISSING']);
    for (let i = 0; i < 5; i++) {
      expect(await change({ password: NEW_PASSWORD, old_password: `wrong ${i}` })).toEqual([401, 'SIGN_IN_FAILED']);
    }
    expect(await change({ password: NEW_PASSWORD, old_password: PASSWORD })).toEqual([429, 'SIGN_IN_SLOW_DOWN']);
    expect(await signIn(NEW_PASSWORD)).toBe(429);
  });

  it('needs a session: a token that was stolen does not take the account', async () => {
    const token = await api.tokenOf(await api.makeUser('vera'), ['read', 'write', 'filters', 'admin']);
    const answer = await api.call('PATCH', '/api/me', {
      token,
      body: { old_password: PASSWORD, password: NEW_PASSWORD },
    });
    expect([answer.status, codeOf(answer)]).toEqual([403, 'SESSION_NEEDED']);
  });

  it('that is none is refused before the old one is looked at', async () => {
    const session = await api.sessionOf(await api.makeUser('vera'));
    for (const password of ['short', 'aaaaaaaaaaaaaaaa', 'x'.repeat(257), 'verAVERAvera1']) {
      const answer = await api.call('PATCH', '/api/me', { session, body: { old_password: 'wrong', password } });
      expect([answer.status, codeOf(answer)], password).toEqual([400, 'PASSWORD_UNSUITABLE']);
      expect(answer.text).not.toContain(password);
    }
  });
});
