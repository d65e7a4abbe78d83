import { mkdir, open, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../model/errors.ts';
import { syncFolder } from './locus-number-blocks.ts';

/**
 * Reserves the number under which a process gives out fencing tokens: higher than every one reserved before in this folder,
 * however fast it was restarted and wherever its clock went. Two processes never get the same.
 *
 * It is the time [s, Unix] unless that is not high enough, so that tokens rise even when the folder was lost. A number is
 * reserved by making an empty file of its name; lower ones are then of no more use, and go.
 *
 * @throws the file system's error
 */
export async function reserveTokenEpoch(folder: string): Promise<bigint> {
  await mkdir(folder, { recursive: true });
  let epoch = BigInt(Math.floor(Date.now() / 1000));
  for (;;) {
    const highest = (await epochsIn(folder)).at(-1);
    if (highest !== undefined && highest >= epoch) epoch = highest + 1n;
    if (await isFirstToMake(join(folder, nameOf(epoch)))) {
      const all = await epochsIn(folder);
      // Another process may have gone ahead, and tidied away the file that would have stopped this one.
      if (all.at(-1) === epoch) {
        await syncFolder(folder);
        for (const lower of all.slice(0, -1)) await removeIfThere(join(folder, nameOf(lower)));
        return epoch;
      }
      await removeIfThere(join(folder, nameOf(epoch)));
    }
  }
}

/** Ascending. */
async function epochsIn(folder: string): Promise<bigint[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{16}$/.test(name));
  return names.sort().map(BigInt);
}

async function isFirstToMake(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx')).close();
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function removeIfThere(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
  });
}

function nameOf(epoch: bigint): string {
  return String(epoch).padStart(16, '0');
}
