import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { AntaresError } from '../../model/errors.ts';
import type { Table } from './database.ts';

/** The process that holds the store for writing, as recorded in the index. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Identity of the machine's uptime, and start of the process within it; '' where the system does not tell. */
  readonly boot: string;
  readonly started: string;
}

const KEY = Buffer.from('lock');
/** A holder on another machine is taken for dead when it has shown no sign of life for so long. */
const SILENCE_MS = 30_000;
const HEARTBEAT_MS = 5_000;

/**
 * One process at a time writes alerts to a store, however many threads it has.
 *
 * The claim is a record in the index, taken in a transaction, so two processes never both win. A holder that died is
 * recognised by its process id and the time that process began; one on another machine (a volume handed from container
 * to container) by the age of the file `writer.pid`, which the holder touches every few seconds.
 */
export class WritingProcess {
  readonly #file: string;
  #heartbeat: ReturnType<typeof setInterval> | undefined;

  /** @param file  path of the sign of life */
  constructor(file: string) {
    this.#file = file;
  }

  /**
   * Claims the store for this process. Called inside a write transaction.
   *
   * @throws ALERT_STORE_LOCKED  naming the process that has it
   */
  claim(meta: Table): void {
    const holder = readHolder(meta);
    if (holder !== undefined && this.#isAlive(holder)) {
      throw new AntaresError(
        'ALERT_STORE_LOCKED',
        `process ${holder.pid} on ${holder.host} writes to this store; stop it first, or use another directory`,
      );
    }
    meta.put(KEY, Buffer.from(JSON.stringify(thisProcess())));
  }

  /** Gives the claim back. Called inside a write transaction. */
  release(meta: Table): void {
    if (this.isOurs(meta)) meta.remove(KEY);
  }

  /** Whether this process has the store. */
  isOurs(meta: Table): boolean {
    const holder = readHolder(meta);
    return holder !== undefined && isThisProcess(holder);
  }

  /** The process id of a living holder, if there is one. */
  holderPid(meta: Table): number | undefined {
    const holder = readHolder(meta);
    return holder !== undefined && this.#isAlive(holder) ? holder.pid : undefined;
  }

  /** Begins to show signs of life. */
  startHeartbeat(): void {
    writeFileSync(this.#file, `${process.pid}\n`);
    this.#heartbeat = setInterval(() => {
      try {
        const now = new Date();
        utimesSync(this.#file, now, now);
      } catch {
        // A missing file matters to other machines only, and they will wait for it to age.
      }
    }, HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  stopHeartbeat(): void {
    clearInterval(this.#heartbeat);
  }

  #isAlive(holder: Holder): boolean {
    if (holder.host !== hostname()) {
      try {
        return Date.now() - statSync(this.#file).mtimeMs < SILENCE_MS;
      } catch {
        return false;
      }
    }
    if (holder.boot !== bootId()) return false;
    if (isThisProcess(holder)) return true;
    try {
      process.kill(holder.pid, 0);
    } catch (error) {
      // Not ours to signal, but there.
      if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
    }
    const started = startOf(holder.pid);
    return started === '' || holder.started === '' || started === holder.started;
  }
}

function readHolder(meta: Table): Holder | undefined {
  const value = meta.getBinary(KEY);
  return value === undefined ? undefined : (JSON.parse(value.toString()) as Holder);
}

function thisProcess(): Holder {
  return { pid: process.pid, host: hostname(), boot: bootId(), started: startOf(process.pid) };
}

function isThisProcess(holder: Holder): boolean {
  const own = thisProcess();
  return (
    holder.pid === own.pid && holder.host === own.host && holder.boot === own.boot && holder.started === own.started
  );
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

/** When a process began, in ticks since the machine started: field 22 of `/proc/<pid>/stat`. */
function startOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program may hold blanks and brackets: count from behind its closing bracket.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
