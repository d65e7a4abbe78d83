import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { Config } from '../config/config.ts';
import { processEnvironment } from '../config/environment.ts';
import { type DeepPartial, loadConfig } from '../config/load-config.ts';
import { AntaresError } from '../model/errors.ts';

/** Options that every verb with a store has. */
export interface StoreOptions {
  readonly data?: string;
  readonly config?: string;
}

/** Adds `--data` and `--config`. */
export function withStoreOptions(command: Command): Command {
  return command
    .option('--data <dir>', 'folder of the embedded store (default: ANTARES_DATA, else ./antares-data)')
    .option('--config <file>', 'configuration, a JSON file');
}

/** The configuration in force for a verb. @throws CONFIG_INVALID, CONFIG_UNREADABLE */
export function configOf(options: StoreOptions, flags: DeepPartial<Config> = {}): Config {
  const data = options.data === undefined ? {} : { data: options.data };
  return loadConfig({
    file: options.config,
    environment: processEnvironment(),
    flags: { ...flags, ...data } as DeepPartial<Config>,
  });
}

/** Refuses to read a store that is not there, instead of making an empty one. @throws ALERT_STORE_MISSING */
export function requireStore(config: Config): void {
  if (existsSync(join(config.data, 'store'))) return;
  throw new AntaresError(
    'ALERT_STORE_MISSING',
    `there is no store in ${config.data}; name one with --data, or make one with \`antares ingest\` or \`antares up\``,
  );
}

/** Reads a whole number within bounds, for commander. */
export function wholeNumber(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < low || value > high) {
      throw new InvalidArgumentError(`expected a whole number from ${low} to ${high}`);
    }
    return value;
  };
}

/** Reads one of a few words, for commander. */
export function oneOf<const Word extends string>(...words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found === undefined) throw new InvalidArgumentError(`expected ${words.join(' or ')}`);
    return found;
  };
}

/** Ends with SIGINT or SIGTERM; a second one ends the process at once. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  return controller.signal;
}

/** Resolves when a signal says stop. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
