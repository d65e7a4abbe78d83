import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AlertStore } from '../../../src/alert-store/alert-store.ts';
import { seededRandom } from '../../../src/alert-store/conformance/scene.ts';
import type { LocusId } from '../../../src/model/ids.ts';
import { BUILT } from '../../built.ts';
import { openStore, temporaryDirectory } from './temporary-store.ts';

const CHILD = fileURLToPath(new URL('./store-child.mjs', import.meta.url));
const LOCI = 12;

/** A child process, its lines of output, and a way to wait for one of them. */
class Child {
  readonly process: ChildProcess;
  readonly lines: string[] = [];
  readonly #waiting = new Set<() => void>();
  #stderr = '';
  #hasEnded = false;

  constructor(role: string, directory: string, seed: number, shell = '') {
    const args = [CHILD, BUILT.href, role, directory, String(seed)];
    this.process =
      shell === ''
        ? spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] })
        : spawn('sh', ['-c', `${shell}; exec "$@"`, 'sh', process.execPath, ...args], {
            stdio: ['pipe', 'pipe', 'pipe'],
          });
    onTestFinished(() => {
      this.process.kill('SIGKILL');
    });
    createInterface({ input: this.process.stdout! }).on('line', (line) => {
      this.lines.push(line);
      for (const wake of this.#waiting) wake();
    });
    this.process.stderr!.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString();
    });
    this.process.on('close', () => {
      this.#hasEnded = true;
      for (const wake of this.#waiting) wake();
    });
  }

  /** The first line that begins so. */
  async line(beginning: string): Promise<string> {
    for (;;) {
      const found = this.lines.find((line) => line.startsWith(beginning));
      if (found !== undefined) return found;
      if (this.#hasEnded) throw new Error(`the child ended without "${beginning}": ${this.#stderr}`);
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }

  async kill(): Promise<void> {
    const ended = once(this.process, 'close');
    this.process.kill('SIGKILL');
    await ended;
  }

  /** The last round that was reported durable, −1 for none. */
  get lastRound(): number {
    const rounds = this.lines.filter((line) => line.startsWith('done ')).map((line) => Number(line.slice(5)));
    return rounds.at(-1) ?? -1;
  }
}

/** Asserts that a store holds whole rounds only, and all that belongs to them. @returns the last round */
async function lastWholeRound(store: AlertStore, seed: number): Promise<number> {
  const refs = await store.findLoci(Array.from({ length: LOCI }, (_, i) => `ANT2027r${seed}n${i}` as LocusId));
  if (refs.every((ref) => ref === undefined)) return -1;
  const loci = await store.getLoci(refs.map((ref) => ref!));
  const rounds = new Set(loci.map((locus) => Number(locus!.record.properties.get('round'))));
  expect(rounds.size).toBe(1);
  const [round] = rounds;
  for (const [i, locus] of loci.entries()) {
    expect(locus!.lightCurve.length).toBe(round! + 1);
    const rows = await store.getAlertRows(refs[i]!);
    expect(rows.length).toBe(round! + 1);
    const { record } = locus!;
    expect((await store.findLociByObject(record.objects))[0]).toEqual(refs[i]);
    const addresses = await store.findAlerts(rows.map(({ point }) => point.alertId));
    expect(addresses.map((address) => address?.row)).toEqual(rows.map((_row, row) => row));
    for (const row of [0, round! >> 1, round!]) {
      const packet = await store.getPacket(rows[row]!.point.alertId);
      expect(packet).toEqual(new Uint8Array(2_000 + ((row * 7 + i) % 500)).fill((row * 13 + i) & 0xff));
    }
  }
  const lines = (await store.listLedger()).filter(({ source }) => source === `s${seed}`);
  expect(lines.reduce((sum, { stored }) => sum + stored, 0)).toBe(LOCI * (round! + 1));
  const { lowWater, done } = await store.getProgress(`s${seed}`);
  expect(lowWater).toBe(Math.max(0, round! - 5));
  expect([...done].sort((a, b) => a - b)).toEqual(
    Array.from({ length: round! + 1 - lowWater }, (_, i) => lowWater + i),
  );
  const own = (await store.listPending()).filter(({ sequence }) => sequence / 1_000_000n === BigInt(seed));
  expect(own.length).toBe(round! + 1);
  return round!;
}

describe('what a commit reported stays', () => {
  it('through kill -9 at ten random moments: whole commits, all that were reported, and at most one more', async () => {
    const seed = 4711;
    const random = seededRandom(seed);
    const directory = temporaryDirectory();
    let reached = -1;
    for (let kill = 0; kill < 10; kill += 1) {
      const child = new Child('write', directory, seed);
      // Some are killed while they open and resume, most while they commit.
      if (kill % 4 !== 3) await child.line('done ');
      else await child.line('ready');
      await new Promise((resolve) => setTimeout(resolve, random() * 120));
      await child.kill();
      const store = await openStore(directory, kill % 2 === 0 ? 'reader' : 'writer');
      const round = await lastWholeRound(store, seed);
      const reported = Math.max(child.lastRound, reached);
      expect(round).toBeGreaterThanOrEqual(reported);
      expect(round).toBeLessThanOrEqual(reported + 1);
      reached = round;
      await store.close();
    }
    expect(reached).toBeGreaterThan(5);
  });

  it('in another process a reader sees commits as they come, each whole', async () => {
    const seed = 12;
    const directory = temporaryDirectory();
    await (await openStore(directory)).close();
    const reader = new Child('read', directory, seed);
    await reader.line('ready');
    const writer = new Child('write', directory, seed);
    const [, looks] = (await reader.line('end')).split(' ');
    await writer.kill();
    expect(Number(looks)).toBeGreaterThan(10);
  });

  it('threads of the writing process commit side by side, and the main thread sees all of it', async () => {
    const directory = temporaryDirectory();
    const store = await openStore(directory);
    const seeds = [21, 22, 23];
    await Promise.all(
      seeds.map(async (seed) => {
        const worker = new Worker(CHILD, { workerData: [BUILT.href, 'commit', directory, String(seed)] });
        await new Promise<void>((resolve, reject) => {
          worker.on('message', (text) => {
            if (text === 'end') resolve();
          });
          worker.on('error', reject);
        });
        await worker.terminate();
      }),
    );
    for (const seed of seeds) expect(await lastWholeRound(store, seed)).toBe(24);
    expect(await store.totals()).toEqual({ loci: 36, alerts: 900, packets: 900 });
  });
});

const canLimitFiles =
  process.platform !== 'win32' && spawnSync('sh', ['-c', 'ulimit -S -f 100'], { stdio: 'ignore' }).status === 0;

describe('a disk that is really full', () => {
  // The system's limit on the size of a file stands in for a small disk: the writes themselves fail, half-way.
  it.skipIf(!canLimitFiles)('refuses commits and packets whole, and takes them when there is room', async () => {
    const seed = 99;
    const directory = temporaryDirectory();
    const child = new Child('fill', directory, seed, 'ulimit -S -f 12000');
    expect(await child.line('codes')).toBe('codes ALERT_STORE_FULL');
    await child.line('waiting');
    const reader = await openStore(directory, 'reader');
    expect(await lastWholeRound(reader, seed)).toBeGreaterThanOrEqual(child.lastRound);
    let isLifted = true;
    try {
      execFileSync('prlimit', ['--pid', String(child.process.pid), '--fsize=unlimited:unlimited'], { stdio: 'ignore' });
    } catch {
      isLifted = false; // no such program here: the rest is seen after a restart
    }
    if (isLifted) {
      child.process.stdin!.write('go on\n');
      await child.line('recovered');
      expect(await reader.getDocument('after')).toBe('room');
    }
    await reader.close();
    await child.kill();
    const next = new Child('write', directory, seed);
    await next.line('done ');
    await next.kill();
    const store = await openStore(directory, 'reader');
    expect(await lastWholeRound(store, seed)).toBeGreaterThanOrEqual(next.lastRound);
  });
});
