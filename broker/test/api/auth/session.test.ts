import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SESSION_TIMES } from '../../../src/api/auth/session-cookie.ts';
import { hashPassword } from '../../../src/user-data/password-hash.ts';
import { type AuthUnderTest, codeOf, ORIGIN, openAuthUnderTest, PASSWORD, sessionOfAnswer } from './auth-under-test.ts';

let api: AuthUnderTest;
beforeEach(async () => {
  api = await openAuthUnderTest();
});
afterEach(() => api.close());

const signIn = (username: string, password: string, headers = {}): ReturnType<AuthUnderTest['call']> =>
  api.call('POST', '/api/session', { body: { username, password }, headers });

describe('signing in', () => {
  it('gives a cookie that scripts and other sites cannot use, and with it one is oneself', async () => {
    await api.makeUser('Vera', 'staff');
    const answer = await signIn('vERA', PASSWORD);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ username: 'Vera', role: 'staff', disabled: false, revision: 1 });
    expect(answer.body.last_sign_in_at).toBe(new Date(api.clock.nowMs).toISOString());
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['set-cookie']).toMatch(
      /^antares_session=[A-Za-z0-9_-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    const me = await api.call('GET', '/api/me', { session: sessionOfAnswer(answer) });
    expect(me.body).toEqual(answer.body);
    expect(me.headers['cache-control']).toBe('no-store');
    expect(me.text).not.toContain('scrypt');
  });

  it('says the same to a wrong password and to an unknown name', async () => {
    await api.makeUser('vera');
    const answers = [
      await signIn('vera', 'wrong horse battery'),
      await signIn('nobody', 'wrong horse battery'),
      await signIn("' or 1=1 --", "' or 1=1 --"),
      await signIn('vera\u0000', PASSWORD),
      await signIn('vera', `${PASSWORD}\u0000`),
    ];
    for (const answer of answers) {
      expect([answer.status, codeOf(answer)]).toEqual([401, 'SIGN_IN_FAILED']);
      expect(answer.text).toBe(answers[0]!.text);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  });

  it('tells a disabled user so when her password is right, and only then', async () => {
    const user = await api.makeUser('vera');
    await api.users.accounts.change(user.id, { isDisabled: true });
    expect(codeOf(await signIn('vera', 'wrong horse battery'))).toBe('SIGN_IN_FAILED');
    const answer = await signIn('vera', PASSWORD);
    expect([answer.status, codeOf(answer)]).toEqual([403, 'USER_DISABLED']);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it('slows down after failures, by account and address, for the right password too', async () => {
    await api.makeUser('vera');
    await api.makeUser('ann');
    for (let i = 0; i < 5; i++) expect(codeOf(await signIn('vera', `wrong ${i} battery`))).toBe('SIGN_IN_FAILED');
    for (const name of ['vera', 'VERA', 'ｖera']) {
      const answer = await signIn(name, PASSWORD);
      expect([answer.status, codeOf(answer)]).toEqual([429, 'SIGN_IN_SLOW_DOWN']);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    }
    expect((await signIn('ann', PASSWORD)).status).toBe(200);
  });

  it('many guesses at once gain nothing', async () => {
    await api.makeUser('vera');
    const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => signIn('vera', `wrong ${i} battery`)));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(25);
  });

  it('is put off when too many do it at once, and that counts as no failure', async () => {
    await api.makeUser('vera');
    const others = Array.from({ length: 14 }, () => hashPassword(PASSWORD));
    for (let i = 0; i < 10; i++) {
      const answer = await signIn('vera', PASSWORD);
      expect([answer.status, codeOf(answer)]).toEqual([503, 'SIGN_IN_BUSY']);
    }
    await Promise.all(others);
    expect((await signIn('vera', PASSWORD)).status).toBe(200);
  });

  it('makes a weak hash strong, and the password stays the same', async () => {
    await api.makeUser('vera');
    const before = (await api.users.accounts.findCredentials('vera'))!.passwordHash;
    expect((await signIn('vera', PASSWORD)).status).toBe(200);
    const after = (await api.users.accounts.findCredentials('vera'))!.passwordHash;
    expect([before.slice(0, 14), after.slice(0, 15)]).toEqual(['$scrypt$N=1024', '$scrypt$N=32768']);
    expect((await signIn('vera', PASSWORD)).status).toBe(200);
    expect((await api.users.accounts.findCredentials('vera'))!.passwordHash).toBe(after);
  });

  it('ends the session that the browser had before', async () => {
    const user = await api.makeUser('vera');
    const before = await api.sessionOf(user);
    const answer = await api.call('POST', '/api/session', {
      session: before,
      body: { username: 'vera', password: PASSWORD },
    });
    expect(answer.status).toBe(200);
    expect((await api.call('GET', '/api/me', { session: before })).status).toBe(401);
    expect((await api.call('GET', '/api/me', { session: sessionOfAnswer(answer) })).status).toBe(200);
  });

  it('leaves neither password nor session in the database, and neither in a fault', async () => {
    await api.makeUser('vera');
    const session = sessionOfAnswer(await signIn('vera', PASSWORD));
    const contents = Buffer.concat([await readFile(api.file), await readFile(`${api.file}-wal`)]);
    expect(contents.includes('vera')).toBe(true);
    expect(contents.includes(session)).toBe(false);
    expect(contents.includes(PASSWORD)).toBe(false);

    await api.users.close();
    const answer = await signIn('vera', PASSWORD);
    expect(answer.status).toBeGreaterThanOrEqual(500);
    const told = answer.text + api.faults.map((fault) => `${fault} ${JSON.stringify(fault)}`).join();
    expect(told).not.toContain(PASSWORD);
  });
});

