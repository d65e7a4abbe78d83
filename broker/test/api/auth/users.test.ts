import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AuthUnderTest, codeOf, openAuthUnderTest, PASSWORD } from './auth-under-test.ts';

let api: AuthUnderTest;
let admin: string;
beforeEach(async () => {
  api = await openAuthUnderTest();
  admin = await api.sessionOf(await api.makeUser('root', 'admin'));
});
afterEach(() => api.close());

describe('accounts, for admins', () => {
  it('are made, found and listed page by page', async () => {
    const body = { username: 'Vera', password: PASSWORD, name: 'Vera Rubin', email: 'v@example.org', role: 'staff' };
    const made = await api.call('POST', '/api/users', { session: admin, body });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ username: 'Vera', name: 'Vera Rubin', email: 'v@example.org', role: 'staff' });
    expect(made.text).not.toMatch(/scrypt|battery/);
    expect((await api.call('GET', `/api/users/${made.body.id}`, { session: admin })).body).toEqual(made.body);
    for (let i = 0; i < 5; i++) {
      api.clock.nowMs++;
      await api.makeUser(`user${i}`);
    }
    const names: string[] = [];
    let next: string | undefined;
    do {
      const page = await api.call('GET', `/api/users?limit=3${next === undefined ? '' : `&after=${next}`}`, {
        session: admin,
      });
      expect(page.body.total).toBe(7);
      names.push(...page.body.users.map(({ username }: { username: string }) => username));
      next = page.body.next;
    } while (next !== undefined);
    expect(names.slice(0, 2).sort()).toEqual(['Vera', 'root']);
    expect(names.slice(2)).toEqual(['user0', 'user1', 'user2', 'user3', 'user4']);
    expect((await api.call('POST', '/api/session', { body: { username: 'vera', password: PASSWORD } })).status).toBe(
      200,
    );
  });

  it('a name that two want at once, one gets', async () => {
    const answers = await Promise.all(
      ['same', 'Same', 'SAME', 'ｓame'].map((username) =>
        api.call('POST', '/api/users', { session: admin, body: { username, password: PASSWORD } }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    expect(answers.filter((answer) => codeOf(answer) === 'USER_NAME_TAKEN')).toHaveLength(3);
  });

  it('names that deceive and passwords that are none are refused', async () => {
    for (const [username, password, code] of [
      ['аdmin', PASSWORD, 'USER_NAME_INVALID'],
      ['ro\u200Bot', PASSWORD, 'USER_NAME_INVALID'],
      ['a b', PASSWORD, 'USER_NAME_INVALID'],
      ['../etc', PASSWORD, 'USER_NAME_INVALID'],
      ['__proto__', PASSWORD, 'USER_NAME_INVALID'],
      ["x'; drop table users; --", PASSWORD, 'USER_NAME_INVALID'],
      ['ROOT', PASSWORD, 'USER_NAME_TAKEN'],
      ['vera', 'short', 'PASSWORD_UNSUITABLE'],
    ] as const) {
      const answer = await api.call('POST', '/api/users', { session: admin, body: { username, password } });
      expect([codeOf(answer), answer.status], username).toEqual([code, code === 'USER_NAME_TAKEN' ? 409 : 400]);
    }
    expect((await api.users.accounts.list({ limit: 10 })).total).toBe(1);
  });

  it('change under their revision; the last admin stays', async () => {
    const user = await api.makeUser('vera');
    const change = (id: string, body: object) => api.call('PATCH', `/api/users/${id}`, { session: admin, body });
    expect((await change(user.id, { role: 'staff', name: 'V', revision: 1 })).body).toMatchObject({
      role: 'staff',
      name: 'V',
      revision: 2,
    });
    const stale = await change(user.id, { role: 'admin', revision: 1 });
    expect([stale.status, codeOf(stale)]).toEqual([409, 'REVISION_STALE']);
    const root = (await api.users.accounts.findByName('root'))!;
    for (const body of [{ role: 'staff' }, { disabled: true }]) {
      const last = await change(root.id, body);
      expect([last.status, codeOf(last)]).toEqual([409, 'USER_LAST_ADMIN']);
    }
    const missing = await change('00000000-0000-4000-8000-000000000000', { role: 'staff' });
    expect([missing.status, codeOf(missing)]).toEqual([404, 'USER_UNKNOWN']);
    for (const body of [{ role: 'king' }, { username: 'x' }, { disabled: 'perhaps' }]) {
      expect((await change(user.id, body)).status).toBe(400);
    }
  });

  it('a password that is reset ends sessions and tokens, and is the one that counts', async () => {
    const user = await api.makeUser('vera');
    const session = await api.sessionOf(user);
    const token = await api.tokenOf(user, ['read']);
    const answer = await api.call('PATCH', `/api/users/${user.id}`, {
      session: admin,
      body: { password: 'brand new words' },
    });
    expect(answer.status).toBe(200);
    expect((await api.call('GET', '/api/me', { session })).status).toBe(401);
    expect((await api.call('GET', '/api/me', { token })).status).toBe(401);
    const signIn = (password: string) => api.call('POST', '/api/session', { body: { username: 'vera', password } });
    expect([(await signIn(PASSWORD)).status, (await signIn('brand new words')).status]).toEqual([401, 200]);
  });
});

describe('registration', () => {
  it('that is open lets anybody in, as an ordinary user', async () => {
    await api.close();
    api = await openAuthUnderTest({ registration: 'open' });
    const register = (username: string, role?: string) =>
      api.call('POST', '/api/users', {
        body: { username, password: PASSWORD, ...(role === undefined ? {} : { role }) },
      });
    expect((await register('vera')).body).toMatchObject({ username: 'vera', role: 'ordinary' });
    for (const role of ['staff', 'admin']) {
      const answer = await register('eve', role);
      expect([answer.status, codeOf(answer)]).toEqual([403, 'NOT_ALLOWED']);
    }
    expect(codeOf(await register('VERA'))).toBe('USER_NAME_TAKEN');
    const root = await api.sessionOf(await api.makeUser('root', 'admin'));
    const body = { username: 'ann', password: PASSWORD, role: 'staff' };
    expect((await api.call('POST', '/api/users', { session: root, body })).body.role).toBe('staff');
    expect((await api.call('GET', '/api/users')).status).toBe(401);
  });
});
