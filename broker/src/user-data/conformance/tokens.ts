import assert from 'node:assert/strict';
import { MAX_TOKENS_PER_USER, type NewToken } from '../tokens.ts';
import { assertFails, type ClaimAbout, newUser } from './under-test.ts';

const DAY_MS = 86_400_000;
const token = (letter: string, more: Partial<NewToken> = {}): NewToken => ({
  name: `token ${letter}`,
  scopes: ['read'],
  tokenHash: letter.repeat(64),
  lifetimeMs: 90 * DAY_MS,
  ...more,
});

/** What tokens do. */
export function tokensConformance(claim: ClaimAbout): void {
  claim('a token is found with its user until it expires', async ({ data, clock, openAgain }) => {
    const user = await newUser(data, 'vera');
    const made = await data.tokens.create(user.id, token('a', { scopes: ['read', 'filters'] }));
    assert.deepEqual(made, {
      id: made.id,
      userId: user.id,
      name: 'token a',
      scopes: ['read', 'filters'],
      createdAtMs: clock.nowMs,
      expiresAtMs: clock.nowMs + 90 * DAY_MS,
      lastUsedAtMs: undefined,
    });
    assert.deepEqual(await (await openAgain()).tokens.use('a'.repeat(64)), { token: made, user });
    assert.equal(await data.tokens.use('b'.repeat(64)), undefined);
    clock.nowMs += 90 * DAY_MS - 1;
    assert.notEqual(await data.tokens.use('a'.repeat(64)), undefined);
    clock.nowMs += 1;
    assert.equal(await data.tokens.use('a'.repeat(64)), undefined);
  });

  claim('the latest use of a token is known to about a minute', async ({ data, clock }) => {
    const user = await newUser(data, 'vera');
    await data.tokens.create(user.id, token('a'));
    const used: (number | undefined)[] = [];
    const start = clock.nowMs;
    for (const after of [0, 30_000, 60_000]) {
      clock.nowMs = start + after;
      await data.tokens.use('a'.repeat(64));
      used.push((await data.tokens.list(user.id))[0]!.lastUsedAtMs);
    }
    assert.deepEqual(used, [start, start, start + 60_000]);
  });

  claim(
    'tokens are listed newest first, expired ones for a week; nobody sees those of others',
    async ({ data, clock }) => {
      const user = await newUser(data, 'vera');
      const other = await newUser(data, 'ann');
      await data.tokens.create(user.id, token('a', { lifetimeMs: DAY_MS }));
      clock.nowMs += 1;
      await data.tokens.create(user.id, token('b'));
      await data.tokens.create(other.id, token('c'));
      const names = async (): Promise<string[]> => (await data.tokens.list(user.id)).map(({ name }) => name);
      assert.deepEqual(await names(), ['token b', 'token a']);
      clock.nowMs += 7 * DAY_MS;
      assert.deepEqual(await names(), ['token b', 'token a']);
      clock.nowMs += DAY_MS;
      assert.deepEqual(await names(), ['token b']);
    },
  );

  claim('a revoked token is refused at once; only its owner can revoke it', async ({ data, openAgain }) => {
    const user = await newUser(data, 'vera');
    const other = await newUser(data, 'ann');
    const made = await data.tokens.create(user.id, token('a'));
    assert.equal(await data.tokens.revoke(other.id, made.id), false);
    assert.notEqual(await data.tokens.use('a'.repeat(64)), undefined);
    assert.equal(await (await openAgain()).tokens.revoke(user.id, made.id), true);
    assert.equal(await data.tokens.use('a'.repeat(64)), undefined);
    assert.equal(await data.tokens.revoke(user.id, made.id), false);
  });

  claim('disabling a user revokes her tokens, and a password that is reset too', async ({ data }) => {
    const user = await newUser(data, 'vera');
    await data.tokens.create(user.id, token('a'));
    await data.accounts.change(user.id, { password: { hash: 'own choice', keepTokens: true } });
    assert.notEqual(await data.tokens.use('a'.repeat(64)), undefined);
    await data.accounts.change(user.id, { password: { hash: 'reset', keepTokens: false } });
    assert.equal(await data.tokens.use('a'.repeat(64)), undefined);
    await data.tokens.create(user.id, token('b'));
    await data.accounts.change(user.id, { isDisabled: true });
    assert.equal(await data.tokens.use('b'.repeat(64)), undefined);
    await assertFails(data.tokens.create(user.id, token('c')), 'USER_DISABLED');
    await assertFails(data.tokens.create('00000000-0000-4000-8000-000000000000', token('c')), 'USER_UNKNOWN');
  });

  claim('a token carries the role that its user has now', async ({ data }) => {
    const user = await newUser(data, 'vera', { role: 'staff' });
    await data.tokens.create(user.id, token('a'));
    await data.accounts.change(user.id, { role: 'ordinary' });
    assert.equal((await data.tokens.use('a'.repeat(64)))!.user.role, 'ordinary');
  });

  claim('a user has so many tokens and no more, expired ones not counted', async ({ data, clock }) => {
    const user = await newUser(data, 'vera');
    for (let i = 0; i < MAX_TOKENS_PER_USER; i++) {
      await data.tokens.create(user.id, token('x', { tokenHash: String(i).padStart(64, '0'), lifetimeMs: DAY_MS }));
    }
    await assertFails(data.tokens.create(user.id, token('y')), 'TOKEN_LIMIT_REACHED');
    clock.nowMs += DAY_MS;
    await data.tokens.create(user.id, token('y'));
  });
}
