import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { benchFolder } from './broker-bench.ts';
import type { BenchResult } from './result.ts';

/** How long from the command to the first alert processed, on an installed and built checkout? */
export async function run(): Promise<BenchResult[]> {
  const times: number[] = [];
  for (let i = 0; i < 3; i += 1) times.push(await once1());
  times.sort((a, b) => a - b);
  return [
    {
      question: 'start',
      measure: '`npm start` on a built checkout to the first alert processed, median of 3',
      value: times[1]!,
      unit: 's',
      detail: { least: Number(times[0]!.toFixed(2)), most: Number(times[2]!.toFixed(2)) },
    },
  ];
}

async function once1(): Promise<number> {
  const folder = await benchFolder();
  const script = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url));
  const start = performance.now();
  const child = spawn(process.execPath, [script, 'up', '--port', '0', '--data', folder.path], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const address = /http:\S+/.exec(line.toString())![0];
    for (;;) {
      const { totals } = (await (await fetch(`${address}/status.json`)).json()) as { totals: { received: number } };
      if (totals.received > 0) return (performance.now() - start) / 1000;
    }
  } finally {
    child.kill('SIGINT');
    await once(child, 'exit');
    await folder.dispose();
  }
}
