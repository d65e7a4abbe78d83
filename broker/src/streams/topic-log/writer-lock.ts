import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { AntaresError, errorCode, errorMessage } from '../../model/errors.ts';

/** What a lock file says about its holder. */
interface Holder {
  readonly token: string;
  readonly pid: number;
  /** When the process started [clock ticks since boot]; tells a process from a later one with its number. '' unknown. */
  readonly started: string;
  /** Which running kernel, and which numbering of processes (containers have their own). */
  readonly machine: string;
  readonly processes: string;
}

const HEARTBEAT_MS = 1000;
/** How long a holder that cannot be asked may be silent. */
const SILENCE_MS = 5 * HEARTBEAT_MS;
/** Between taking a lock over and believing it: two that took it over at once see here which was last. */
const SETTLE_MS = 50;

/**
 * The right to write to a folder: one process at a time, on one machine or on a shared disk.
 *
 * A file names the holder. It is alive when its process is, or, where that cannot be seen from here (another machine,
 * another container), as long as it touches the file. A holder that died is replaced without anybody's help.
 */
export class WriterLock {
  readonly #path: string;
  readonly #token: string;
  readonly #heartbeat: NodeJS.Timeout;
  #isReleased = false;

  private constructor(path: string, token: string) {
    this.#path = path;
    this.#token = token;
    this.#heartbeat = setInterval(() => {
      try {
        if (this.isHeld()) utimesSync(path, new Date(), new Date());
      } catch {
        // Seen by the next `isHeld`, which says so to somebody.
      }
    }, HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  /**
   * Takes the lock. May take some seconds when the last holder died where it cannot be seen from here.
   *
   * @throws STREAM_LOCKED       somebody alive holds it
   * @throws STREAM_UNREACHABLE  the file cannot be written or read
   */
  static async acquire(path: string): Promise<WriterLock> {
    const me = describeMyself();
    try {
      for (;;) {
        if (tryCreate(path, me)) return new WriterLock(path, me.token);
        const holder = readHolder(path);
        if (holder === 'gone') continue;
        if (await isAlive(path, holder, me)) throw locked(path, holder);
        // From here to the rename nothing waits, so that two that see the same corpse do this within moments.
        const now = readHolder(path);
        if (now === 'gone') continue;
        if (now.token !== holder.token) throw locked(path, now);
        const mine = `${path}.${me.token}`;
        tryCreate(mine, me);
        renameSync(mine, path);
        await sleep(SETTLE_MS);
        const after = readHolder(path);
        if (after === 'gone') continue;
        if (after.token !== me.token) throw locked(path, after);
        return new WriterLock(path, me.token);
      }
    } catch (cause) {
      if (cause instanceof AntaresError) throw cause;
      throw new AntaresError('STREAM_UNREACHABLE', `cannot lock ${path}: ${errorMessage(cause)}`, { cause });
    }
  }

  /** Whether the lock is still this one: false when somebody took it over, or removed it. */
  isHeld(): boolean {
    if (this.#isReleased) return false;
    const holder = readHolder(this.#path);
    return holder !== 'gone' && holder.token === this.#token;
  }

  /** Gives the lock back. */
  release(): void {
    if (this.#isReleased) return;
    const wasHeld = this.isHeld();
    this.#isReleased = true;
    clearInterval(this.#heartbeat);
    if (wasHeld) unlinkSync(this.#path);
  }
}

function describeMyself(): Holder {
  return {
    token: randomUUID(),
    pid: process.pid,
    started: processStatus(process.pid).started,
    machine: readOr('/proc/sys/kernel/random/boot_id', hostname()),
    processes: linkOr('/proc/self/ns/pid', ''),
  };
}

async function isAlive(path: string, holder: Holder, me: Holder): Promise<boolean> {
  if (holder.machine === me.machine && holder.processes === me.processes) {
    try {
      process.kill(holder.pid, 0);
    } catch (error) {
      if (errorCode(error) === 'ESRCH') return false;
    }
    const { state, started } = processStatus(holder.pid);
    // Dead, but its parent has not asked what became of it; some containers never do.
    if (state === 'Z' || state === 'X') return false;
    return started === '' || holder.started === '' || started === holder.started;
  }
  // It cannot be seen from here, but a living one touches the file. Clocks of two machines differ, so what counts is
  // whether the time changes, not what it is.
  const before = statSync(path).mtimeMs;
  for (let waited = 0; waited < SILENCE_MS; waited += HEARTBEAT_MS / 4) {
    await sleep(HEARTBEAT_MS / 4);
    const now = readHolder(path);
    if (now === 'gone') return false;
    if (now.token !== holder.token || statSync(path).mtimeMs !== before) return true;
  }
  return false;
}

function tryCreate(path: string, holder: Holder): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx');
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(file, JSON.stringify(holder));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return true;
}

function readHolder(path: string): Holder | 'gone' {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 'gone';
    throw error;
  }
  try {
    return JSON.parse(text) as Holder;
  } catch {
    // Just created and not written yet, or cut by a crash at that moment: the touching decides.
    return { token: text, pid: 0, started: '', machine: '?', processes: '?' };
  }
}

/** Fields 3 and 22 of the process' status, '' where there is none. The second field is its name, and may hold anything. */
function processStatus(pid: number): { state: string; started: string } {
  const status = readOr(`/proc/${pid}/stat`, '');
  const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', started: fields[19] ?? '' };
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return otherwise;
  }
}

function linkOr(path: string, otherwise: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return otherwise;
  }
}

function locked(path: string, holder: Holder): AntaresError {
  return new AntaresError(
    'STREAM_LOCKED',
    `another process (pid ${holder.pid}) writes to these streams; stop it first, or read only (lock file ${path})`,
  );
}
