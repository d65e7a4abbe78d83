import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { CatalogImages } from '../catalogs/catalog-set.ts';
import { Broker } from '../operations/broker.ts';
import { LiveFigures } from '../operations/live-figures.ts';
import { simulatedSource } from '../operations/simulated-source.ts';
import type { LiveStatus } from '../operations/status-page.ts';
import { fileId } from '../sources/files/file-source.ts';
import { listFileSources } from '../sources/files/list-file-sources.ts';
import { TakenFiles } from '../sources/files/taken-files.ts';
import { watchFolder } from '../sources/files/watch-folder.ts';
import type { ApiService } from './api-service.ts';
import {
  configOf,
  interruption,
  oneOf,
  type StoreOptions,
  untilAborted,
  wholeNumber,
  withStoreOptions,
} from './common-options.ts';
import { ProgressLine, writeError, writeLine } from './output.ts';

interface UpOptions extends StoreOptions {
  readonly port?: number;
  readonly host?: string;
  readonly simulate: boolean;
  readonly replay?: string[];
  readonly watch?: string;
  readonly survey?: 'ztf' | 'lsst';
  readonly rate: number;
  readonly alerts: number;
  readonly seed: string;
}

const FIGURES_EVERY_MS = 1_000;
/** Where nobody looks at a terminal, a line now and then is enough. */
const LOG_EVERY_MS = 10_000;

/** `antares up`: the whole broker in one process. */
export function registerUp(program: Command): void {
  withStoreOptions(
    program.command('up').description('the whole broker in one process, with its HTTP interface and a status page'),
  )
    .option(
      '--port <n>',
      'port of the HTTP interface; 0 picks a free one (default: as configured, 8080)',
      wholeNumber(0, 65_535),
    )
    .option('--host <address>', 'address to listen on (default: as configured, loopback)')
    .option('--no-simulate', 'take nothing in by itself')
    .option('--replay <path...>', 'take these packets in, as `ingest` would, instead of a simulation')
    .option('--watch <dir>', 'take in packets and archives as they appear in a folder')
    .option('--survey <name>', 'survey to simulate: ztf or lsst', oneOf('ztf', 'lsst'), 'ztf')
    .option('--rate <n>', 'simulated alerts a second; 0 as fast as they are taken', wholeNumber(0, 100_000), 100)
    .option('--alerts <n>', 'simulated alerts in all', wholeNumber(1, 10_000_000), 20_000)
    .option('--seed <text>', 'seed of the simulated sky', '1')
    .addHelpText(
      'after',
      `
Without --replay or --watch it plays a simulated night through the broker.

Example:
  antares up --port 8080
  antares up --no-simulate --watch /data/incoming`,
    )
    .action(async (options: UpOptions) => {
      const http = {
        ...(options.port === undefined ? {} : { port: options.port }),
        ...(options.host === undefined ? {} : { host: options.host }),
      };
      const config = configOf(options, { http });
      const signal = interruption();
      const progress = new ProgressLine();
      let figures: LiveFigures | undefined;
      const say = (line: string): void => {
        progress.clear();
        writeError(line);
      };
      const broker = await Broker.open(config, {
        onStall: (reason) => {
          if (figures !== undefined) figures.stalled = reason ?? null;
          say(reason === undefined ? 'the store takes alerts in again' : `waiting: ${reason.code}: ${reason.message}`);
        },
        onCrash: ({ filter, crashLogId }) => say(`filter ${filter} crashed and is switched off: ${crashLogId}`),
        onWarning: say,
      });
      figures = new LiveFigures(broker);
      let server: ApiService | undefined;
      try {
        const { store, streams } = broker;
        const status = (): Promise<LiveStatus> => figures.status();
        // Imported here: the server's packages take longer to load than most other verbs to run.
        const { ApiService: Service } = await import('./api-service.ts');
        const catalogs = (): CatalogImages => broker.catalogs;
        server = await Service.start({ config, store, streams, catalogs, keepsIndex: true, status, say });
        const { address } = server;
        // The night is taken in meanwhile.
        const listening = server.searchable(say).then(() => writeLine(`listening ${address}`));
        const showing = showFigures(figures, progress, signal);
        await takeIn(broker, options, signal, say);
        await untilAborted(signal);
        await showing;
        await listening;
      } finally {
        await server?.close();
        await broker.close();
        say(figures.line());
      }
    });
}

/** Takes in what the options ask for. Resolves when all of it is in, or when the signal says stop. */
async function takeIn(
  broker: Broker,
  options: UpOptions,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  const work: Promise<void>[] = [];
  if (options.watch !== undefined) work.push(takeFolder(broker, options.watch, signal));
  if (options.replay !== undefined) work.push(takeFiles(broker, options.replay, signal, say));
  if (options.simulate && options.watch === undefined && options.replay === undefined) {
    const simulation = { seed: options.seed, surveys: [options.survey ?? 'ztf'] as const, alerts: options.alerts };
    say(
      `playing a simulated night (seed ${options.seed}) at ${options.rate === 0 ? 'full speed' : `${options.rate} alerts/s`}`,
    );
    work.push(broker.take(simulatedSource({ simulation, perSecond: options.rate, signal }), { signal }));
  }
  await Promise.all(work);
}

async function takeFiles(
  broker: Broker,
  paths: readonly string[],
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  for (const source of await listFileSources(paths)) {
    try {
      if (!signal.aborted) await broker.take(source, { signal });
    } finally {
      await source.close();
    }
  }
  if (!signal.aborted) say('everything is taken in; the broker stays up');
}

async function takeFolder(broker: Broker, folder: string, signal: AbortSignal): Promise<void> {
  const taken = await TakenFiles.open(join(broker.config.data, 'watched-files'));
  try {
    for await (const source of watchFolder(folder, { signal, taken })) {
      try {
        await broker.take(source, { signal });
        if (!signal.aborted) await taken.add(source.files.map(fileId));
      } finally {
        await source.close();
      }
    }
  } finally {
    await taken.close();
  }
}

/** Live figures until the signal says stop: a line that changes on a terminal, a line now and then elsewhere. */
async function showFigures(figures: LiveFigures, progress: ProgressLine, signal: AbortSignal): Promise<void> {
  let logged = performance.now();
  while (!signal.aborted) {
    await sleep(FIGURES_EVERY_MS, undefined, { signal }).catch(() => undefined);
    figures.rate();
    progress.show(() => figures.line());
    if (process.stderr.isTTY !== true && performance.now() - logged >= LOG_EVERY_MS) {
      logged = performance.now();
      writeError(figures.line());
    }
  }
  progress.clear();
}
