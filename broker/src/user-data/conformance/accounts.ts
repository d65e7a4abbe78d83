import assert from 'node:assert/strict';
import { assertFails, type ClaimAbout, newUser, successes } from './under-test.ts';

/** What accounts do. */
export function accountsConformance(claim: ClaimAbout): void {
  claim('an account is found by its id and by its name, as it was made', async ({ data, clock, openAgain }) => {
    const made = await newUser(data, 'Vera.Rubin', { name: 'Vera Rubin', email: 'vera@example.org', role: 'staff' });
    assert.deepEqual(made, {
      id: made.id,
      username: 'Vera.Rubin',
      name: 'Vera Rubin',
      email: 'vera@example.org',
      role: 'staff',
      isDisabled: false,
      revision: 1,
      createdAtMs: clock.nowMs,
      updatedAtMs: clock.nowMs,
      lastSignInAtMs: undefined,
    });
    const again = await openAgain();
    for (const place of [data, again]) {
      assert.deepEqual(await place.accounts.find(made.id), made);
      assert.deepEqual(await place.accounts.findByName('vera.rubin'), made);
    }
    assert.equal(await data.accounts.find('00000000-0000-4000-8000-000000000000'), undefined);
    assert.equal(await data.accounts.findByName('nobody'), undefined);
  });

  claim('the hash of a password is given for signing in only', async ({ data }) => {
    const user = await newUser(data, 'vera', { passwordHash: 'the hash' });
    assert.deepEqual(await data.accounts.findCredentials('VERA'), { user, passwordHash: 'the hash' });
    assert.equal(await data.accounts.findCredentials('nobody'), undefined);
    const seen = [user, await data.accounts.find(user.id), await data.accounts.list({ limit: 10 })];
    assert.ok(!JSON.stringify(seen).includes('the hash'));
  });

  claim('names that differ in case or compatible characters are the same name', async ({ data }) => {
    await newUser(data, 'Straße');
    for (const same of ['straße', 'STRASSE', 'strasse', 'Ｓtraße']) {
      await assertFails(newUser(data, same), 'USER_NAME_TAKEN');
      assert.notEqual(await data.accounts.findByName(same), undefined, same);
    }
    await newUser(data, 'ΟΔΟΣ');
    await assertFails(newUser(data, 'οδος'), 'USER_NAME_TAKEN');
    await assertFails(newUser(data, 'οδοσ'), 'USER_NAME_TAKEN');
    await newUser(data, 'strase');
  });

  claim('names that deceive or cannot be read are refused', async ({ data }) => {
    for (const name of [
      '',
      'a',
      '.ab',
      'ab-',
      'a b',
      'a\u0000b',
      'a\u202Eb',
      'a\u200Bb',
      'аdmin',
      'x'.repeat(41),
      'a/b',
      'a@b',
    ]) {
      await assertFails(newUser(data, name), 'USER_NAME_INVALID');
    }
    for (const name of ['李四', 'Ørsted', 'иван', 'a1', 'x'.repeat(40)]) await newUser(data, name);
  });

  claim('text that looks like SQL is text', async ({ data }) => {
    const name = `x'); drop table users; -- " \\ % _ \u{1F52D}`;
    const user = await newUser(data, 'bobby', { name, email: `'@b'.c`, passwordHash: `'"` });
    assert.equal((await data.accounts.find(user.id))!.name, name);
    assert.equal(await data.accounts.find(`' or '1'='1`), undefined);
    assert.equal(await data.accounts.findByName(`' or 1=1 --`), undefined);
    assert.equal((await data.accounts.list({ limit: 10 })).total, 1);
  });

  claim('text comes back as it was, or is refused', async ({ data }) => {
    const user = await newUser(data, 'vera');
    for (const text of ['a\u0000b', '\u0000', 'half \uD83D', '\uDD2D half']) {
      await assertFails(newUser(data, 'other', { name: text }), 'USER_DATA_TEXT_INVALID');
      await assertFails(data.accounts.change(user.id, { name: text }), 'USER_DATA_TEXT_INVALID');
      await assertFails(data.annotations.create(user.id, 'ANT1', text), 'USER_DATA_TEXT_INVALID');
    }
    assert.deepEqual(await data.accounts.find(user.id), user);
    const text = '\u0001\t\r\n\u{1F52D}\u{10FFFF}\uFFFE e\u0301 \u00E9';
    assert.equal((await data.annotations.create(user.id, 'ANT1', text)).text, text);
    assert.equal((await data.annotations.list(user.id, { limit: 1 })).items[0]!.text, text);
  });

  claim('of many who want a name at once, one gets it', async ({ data, openAgain }) => {
    const again = await openAgain();
    const calls = Array.from({ length: 20 }, (_, i) =>
      newUser(i % 2 === 0 ? data : again, i % 3 === 0 ? 'Same' : 'sAME'),
    );
    assert.equal(await successes(calls, 'USER_NAME_TAKEN'), 1);
  });

  claim('a change changes what it names, and counts', async ({ data, clock }) => {
    const user = await newUser(data, 'vera', { name: 'V', email: 'v@example.org' });
    clock.nowMs += 1000;
    const changed = await data.accounts.change(user.id, { name: 'Vera', email: null, role: 'staff' });
    assert.deepEqual(changed, {
      ...user,
      name: 'Vera',
      email: undefined,
      role: 'staff',
      revision: 2,
      updatedAtMs: clock.nowMs,
    });
    assert.deepEqual(await data.accounts.find(user.id), changed);
    assert.deepEqual(await data.accounts.change(user.id, {}, 2), { ...changed, revision: 3 });
    await assertFails(data.accounts.change('00000000-0000-4000-8000-000000000000', {}), 'USER_UNKNOWN');
  });

  claim('of two changes made from the same revision, the second is told', async ({ data, openAgain }) => {
    const user = await newUser(data, 'vera');
    const again = await openAgain();
    const calls = [data, again, data, again].map((place, i) => place.accounts.change(user.id, { name: `n${i}` }, 1));
    assert.equal(await successes(calls, 'REVISION_STALE'), 1);
    assert.equal((await data.accounts.find(user.id))!.revision, 2);
  });

  claim('the last admin stays one, also when two step down at once', async ({ data, openAgain }) => {
    const admins = [await newUser(data, 'ann', { role: 'admin' }), await newUser(data, 'bea', { role: 'admin' })];
    const again = await openAgain();
    const calls = [
      data.accounts.change(admins[0]!.id, { role: 'staff' }),
      again.accounts.change(admins[1]!.id, { isDisabled: true }),
    ];
    assert.equal(await successes(calls, 'USER_LAST_ADMIN'), 1);
    const last = (await data.accounts.list({ limit: 10 })).items.find(
      (user) => user.role === 'admin' && !user.isDisabled,
    )!;
    await assertFails(data.accounts.change(last.id, { role: 'ordinary' }), 'USER_LAST_ADMIN');
    await assertFails(data.accounts.change(last.id, { isDisabled: true }), 'USER_LAST_ADMIN');
    assert.equal((await data.accounts.change(last.id, { name: 'still here' })).role, 'admin');
  });

  claim('a stronger hash takes the place of the one it was made from only', async ({ data }) => {
    const user = await newUser(data, 'vera', { passwordHash: 'weak' });
    await data.accounts.strengthenHash(user.id, 'other', 'strong');
    assert.equal((await data.accounts.findCredentials('vera'))!.passwordHash, 'weak');
    await data.accounts.strengthenHash(user.id, 'weak', 'strong');
    assert.equal((await data.accounts.findCredentials('vera'))!.passwordHash, 'strong');
  });
}
