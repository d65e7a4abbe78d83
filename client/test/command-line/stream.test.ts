import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startStreamServer } from '../stream-server.ts';
import { BIN, outcomeOf, runClient, startClient, temporaryFolder } from './run-client.ts';

const SEED = 42;

/** A small generator of numbers in [0, 1), the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Offsets of the alerts in a folder, in order; each file must be whole. */
async function offsetsIn(folder: string): Promise<string[]> {
  const offsets: string[] = [];
  for (const name of (await readdir(folder)).sort()) {
    if (name.startsWith('.')) continue;
    const { offset, locus } = JSON.parse(await readFile(join(folder, name), 'utf8'));
    expect(name).toBe(`${offset.padStart(20, '0')}-${locus.alert.alert_id.replace(':', '_')}.json`);
    offsets.push(offset);
  }
  return offsets;
}

/** Names in a folder that is perhaps not there yet. */
function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

/** Waits until something is so. */
async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('antares-client stream --output', () => {
  it('has each alert exactly once after being killed 20 times, also when files are taken away as they come', async () => {
    console.info(`seed ${SEED}`);
    const random = randomFrom(SEED);
    const server = await startStreamServer(['high_snr', 'sso'], { step: 3, breaksAfter: 40 });
    const root = await temporaryFolder();
    const taken = join(root, 'taken');
    await mkdir(taken);
    server.append('high_snr', 300);
    server.append('sso', 50);
    const feeding = setInterval(() => {
      server.append('high_snr', 3);
      server.append('sso', 1);
    }, 4);
    // A consumer that moves away every file that it sees: none may come back.
    let isTaking = true;
    const doubles: string[] = [];
    const taking = (async () => {
      while (isTaking) {
        for (const name of await namesIn(join(root, 'high_snr'))) {
          if (name.startsWith('.')) continue;
          if ((await stat(join(taken, name)).catch(() => undefined)) !== undefined) doubles.push(name);
          await rename(join(root, 'high_snr', name), join(taken, name));
        }
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    const args = ['stream', 'high_snr', 'sso', '--output', root, '--base-url', server.url];
    let killedWhileWorking = 0;
    for (let kill = 0; kill < 20; kill++) {
      const before = (await readdir(taken)).length;
      const child = startClient(args);
      const ended = once(child, 'exit');
      // Anywhere: from before the first alert to well in the middle.
      await until(
        async () => (await readdir(taken)).length > before + Math.floor(random() * 30) || child.exitCode !== null,
      );
      await new Promise((resolve) => setTimeout(resolve, random() * 15));
      child.kill('SIGKILL');
      const [, signal] = await ended;
      if (signal === 'SIGKILL') killedWhileWorking++;
    }
    clearInterval(feeding);
    const { code, stderr } = await runClient([...args, '--until-end']);
    await until(async () => (await readdir(join(root, 'high_snr'))).every((name) => name.startsWith('.')));
    isTaking = false;
    await taking;
    expect([code, stderr]).toEqual([0, '']);
    expect(killedWhileWorking).toBe(20);
    expect(doubles).toEqual([]);
    expect(await offsetsIn(taken)).toEqual(server.offsets('high_snr'));
    expect(await offsetsIn(join(root, 'sso'))).toEqual(server.offsets('sso'));
    expect((await readdir(join(root, 'sso', '.incoming'))).length).toBe(0);
  }, 180_000);

  it('ends what a crash left half done: shows what is before its place, reads the rest again', async () => {
    const server = await startStreamServer(['high_snr']);
    server.append('high_snr', 4);
    const root = await temporaryFolder();
    const folder = join(root, 'high_snr');
    const args = ['stream', 'high_snr', '--output', root, '--base-url', server.url, '--until-end'];
    expect((await runClient(args)).code).toBe(0);
    const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
    // As if killed between place and rename, and between writing and place.
    await rename(join(folder, names[3]!), join(folder, '.incoming', names[3]!));
    await writeFile(join(folder, '.incoming', `${'9'.padStart(20, '0')}-alert.json`), '{"half');
    await writeFile(join(folder, '.incoming', 'place'), '{"half');
    server.append('high_snr', 1);
    expect((await runClient(args)).code).toBe(0);
    expect(await offsetsIn(folder)).toEqual(['0', '1', '2', '3', '4']);
    expect(await readdir(join(folder, '.incoming'))).toEqual([]);
  });

  it('keeps its place from the beginning: what came while it was down is there, although it began at the end', async () => {
    const server = await startStreamServer(['high_snr']);
    server.append('high_snr', 2);
    const root = await temporaryFolder();
    const args = ['stream', 'high_snr', '--output', root, '--from', 'end', '--base-url', server.url, '--until-end'];
    expect((await runClient(args)).code).toBe(0);
    server.append('high_snr', 2);
    expect((await runClient(args)).code).toBe(0);
    expect(await offsetsIn(join(root, 'high_snr'))).toEqual(['2', '3']);
  });

  it('ends cleanly when told to, with all that came', async () => {
    const server = await startStreamServer(['high_snr']);
    const sent = server.append('high_snr', 20);
    const root = await temporaryFolder();
    const child = startClient(['stream', 'high_snr', '--output', root, '--base-url', server.url]);
    const outcome = outcomeOf(child);
    await until(
      async () => (await namesIn(join(root, 'high_snr'))).filter((name) => name.endsWith('.json')).length > 20,
    );
    child.kill('SIGTERM');
    expect(await outcome).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await offsetsIn(join(root, 'high_snr'))).toEqual(sent);
    expect(await readdir(join(root, 'high_snr'))).not.toContain('.lock');
  });

  it('refuses a folder that another one is using, and takes over from one that is gone', async () => {
    const server = await startStreamServer(['high_snr']);
    server.append('high_snr', 1);
    const root = await temporaryFolder();
    const args = ['stream', 'high_snr', '--output', root, '--base-url', server.url];
    const first = startClient(args);
    await until(async () => (await namesIn(join(root, 'high_snr'))).includes('.lock'));
    const second = await runClient([...args, '--until-end']);
    expect([second.code, second.stderr]).toEqual([3, expect.stringMatching(/^FOLDER_IN_USE: .*in use by process \d+/)]);
    const ended = once(first, 'exit');
    first.kill('SIGKILL');
    await ended;
    // The number of the process is somebody else's by now: this test's.
    await writeFile(join(root, 'high_snr', '.lock'), `${process.pid} 00000000-0000-0000-0000-000000000000 1\n`);
    expect(await runClient([...args, '--until-end'])).toMatchObject({ code: 0, stderr: '' });
  });

  it('takes over from one that was killed and whose parent has not asked how it ended, as in a container', async () => {
    const server = await startStreamServer(['high_snr']);
    server.append('high_snr', 1);
    const root = await temporaryFolder();
    const args = ['stream', 'high_snr', '--output', root, '--base-url', server.url];
    // The shell becomes a program that never asks after its children.
    const parent = spawn('sh', ['-c', '"$@" & exec sleep 600', 'sh', process.execPath, BIN, ...args], {
      stdio: 'ignore',
    });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const lock = join(root, 'high_snr', '.lock');
    await until(async () => /^\d+ .*\n$|^\d+\n$/.test(await readFile(lock, 'utf8').catch(() => '')));
    process.kill(Number.parseInt(await readFile(lock, 'utf8'), 10), 'SIGKILL');
    await until(async () => (await runClient([...args, '--until-end'])).code === 0);
    expect(await offsetsIn(join(root, 'high_snr'))).toEqual(['0']);
  });

  it('refuses the place of another server, and one that it cannot read', async () => {
    const server = await startStreamServer(['high_snr']);
    const other = await startStreamServer(['high_snr']);
    server.append('high_snr', 2);
    const root = await temporaryFolder();
    const run = (url: string) => runClient(['stream', 'high_snr', '--output', root, '--base-url', url, '--until-end']);
    expect((await run(server.url)).code).toBe(0);
    expect(await run(other.url)).toMatchObject({ code: 3, stderr: expect.stringContaining('PLACE_OF_ANOTHER_STREAM') });
    await writeFile(join(root, 'high_snr', '.place.json'), '{');
    expect(await run(server.url)).toMatchObject({ code: 3, stderr: expect.stringContaining('PLACE_DAMAGED') });
    await rm(join(root, 'high_snr', '.place.json'));
    expect((await run(server.url)).code).toBe(0);
  });

  it('stops where the server no longer keeps what comes next, and goes on all the same where it is told to', async () => {
    const server = await startStreamServer(['high_snr']);
    server.append('high_snr', 2);
    const root = await temporaryFolder();
    const args = ['stream', 'high_snr', '--output', root, '--base-url', server.url, '--until-end'];
    expect((await runClient(args)).code).toBe(0);
    server.append('high_snr', 4);
    server.forgetBefore('high_snr', 4);
    expect(await runClient(args)).toMatchObject({ code: 3, stderr: expect.stringContaining('STREAM_MESSAGES_GONE') });
    expect((await runClient([...args, '--skip-gone'])).code).toBe(0);
    expect(await offsetsIn(join(root, 'high_snr'))).toEqual(['0', '1', '4', '5']);
  });

  it('lets no name from the server lead out of the folder', async () => {
    const server = await startStreamServer(['../../evil']);
    server.append('../../evil', 1);
    const root = await temporaryFolder();
    expect(
      (await runClient(['stream', '../../evil', '--output', join(root, 'in'), '--base-url', server.url, '--until-end']))
        .code,
    ).toBe(0);
    expect(await readdir(root)).toEqual(['in']);
    expect(await readdir(join(root, 'in'))).toEqual(['__.._evil']);
  });
});

describe('antares-client stream', () => {
  it('lists the streams', async () => {
    const server = await startStreamServer(['high_snr', 'sso']);
    server.append('sso', 2);
    const { code, stdout } = await runClient(['stream', '--json', '--base-url', server.url]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual([
      { name: 'high_snr', topic: 'client.high_snr', start_offset: '0', end_offset: '0', tags: 'high_snr' },
      { name: 'sso', topic: 'client.sso', start_offset: '0', end_offset: '2', tags: 'sso' },
    ]);
  });

  it('prints one JSON object an alert, and ends quietly when the reader has had enough', async () => {
    const server = await startStreamServer(['high_snr']);
    server.append('high_snr', 500);
    const all = await runClient(['stream', 'high_snr', '--until-end', '--base-url', server.url]);
    const lines = all.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ offset }) => offset)).toEqual(server.offsets('high_snr'));
    expect(lines[0]).toMatchObject({
      stream: 'high_snr',
      locus: { alert: { properties: { ztf_candid: '3470490460915015042' } } },
    });
    const child = startClient(['stream', 'high_snr', '--base-url', server.url]);
    const ended = once(child, 'exit');
    child.stdout?.once('data', () => child.stdout?.destroy());
    // More comes, so that the closed pipe is noticed.
    const feeding = setInterval(() => server.append('high_snr', 50), 20);
    expect(await ended).toEqual([0, null]);
    clearInterval(feeding);
  });

  it('says which stream there is not, by 1; which place is none, by 2; that it cannot reach the server, by 3', async () => {
    const server = await startStreamServer(['high_snr']);
    const run = (...args: string[]) => runClient(['stream', ...args]);
    expect(await run('none', '--base-url', server.url)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('"none"'),
    });
    const root = await temporaryFolder();
    expect(await run('none', '--output', root, '--base-url', server.url)).toMatchObject({ code: 1 });
    expect(await readdir(root)).toEqual([]);
    expect(await run('high_snr', '--from', 'yesterday', '--base-url', server.url)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('yesterday'),
    });
    await server.shut();
    expect(await run('high_snr', '--base-url', server.url)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('SERVER_UNREACHABLE'),
    });
  });
});
