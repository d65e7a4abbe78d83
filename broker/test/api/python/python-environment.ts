import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { madeOnceARun } from '../../once-a-run.ts';

const run = promisify(execFile);
const INSTALL_LIMIT_MS = 15 * 60_000;

/** ANTARES' client for API v1, with what it needs and does not ask for. */
export const ANTARES_CLIENT_1 = ['antares-client==1.14.0', 'marshmallow<4', 'setuptools<81'];
/** ANTARES' client for API v2. */
export const ANTARES_CLIENT_2 = ['antares-client==2.0.2'];

/** A virtual environment with packages from the Python package index, or why there is none. */
export type PythonEnvironment =
  | { readonly python: string; readonly missing?: undefined }
  | { readonly python?: undefined; readonly missing: string };

/**
 * A virtual environment that has the packages asked for: made once, and kept outside the repository
 * (`$ANTARES_PYTHON_CACHE/antares-python`, else in the folder for temporary files).
 *
 * @param requirements  as pip reads them
 * @param options       `compile`: whether pip compiles all of every package, tests included, which takes longer than the
 *   rest; without, Python compiles what a script imports when it does first, and warns then of what it sees
 */
export async function pythonEnvironment(
  requirements: readonly string[],
  options: { readonly compile: boolean } = { compile: true },
): Promise<PythonEnvironment> {
  const python = await findPython();
  if (python === undefined) return { missing: 'there is no Python 3.10 or newer' };
  const cache = join(process.env['ANTARES_PYTHON_CACHE'] ?? tmpdir(), 'antares-python');
  const name = createHash('sha256')
    .update(JSON.stringify([python.version, ...requirements]))
    .digest('hex')
    .slice(0, 16);
  const folder = join(cache, name);
  const made = { python: join(folder, 'bin', 'python') };
  if (existsSync(made.python)) return made;
  try {
    // Two test files may want the same at once.
    await madeOnceARun(`python-${name}`, () => makeEnvironment(folder, python.command, requirements, options.compile));
    return made;
  } catch (error) {
    return { missing: (error as Error).message };
  }
}

/** @throws with pip's reason where it cannot install */
async function makeEnvironment(
  folder: string,
  python: string,
  requirements: readonly string[],
  compile: boolean,
): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const unfinished = `${folder}.${process.pid}.${Date.now()}`;
  try {
    await run(python, ['-m', 'venv', unfinished]);
    await run(
      join(unfinished, 'bin', 'python'),
      [
        ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '2'],
        ...(compile ? [] : ['--no-compile']),
        ...requirements,
      ],
      { timeout: INSTALL_LIMIT_MS },
    );
    // Another run may have made it meanwhile: then that one counts.
    await rename(unfinished, folder).catch(() => undefined);
  } catch (error) {
    const { stderr = '' } = error as { readonly stderr?: string };
    const reason = stderr.trim().split('\n').at(-1) || (error as Error).message;
    throw new Error(`pip could not install ${requirements.join(', ')}: ${reason}`);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** What a script printed, as JSON. */
export type ScriptOutput = Readonly<Record<string, unknown>>;

/**
 * Runs a script of this folder, which reads its input as JSON and prints its results as JSON.
 *
 * @param environment  variables beside those of this process
 */
export async function runScript<Output extends ScriptOutput>(
  python: string,
  script: string,
  input: unknown,
  environment: Readonly<Record<string, string>>,
): Promise<Output> {
  const child = spawn(python, [join(import.meta.dirname, script)], {
    env: {
      ...{ ...process.env, NO_PROXY: '*', no_proxy: '*', PYTHONWARNINGS: 'ignore' },
      // Empty is "no": what one script compiled, the next one finds.
      ...{ PYTHONDONTWRITEBYTECODE: '', ...environment },
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  child.stdin.end(JSON.stringify(input));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`${script} ended with ${code}: ${Buffer.concat(err).toString().slice(-4000)}`);
  return JSON.parse(Buffer.concat(out).toString().trim().split('\n').at(-1)!) as Output;
}

async function findPython(): Promise<{ readonly command: string; readonly version: string } | undefined> {
  for (const command of ['python3', 'python']) {
    try {
      const { stdout } = await run(command, [
        '-c',
        'import sys, venv, ensurepip; print("%d.%d.%d" % sys.version_info[:3]); assert sys.version_info >= (3, 10)',
      ]);
      return { command, version: stdout.trim() };
    } catch {
      // The next name.
    }
  }
  return undefined;
}
