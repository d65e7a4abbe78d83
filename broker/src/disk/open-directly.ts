import { constants, type FileHandle, open } from 'node:fs/promises';
import { errorCode } from '../model/errors.ts';

/**
 * Opens a file that is there for access past the system's cache: bytes go straight between the disk and our memory, and
 * what the cache holds stays in it. All positions, lengths and memory are then whole pages (`PAGE_BYTES`); the system
 * answers EINVAL otherwise.
 *
 * @returns  undefined where the system or the disk knows no such thing
 * @throws   what the system says
 */
export async function openDirectly(path: string, access: 'read' | 'write'): Promise<FileHandle | undefined> {
  // Not a constant of every system.
  const flag: number | undefined = constants.O_DIRECT;
  if (flag === undefined) return undefined;
  try {
    return await open(path, (access === 'read' ? constants.O_RDONLY : constants.O_WRONLY) | flag);
  } catch (error) {
    if (errorCode(error) === 'EINVAL') return undefined;
    throw error;
  }
}
