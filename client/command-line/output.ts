import { once } from 'node:events';

/** Writes one line to standard output, no faster than the reader takes it. */
export async function writeLine(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
}

/** Writes bytes to standard output, no faster than the reader takes them. */
export async function writeBytes(bytes: Uint8Array): Promise<void> {
  if (!process.stdout.write(bytes)) await once(process.stdout, 'drain');
}

/** Writes one line of a table: cells between tabs, an undefined one empty. */
export function writeRow(cells: readonly (string | number | undefined)[]): Promise<void> {
  return writeLine(cells.map((cell) => String(cell ?? '').replaceAll(/[\t\r\n]/g, ' ')).join('\t'));
}

/** Writes one line to standard error. */
export function writeError(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A line of progress on standard error that overwrites itself; silent unless standard error is a terminal. */
export class ProgressLine {
  readonly #isTerminal = process.stderr.isTTY === true;
  #last = 0;
  #isShown = false;

  /** Shows a text, at most ten times a second. */
  show(text: () => string): void {
    if (!this.#isTerminal) return;
    const now = Date.now();
    if (now - this.#last < 100) return;
    this.#last = now;
    this.#isShown = true;
    process.stderr.write(`\r\u001b[K${text().slice(0, (process.stderr.columns ?? 80) - 1)}`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#isShown) process.stderr.write('\r\u001b[K');
    this.#isShown = false;
  }
}
