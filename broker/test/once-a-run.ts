import { constants } from 'node:fs';
import { cp, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject } from 'vitest';

/**
 * A folder of its own for a test, with contents that are dear to make: whoever asks first in a run of the tests makes them,
 * in whichever process, and everybody gets a copy that may be written to.
 *
 * Where the making fails, everybody is told the reason. Who waits for one that was cut off waits until the time limit of
 * its own hook.
 *
 * @param name    of the contents, a file name
 * @param target  the folder to fill
 * @param make    fills an empty folder; what it leaves there belongs to nobody, and is closed
 */
export async function copyOfShared(name: string, target: string, make: MakeFolder): Promise<void> {
  const folder = await madeOnceARun(name, make);
  // A clone where the file system has them, else a copy: never a link, since stores write where they wrote before.
  await cp(folder, target, { recursive: true, mode: constants.COPYFILE_FICLONE });
}

type MakeFolder = (folder: string) => Promise<void>;

/**
 * What {@link copyOfShared} copies: a folder that the first who asks in a run of the tests makes, and that all share. It is
 * not to be changed when it is made.
 */
export async function madeOnceARun(name: string, make: MakeFolder): Promise<string> {
  const folder = join(inject('runFolder'), name);
  const outcome = `${folder}.outcome`;
  if (await isMine(folder)) {
    let reason = '';
    try {
      await make(folder);
    } catch (error) {
      reason = String(error);
      throw error;
    } finally {
      // Renamed into place, so that nobody reads half of it.
      await writeFile(`${outcome}.unfinished`, reason);
      await rename(`${outcome}.unfinished`, outcome);
    }
    return folder;
  }
  let reason = await readIfThere(outcome);
  while (reason === undefined) {
    await sleep(50);
    reason = await readIfThere(outcome);
  }
  if (reason !== '') throw new Error(`what tests share as "${name}" could not be made: ${reason}`);
  return folder;
}

/** Of all threads and processes that make a folder, one succeeds. */
async function isMine(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
