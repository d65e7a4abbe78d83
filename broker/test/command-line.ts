import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import type * as CommandLine from '../src/commands/command-line.ts';
import { BUILT } from './built.ts';

/** The built command line, as users run it. `npm test` builds first. */
export const antaresEntry = fileURLToPath(new URL('../bin/antares.js', BUILT));

/** How a command ended. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `antares ARGS` to its end. */
export function antares(args: readonly string[], input?: string | Uint8Array): Promise<CommandResult> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [antaresEntry, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', fail);
    child.on('close', (code) =>
      done({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    );
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
  });
}

/**
 * Runs `antares ARGS` to its end in this process, without the time that a new one takes to start: for what a verb does.
 * That it does so through real pipes, and that the exit code is the process', is for {@link antares} to show. One at a
 * time: a process has one standard output.
 */
export async function antaresHere(args: readonly string[], input: string | Uint8Array = ''): Promise<CommandResult> {
  const { runCommandLine } = (await import(new URL('commands/command-line.js', BUILT).href)) as typeof CommandLine;
  const written = { stdout: '', stderr: '' };
  const into =
    (stream: 'stdout' | 'stderr') =>
    (text: string | Uint8Array, ...more: readonly unknown[]): boolean => {
      written[stream] += typeof text === 'string' ? text : Buffer.from(text).toString();
      const done = more.at(-1);
      if (typeof done === 'function') queueMicrotask(() => done());
      return true;
    };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(into('stdout')),
    vi.spyOn(process.stderr, 'write').mockImplementation(into('stderr')),
    vi.spyOn(process, 'stdin', 'get').mockReturnValue(Readable.from([Buffer.from(input)]) as typeof process.stdin),
  ];
  const exitCode = process.exitCode;
  process.exitCode = undefined;
  try {
    return { code: await runCommandLine([process.execPath, antaresEntry, ...args]), ...written };
  } finally {
    process.exitCode = exitCode;
    for (const spy of spies) spy.mockRestore();
  }
}

/** Runs `antares ARGS`, which must succeed. @returns its standard output */
export async function antaresOutput(args: readonly string[], input?: string | Uint8Array): Promise<string> {
  const { code, stdout, stderr } = await antares(args, input);
  if (code !== 0) throw new Error(`antares ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}

export { temporaryFolder } from './temporary-folder.ts';
