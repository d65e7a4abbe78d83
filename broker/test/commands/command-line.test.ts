import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { BUILT } from '../built.ts';

const run = promisify(execFile);

describe('the command line', () => {
  it('knows its verbs without loading the packages of the HTTP server', async () => {
    const script = `
      const { antaresProgram } = await import(${JSON.stringify(new URL('commands/command-line.js', BUILT))});
      const verbs = antaresProgram().commands.map((command) => command.name());
      const { createRequire } = await import('node:module');
      const loaded = Object.keys(createRequire(process.execPath).cache);
      console.log(JSON.stringify({ verbs, loaded }));
    `;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script]);
    const { verbs, loaded } = JSON.parse(stdout) as { readonly verbs: string[]; readonly loaded: string[] };
    expect(verbs).toEqual(expect.arrayContaining(['up', 'api', 'ingest']));
    expect(loaded.filter((file) => file.includes('commander')).length).toBeGreaterThan(0);
    expect(loaded.filter((file) => file.includes('fastify'))).toEqual([]);
  });
});
