import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { link, mkdir, open, readdir, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AntaresError, errorCode } from '../../model/errors.ts';
import type { DataFiles } from '../alert-store.ts';
import { toStoreError } from './store-failure.ts';

/** Parts of a name: letters, digits, `_`, `-`, `.`, not beginning with a dot; so no way out of the folder. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(\/[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}){0,7}$/;
/** Where files are while they are written: a name that `NAME` does not allow. */
const INCOMING = '.incoming';
/** Bytes read at a time: large enough that the calls do not count, small enough for the driver's 2 GiB limit. */
const READ_BYTES = 64 * 1024 * 1024;
/** Files kept open for ranges: two for each catalogue. */
const OPEN_FILES = 256;

/**
 * Data files as files of a folder.
 *
 * A file is written elsewhere, synced, then linked to its name: it is there whole or not at all, and a name that is
 * taken is never written over.
 */
export class LmdbDataFiles implements DataFiles {
  readonly #folder: string;
  readonly #isWritable: boolean;
  readonly #checkRoom: (bytes: number) => void;
  #count = 0;
  /** Files that ranges are read from, in the order in which they were opened. */
  readonly #open = new Map<string, { readonly descriptor: number; readonly size: number }>();

  constructor(folder: string, isWritable: boolean, checkRoom: (bytes: number) => void) {
    this.#folder = folder;
    this.#isWritable = isWritable;
    this.#checkRoom = checkRoom;
  }

