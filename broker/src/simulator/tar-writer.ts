import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

const BLOCK = 512;

/**
 * Writes a tar archive (POSIX ustar), gzipped or not, member by member.
 *
 * While it is being written the file ends in `.partial`; `close` gives it its name. Members wait for the disk: memory stays
 * small however large the archive.
 */
export class TarWriter {
  readonly path: string;
  readonly #partial: string;
  readonly #in: Writable;
  readonly #done: Promise<void>;

  /** @param path  of the finished archive */
  constructor(path: string, options: { readonly gzip: boolean }) {
    this.path = path;
    this.#partial = `${path}.partial`;
    const file = createWriteStream(this.#partial);
    this.#done = finished(file);
    // Awaited by whoever writes or closes; until then an error is not unhandled.
    this.#done.catch(() => undefined);
    if (options.gzip) {
      // Stamps are compressed already; a higher level would only take longer.
      const gzip = createGzip({ level: 1 });
      gzip.on('error', (error) => file.destroy(error));
      file.on('error', (error) => gzip.destroy(error));
      gzip.pipe(file);
      this.#in = gzip;
    } else {
      this.#in = file;
    }
  }

  /**
   * Adds a file.
   *
   * @param name     at most 100 ASCII characters
   * @param bytes    left alone from now on
   * @param unixSec  when it was made [s]
   */
  async add(name: string, bytes: Uint8Array, unixSec: number): Promise<void> {
    const padding = (BLOCK - (bytes.length % BLOCK)) % BLOCK;
    this.#in.write(headerOf(name, bytes.length, unixSec));
    if (bytes.length > 0) this.#in.write(bytes);
    if (!this.#in.write(Buffer.alloc(padding))) await Promise.race([once(this.#in, 'drain'), this.#done]);
  }

  /** Ends the archive. */
  async close(): Promise<void> {
    this.#in.end(Buffer.alloc(2 * BLOCK));
    await this.#done;
    await rename(this.#partial, this.path);
  }
}

/** The header of a plain file: fields of fixed width, numbers in octal. */
function headerOf(name: string, size: number, unixSec: number): Buffer {
  if (!/^[\x20-\x7e]{1,100}$/.test(name)) throw new TypeError(`not a name for a tar member: ${name}`);
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, width: number): string => value.toString(8).padStart(width - 1, '0');
  header.write(name, 0, 'latin1');
  header.write(octal(0o644, 8), 100, 'latin1');
  header.write(octal(0, 8), 108, 'latin1');
  header.write(octal(0, 8), 116, 'latin1');
  header.write(octal(size, 12), 124, 'latin1');
  header.write(octal(Math.max(0, Math.floor(unixSec)), 12), 136, 'latin1');
  // The checksum is taken with spaces in its own place.
  header.write('        ', 148, 'latin1');
  header.write('0', 156, 'latin1');
  header.write('ustar\0', 257, 'latin1');
  header.write('00', 263, 'latin1');
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${octal(sum, 7)}\0 `, 148, 'latin1');
  return header;
}
