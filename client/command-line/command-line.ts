import { readFileSync } from 'node:fs';
import { AntaresError, errorCode } from '@antares/client';
import { Command, CommanderError } from 'commander';
import { registerCatalogs } from './catalogs.ts';
import { registerCone } from './cone.ts';
import { registerConfig } from './config.ts';
import { EXIT } from './exit-codes.ts';
import { registerLightCurve } from './lightcurve.ts';
import { registerLocus } from './locus.ts';
import { writeError } from './output.ts';
import { registerSearch } from './search.ts';
import { registerStream } from './stream.ts';
import { registerTags } from './tags.ts';
import { registerThumbnails } from './thumbnails.ts';

/** The program with all its verbs. */
export function clientProgram(): Command {
  const program = new Command('antares-client');
  program
    .description('Search the Antares alert broker, and follow its streams')
    .version(packageVersion())
    .addHelpText('after', '\nExample:\n  antares-client search --tag nuclear_transient --limit 20');
  const registers = [
    registerSearch,
    registerLocus,
    registerCone,
    registerLightCurve,
    registerTags,
    registerCatalogs,
    registerStream,
    registerThumbnails,
    registerConfig,
  ];
  for (const register of registers) register(program);
  for (const command of allCommands(program)) {
    command.exitOverride().showHelpAfterError('(add --help for the usage and an example)');
  }
  return program;
}

/**
 * Runs one command line to its end.
 *
 * @returns the exit code; errors are printed, one line each
 */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  try {
    await clientProgram().parseAsync([...argv]);
    await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    if (error instanceof AntaresError || errorCode(error) !== 'UNEXPECTED') {
      writeError(`${errorCode(error)}: ${error instanceof Error ? error.message : String(error)}`);
      return exitCodeOf(error);
    }
    if (isWrongArgument(error)) {
      writeError(`USAGE: ${error.message}`);
      return EXIT.usage;
    }
    writeError(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return EXIT.world;
  }
}

function exitCodeOf(error: unknown): number {
  if (!(error instanceof AntaresError)) return EXIT.world;
  if (error.code.startsWith('USAGE_')) return EXIT.usage;
  if (error.status === 404 || error.code === 'STREAM_UNKNOWN') return EXIT.refused;
  return error.status === 400 || error.status === 422 ? EXIT.usage : EXIT.world;
}

/** Something typed that the library refused; other `TypeError`s are mistakes in this program. */
function isWrongArgument(error: unknown): error is TypeError {
  return error instanceof TypeError && error.message.startsWith('expected ');
}

function packageVersion(): string {
  const path = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}