  async write(name: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    const path = this.#pathOf(name);
    this.#checkWritable();
    if ((await this.#sizeOf(path)) !== undefined) throw existsAlready(name);
    const incoming = join(this.#folder, INCOMING);
    this.#count += 1;
    const digest = createHash('sha1').update(name).digest('hex').slice(0, 12);
    const temporary = join(incoming, `${digest}-${process.pid}-${this.#count}-${Date.now()}`);
    try {
      await mkdir(incoming, { recursive: true });
      const file = await open(temporary, 'wx');
      try {
        for await (const chunk of chunks) {
          this.#checkRoom(chunk.length);
          await writeWhole(file, chunk);
        }
        await file.sync();
      } finally {
        await file.close();
      }
      await makeFolder(dirname(path), this.#folder);
      await link(temporary, path);
      await syncFolder(dirname(path));
    } catch (error) {
      if (errorCode(error) === 'EEXIST') throw existsAlready(name);
      if (error instanceof AntaresError || !isOfSystem(error)) throw error;
      throw toStoreError(error, this.#folder, `write the data file ${name}`);
    } finally {
      await unlink(temporary).catch(() => undefined);
    }
  }

  async readShared(name: string): Promise<SharedArrayBuffer> {
    return this.#withFile(name, async (file) => {
      const { size } = await file.stat();
      const shared = new SharedArrayBuffer(size);
      const bytes = new Uint8Array(shared);
      let got = 0;
      while (got < size) {
        const { bytesRead } = await file.read(bytes, got, Math.min(READ_BYTES, size - got), got);
        if (bytesRead === 0) {
          throw new AntaresError('DATA_FILE_DAMAGED', `the data file ${name} ended after ${got} of ${size} bytes`);
        }
        got += bytesRead;
      }
      return shared;
    });
  }

  /**
   * Read at once, from a file that is kept open: a range is small and mostly in the system's cache, where a read takes
   * microseconds and a turn through the thread pool a hundred times that.
   */
  async readRange(name: string, offset: number, length: number): Promise<Uint8Array> {
    if (!(offset >= 0) || !(length >= 0)) throw new TypeError(`expected a range, got ${offset}, ${length}`);
    try {
      const { descriptor, size } = this.#openForRanges(name);
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
      let got = 0;
      while (got < bytes.length) {
        const count = readSync(descriptor, bytes, got, bytes.length - got, offset + got);
        if (count === 0) break;
        got += count;
      }
      return bytes.subarray(0, got);
    } catch (error) {
      throw this.#toReadError(name, error);
    }
  }

  /** Closes the files that ranges were read from. */
  close(): void {
    for (const { descriptor } of this.#open.values()) closeSync(descriptor);
    this.#open.clear();
  }

  #openForRanges(name: string): { readonly descriptor: number; readonly size: number } {
    const known = this.#open.get(name);
    if (known !== undefined) return known;
    if (this.#open.size >= OPEN_FILES) {
      const [oldest, { descriptor }] = this.#open.entries().next().value!;
      closeSync(descriptor);
      this.#open.delete(oldest);
    }
    const descriptor = openSync(this.#pathOf(name), 'r');
    const opened = { descriptor, size: fstatSync(descriptor).size };
    this.#open.set(name, opened);
    return opened;
  }

  async list(prefix: string): Promise<{ readonly name: string; readonly bytes: number }[]> {
    const found: { name: string; bytes: number }[] = [];
    const visit = async (folder: string, before: string): Promise<void> => {
      let entries: { name: string; isDirectory(): boolean; isFile(): boolean }[];
      try {
        entries = await readdir(folder, { withFileTypes: true });
      } catch (error) {
        if (errorCode(error) === 'ENOENT') return;
        throw toStoreError(error, this.#folder, 'list the data files');
      }
      for (const entry of entries) {
        const name = before + entry.name;
        if (entry.isDirectory() && entry.name !== INCOMING) {
          if (`${name}/`.startsWith(prefix) || prefix.startsWith(`${name}/`))
            await visit(join(folder, entry.name), `${name}/`);
        } else if (entry.isFile() && name.startsWith(prefix)) {
          // A file that is removed meanwhile is not there any more: no error.
          const bytes = await this.#sizeOf(join(folder, entry.name));
          if (bytes !== undefined) found.push({ name, bytes });
        }
      }
    };
    await visit(this.#folder, '');
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async remove(name: string): Promise<void> {
    const path = this.#pathOf(name);
    this.#checkWritable();
    const open = this.#open.get(name);
    if (open !== undefined) {
      closeSync(open.descriptor);
      this.#open.delete(name);
    }
    try {
      await unlink(path);
      await syncFolder(dirname(path));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return;
      throw toStoreError(error, this.#folder, `remove the data file ${name}`);
    }
  }

  /** Throws away files that were being written when their process ended. Only for the one that writes. */
  async clearIncoming(): Promise<void> {
    await rm(join(this.#folder, INCOMING), { recursive: true, force: true });
  }

  #pathOf(name: string): string {
    if (!NAME.test(name)) {
      throw new TypeError(
        `a data file's name is of letters, digits, '_', '-', '.', in parts divided by '/'; got ${JSON.stringify(name)}`,
      );
    }
    return join(this.#folder, name);
  }

  #checkWritable(): void {
    if (!this.#isWritable) throw new TypeError('the store is open for reading');
  }

  async #sizeOf(path: string): Promise<number | undefined> {
    try {
      const found = await stat(path);
      return found.isFile() ? found.size : undefined;
    } catch {
      return undefined;
    }
  }

  async #withFile<T>(name: string, use: (file: Awaited<ReturnType<typeof open>>) => Promise<T>): Promise<T> {
    const path = this.#pathOf(name);
    try {
      const file = await open(path, 'r');
      try {
        return await use(file);
      } finally {
        await file.close();
      }
    } catch (error) {
      throw this.#toReadError(name, error);
    }
  }

  #toReadError(name: string, error: unknown): unknown {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return new AntaresError('DATA_FILE_MISSING', `there is no data file ${name}; load it again`, { cause: error });
    }
    if (error instanceof AntaresError || !isOfSystem(error)) return error;
    return toStoreError(error, this.#folder, `read the data file ${name}`);
  }
}

function existsAlready(name: string): AntaresError {
  return new AntaresError(
    'DATA_FILE_EXISTS',
    `there is a data file ${name} already, and data files do not change; remove it first, or choose another name`,
  );
}

/** Errors of the caller's own iterables pass unchanged; only the system's are told in the store's words. */
function isOfSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

async function writeWhole(file: Awaited<ReturnType<typeof open>>, chunk: Uint8Array): Promise<void> {
  let at = 0;
  while (at < chunk.length) at += (await file.write(chunk, at, chunk.length - at)).bytesWritten;
}

/** Makes a folder and those above it, each durable in the one above it. */
async function makeFolder(folder: string, root: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true });
  if (made === undefined) return;
  for (let at = folder; at.length > root.length; at = dirname(at)) await syncFolder(dirname(at));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
