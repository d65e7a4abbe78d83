import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AntaresError, isObject, type Json, parseJson, type StreamMessage } from '@antares/client';
import { safeFileName, syncFolder, writeDurably } from './atomic-file.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';

/** Where alerts lie until they are counted: out of sight of whoever reads the folder. */
const INCOMING = '.incoming';
/** The place in the stream: what comes next. */
const PLACE = '.place.json';
/** Files written at a time: many wait for the disk together. */
const AT_A_TIME = 16;

/**
 * A folder that keeps the alerts of a stream, one file each, and the place in the stream: after a crash at any point, each
 * alert is in it exactly once. That holds also when somebody takes the files away as they come.
 *
 * 1. Alerts are written, durable, into a hidden folder beside. 2. The place moves behind them. 3. They are renamed to where
 * they are seen. What a crash leaves in the hidden folder is before the place, and then shown by the next start; or not,
 * and then thrown away and read again.
 */
export class AlertFolder {
  readonly #path: string;
  readonly #stream: string;
  readonly #server: string;
  readonly #lock: FolderLock;
  #next: string | undefined;

  private constructor(path: string, stream: string, server: string, lock: FolderLock) {
    this.#path = path;
    this.#stream = stream;
    this.#server = server;
    this.#lock = lock;
  }

  /**
   * Opens a folder, makes it where it is not there, and ends what a crash left half done.
   *
   * @param server  address of the broker: offsets mean nothing elsewhere
   * @throws FOLDER_IN_USE, PLACE_DAMAGED, PLACE_OF_ANOTHER_STREAM
   */
  static async open(path: string, stream: string, server: string): Promise<AlertFolder> {
    await mkdir(join(path, INCOMING), { recursive: true });
    const folder = new AlertFolder(path, stream, server, await lockFolder(path));
    try {
      folder.#next = await folder.#readPlace();
      await folder.#recover();
    } catch (error) {
      await folder.close();
      throw error;
    }
    return folder;
  }

  /** Offset to read on from; undefined where nothing was kept yet. */
  get next(): string | undefined {
    return this.#next;
  }

  /** Notes where to read on from, where nothing was kept yet. */
  async begin(next: string): Promise<void> {
    await this.#writePlace(next);
  }

  /** Keeps messages that follow each other. When it resolves, they are there for good. */
  async keep(messages: readonly StreamMessage[]): Promise<void> {
    const last = messages.at(-1);
    if (last === undefined) return;
    const files = messages.map((message) => ({ name: fileNameOf(message), message }));
    for (let at = 0; at < files.length; at += AT_A_TIME) {
      await Promise.all(
        files.slice(at, at + AT_A_TIME).map(({ name, message }) => {
          return writeDurably(join(this.#path, INCOMING, name), `${JSON.stringify(message.raw)}\n`);
        }),
      );
    }
    await syncFolder(join(this.#path, INCOMING));
    await this.#writePlace(String(BigInt(last.offset) + 1n));
    for (const { name } of files) await this.#show(name);
  }

  /** Gives the folder free. */
  async close(): Promise<void> {
    await this.#lock.release();
  }

  async #show(name: string): Promise<void> {
    await rename(join(this.#path, INCOMING, name), join(this.#path, name));
  }

  async #recover(): Promise<void> {
    const next = this.#next === undefined ? undefined : BigInt(this.#next);
    for (const name of (await readdir(join(this.#path, INCOMING))).sort()) {
      const offset = /^(\d{20})-.*\.json$/.exec(name)?.[1];
      if (offset !== undefined && next !== undefined && BigInt(offset) < next) await this.#show(name);
      else await rm(join(this.#path, INCOMING, name));
    }
  }

  async #readPlace(): Promise<string | undefined> {
    const path = join(this.#path, PLACE);
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
    const place = readable(text);
    if (!isObject(place) || typeof place['next_offset'] !== 'string' || !/^\d{1,20}$/.test(place['next_offset'])) {
      throw new AntaresError(
        'PLACE_DAMAGED',
        `expected the place in the stream in ${path}; the newest file of the folder tells it: next_offset is one more`,
      );
    }
    if (place['stream'] !== this.#stream || place['server'] !== this.#server) {
      throw new AntaresError(
        'PLACE_OF_ANOTHER_STREAM',
        `the folder keeps the stream ${place['stream']} of ${place['server']}, not ${this.#stream} of ${this.#server}; ` +
          `give another folder, or where only the address has changed, change it in ${path}`,
      );
    }
    return place['next_offset'];
  }

  async #writePlace(next: string): Promise<void> {
    const place = { stream: this.#stream, server: this.#server, next_offset: next };
    const temporary = join(this.#path, INCOMING, 'place');
    await writeDurably(temporary, `${JSON.stringify(place)}\n`);
    await rename(temporary, join(this.#path, PLACE));
    await syncFolder(this.#path);
    this.#next = next;
  }
}

/** Sorts by offset; the alert is in it for people. */
function fileNameOf({ offset, alert }: StreamMessage): string {
  return `${offset.padStart(20, '0')}-${safeFileName(alert?.alertId ?? 'alert')}.json`;
}

function readable(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
