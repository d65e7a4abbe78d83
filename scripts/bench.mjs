// `npm run bench`: builds and runs the benchmarks. `npm run bench -- decode pipeline` runs some of them.
import { spawnSync } from 'node:child_process';
import { build, install, root } from './ready.mjs';

install();
build();
const { status } = spawnSync(process.execPath, ['--expose-gc', `${root}bench/dist/main.js`, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
