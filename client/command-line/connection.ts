import { AntaresClient } from '@antares/client';
import { type Command, InvalidArgumentError } from 'commander';
import { readSettings, settingInForce } from './settings.ts';

/** Options that every verb has that talks to a server. */
export interface ConnectionOptions {
  readonly baseUrl?: string;
  readonly timeout?: number;
}

/** Adds the options of the connection. A token is no option: others on the machine would see it in the list of processes. */
export function withConnection(command: Command): Command {
  return command
    .option('--base-url <url>', 'address of the broker (else ANTARES_API_BASE_URL, else as configured)')
    .option('--timeout <seconds>', 'how long an answer may take', positive);
}

/** A client by options, environment and settings. */
export async function connect(options: ConnectionOptions): Promise<AntaresClient> {
  const kept = await readSettings();
  const baseUrl = settingInForce('base-url', options.baseUrl, kept).value ?? '';
  const token = settingInForce('token', undefined, kept).value;
  return new AntaresClient({
    baseUrl,
    token,
    timeoutMs: options.timeout === undefined ? undefined : options.timeout * 1000,
  });
}

/** A number above 0, from what was typed. */
export function positive(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Expected a number above 0.');
}

/** A whole number, 1 or more, from what was typed. */
export function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number, 1 or more.');
}
