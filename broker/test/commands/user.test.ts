import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isPassword } from '../../src/user-data/password-hash.ts';
import { openSqliteUserData } from '../../src/user-data/sqlite/sqlite-user-data.ts';
import { antares, antaresHere, antaresOutput, temporaryFolder } from '../command-line.ts';

const PASSWORD = 'correct horse battery';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let data: readonly string[];
beforeEach(async () => {
  folder = await temporaryFolder();
  data = ['--data', join(folder.path, 'data')];
});
afterEach(() => folder.dispose());

const user = (args: readonly string[], input?: string) => antaresHere(['user', ...args, ...data], input);
const userProcess = (args: readonly string[], input?: string) => antares(['user', ...args, ...data], input);
const list = async () => JSON.parse((await user(['list', '--json'])).stdout);

describe('antares user', () => {
  it('makes the first admin in a folder that is not there yet, with the password of standard input', async () => {
    const added = await userProcess(
      ['add', 'Vera', '--role', 'admin', '--name', 'Vera Rubin', '--email', 'v@example.org'],
      `${PASSWORD}\nsecond line\n`,
    );
    expect(added).toEqual({ code: 0, stdout: '', stderr: 'Vera: admin\n' });
    expect(await list()).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        username: 'Vera',
        name: 'Vera Rubin',
        email: 'v@example.org',
        role: 'admin',
        disabled: false,
        created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    ]);
    const file = join(folder.path, 'data', 'users.sqlite');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const users = await openSqliteUserData({ file });
    const { passwordHash } = (await users.accounts.findCredentials('vera'))!;
    await users.close();
    expect(await isPassword(PASSWORD, passwordHash)).toBe(true);
    expect(await antaresOutput(['user', 'list', ...data])).toBe('Vera\tadmin\tactive\tVera Rubin\tv@example.org\n');
  });

  it('takes no password from the command line, and none that is none', async () => {
    expect((await userProcess(['add', 'vera', '--password', PASSWORD], PASSWORD)).code).toBe(2);
    for (const [input, code] of [
      ['', 'USAGE_PASSWORD_MISSING'],
      ['\ncorrect horse battery\n', 'USAGE_PASSWORD_MISSING'],
      ['hunter2\n', 'PASSWORD_UNSUITABLE'],
    ] as const) {
      const result = await user(['add', 'vera'], input);
      expect([result.code, result.stderr.split(':')[0]]).toEqual([2, code]);
      expect(result.stderr).not.toContain('hunter2');
    }
    expect(await list()).toEqual([]);
  });

  it('changes roles, disables, enables and resets passwords; the last admin stays', async () => {
    await user(['add', 'root', '--role', 'admin'], PASSWORD);
    await user(['add', 'vera'], PASSWORD);
    expect((await user(['set-role', 'VERA', 'staff'])).code).toBe(0);
    expect((await user(['disable', 'vera'])).code).toBe(0);
    expect((await list())[1]).toMatchObject({ username: 'vera', role: 'staff', disabled: true });
    expect((await user(['enable', 'vera'])).code).toBe(0);
    expect((await user(['reset-password', 'vera'], 'staple wrong zebra\n')).code).toBe(0);
    const users = await openSqliteUserData({ file: join(folder.path, 'data', 'users.sqlite') });
    const credentials = (await users.accounts.findCredentials('vera'))!;
    await users.close();
    expect(credentials.user.isDisabled).toBe(false);
    expect(await isPassword('staple wrong zebra', credentials.passwordHash)).toBe(true);
    expect(await isPassword(PASSWORD, credentials.passwordHash)).toBe(false);
    for (const [args, code] of [
      [['set-role', 'root', 'staff'], 'USER_LAST_ADMIN'],
      [['disable', 'root'], 'USER_LAST_ADMIN'],
      [['disable', 'nobody'], 'USER_UNKNOWN'],
    ] as const) {
      const result = await user(args);
      expect([result.code, result.stderr.split(':')[0]]).toEqual([2, code]);
    }
    expect((await user(['set-role', 'vera', 'king'])).code).toBe(2);
  });

  it('of several processes that want a name at once, one gets it, and the others are told', async () => {
    const results = await Promise.all(['same', 'Same', 'SAME'].map((name) => userProcess(['add', name], PASSWORD)));
    expect(results.map(({ code }) => code).sort()).toEqual([0, 2, 2]);
    expect(results.filter(({ stderr }) => stderr.startsWith('USER_NAME_TAKEN'))).toHaveLength(2);
    expect(await list()).toHaveLength(1);
  });

  it('makes no folder where it only looks', async () => {
    const result = await user(['list']);
    expect([result.code, result.stderr.split(':')[0]]).toEqual([3, 'USER_DATA_MISSING']);
    await expect(stat(join(folder.path, 'data'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
