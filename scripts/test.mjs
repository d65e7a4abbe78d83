// `npm test`: installs, builds, and runs every test that needs no server. Arguments go to the test runner.
import { build, install, runTool } from './ready.mjs';

install();
build();
runTool('vitest/vitest.mjs', ['run', ...process.argv.slice(2)]);
