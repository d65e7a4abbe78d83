#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/command-line/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write('antares-client is not built yet: run `npm run build` in the checkout first\n');
  process.exitCode = 3;
}
