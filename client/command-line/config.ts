import { text } from 'node:stream/consumers';
import { AntaresError } from '@antares/client';
import type { Command } from 'commander';
import { writeError, writeLine, writeRow } from './output.ts';
import {
  checkSetting,
  readSettings,
  SETTINGS,
  settingInForce,
  settingNames,
  settingsPath,
  toSettingName,
  writeSettings,
} from './settings.ts';

/** `antares-client config`. */
export function registerConfig(program: Command): void {
  const config = program
    .command('config')
    .description('Address and token of the broker: what is in force; `set` and `unset` change the file')
    .addHelpText(
      'after',
      `
Settings: base-url (ANTARES_API_BASE_URL), token (ANTARES_TOKEN). The environment goes before the file.

Examples:
  antares-client config set base-url https://antares.example.org
  antares-client config set token < token.txt
  antares-client config show --json`,
    );

  config
    .command('show', { isDefault: true })
    .description('What is in force, and where it comes from; of the token only whether there is one')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  antares-client config show')
    .action(async (options: { readonly json?: boolean }) => {
      const kept = await readSettings();
      const rows = settingNames().map((name) => {
        const { value, from } = settingInForce(name, undefined, kept);
        return { name, value: SETTINGS[name].isSecret && value !== undefined ? '(set)' : value, from };
      });
      if (options.json === true) {
        const settings = Object.fromEntries(rows.map(({ name, value, from }) => [name, { value, from }]));
        await writeLine(JSON.stringify({ file: settingsPath(), settings }));
        return;
      }
      await writeRow(['file', settingsPath()]);
      for (const { name, value, from } of rows) await writeRow([name, value ?? '(not set)', from]);
    });

  config
    .command('set')
    .description('Keep a setting. A token is read from standard input: as an argument others would see it')
    .argument('<name>', 'base-url or token')
    .argument('[value]', 'of base-url')
    .addHelpText('after', '\nExample:\n  antares-client config set base-url http://localhost:8000')
    .action(async (typed: string, value: string | undefined) => {
      const name = toSettingName(typed);
      if (SETTINGS[name].isSecret && value !== undefined) {
        throw new AntaresError('USAGE_SECRET_AS_ARGUMENT', `give the ${name} on standard input: ${name} < file`);
      }
      if (!SETTINGS[name].isSecret && value === undefined) {
        throw new AntaresError('USAGE_SETTING_INVALID', `expected a value: antares-client config set ${name} VALUE`);
      }
      if (value === undefined && process.stdin.isTTY === true) writeError(`type the ${name}, then Enter and Ctrl-D:`);
      const setting = value ?? (await text(process.stdin)).trim();
      checkSetting(name, setting);
      await writeSettings({ ...(await readSettings()), [name]: setting });
    });

  config
    .command('unset')
    .description('Forget a setting')
    .argument('<name>', 'base-url or token')
    .addHelpText('after', '\nExample:\n  antares-client config unset token')
    .action(async (typed: string) => {
      const name = toSettingName(typed);
      const { [name]: _, ...rest } = await readSettings();
      await writeSettings(rest);
    });
}
