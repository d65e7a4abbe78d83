import { Command, CommanderError } from 'commander';
import { AntaresError, errorMessage } from '../model/errors.ts';
import { packageVersions } from '../operations/package-versions.ts';
import { registerApi } from './api.ts';
import { registerBench } from './bench.ts';
import { registerCatalog } from './catalog.ts';
import { EXIT } from './exit-codes.ts';
import { registerExport } from './export.ts';
import { registerFeatures } from './features.ts';
import { registerFilter } from './filter.ts';
import { registerIngest } from './ingest.ts';
import { registerLedger } from './ledger.ts';
import { writeError } from './output.ts';
import { registerPacket } from './packet.ts';
import { registerReplay } from './replay.ts';
import { registerSearch } from './search.ts';
import { registerSimulate } from './simulate.ts';
import { registerSky } from './sky.ts';
import { registerStatus } from './status.ts';
import { registerUp } from './up.ts';
import { registerUser } from './user.ts';
import { registerWatchList } from './watch-list.ts';

/** Codes of errors that mean "you asked for something that cannot be asked", not "the world failed". */
const USAGE_CODES =
  /^(USAGE_|CONFIG_|CATALOG_NAME_INVALID$|CATALOG_COLUMN_MISSING$|CATALOG_UNKNOWN$|LOCUS_ID_MALFORMED$|FILTER_UNKNOWN$|STREAM_DEFINITION_|QUERY_|SORT_INVALID$|AGGREGATION_INVALID$|USER_NAME_|USER_DETAIL_INVALID$|USER_UNKNOWN$|USER_LAST_ADMIN$|PASSWORD_UNSUITABLE$)/;
/** Codes of errors that mean "the input was looked at and refused". */
const REFUSED_CODES = /^(PACKET_|INPUT_|CATALOG_ROWS_UNUSABLE$|CATALOG_EMPTY$|LOCUS_UNKNOWN$|SKY_)/;

/** The program with all its verbs. */
export function antaresProgram(): Command {
  const program = new Command('antares');
  program
    .description('An alert broker for time-domain astronomy: from survey packets to annotated, tagged loci.')
    .version(packageVersions()['antares'] ?? '')
    .showHelpAfterError('(add --help for the usage and an example)')
    .exitOverride();
  const registers = [
    registerUp,
    registerApi,
    registerIngest,
    registerExport,
    registerCatalog,
    registerWatchList,
    registerLedger,
    registerReplay,
    registerSearch,
    registerStatus,
    registerFilter,
    registerUser,
    registerPacket,
    registerSimulate,
    registerSky,
    registerFeatures,
    registerBench,
  ];
  for (const register of registers) register(program);
  for (const command of allCommands(program))
    command.exitOverride().showHelpAfterError('(add --help for the usage and an example)');
  return program;
}

/**
 * Runs one command line to its end.
 *
 * @returns the exit code; errors are printed, one line each
 */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  try {
    await antaresProgram().parseAsync([...argv]);
    await flushed(process.stdout);
    return Number(process.exitCode ?? EXIT.done);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    if (error instanceof AntaresError) {
      writeError(`${error.code}: ${errorMessage(error)}`);
      if (USAGE_CODES.test(error.code)) return EXIT.usage;
      return REFUSED_CODES.test(error.code) ? EXIT.refused : EXIT.world;
    }
    writeError(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return EXIT.world;
  }
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

/** Resolves when everything written so far has been handed to the system. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}
