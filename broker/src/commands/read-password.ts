import { AntaresError } from '../model/errors.ts';
import { writeError } from './output.ts';

/** More than any password: what is longer is not read to its end. */
const MAX_BYTES = 64 * 1024;

/**
 * A password from a terminal, asked for twice and not shown, or from the first line of standard input. Never from an
 * argument: those are in the list of processes and in the shell's history.
 *
 * @throws USAGE_PASSWORD_MISSING, USAGE_PASSWORD_DIFFERS
 */
export async function readPassword(question: string): Promise<string> {
  const { stdin } = process;
  if (stdin.isTTY !== true) return firstLine(await readAll(stdin));
  const password = await ask(`${question}: `);
  if ((await ask('Again: ')) !== password) {
    throw new AntaresError('USAGE_PASSWORD_DIFFERS', 'the two passwords differ; nothing was changed');
  }
  return required(password);
}

function firstLine(text: string): string {
  return required(/^[^\r\n]*/.exec(text)![0]);
}

function required(password: string): string {
  if (password !== '') return password;
  throw new AntaresError(
    'USAGE_PASSWORD_MISSING',
    'expected a password on standard input, in its first line; or run it in a terminal, which asks for one',
  );
}

async function readAll(stream: NodeJS.ReadStream): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Return, Ctrl+C, Ctrl+D. */
const ENDS = ['\r', '\n', '\u0003', '\u0004'];

/** Reads a line from the terminal with nothing shown. */
async function ask(question: string): Promise<string> {
  const { stdin } = process;
  process.stderr.write(question);
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  stdin.resume();
  try {
    return await new Promise((resolve, reject) => {
      let line = '';
      const onData = (text: string): void => {
        // Arrow keys and the like are not characters of a password.
        if (text.startsWith('\u001b')) return;
        for (const character of text) {
          if (ENDS.includes(character)) {
            stdin.removeListener('data', onData);
            if (character === '\r' || character === '\n') resolve(line);
            else reject(new AntaresError('USAGE_PASSWORD_MISSING', 'no password was given; nothing was changed'));
            return;
          }
          if (character === '\u007f' || character === '\b') line = [...line].slice(0, -1).join('');
          else if (character >= ' ') line += character;
        }
      };
      stdin.on('data', onData);
    });
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    writeError('');
  }
}
