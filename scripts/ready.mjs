// What `npm start`, `npm test` and `npm run check` need first, on a fresh clone with nothing but Node.js and git.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Antares needs Node.js 20.19 or newer; this is ${process.version}`);
  process.exit(3);
}

/** Runs a command in the checkout; ends the process with its exit code when it fails. */
export function run(command, args, options = {}) {
  const { status, signal } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (status !== 0) process.exit(status ?? (signal === 'SIGINT' ? 130 : 1));
}

/** Runs a tool of this checkout by the Node.js that runs this script, whatever comes first on the path. */
export function runTool(entry, args, options = {}) {
  run(process.execPath, [`${root}node_modules/${entry}`, ...args], options);
}

/** Installs what is pinned, where it is not there yet. Output goes to standard error: standard output is the program's. */
export function install() {
  if (existsSync(`${root}node_modules/.package-lock.json`)) return;
  console.error('installing (first time only) …');
  run(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    stdio: ['ignore', 2, 2],
  });
}

/** Builds what has changed. */
export function build() {
  runTool('typescript/bin/tsc', ['-b'], { stdio: ['ignore', 2, 2] });
}
