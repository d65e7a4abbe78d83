import assert from 'node:assert/strict';
import { assertFails, type ClaimAbout, newUser } from './under-test.ts';

const TIMES = { idleMs: 10_000, lifetimeMs: 60_000 };
const hash = (letter: string): string => letter.repeat(64);

/** What sessions do. */
export function sessionsConformance(claim: ClaimAbout): void {
  claim(
    'a session is found with its user, also after a restart, and notes the signing in',
    async ({ data, clock, openAgain }) => {
      const user = await newUser(data, 'vera');
      const session = await data.sessions.start(user.id, hash('a'), TIMES);
      assert.deepEqual(session, {
        userId: user.id,
        createdAtMs: clock.nowMs,
        expiresAtMs: clock.nowMs + 10_000,
        endsAtMs: clock.nowMs + 60_000,
      });
      const expected = { session, user: { ...user, lastSignInAtMs: clock.nowMs } };
      assert.deepEqual(await data.sessions.use(hash('a')), expected);
      assert.deepEqual(await (await openAgain()).sessions.use(hash('a')), expected);
      assert.equal(await data.sessions.use(hash('b')), undefined);
    },
  );

  claim('use keeps a session alive, but not beyond its end', async ({ data, clock }) => {
    const user = await newUser(data, 'vera');
    await data.sessions.start(user.id, hash('a'), TIMES);
    const start = clock.nowMs;
    for (let at = 8_000; at < 60_000; at += 8_000) {
      clock.nowMs = start + at;
      const found = await data.sessions.use(hash('a'));
      assert.equal(found!.session.expiresAtMs, start + Math.min(at + 10_000, 60_000));
    }
    clock.nowMs = start + 59_999;
    assert.notEqual(await data.sessions.use(hash('a')), undefined);
    clock.nowMs = start + 60_000;
    assert.equal(await data.sessions.use(hash('a')), undefined);
  });

  claim('a session that is not used ends', async ({ data, clock }) => {
    const user = await newUser(data, 'vera');
    await data.sessions.start(user.id, hash('a'), TIMES);
    clock.nowMs += 9_999;
    await data.sessions.start(user.id, hash('b'), TIMES);
    clock.nowMs += 1;
    assert.equal(await data.sessions.use(hash('a')), undefined);
    assert.notEqual(await data.sessions.use(hash('b')), undefined);
    assert.equal(await data.sessions.removeExpired(), 1);
    assert.equal(await data.sessions.removeExpired(), 0);
  });

  claim('a session that is ended is gone, and ending it again does nothing', async ({ data }) => {
    const user = await newUser(data, 'vera');
    await data.sessions.start(user.id, hash('a'), TIMES);
    await data.sessions.end(hash('a'));
    await data.sessions.end(hash('a'));
    assert.equal(await data.sessions.use(hash('a')), undefined);
  });

  claim('disabling a user ends her sessions at once, and she gets no new one', async ({ data, openAgain }) => {
    const user = await newUser(data, 'vera');
    const other = await newUser(data, 'ann');
    await data.sessions.start(user.id, hash('a'), TIMES);
    await data.sessions.start(other.id, hash('b'), TIMES);
    await (await openAgain()).accounts.change(user.id, { isDisabled: true });
    assert.equal(await data.sessions.use(hash('a')), undefined);
    assert.notEqual(await data.sessions.use(hash('b')), undefined);
    await assertFails(data.sessions.start(user.id, hash('c'), TIMES), 'USER_DISABLED');
    await data.accounts.change(user.id, { isDisabled: false });
    assert.equal(await data.sessions.use(hash('a')), undefined);
    await data.sessions.start(user.id, hash('c'), TIMES);
  });

  claim('a new password ends all sessions but the one that is kept', async ({ data }) => {
    const user = await newUser(data, 'vera');
    for (const letter of 'abc') await data.sessions.start(user.id, hash(letter), TIMES);
    await data.accounts.change(user.id, { password: { hash: 'new', keepSession: hash('b'), keepTokens: true } });
    const live = async (): Promise<boolean[]> =>
      Promise.all([...'abc'].map(async (letter) => (await data.sessions.use(hash(letter))) !== undefined));
    assert.deepEqual(await live(), [false, true, false]);
    assert.equal((await data.accounts.findCredentials('vera'))!.passwordHash, 'new');
    await data.accounts.change(user.id, { password: { hash: 'newer', keepTokens: true } });
    assert.deepEqual(await live(), [false, false, false]);
  });

  claim('nobody has no session', async ({ data }) => {
    await assertFails(data.sessions.start('00000000-0000-4000-8000-000000000000', hash('a'), TIMES), 'USER_UNKNOWN');
  });
}
