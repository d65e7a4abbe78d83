import { type Command, InvalidArgumentError } from 'commander';
import { Broker } from '../operations/broker.ts';
import { replayRejected } from '../operations/replay-rejected.ts';
import { configOf, interruption, type StoreOptions, withStoreOptions } from './common-options.ts';
import { writeError, writeLine } from './output.ts';

/** `antares replay --rejected`: tries refused packets again, after a fix. */
export function registerReplay(program: Command): void {
  withStoreOptions(program.command('replay').description('try rejected packets again'))
    .option('--rejected', 'packets in the list of rejections')
    .option('--json', 'print one JSON object with the counts at the end')
    .addHelpText('after', '\nExample:\n  antares replay --rejected')
    .action(async (options: StoreOptions & { readonly rejected?: boolean; readonly json?: boolean }) => {
      if (options.rejected !== true) throw new InvalidArgumentError('say what to replay: --rejected');
      const broker = await Broker.open(configOf(options), { onWarning: writeError });
      try {
        await replayRejected(broker, interruption());
      } finally {
        await broker.close();
      }
      const { received, stored, duplicate, rejected, reasons, lociCreated } = broker.totals;
      if (options.json === true)
        await writeLine(JSON.stringify({ received, stored, duplicate, rejected, reasons, loci_created: lociCreated }));
      else writeError(`${received} tried again: ${stored} stored, ${duplicate} duplicate, ${rejected} rejected`);
    });
}
