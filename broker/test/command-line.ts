import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
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

/** Runs `antares ARGS`, which must succeed. @returns its standard output */
export async function antaresOutput(args: readonly string[], input?: string | Uint8Array): Promise<string> {
  const { code, stdout, stderr } = await antares(args, input);
  if (code !== 0) throw new Error(`antares ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}

export { temporaryFolder } from './temporary-folder.ts';
