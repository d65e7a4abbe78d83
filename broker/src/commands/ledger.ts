import type { Command } from 'commander';
import type { AlertStore, Rejection } from '../alert-store/alert-store.ts';
import { openAlertStore } from '../backends.ts';
import { type LedgerLevel, type LedgerLine, summarizeLedger } from '../operations/ledger.ts';
import { configOf, oneOf, requireStore, type StoreOptions, withStoreOptions } from './common-options.ts';
import { writeLine, writeLines } from './output.ts';

interface LedgerOptions extends StoreOptions {
  readonly by: LedgerLevel;
  readonly json?: boolean;
}

/** `antares ledger`: every packet accounted for. */
export function registerLedger(program: Command): void {
  const command = withStoreOptions(
    program.command('ledger').description('received = stored + duplicate + rejected, by source, night and visit'),
  )
    .option('--by <level>', 'source, night or visit', oneOf('source', 'night', 'visit'), 'night')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  antares ledger --by night --json')
    .action(async (options: LedgerOptions) => {
      await withReader(options, async (store) => {
        const lines = summarizeLedger(await store.listLedger(), options.by);
        if (options.json === true) await writeLine(JSON.stringify(lines));
        else await writeLines(lines.map(toText));
      });
    });
  withStoreOptions(command.command('rejected').description('packets that were refused, with the reason and the file'))
    .option('--json', 'one JSON object a line')
    .addHelpText('after', '\nExample:\n  antares ledger rejected')
    .action(async (_options: unknown, self: Command) => {
      const options = self.optsWithGlobals<LedgerOptions>();
      await withReader(options, async (store) => {
        await writeLines(rejectedLines(store, options.json === true));
      });
    });
}

async function withReader(options: StoreOptions, use: (store: AlertStore) => Promise<void>): Promise<void> {
  const config = configOf(options);
  requireStore(config);
  const store = await openAlertStore(config, 'reader');
  try {
    await use(store);
  } finally {
    await store.close();
  }
}

function toText({ source, survey, night, visit, received, stored, duplicate, rejected, reasons }: LedgerLine): string {
  const keys = [source, survey, night, visit].filter((key) => key !== undefined).map((key) => (key === '' ? '-' : key));
  const why = Object.entries(reasons).map(([reason, count]) => `${reason} ${count}`);
  const counts = `${received} received = ${stored} stored + ${duplicate} duplicate + ${rejected} rejected`;
  return `${keys.join('\t')}\t${counts}${why.length === 0 ? '' : ` (${why.join(', ')})`}`;
}

async function* rejectedLines(store: AlertStore, json: boolean): AsyncGenerator<string> {
  let token: string | undefined;
  do {
    const page = await store.scanRejections(token, 1000);
    for (const rejection of page.items)
      yield json ? rejectionToJson(rejection) : `${rejection.name}\t${rejection.reason}\t${rejection.message}`;
    token = page.next;
  } while (token !== undefined);
}

function rejectionToJson({
  id,
  source,
  survey,
  night,
  visit,
  name,
  reason,
  message,
  receivedAt,
  bytes,
}: Rejection): string {
  return JSON.stringify({
    id,
    source,
    survey,
    night,
    visit,
    file: name,
    reason,
    message,
    received_at: receivedAt,
    bytes,
  });
}
