import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANTARES_CLIENT_1, ANTARES_CLIENT_2, pythonEnvironment } from '../api/python/python-environment.ts';
import { antaresEntry, antaresOutput, temporaryFolder } from '../command-line.ts';
import { type Json, Served, until } from '../served.ts';

const ROOT = join(import.meta.dirname, '../../..');
const ADDRESS = 'http://127.0.0.1:8080';
const ALERTS = 1000;
const MINUTE = 60_000;

const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
const clientReadme = await readFile(join(ROOT, 'client/README.md'), 'utf8');
const askIt = /^## Ask it\n(.*?)^## /ms.exec(readme)![1]!;

const pythons = {
  v1: await pythonEnvironment(ANTARES_CLIENT_1),
  v2: await pythonEnvironment(ANTARES_CLIENT_2),
};
const missingTools = ['curl', 'jq', 'stilts'].filter(
  (tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0,
);
const missingOnes = [pythons.v1.missing, pythons.v2.missing, ...missingTools.map((tool) => `there is no ${tool}`)];
for (const missing of new Set(missingOnes)) {
  if (missing !== undefined) console.warn(`some examples of the README are not tried: ${missing}`);
}

/** The example under "Ask it" in which a word occurs, without the fence. */
function example(language: string, word: string): string {
  const found = [...askIt.matchAll(/```(\w+)\n(.*?)```/gs)].filter(
    ([, of, code]) => of === language && code!.includes(word),
  );
  expect(found, `examples in ${language} with ${word}`).toHaveLength(1);
  return found[0]![2]!;
}

describe('what the README says under "Ask it" works as printed, on a simulated night', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let broker: Served;

  beforeAll(async () => {
    folder = await temporaryFolder();
    const night = async (name: string, seed: string, alerts: number): Promise<void> => {
      const options = ['--alerts', String(alerts), '--seed', seed, '--out', join(folder.path, name)];
      await antaresOutput(['simulate', ...options]);
    };
    await night('tonight', '1', ALERTS);
    await night('tomorrow', '2', ALERTS / 2);
    await mkdir(join(folder.path, 'incoming'));
    // As the README has it by default, so that commands find it without being told.
    const data = join(folder.path, 'antares-data');
    broker = await Served.start(['up', '--watch', join(folder.path, 'incoming'), '--port', '0', '--data', data]);
    await rename(join(folder.path, 'tonight'), join(folder.path, 'incoming', 'tonight'));
    await until(async () => {
      const { body } = await broker.json('/api/ledger');
      return (body['total'] as Json)['stored'] === ALERTS;
    });
    await until(async () => {
      const { body } = await broker.json('/health');
      return body['status'] === 'ok' && (await broker.count()) > 0;
    });
    await project();
  }, 5 * MINUTE);
  afterAll(async () => {
    await broker.stop();
    await folder.dispose();
  });

  /** A project that has the client as a user's would, installed from its folder. */
  async function project(): Promise<void> {
    const modules = join(folder.path, 'node_modules/@antares');
    await mkdir(modules, { recursive: true });
    await symlink(join(ROOT, 'client'), join(modules, 'client'), 'dir');
    await writeFile(join(folder.path, 'package.json'), '{"type": "module"}');
    const compilerOptions = {
      ...{ composite: false, declaration: false, sourceMap: false, rootDir: '.', outDir: 'built' },
      typeRoots: [join(ROOT, 'node_modules/@types')],
    };
    const extending = { extends: join(ROOT, 'tsconfig.base.json'), compilerOptions, include: ['example*.ts'] };
    await writeFile(join(folder.path, 'tsconfig.json'), JSON.stringify(extending));
  }

  /** What is printed, for this server and these builds. */
  function here(code: string): string {
    return code
      .replaceAll(ADDRESS, broker.address)
      .replaceAll('npx antares-client', `"${process.execPath}" "${join(ROOT, 'client/bin/antares-client.js')}"`)
      .replaceAll('npx antares', `"${process.execPath}" "${antaresEntry}"`);
  }

  const environment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
    ...process.env,
    ...{ NO_PROXY: '*', no_proxy: '*', PYTHONWARNINGS: 'ignore', XDG_CONFIG_HOME: join(folder.path, 'config') },
    ANTARES_API_BASE_URL: broker.address,
    ...more,
  });

  /** Runs a script to its end. @returns what it printed */
  async function shell(script: string, more?: NodeJS.ProcessEnv): Promise<string> {
    const options = { cwd: folder.path, env: environment(more), maxBuffer: 2 ** 28 };
    return (await promisify(execFile)('sh', ['-ec', script], options)).stdout;
  }

  /** Starts what goes on for ever, and stops it once it has printed a line that is looked for. */
  async function untilItPrints(child: ChildProcess, isIt: (line: string) => boolean): Promise<void> {
    const ended = new Promise((resolve) => child.on('close', resolve));
    let found = false;
    for await (const line of createInterface({ input: child.stdout! })) {
      if (!isIt(line)) continue;
      found = true;
      break;
    }
    child.kill();
    await ended;
    expect(found).toBe(true);
  }

  function start(command: string, args: readonly string[]): ChildProcess {
    return spawn(command, args, { cwd: folder.path, env: environment(), stdio: ['ignore', 'pipe', 'inherit'] });
  }

  it.runIf(!missingTools.includes('curl') && !missingTools.includes('jq'))(
    'every line with curl',
    async () => {
      const lines = example('sh', 'jq').trimEnd();
      const events = /^curl -N '(.*?)'.*$/m.exec(lines)!;
      const printed = await shell(here(lines.replace(events[0], '')));
      expect(printed).toMatch(/^"ANT\w+"\n"ANT\w+"\n"ANT\w+"\n\{"total":/);
      expect(printed.trim().split('\n').at(-1)).toContain('"status":"ok"');
      const [file] = (await shell('ls *lightcurve.vot')).trim().split('\n');
      expect(await readFile(join(folder.path, file!), 'utf8')).toContain('<VOTABLE');

      // Alerts come while somebody listens: the second night, once the first line of the answer is there.
      const listener = start('curl', ['-sN', here(events[1]!)]);
      let isTold = false;
      await untilItPrints(listener, (line) => {
        if (!isTold) void rename(join(folder.path, 'tomorrow'), join(folder.path, 'incoming', 'tomorrow'));
        isTold = true;
        return line === 'event: alert';
      });
    },
    2 * MINUTE,
  );

  for (const version of ['v1', 'v2'] as const) {
    const { python } = pythons[version];
    it.runIf(python !== undefined)(
      `the Python example with the client for /${version}/`,
      async () => {
        const [install, ...rest] = example('sh', 'antares_client').split('\n');
        expect(install).toBe('pip install antares-client');
        expect(rest.join('\n')).toContain('/v2/');
        const PATH = `${dirname(python!)}${delimiter}${process.env['PATH']}`;
        const printed = await shell(here(rest.join('\n')).replace('/v2/', `/${version}/`), { PATH });
        const [tags, ...loci] = printed.trim().split('\n');
        expect(tags).toContain("'high_snr'");
        expect(loci).toHaveLength(3);
        for (const line of loci) expect(line).toMatch(/^ANT\w+ [\d.]+ -?[\d.]+ \d+ \d+$/);
      },
      2 * MINUTE,
    );
  }

  /** Compiles an example in a project that has the client. @returns the file to run */
  async function compiled(name: string, code: string): Promise<string> {
    await writeFile(join(folder.path, `${name}.ts`), here(code));
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', folder.path]).catch(
      (error: { stdout: string }) => error,
    );
    expect(stdout).toBe('');
    return join(folder.path, 'built', `${name}.js`);
  }

  it(
    'the TypeScript example, in a project that has the client',
    async () => {
      const file = await compiled('example', example('ts', 'AntaresClient'));
      const isLocus = (line: string): boolean => /^ANT\w+ [\d.]+ -?[\d.]+ \[/.test(line);
      await untilItPrints(start(process.execPath, [file]), isLocus);
      await untilItPrints(start(process.execPath, [file]), (line) => /^ANT\w+ ztf_candidate:\d+$/.test(line));
    },
    2 * MINUTE,
  );

  it(
    "the examples of the client's README, in the same project",
    async () => {
      const examples = [...clientReadme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code!);
      for (const [i, code] of examples.entries()) {
        // An example that follows a stream for a minute does so for a moment.
        const file = await compiled(`example-${i + 1}`, code.replace('60_000);', '1000);'));
        await shell(`"${process.execPath}" "${file}"`);
      }
    },
    2 * MINUTE,
  );

  it.runIf(!missingTools.includes('stilts'))(
    'the cone search of stilts',
    async () => {
      const csv = await shell(here(example('sh', 'stilts')));
      expect(csv).toMatch(/^locus_id,ra,dec,separation,.*\nANT\w+,/);
    },
    2 * MINUTE,
  );

  it(
    'the command lines',
    async () => {
      const [search, follow] = example('sh', 'antares search').trim().split('\n');
      const loci = (await shell(here(search!))).trim().split('\n');
      expect(loci).toHaveLength(3);
      for (const locus of loci) expect((JSON.parse(locus) as Json)['tags']).toContain('high_snr');
      const following = start('sh', ['-ec', `exec ${here(follow!)}`]);
      const saved = (): Promise<string[]> => readdir(join(folder.path, 'alerts/high_snr')).catch(() => []);
      await until(async () => (await saved()).some((name) => /^\d+-ztf_candidate_\d+\.json$/.test(name)));
      const ended = new Promise<number | null>((resolve) => following.on('close', resolve));
      following.kill('SIGINT');
      expect(await ended).toBe(0);
    },
    2 * MINUTE,
  );
});
