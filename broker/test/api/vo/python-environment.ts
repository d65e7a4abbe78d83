import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A Python with packages of its own. */
export interface PythonEnvironment {
  /** Runs a program. @returns what it wrote to standard output  @throws with what it wrote to standard error */
  run(program: string, args?: readonly string[]): Promise<string>;
}

/** Where environments are kept between runs: outside of the checkout, `ANTARES_TEST_CACHE` or the user's cache. */
const CACHE = process.env['ANTARES_TEST_CACHE'] ?? join(homedir(), '.cache', 'antares-test');
const INSTALL_LIMIT_MS = 240_000;
const RUN_LIMIT_MS = 120_000;

/**
 * A virtual environment with the packages given, made once and kept.
 *
 * @param name      names the environment; another one for other packages
 * @returns undefined where there is no Python, or where the packages cannot be had
 */
export async function pythonEnvironment(
  name: string,
  packages: readonly string[],
): Promise<PythonEnvironment | undefined> {
  const folder = join(CACHE, name);
  const python = join(folder, 'bin', 'python');
  if (!existsSync(python)) {
    // Made beside its place, so that what was broken off half-way does not pass for the whole.
    const made = `${folder}.${process.pid}`;
    try {
      await mkdir(CACHE, { recursive: true });
      await execute('python3', ['-m', 'venv', made], INSTALL_LIMIT_MS);
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary', ':all:'];
      await execute(join(made, 'bin', 'python'), [...pip, ...packages], INSTALL_LIMIT_MS);
      await rename(made, folder);
    } catch {
      await rm(made, { recursive: true, force: true });
      if (!existsSync(python)) return undefined;
    }
  }
  return { run: (program, args = []) => execute(python, ['-c', program, ...args], RUN_LIMIT_MS) };
}

function execute(command: string, args: readonly string[], limitMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: limitMs });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString());
      else reject(new Error(`${command} ended with ${code}: ${Buffer.concat(err).toString()}`));
    });
  });
}
