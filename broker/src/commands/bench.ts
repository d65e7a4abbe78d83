import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { AntaresError } from '../model/errors.ts';

/** `antares bench`: the benchmarks of a checkout. */
export function registerBench(program: Command): void {
  program
    .command('bench [questions...]')
    .description('measure this machine: one benchmark a question, all without arguments')
    .addHelpText('after', '\nExample:\n  antares bench decode pipeline')
    .action(async (questions: string[]) => {
      const entry = fileURLToPath(new URL('../../../bench/dist/main.js', import.meta.url));
      if (!existsSync(entry)) {
        throw new AntaresError('BENCH_MISSING', 'the benchmarks belong to a checkout: run `npm run bench` there');
      }
      const child = spawn(process.execPath, ['--expose-gc', entry, ...questions], { stdio: 'inherit' });
      process.exitCode = await new Promise<number>((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
    });
}
