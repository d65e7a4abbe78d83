import { once } from 'node:events';

/** Lines gathered before a write: one system call for many lines. */
const CHUNK_CHARACTERS = 1 << 16;

/** Writes lines to standard output as fast as the reader takes them, and no faster. */
export async function writeLines(lines: AsyncIterable<string> | Iterable<string>): Promise<void> {
  let chunk = '';
  for await (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    await write(chunk);
    chunk = '';
  }
  await write(chunk);
}

/** Writes one line to standard output. */
export async function writeLine(line: string): Promise<void> {
  await write(`${line}\n`);
}

/** Writes one line to standard error. */
export function writeError(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function write(text: string): Promise<void> {
  if (text !== '' && !process.stdout.write(text)) await once(process.stdout, 'drain');
}

/** A line of progress on standard error that overwrites itself; silent unless standard error is a terminal. */
export class ProgressLine {
  readonly #isTerminal = process.stderr.isTTY === true;
  #last = 0;
  #shown = false;

  /** Shows a text, at most ten times a second. */
  show(text: () => string): void {
    if (!this.#isTerminal) return;
    const now = Date.now();
    if (now - this.#last < 100) return;
    this.#last = now;
    this.#shown = true;
    process.stderr.write(`\r\u001b[K${text().slice(0, (process.stderr.columns ?? 80) - 1)}`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#shown) process.stderr.write('\r\u001b[K');
    this.#shown = false;
  }
}
