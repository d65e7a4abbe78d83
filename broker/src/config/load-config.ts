import { readFileSync } from 'node:fs';
import { AntaresError } from '../model/errors.ts';
import { type Config, DEFAULT_CONFIG } from './config.ts';

/** Where a configuration comes from: later ones win. */
export interface ConfigSources {
  /** JSON file; undefined for none. */
  readonly file: string | undefined;
  /** The process' environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** From the command line: partial, same shape. */
  readonly flags: DeepPartial<Config>;
}

/** The same shape with everything optional. */
export type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: DeepPartial<T[K]> | undefined }
    : T;

type Plain = { [key: string]: unknown };

/**
 * The configuration in force: defaults, then the file, then `ANTARES_*` of the environment, then flags.
 *
 * @throws CONFIG_UNREADABLE, CONFIG_INVALID  naming the key, what was expected and what came
 */
export function loadConfig(sources: ConfigSources): Config {
  let config = DEFAULT_CONFIG as unknown as Plain;
  if (sources.file !== undefined) config = merge(config, readFile(sources.file), '', sources.file);
  config = merge(config, fromEnvironment(sources.environment), '', 'the environment');
  config = merge(config, sources.flags as Plain, '', 'the command line');
  return check(config as unknown as Config);
}

function readFile(file: string): Plain {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Plain;
  } catch (error) {
    throw new AntaresError('CONFIG_UNREADABLE', `cannot read configuration ${file}: expected a JSON object`, {
      cause: error,
    });
  }
}

/** `ANTARES_PIPELINE__COMMIT_EVERY_PACKETS=100` → `{pipeline: {commitEveryPackets: '100'}}`, for keys that exist. */
function fromEnvironment(environment: Readonly<Record<string, string | undefined>>): Plain {
  const result: Plain = {};
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith('ANTARES_') || value === undefined) continue;
    const path = name.slice('ANTARES_'.length).split('__').map(toCamelCase);
    if (!exists(path)) continue;
    let at = result;
    for (const key of path.slice(0, -1)) {
      at[key] ??= {};
      at = at[key] as Plain;
    }
    at[path.at(-1)!] = value;
  }
  return result;
}

function toCamelCase(name: string): string {
  return name.toLowerCase().replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function exists(path: readonly string[]): boolean {
  let at: unknown = DEFAULT_CONFIG;
  for (const key of path) {
    if (at === null || typeof at !== 'object' || !Object.hasOwn(at, key)) return false;
    at = (at as Plain)[key];
  }
  return true;
}

/** Sections whose keys are the operator's: text by name, the whole replacing the default. */
const FREE = new Set(['streams']);

function merge(base: Plain, over: Plain, path: string, origin: string): Plain {
  const result: Plain = FREE.has(path) ? {} : { ...base };
  for (const [key, value] of Object.entries(over)) {
    if (value === undefined) continue;
    const name = path === '' ? key : `${path}.${key}`;
    if (!FREE.has(path) && !Object.hasOwn(base, key)) {
      throw new AntaresError(
        'CONFIG_INVALID',
        `${origin} sets ${name}, which does not exist; known here: ${Object.keys(base).join(', ')}`,
      );
    }
    result[key] = convert(name, FREE.has(path) ? '' : base[key], value, origin);
  }
  return result;
}

function convert(name: string, before: unknown, value: unknown, origin: string): unknown {
  const invalid = (expected: string): AntaresError =>
    new AntaresError('CONFIG_INVALID', `${origin} sets ${name} to ${JSON.stringify(value)}; expected ${expected}`);
  if (Array.isArray(before)) {
    if (typeof value === 'string')
      return value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');
    if (Array.isArray(value) && value.every((part) => typeof part === 'string')) return value;
    throw invalid('a list of names');
  }
  switch (typeof before) {
    case 'number': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      if (typeof number !== 'number' || !Number.isFinite(number)) throw invalid('a number');
      return number;
    }
    case 'boolean':
      if (typeof value === 'boolean') return value;
      if (['1', 'true', 'on', 'yes'].includes(String(value).toLowerCase())) return true;
      if (['0', 'false', 'off', 'no'].includes(String(value).toLowerCase())) return false;
      throw invalid('true or false');
    case 'object':
      if (value === null || typeof value !== 'object' || Array.isArray(value)) throw invalid('an object');
      return merge(before as Plain, value as Plain, name, origin);
    default:
      if (typeof value !== 'string') throw invalid('text');
      return value;
  }
}

function check(config: Config): Config {
  const { pipeline, http } = config;
  const require = (holds: boolean, message: string): void => {
    if (!holds) throw new AntaresError('CONFIG_INVALID', message);
  };
  const whole = (value: number, low: number, high: number): boolean =>
    Number.isInteger(value) && value >= low && value <= high;
  require(whole(pipeline.workers, 1, 64), `pipeline.workers is ${pipeline.workers}; expected 1 to 64`);
  require(whole(
    pipeline.commitEveryPackets,
    1,
    10_000,
  ), `pipeline.commitEveryPackets is ${pipeline.commitEveryPackets}; expected 1 to 10000`);
  require(whole(
    pipeline.commitEveryBytes,
    1 << 20,
    1 << 30,
  ), `pipeline.commitEveryBytes is ${pipeline.commitEveryBytes}; expected 1 MiB to 1 GiB`);
  require(pipeline.associationRadiusArcsec > 0 &&
    pipeline.associationRadiusArcsec <=
      2, `pipeline.associationRadiusArcsec is ${pipeline.associationRadiusArcsec}; expected more than 0, 2 at most (arcsec)`);
  require(['detection', 'object'].includes(
    pipeline.solarSystemLoci,
  ), `pipeline.solarSystemLoci is ${JSON.stringify(pipeline.solarSystemLoci)}; expected detection or object`);
  require(whole(http.port, 0, 65_535), `http.port is ${http.port}; expected 0 to 65535`);
  require(http.publicUrl === '' ||
    /^https?:\/\/[^/?#]+(\/[^?#]*)?$/.test(
      http.publicUrl,
    ), `http.publicUrl is ${JSON.stringify(http.publicUrl)}; expected an address such as https://antares.example.org`);
  require(whole(
    http.maxBodyBytes,
    1024,
    1 << 30,
  ), `http.maxBodyBytes is ${http.maxBodyBytes}; expected 1 KiB to 1 GiB`);
  require(http.rateLimitFactor > 0, `http.rateLimitFactor is ${http.rateLimitFactor}; expected more than 0`);
  require(['open', 'closed'].includes(
    http.registration,
  ), `http.registration is ${JSON.stringify(http.registration)}; expected open or closed`);
  const { securityProtocol } = config.clientStreaming;
  require(['SASL_SSL', 'SASL_PLAINTEXT'].includes(
    securityProtocol,
  ), `clientStreaming.securityProtocol is ${JSON.stringify(securityProtocol)}; expected SASL_SSL or SASL_PLAINTEXT`);
  return config;
}
