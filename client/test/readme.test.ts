import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { CLIENT_ERRORS } from '../src/antares-error.ts';
import { runClient } from './command-line/run-client.ts';

const PACKAGE = join(import.meta.dirname, '..');
const readme = await readFile(join(PACKAGE, 'README.md'), 'utf8');

it('the examples of the README are right by the types of the built package', async () => {
  const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!);
  expect(examples.length).toBeGreaterThanOrEqual(4);
  // Inside of the package, so that its name leads to it.
  const folder = join(PACKAGE, 'dist-test', 'readme-examples');
  await mkdir(folder, { recursive: true });
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await Promise.all(examples.map((code, i) => writeFile(join(folder, `example-${i + 1}.ts`), code)));
  const compilerOptions = { noEmit: true, composite: false, noUnusedLocals: true };
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../../../tsconfig.base.json', compilerOptions, include: ['*.ts'] }),
  );
  const tsc = join(PACKAGE, '../node_modules/typescript/bin/tsc');
  const said = await promisify(execFile)(process.execPath, [tsc, '-p', folder]).catch(
    (error: { stdout: string }) => error,
  );
  expect(said.stdout).toBe('');
});

it('every code of the client is in the README', () => {
  for (const code of Object.keys(CLIENT_ERRORS)) expect(readme).toContain(`\`${code}\``);
});

it('the command lines of the README have verbs and options that there are', async () => {
  const lines = [...readme.matchAll(/^antares-client (.*)$/gm)].map(([, line]) => line!);
  expect(lines.length).toBeGreaterThanOrEqual(8);
  for (const line of lines) {
    const [verb = '', ...words] = line.split(' ');
    const { stdout } = await runClient([verb, '--help']);
    for (const option of words.filter((word) => word.startsWith('--'))) expect(stdout, line).toContain(`${option} `);
    expect(stdout).toContain(`Usage: antares-client ${verb} `);
  }
});
