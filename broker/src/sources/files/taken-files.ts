import { type FileHandle, open, readFile } from 'node:fs/promises';
import { AntaresError, errorCode, errorMessage } from '../../model/errors.ts';

/**
 * Which files of a watched folder were taken in to their end, kept across restarts.
 *
 * One id a line, appended and synced: a line that a crash cut off is simply an unknown id, and its file is taken in again,
 * which changes nothing.
 */
export class TakenFiles {
  readonly #ids: Set<string>;
  readonly #file: FileHandle;

  private constructor(ids: Set<string>, file: FileHandle) {
    this.#ids = ids;
    this.#file = file;
  }

  /**
   * Opens the list, or begins one.
   *
   * @throws SOURCE_UNREADABLE  the list cannot be read or written
   */
  static async open(path: string): Promise<TakenFiles> {
    try {
      const text = await readFile(path, 'utf8').catch((error: unknown) => {
        if (errorCode(error) === 'ENOENT') return '';
        throw error;
      });
      const file = await open(path, 'a');
      // A torn last line must not swallow the next id.
      if (text !== '' && !text.endsWith('\n')) await file.appendFile('\n');
      return new TakenFiles(new Set(text.split('\n').filter((line) => line !== '')), file);
    } catch (cause) {
      throw new AntaresError(
        'SOURCE_UNREADABLE',
        `cannot keep the list of files taken in, ${path}: ${errorMessage(cause)}`,
        { cause },
      );
    }
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Notes ids for good. */
  async add(ids: readonly string[]): Promise<void> {
    const fresh = ids.filter((id) => !this.#ids.has(id));
    if (fresh.length === 0) return;
    await this.#file.appendFile(fresh.map((id) => `${id}\n`).join(''));
    await this.#file.datasync();
    for (const id of fresh) this.#ids.add(id);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
