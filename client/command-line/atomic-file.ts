import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a file, whole or not at all, and durable when this resolves. One that is there is replaced. */
export async function writeFileAtomically(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.part`;
  try {
    await writeDurably(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Writes a file and waits until the disk has it. */
export async function writeDurably(path: string, content: Uint8Array | string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Waits until the disk has the names in a folder. Where folders cannot be synced (Windows), nothing is done. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** A name for a file from a text of the server's: nothing in it leads into another folder. */
export function safeFileName(text: string): string {
  const name = text.replaceAll(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '_');
  return name.slice(0, 120) || '_';
}
