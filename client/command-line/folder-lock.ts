import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AntaresError } from '@antares/client';

/** A folder that is ours alone, until it is released. */
export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Takes a folder, so that no two programs keep alerts in it. A lock whose holder is gone (killed, or the machine went
 * down) is taken over: it names the process, and when that began, since numbers of processes are used again.
 *
 * @throws FOLDER_IN_USE
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, '.lock');
  const own = await identityOf(process.pid);
  for (let attempt = 0; attempt < 5; attempt++) {
    if (await createWith(path, own)) return { release: () => rm(path, { force: true }) };
    const holder = await readFile(path, 'utf8').catch(() => '');
    if (await isAlive(holder)) {
      throw new AntaresError(
        'FOLDER_IN_USE',
        `the folder ${folder} is in use by process ${pidOf(holder)}; stop that, or give another folder`,
      );
    }
    await removeStale(path, holder);
  }
  throw new AntaresError('FOLDER_IN_USE', `the folder ${folder} is being taken by several programs at once; try again`);
}

/** Creates the lock, durable enough: when the machine goes down, so does its holder. @returns false: there is one */
async function createWith(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(content);
    await file.close();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Takes away the lock of one who is gone, and no other: somebody else may have done so and hold a new one. */
async function removeStale(path: string, content: string): Promise<void> {
  const aside = `${path}.${process.pid}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const taken = await readFile(aside, 'utf8');
  if (taken !== content) await createWith(path, taken);
  await rm(aside, { force: true });
}

/** Who a process is: its number, and where the system tells, when it began. Nobody, where it has ended. */
async function identityOf(pid: number): Promise<string> {
  try {
    const [boot, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    // The name of the program is in parentheses and may hold anything; state and beginning are fields 3 and 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, began] = [fields[0], fields[19]];
    // Killed, and nobody has asked how it ended: in a container perhaps never.
    if (state === 'Z' || state === 'X') return '';
    return `${pid} ${boot.trim()} ${began}\n`;
  } catch {
    return `${pid}\n`;
  }
}

async function isAlive(holder: string): Promise<boolean> {
  const pid = pidOf(holder);
  // Killed before it had written its name.
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return (await identityOf(pid)) === holder;
}

function pidOf(holder: string): number {
  return Number.parseInt(holder, 10);
}
