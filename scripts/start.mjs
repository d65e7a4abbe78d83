// `npm start`: installs, builds, and runs the broker; `npm start -- ingest FILE` runs any other verb.
import { spawn } from 'node:child_process';
import { build, install, root } from './ready.mjs';

install();
build();
const args = process.argv.slice(2);
const child = spawn(process.execPath, [`${root}broker/bin/antares.js`, ...(args.length === 0 ? ['up'] : args)], {
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
