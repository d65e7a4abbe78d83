import type { Command } from 'commander';
import { Broker } from '../operations/broker.ts';
import { listFileSources } from '../sources/files/list-file-sources.ts';
import { configOf, interruption, oneOf, type StoreOptions, wholeNumber, withStoreOptions } from './common-options.ts';
import { EXIT } from './exit-codes.ts';
import { ProgressLine, writeError, writeLine } from './output.ts';

interface IngestOptions extends StoreOptions {
  readonly survey?: string;
  readonly l1?: 'on' | 'off';
  readonly json?: boolean;
  readonly strict?: boolean;
  readonly workers?: number;
}

/** `antares ingest PATH…`: packets in, loci out; goes on where an interrupted run stopped. */
export function registerIngest(program: Command): void {
  withStoreOptions(
    program
      .command('ingest <path...>')
      .description('take in alert packets from files, folders, archives or standard input'),
  )
    .option('--survey <name>', 'survey of packets that do not say: ztf or lsst', oneOf('ztf', 'lsst'))
    .option(
      '--l1 <on|off>',
      'apply the L1 filters, which keep poor alerts out of the pipeline (default: as configured, on)',
      oneOf('on', 'off'),
    )
    .option('--json', 'print one JSON object with the counts at the end')
    .option('--strict', 'exit with 1 when any packet was rejected')
    .option('--workers <n>', 'worker threads (default: one a processor)', wholeNumber(1, 64))
    .addHelpText(
      'after',
      `
A path is an Avro file, a folder (walked in name order), a .tar or .tar.gz, a Confluent wire message, or - for a tar on
standard input. Rejected packets are kept with the reason: see \`antares ledger rejected\`.

Example:
  antares ingest ztf_public_20240715.tar.gz`,
    )
    .action(async (paths: string[], options: IngestOptions) => {
      const config = configOf(options, options.workers === undefined ? {} : { pipeline: { workers: options.workers } });
      const signal = interruption();
      const progress = new ProgressLine();
      const started = performance.now();
      const seconds = (): number => (performance.now() - started) / 1000;
      const broker = await Broker.open(config, {
        onProgress: ({ received }) => progress.show(() => `${received} packets, ${Math.round(received / seconds())}/s`),
        onStall: (reason) => {
          progress.clear();
          writeError(
            reason === undefined ? 'the store takes alerts in again' : `waiting: ${reason.code}: ${reason.message}`,
          );
        },
        onCrash: ({ filter, crashLogId }) => writeError(`filter ${filter} crashed and is switched off: ${crashLogId}`),
        onWarning: writeError,
      });
      try {
        const sources = await listFileSources(paths);
        for (const source of sources) {
          try {
            if (!signal.aborted) {
              await broker.take(source, {
                survey: options.survey,
                useL1Filters: options.l1 === undefined ? undefined : options.l1 === 'on',
                isPartOfMore: true,
                signal,
              });
            }
          } finally {
            await source.close();
          }
        }
        if (!signal.aborted) await broker.forget(sources);
      } finally {
        await broker.close();
        progress.clear();
      }
      const { received, stored, duplicate, rejected, reasons, lociCreated } = broker.totals;
      if (signal.aborted)
        writeError('interrupted: everything received so far is stored; the same command goes on from here');
      if (rejected > 0) {
        const list = Object.entries(reasons).map(([reason, count]) => `${reason} ${count}`);
        writeError(
          `warning: ${rejected} of ${received} packets were rejected (${list.join(', ')}); \`antares ledger rejected\` lists them`,
        );
      }
      if (options.json === true) {
        const took = Number(seconds().toFixed(3));
        await writeLine(
          JSON.stringify({ received, stored, duplicate, rejected, reasons, loci_created: lociCreated, seconds: took }),
        );
      } else {
        const rate = Math.round(received / seconds());
        writeError(
          `${received} received: ${stored} stored, ${duplicate} duplicate, ${rejected} rejected; ${lociCreated} new loci; ${rate}/s`,
        );
      }
      if (options.strict === true && rejected > 0) process.exitCode = EXIT.refused;
    });
}
