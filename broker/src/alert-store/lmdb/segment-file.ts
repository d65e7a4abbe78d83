import { type FileHandle, open } from 'node:fs/promises';
import { copyBytes } from '../../disk/copy-bytes.ts';
import { openDirectly } from '../../disk/open-directly.ts';
import { PAGE_BYTES, type PageMemory } from '../../disk/page-memory.ts';
import { errorCode } from '../../model/errors.ts';

/**
 * A file that is only ever appended to, past the system's cache where the disk allows it.
 *
 * Packets are written once and hardly ever read. Copying them into the cache took a quarter of all processor time, and
 * pushed out of it what is read all the time: the index. Written directly, the disk takes them from our memory. That
 * wants whole pages at whole pages, so each append begins at one, and its last is filled up with zeros.
 */
export class SegmentFile {
  /** Bytes appended so far, the filling up included. */
  bytes = 0;
  readonly #path: string;
  readonly #memory: PageMemory;
  #handle: FileHandle;
  #isDirect: boolean;

  private constructor(path: string, memory: PageMemory, handle: FileHandle, isDirect: boolean) {
    this.#path = path;
    this.#memory = memory;
    this.#handle = handle;
    this.#isDirect = isDirect;
  }

  /**
   * A new file.
   *
   * @param memory  to gather in; one append at a time may use it
   * @throws        what the system says, EEXIST for one that is there
   */
  static async create(path: string, memory: PageMemory): Promise<SegmentFile> {
    const handle = await open(path, 'wx');
    const direct = await openDirectly(path, 'write');
    if (direct === undefined) return new SegmentFile(path, memory, handle, false);
    await handle.close();
    return new SegmentFile(path, memory, direct, true);
  }

  /**
   * Appends parts one behind the other. When it throws, nothing counts as appended.
   *
   * @param totalBytes  of all parts together
   * @returns           where the first part begins
   * @throws            what the system says
   */
  async append(parts: Iterable<Uint8Array>, totalBytes: number): Promise<number> {
    const start = this.bytes;
    const memory = this.#memory.take(totalBytes);
    let end = start;
    let filled = 0;
    try {
      for (const part of parts) {
        for (let from = 0; from < part.length; ) {
          const count = Math.min(part.length - from, memory.length - filled);
          copyBytes(count === part.length ? part : part.subarray(from, from + count), memory, filled);
          filled += count;
          from += count;
          if (filled < memory.length) continue;
          await this.#write(memory, end);
          end += filled;
          filled = 0;
        }
      }
      const rest = Math.ceil(filled / PAGE_BYTES) * PAGE_BYTES;
      memory.fill(0, filled, rest);
      await this.#write(memory.subarray(0, rest), end);
      this.bytes = end + rest;
      return start;
    } catch (error) {
      // Give back what a write that failed half-way took: on a full disk every byte counts.
      await this.#handle.truncate(start).catch(() => undefined);
      throw error;
    }
  }

  /** Makes durable what was appended. @throws what the system says */
  datasync(): Promise<void> {
    return this.#handle.datasync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  /** Writes whole pages; the system may take fewer bytes at a time than it is given. */
  async #write(pages: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < pages.length; ) {
      try {
        const { bytesWritten } = await this.#handle.write(pages, done, pages.length - done, position + done);
        // What is left does not begin at a page any more, where a disk became full for one; the usual way does not mind.
        if (this.#isDirect && bytesWritten % PAGE_BYTES !== 0) await this.#writeThroughCache();
        done += bytesWritten;
      } catch (error) {
        // A disk with larger pages, or memory that does not lie as it should.
        if (!this.#isDirect || errorCode(error) !== 'EINVAL') throw error;
        await this.#writeThroughCache();
      }
    }
  }

  /** Goes on the usual way, which works everywhere. */
  async #writeThroughCache(): Promise<void> {
    const direct = this.#handle;
    this.#handle = await open(this.#path, 'r+');
    this.#isDirect = false;
    await direct.close();
  }
}
