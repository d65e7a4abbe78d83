import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthUnderTest, openAuthUnderTest, PASSWORD } from './auth-under-test.ts';

let api: AuthUnderTest;
let admin: string;
beforeAll(async () => {
  api = await openAuthUnderTest();
  admin = await api.sessionOf(await api.makeUser('root', 'admin'));
});
afterAll(() => api.close());

describe('hostile input', () => {
  it('is answered with a 4xx in our shape, and repeats no password', async () => {
    const secret = 'hunter2-hunter2-hunter2';
    const bodies = [
      '',
      '{',
      'null',
      '[]',
      '"text"',
      `{"username":"vera","password":"${secret}"`,
      `{"username":"vera","password":"${secret}",}`,
      `{"username":"vera","password":["${secret}","${secret}"]}`,
      `{"username":"vera","password":{"$ne":"${secret}"}}`,
      `{"username":"vera","password":"${secret}","extra":1}`,
      `{"username":"vera","password":"${secret}","__proto__":{"role":"admin"}}`,
      `{"username":"vera","password":"${secret}","constructor":{"prototype":{"role":"admin"}}}`,
      `{"username":{"toString":"x"},"password":"${secret}"}`,
      `{"username":"${'v'.repeat(201)}","password":"${secret}"}`,
      `{"username":"vera","password":"${secret.repeat(100)}"}`,
      `${'['.repeat(100_000)}`,
      `{"username":"vera","password":"${'x'.repeat(2_000_000)}"}`,
    ];
    for (const [method, url] of [
      ['POST', '/api/session'],
      ['POST', '/api/users'],
      ['PATCH', '/api/me'],
      ['POST', '/api/tokens'],
      ['POST', '/api/announcements'],
    ] as const) {
      for (const text of bodies) {
        const answer = await api.call(method, url, { session: admin, text });
        expect([400, 401, 413], `${method} ${url} ${text.slice(0, 60)}: ${answer.text}`).toContain(answer.status);
        expect(answer.body.errors[0]).toMatchObject({ status: answer.status, code: expect.any(String) });
        expect(answer.text).not.toContain('hunter2');
      }
    }
    expect(api.faults).toEqual([]);
    expect(({} as { role?: string }).role).toBeUndefined();
  });

  it('in addresses finds nothing, and breaks nothing', async () => {
    for (const id of [
      "' or 1=1 --",
      '%00',
      '..%2f..%2fetc%2fpasswd',
      'x'.repeat(900),
      '__proto__',
      '%F0%9F%94%AD',
      '%ff',
    ]) {
      for (const [method, path] of [
        ['GET', 'users'],
        ['PATCH', 'users'],
        ['DELETE', 'tokens'],
        ['DELETE', 'announcements'],
      ] as const) {
        const answer = await api.call(method, `/api/${path}/${id.includes('%') ? id : encodeURIComponent(id)}`, {
          session: admin,
          ...(method === 'PATCH' ? { body: {} } : {}),
        });
        expect([400, 404], `${method} ${path} ${id.slice(0, 30)}`).toContain(answer.status);
      }
    }
    for (const query of [
      'limit=0',
      'limit=501',
      'limit=x',
      'limit=1e9',
      'after=x',
      "after=' or 1=1",
      'after=1&after=2',
      'what=1',
    ]) {
      const answer = await api.call('GET', `/api/users?${query}`, { session: admin });
      expect(answer.status, query).toBe(400);
    }
    expect(api.faults).toEqual([]);
  });

  it('of any kind at all is no fault of ours', async () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom('', 'vera', PASSWORD, '\u0000', '\uD800', 'admin', 'root'),
      fc.jsonValue({ maxDepth: 2 }),
    );
    const names = [
      'username',
      'password',
      'old_password',
      'name',
      'email',
      'role',
      'title',
      'text',
      'scopes',
      'starts_at',
    ];
    const bodies = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 4 });
    const targets = fc.constantFrom(
      ['PATCH', '/api/me'] as const,
      ['POST', '/api/tokens'] as const,
      ['POST', '/api/announcements'] as const,
      ['PATCH', '/api/announcements/00000000-0000-4000-8000-000000000000'] as const,
      ['PATCH', '/api/users/00000000-0000-4000-8000-000000000000'] as const,
    );
    await fc.assert(
      fc.asyncProperty(targets, bodies, async ([method, url], body) => {
        const answer = await api.call(method, url, { session: admin, body });
        expect(answer.status).toBeLessThan(500);
      }),
      { seed: 20261126, numRuns: 600 },
    );
    expect(api.faults).toEqual([]);
  });
});
