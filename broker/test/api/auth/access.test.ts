import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scope } from '../../../src/api/access.ts';
import type { ApiContext } from '../../../src/api/api-context.ts';
import { authGroup } from '../../../src/api/auth/auth-group.ts';
import { DEFAULT_CONFIG } from '../../../src/config/config.ts';
import type { User, UserRole } from '../../../src/user-data/accounts.ts';
import { type AuthUnderTest, codeOf, openAuthUnderTest } from './auth-under-test.ts';

/** Who may call what: role and scope of the least who may. Written down here, not read from the routes. */
const WHO_MAY: Readonly<Record<string, 'anyone' | readonly [UserRole, Scope]>> = {
  'POST /session': 'anyone',
  'DELETE /session': 'anyone',
  'GET /me': ['ordinary', 'read'],
  'PATCH /me': ['ordinary', 'write'],
  'GET /tokens': ['ordinary', 'read'],
  'POST /tokens': ['ordinary', 'write'],
  'DELETE /tokens/:id': ['ordinary', 'write'],
  'GET /users': ['admin', 'admin'],
  'GET /users/:id': ['admin', 'admin'],
  'POST /users': ['admin', 'admin'],
  'PATCH /users/:id': ['admin', 'admin'],
  'GET /announcements': 'anyone',
  'POST /announcements': ['staff', 'admin'],
  'PATCH /announcements/:id': ['staff', 'admin'],
  'DELETE /announcements/:id': ['staff', 'admin'],
};
const ROLES: readonly UserRole[] = ['ordinary', 'staff', 'admin'];
const SCOPES: readonly Scope[] = ['read', 'write', 'filters', 'admin'];
const NOBODY = '00000000-0000-4000-8000-000000000000';

let api: AuthUnderTest;
const people = new Map<UserRole, User>();
beforeAll(async () => {
  api = await openAuthUnderTest();
  for (const role of ROLES) people.set(role, await api.makeUser(`an-${role}`, role));
});
afterAll(() => api.close());

/** Calls a route with a body that says nothing: who may not is told so before anything is looked at. */
async function call(
  route: string,
  as: { session?: string; token?: string },
): Promise<{ status: number; code?: string }> {
  const [method, path] = route.split(' ') as ['GET' | 'POST' | 'PATCH' | 'DELETE', string];
  const answer = await api.call(method, `/api${path.replace(':id', NOBODY)}`, {
    ...as,
    ...(method === 'POST' || method === 'PATCH' ? { body: { nonsense: true } } : {}),
  });
  const code = codeOf(answer);
  return { status: answer.status, ...(code === undefined ? {} : { code }) };
}

describe('who may call what', () => {
  it('is written down for every route there is', () => {
    const untouched = {} as ApiContext['users'];
    const { routes } = authGroup({ config: DEFAULT_CONFIG, users: untouched } as ApiContext);
    expect(routes.map(({ method, url }) => `${method} ${url}`).sort()).toEqual(Object.keys(WHO_MAY).sort());
  });

  for (const [route, who] of Object.entries(WHO_MAY)) {
    it(`${route}: ${who === 'anyone' ? who : who.join(', scope ')}, and nobody else`, async () => {
      const anonymous = await call(route, {});
      if (who === 'anyone') expect([401, 403]).not.toContain(anonymous.status);
      else expect(anonymous).toEqual({ status: 401, code: 'SIGN_IN_NEEDED' });

      for (const role of ROLES) {
        const mayByRole = who === 'anyone' || ROLES.indexOf(role) >= ROLES.indexOf(who[0]);
        const bySession = await call(route, { session: await api.sessionOf(people.get(role)!) });
        if (mayByRole) expect([401, 403]).not.toContain(bySession.status);
        else expect(bySession).toEqual({ status: 403, code: 'NOT_ALLOWED' });

        for (const scope of SCOPES) {
          const may = mayByRole && (who === 'anyone' || who[1] === scope);
          const byToken = await call(route, { token: await api.tokenOf(people.get(role)!, [scope]) });
          if (may) expect([401, 403], `${role} with ${scope}`).not.toContain(byToken.status);
          else expect(byToken, `${role} with ${scope}`).toEqual({ status: 403, code: 'NOT_ALLOWED' });
        }
      }
      expect(api.faults).toEqual([]);
    });
  }

  it('a token that is bad is refused everywhere, also where anyone may', async () => {
    for (const route of Object.keys(WHO_MAY)) {
      expect(await call(route, { token: `ant_${'0'.repeat(43)}` }), route).toEqual({
        status: 401,
        code: 'TOKEN_INVALID',
      });
    }
    for (const url of ['/api/announcements', '/v1/tags', '/nothing', '/openapi.json']) {
      const answer = await api.call('GET', url, { token: 'ant_short' });
      expect([answer.status, codeOf(answer)], url).toEqual([401, 'TOKEN_INVALID']);
      expect(answer.headers['www-authenticate']).toContain('invalid_token');
    }
  });

  it('what is no token is refused too: other schemes, none, several', async () => {
    for (const authorization of [
      '',
      'Basic dmVyYTpwYXNz',
      'Bearer',
      'Bearer ',
      'Bearer a b',
      'ant_x',
      `Bearer ${'x'.repeat(10_000)}`,
    ]) {
      const answer = await api.call('GET', '/api/announcements', { headers: { authorization } });
      expect([answer.status, codeOf(answer)], authorization.slice(0, 30)).toEqual([401, 'TOKEN_INVALID']);
    }
  });

  it('a session that is none is nobody', async () => {
    for (const session of ['', 'x', 'x'.repeat(43), "' or '1'='1", '%00', 'x'.repeat(5_000)]) {
      expect((await api.call('GET', '/api/me', { session })).status).toBe(401);
      expect((await api.call('GET', '/api/announcements', { session })).status).toBe(200);
    }
  });
});