describe('a session', () => {
  it('outlives a restart', async () => {
    const session = await api.sessionOf(await api.makeUser('vera'));
    api = await api.restart();
    expect((await api.call('GET', '/api/me', { session })).body.username).toBe('vera');
  });

  it('ends a week after its last use, and a month after it began', async () => {
    const user = await api.makeUser('vera');
    const [idle, used] = [await api.sessionOf(user), await api.sessionOf(user)];
    const start = api.clock.nowMs;
    const status = async (session: string): Promise<number> => (await api.call('GET', '/api/me', { session })).status;
    for (let days = 5; days < 30; days += 5) {
      api.clock.nowMs = start + days * 86_400_000;
      expect(await status(used)).toBe(200);
    }
    expect(await status(idle)).toBe(401);
    api.clock.nowMs = start + SESSION_TIMES.lifetimeMs - 1;
    expect(await status(used)).toBe(200);
    api.clock.nowMs++;
    expect(await status(used)).toBe(401);
  });

  it('ends when its user signs out, once and for all', async () => {
    const session = await api.sessionOf(await api.makeUser('vera'));
    const answer = await api.call('DELETE', '/api/session', { session });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(answer.headers['set-cookie']).toBe('antares_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict');
    expect((await api.call('GET', '/api/me', { session })).status).toBe(401);
    expect((await api.call('DELETE', '/api/session', { session })).status).toBe(204);
    expect((await api.call('DELETE', '/api/session')).status).toBe(204);
  });

  it('changes things from our own pages only', async () => {
    const session = await api.sessionOf(await api.makeUser('vera'));
    const change = async (headers: Record<string, string>): Promise<number> =>
      (
        await api.call('PATCH', '/api/me', {
          body: { name: 'V' },
          headers: { cookie: `antares_session=${session}`, ...headers },
        })
      ).status;
    const allowed = [{ 'sec-fetch-site': 'same-origin' }, { origin: ORIGIN }, { origin: 'http://ANTARES.test:80' }];
    for (const headers of allowed) expect(await change(headers as Record<string, string>)).toBe(200);
    const refused: Record<string, string>[] = [
      {},
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { 'sec-fetch-site': 'cross-site', origin: ORIGIN },
      { origin: 'null' },
      { origin: 'https://antares.test' },
      { origin: 'http://antares.test:8080' },
      { origin: 'http://antares.test.evil.example' },
      { origin: 'http://evil.example/antares.test' },
      { origin: '' },
    ];
    for (const headers of refused) expect(await change(headers), JSON.stringify(headers)).toBe(403);
    // Reading is no change, and a token is no cookie.
    const cookie = { cookie: `antares_session=${session}`, 'sec-fetch-site': 'cross-site' };
    expect((await api.call('GET', '/api/me', { headers: cookie })).status).toBe(200);
  });

  it('is not made from another site', async () => {
    await api.makeUser('vera');
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }]) {
      const answer = await signIn('vera', PASSWORD, headers);
      expect([answer.status, codeOf(answer)]).toEqual([403, 'ORIGIN_FOREIGN']);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  });
});

describe('behind a proxy', () => {
  it('the cookie is for encrypted connections only where the caller has one', async () => {
    await api.close();
    api = await openAuthUnderTest({ trustedProxies: ['127.0.0.1'] });
    await api.makeUser('vera');
    const proxy = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'antares.example.org' };
    const answer = await signIn('vera', PASSWORD, { ...proxy, origin: 'https://antares.example.org' });
    expect(answer.headers['set-cookie']).toMatch(/; Secure$/);
    expect((await signIn('vera', PASSWORD)).headers['set-cookie']).not.toContain('Secure');
    expect((await signIn('vera', PASSWORD, { ...proxy, origin: ORIGIN })).status).toBe(403);
  });

  it('that nobody trusts, its headers change nothing', async () => {
    await api.makeUser('vera');
    const proxy = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example', origin: 'https://evil.example' };
    expect((await signIn('vera', PASSWORD, proxy)).status).toBe(403);
  });

  it('with a public address, that one counts', async () => {
    await api.close();
    api = await openAuthUnderTest({ publicUrl: 'https://antares.example.org/' });
    await api.makeUser('vera');
    const answer = await signIn('vera', PASSWORD, { origin: 'https://antares.example.org' });
    expect(answer.headers['set-cookie']).toMatch(/; Secure$/);
    expect((await signIn('vera', PASSWORD, { origin: ORIGIN })).status).toBe(403);
  });
});
