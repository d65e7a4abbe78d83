import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { antaresEntry } from './command-line.ts';

/** A verb that stays up, in a process of its own. */
export class Served {
  readonly child: ChildProcess;
  readonly address: string;
  readonly #ended: Promise<number | null>;

  private constructor(child: ChildProcess, address: string, ended: Promise<number | null>) {
    this.child = child;
    this.address = address;
    this.#ended = ended;
  }

  /** Starts `antares ARGS` and waits until it says where it listens. */
  static async start(args: readonly string[]): Promise<Served> {
    const child = spawn(process.execPath, [antaresEntry, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const address = /^listening (http:\/\/\S+)$/.exec(line)?.[1];
      if (address !== undefined) return new Served(child, address, ended);
    }
    throw new Error(`antares ${args.join(' ')} ended before it listened: ${errors}`);
  }

  async json(path: string): Promise<{ readonly status: number; readonly body: Json }> {
    const answer = await fetch(`${this.address}${path}`);
    return { status: answer.status, body: (await answer.json()) as Json };
  }

  /** Number of loci that a search finds. */
  async count(): Promise<number> {
    const { status, body } = await this.json('/v1/loci?page[limit]=1');
    return status === 200 ? Number((body['meta'] as Json)['count']) : -1;
  }

  /** Asks to stop, and waits until it has. @returns the exit code; null where a signal ended it */
  stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.#ended;
  }
}

/** An answer. */
export type Json = { readonly [key: string]: unknown };

/** Asks again until it is so; the test's own time limit ends it. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(100);
}
