import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { AntaresError, isObject, parseJson, serverRoot } from '@antares/client';

/** Where the broker is when nobody says otherwise: `antares up` on this machine. */
const DEFAULT_BASE_URL = 'http://127.0.0.1:8080';

/** What can be kept in the file, with the environment variable that goes before it. */
export const SETTINGS = {
  'base-url': { environment: 'ANTARES_API_BASE_URL', isSecret: false },
  token: { environment: 'ANTARES_TOKEN', isSecret: true },
} as const;

/** The name of a setting. */
export type SettingName = keyof typeof SETTINGS;

/** What is kept in the file. */
export type KeptSettings = Readonly<Partial<Record<SettingName, string>>>;

/** A setting in force, and where it comes from. */
export interface Setting {
  readonly value: string | undefined;
  /** `option`, `environment`, `file` or `default`. */
  readonly from: string;
}

/** The file of the settings: `$XDG_CONFIG_HOME/antares/client.json`, by default under `~/.config`. */
export function settingsPath(): string {
  const xdg = process.env['XDG_CONFIG_HOME'];
  return join(xdg === undefined || xdg === '' ? join(homedir(), '.config') : xdg, 'antares', 'client.json');
}

/** The settings in the file; none where there is no file. @throws CONFIG_DAMAGED */
export async function readSettings(): Promise<KeptSettings> {
  const path = settingsPath();
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
  const kept: Partial<Record<SettingName, string>> = {};
  try {
    const value = parseJson(text);
    if (!isObject(value)) throw new TypeError('no object');
    for (const name of settingNames()) {
      const setting = value[name];
      if (typeof setting === 'string') kept[name] = setting;
    }
  } catch {
    // Nothing of the file goes into the message: it may hold a token.
    throw new AntaresError(
      'CONFIG_DAMAGED',
      `expected settings as a JSON object in ${path}; correct or remove the file`,
    );
  }
  return kept;
}

/** Keeps settings in the file, whole or not at all, readable by its owner only: it may hold a token. */
export async function writeSettings(settings: KeptSettings): Promise<void> {
  const path = settingsPath();
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}`;
  try {
    await writeFile(temporary, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    await chmod(temporary, 0o600);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** A setting in force: an option goes before the environment, that before the file. */
export function settingInForce(name: SettingName, option: string | undefined, kept: KeptSettings): Setting {
  if (option !== undefined) return { value: option, from: 'option' };
  const variable = process.env[SETTINGS[name].environment];
  if (variable !== undefined && variable !== '') return { value: variable, from: 'environment' };
  if (kept[name] !== undefined) return { value: kept[name], from: 'file' };
  return { value: name === 'base-url' ? DEFAULT_BASE_URL : undefined, from: 'default' };
}

/** The name of a setting from what was typed. @throws USAGE_SETTING_UNKNOWN */
export function toSettingName(text: string): SettingName {
  const name = settingNames().find((known) => known === text);
  if (name !== undefined) return name;
  throw new AntaresError(
    'USAGE_SETTING_UNKNOWN',
    `expected one of ${settingNames().join(', ')}, got ${JSON.stringify(text)}`,
  );
}

/** All names. */
export function settingNames(): readonly SettingName[] {
  return Object.keys(SETTINGS) as SettingName[];
}

/** Checks a value before it is kept. @throws USAGE_SETTING_INVALID */
export function checkSetting(name: SettingName, value: string): void {
  if (name === 'base-url') {
    serverRoot(value);
  } else if (!/^[\x21-\x7e]+$/.test(value)) {
    throw new AntaresError('USAGE_SETTING_INVALID', 'expected a token of visible ASCII characters');
  }
}
