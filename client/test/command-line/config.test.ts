import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sendJson, startServer } from '../in-process-server.ts';
import { type Outcome, runClient, temporaryFolder } from './run-client.ts';

/** The program with a configuration folder of its own. */
async function setUp(): Promise<{
  folder: string;
  run: (
    args: readonly string[],
    options?: { input?: string; environment?: Record<string, string> },
  ) => Promise<Outcome>;
}> {
  const folder = await temporaryFolder();
  return {
    folder: join(folder, 'antares'),
    run: (args, { input, environment = {} } = {}) =>
      runClient(args, { input: input ?? '', environment: { XDG_CONFIG_HOME: folder, ...environment } }),
  };
}

describe('antares-client config', () => {
  it('keeps address and token in a file that only its owner can read, also where it was open before', async () => {
    const { folder, run } = await setUp();
    expect(await run(['config', 'set', 'base-url', 'http://localhost:9'])).toEqual({ code: 0, stdout: '', stderr: '' });
    const file = join(folder, 'client.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    await chmod(file, 0o644);
    expect(await run(['config', 'set', 'token'], { input: 'very-secret\n' })).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
      'base-url': 'http://localhost:9',
      token: 'very-secret',
    });
    expect(await readdir(folder)).toEqual(['client.json']);
    expect((await run(['config', 'unset', 'base-url'])).code).toBe(0);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ token: 'very-secret' });
  });

  it('shows what is in force and where it comes from, and never the token', async () => {
    const { folder, run } = await setUp();
    const show = async (environment: Record<string, string> = {}): Promise<unknown> => {
      const { stdout, stderr } = await run(['config', '--json'], { environment });
      expect(stdout + stderr).not.toContain('secret');
      return JSON.parse(stdout).settings;
    };
    expect(await show()).toEqual({
      'base-url': { value: 'http://127.0.0.1:8080', from: 'default' },
      token: { from: 'default' },
    });
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'client.json'), '{"base-url":"http://file/","token":"secret-f"}');
    expect(await show()).toEqual({
      'base-url': { value: 'http://file/', from: 'file' },
      token: { value: '(set)', from: 'file' },
    });
    expect(await show({ ANTARES_API_BASE_URL: 'http://env/v1/', ANTARES_TOKEN: 'secret-e' })).toEqual({
      'base-url': { value: 'http://env/v1/', from: 'environment' },
      token: { value: '(set)', from: 'environment' },
    });
    expect((await run(['config'])).stdout).toContain('token\t(set)\tfile');
  });

  it('takes no token as an argument, and keeps nothing that cannot be one', async () => {
    const { run } = await setUp();
    const asArgument = await run(['config', 'set', 'token', 'very-secret']);
    expect(asArgument).toMatchObject({ code: 2, stderr: expect.stringContaining('standard input') });
    expect(asArgument.stderr).not.toContain('very-secret');
    expect(await run(['config', 'set', 'token'], { input: 'two words' })).toMatchObject({ code: 2 });
    expect(await run(['config', 'set', 'base-url', 'nowhere'])).toMatchObject({ code: 2 });
    expect(await run(['config', 'set', 'base-url'])).toMatchObject({ code: 2 });
  });

  it('says that its file is damaged without repeating it', async () => {
    const { folder, run } = await setUp();
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'client.json'), '{"token":"very-secret');
    const { code, stderr } = await run(['tags']);
    expect([code, stderr.includes('CONFIG_DAMAGED'), stderr.includes('very-secret')]).toEqual([3, true, false]);
  });

  it('is used by the other verbs: option before environment before file', async () => {
    const { run } = await setUp();
    const answer = { data: { type: 's', id: '1', attributes: { tags: {} } } };
    const [byFile, byEnvironment, byOption] = await Promise.all(
      [1, 2, 3].map(() => startServer((_, response) => sendJson(response, answer))),
    );
    await run(['config', 'set', 'base-url', byFile!.url]);
    await run(['config', 'set', 'token'], { input: 'from-file' });
    expect((await run(['tags'])).code).toBe(0);
    const environment = { ANTARES_API_BASE_URL: `${byEnvironment!.url}/v1/`, ANTARES_TOKEN: 'from-environment' };
    expect((await run(['tags'], { environment })).code).toBe(0);
    expect((await run(['tags', '--base-url', byOption!.url], { environment })).code).toBe(0);
    expect(
      [byFile, byEnvironment, byOption].map((server) => server!.requests.map(({ headers }) => headers.authorization)),
    ).toEqual([['Bearer from-file'], ['Bearer from-environment'], ['Bearer from-environment']]);
  });
});
