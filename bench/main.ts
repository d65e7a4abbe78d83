import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { machineSpeed, processorTime, stolenShare } from './machine-speed.ts';
import type { BenchResult } from './result.ts';

/** The questions, in the order in which they are asked. */
const QUESTIONS: Readonly<Record<string, () => Promise<{ run(): Promise<BenchResult[]> }>>> = {
  decode: () => import('./decode.ts'),
  htm: () => import('./htm.ts'),
  'cross-match': () => import('./cross-match.ts'),
  features: () => import('./features.ts'),
  filters: () => import('./filters.ts'),
  store: () => import('./store.ts'),
  search: () => import('./search.ts'),
  pipeline: () => import('./pipeline.ts'),
  latency: () => import('./latency.ts'),
  visit: () => import('./visit.ts'),
  memory: () => import('./memory.ts'),
  api: () => import('./api.ts'),
  start: () => import('./start.ts'),
};

const asked = process.argv.slice(2);
const unknown = asked.filter((question) => !(question in QUESTIONS));
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}; there are ${Object.keys(QUESTIONS).join(', ')}`);
  process.exit(2);
}

const results: BenchResult[] = [];
for (const question of asked.length === 0 ? Object.keys(QUESTIONS) : asked) {
  console.error(`… ${question}`);
  const { run } = await QUESTIONS[question]!();
  const before = machineSpeed();
  const clock = processorTime();
  const answers = await run();
  const stolen = stolenShare(clock);
  const speed = `${Math.round(before)} before, ${Math.round(machineSpeed())} after${stolen === undefined ? '' : `, ${(100 * stolen).toFixed(1)} % stolen`}`;
  const found = answers.map((result) => ({ ...result, detail: { ...result.detail, 'machine speed': speed } }));
  results.push(...found);
  print(found);
}
save(results);

function print(found: readonly BenchResult[]): void {
  for (const { question, measure, value, unit, detail } of found) {
    const more = Object.entries(detail ?? {}).map(([name, text]) => `${name} ${text}`);
    console.log(`| ${question} | ${measure} | ${format(value)} ${unit} | ${more.join(', ')} |`);
  }
}

function format(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}

/** Keeps the figures by commit, with the machine as it names itself. */
function save(found: readonly BenchResult[]): void {
  const commit = git('rev-parse', '--short=12', 'HEAD');
  const changed = git('status', '--porcelain') !== '';
  const folder = new URL('../results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const file = new URL(`${commit || 'no-commit'}${changed ? '-changed' : ''}.json`, folder);
  const machine = {
    processor: cpus()[0]?.model ?? '',
    processors: availableParallelism(),
    memory_gib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
  const document = { commit, changed, at: new Date().toISOString(), machine, results: found };
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
  console.error(`kept in bench/results/${file.pathname.split('/').at(-1)}`);
}

function git(...args: string[]): string {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}
