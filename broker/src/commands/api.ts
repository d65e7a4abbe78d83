import type { Command } from 'commander';
import { openAlertStore, openStreamReader } from '../backends.ts';
import {
  configOf,
  interruption,
  requireStore,
  type StoreOptions,
  untilAborted,
  wholeNumber,
  withStoreOptions,
} from './common-options.ts';
import { writeError, writeLine } from './output.ts';

/** `antares api`: the HTTP interface over an existing store, alone. */
export function registerApi(program: Command): void {
  withStoreOptions(program.command('api').description('the HTTP interface over an existing store, without a broker'))
    .option('--port <n>', 'port; 0 picks a free one (default: as configured, 8080)', wholeNumber(0, 65_535))
    .option('--host <address>', 'address to listen on (default: as configured, loopback)')
    .addHelpText(
      'after',
      `
Takes no alerts in; follows what a broker on the same store does meanwhile.

Example:
  antares api --port 8080 --data ./antares-data`,
    )
    .action(async (options: StoreOptions & { readonly port?: number; readonly host?: string }) => {
      const http = {
        ...(options.port === undefined ? {} : { port: options.port }),
        ...(options.host === undefined ? {} : { host: options.host }),
      };
      const config = configOf(options, { http });
      requireStore(config);
      const signal = interruption();
      // Imported here: the server's packages take longer to load than most other verbs to run.
      const { ApiService } = await import('./api-service.ts');
      const store = await openAlertStore(config, 'reader');
      try {
        const streams = await openStreamReader(config);
        try {
          const service = await ApiService.start({ config, store, streams, keepsIndex: false, say: writeError });
          try {
            await service.searchable(writeError);
            await writeLine(`listening ${service.address}`);
            await untilAborted(signal);
          } finally {
            await service.close();
          }
        } finally {
          await streams.close();
        }
      } finally {
        await store.close();
      }
    });
}
