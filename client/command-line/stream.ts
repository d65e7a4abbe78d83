import { join } from 'node:path';
import type { AntaresClient, FollowOptions, StreamMessage } from '@antares/client';
import { type Command, InvalidArgumentError } from 'commander';
import { AlertFolder } from './alert-folder.ts';
import { safeFileName } from './atomic-file.ts';
import { type ConnectionOptions, connect, withConnection } from './connection.ts';
import { interruption, Stopped } from './interruption.ts';
import { ProgressLine, writeError, writeLine, writeRow } from './output.ts';

interface StreamOptions extends ConnectionOptions {
  readonly output?: string;
  readonly from: string;
  readonly untilEnd?: boolean;
  readonly skipGone?: boolean;
  readonly paging?: boolean;
  readonly json?: boolean;
}

/** `antares-client stream`. */
export function registerStream(program: Command): void {
  withConnection(program.command('stream'))
    .description(
      'Follow streams: print alerts as they come, or keep each in a file of its own; without a name: list streams',
    )
    .argument('[name...]', 'the streams')
    .option('--output <folder>', 'keep alerts as files, one folder a stream; a restart goes on where it was')
    .option(
      '--from <place>',
      'start, end, or an offset; not heeded by a folder that has alerts already',
      place,
      'start',
    )
    .option('--until-end', 'stop at the end of the stream instead of waiting for more')
    .option('--skip-gone', 'go on where the server no longer keeps messages, instead of failing')
    .option('--paging', 'ask every two seconds instead of listening')
    .option('--json', 'list as one JSON list (alerts always are one JSON object a line)')
    .addHelpText(
      'after',
      `
An alert is kept as OUTPUT/STREAM/OFFSET-ALERT.json, complete as soon as it is there. Take files away as you like:
the place in the stream is kept beside them. Stop it any way you like, kill -9 included: each alert is there once.

Examples:
  antares-client stream
  antares-client stream high_snr nuclear_transient --output alerts
  antares-client stream high_snr --from end | jq .locus.locus_id`,
    )
    .action(async (names: readonly string[], options: StreamOptions) => {
      const client = await connect(options);
      if (names.length === 0) return listStreams(client, options.json === true);
      const { signal, stop } = interruption();
      const counter = new Counter();
      try {
        // One that fails ends all: a daemon that goes on without one of its streams would hide it.
        const failures: unknown[] = [];
        const following = [...new Set(names)].map(async (name) => {
          try {
            await followStream(client, name, options, signal, counter);
          } catch (error) {
            if (error !== signal.reason) failures.push(error);
            stop(error);
          }
        });
        await Promise.all(following);
        if (failures.length > 0) throw failures[0];
      } finally {
        counter.end();
        stop(new Stopped('done'));
      }
    });
}

async function listStreams(client: AntaresClient, isJson: boolean): Promise<void> {
  const streams = await client.streams.list();
  const rows = streams.map(({ name, topic, startOffset, endOffset, tags }) => {
    return { name, topic, start_offset: startOffset, end_offset: endOffset, tags };
  });
  if (isJson) return writeLine(JSON.stringify(rows));
  await writeRow(['name', 'start_offset', 'end_offset', 'tags']);
  for (const { name, start_offset, end_offset, tags } of rows) {
    await writeRow([name, start_offset, end_offset, typeof tags === 'string' ? tags : JSON.stringify(tags)]);
  }
}

async function followStream(
  client: AntaresClient,
  name: string,
  options: StreamOptions,
  signal: AbortSignal,
  counter: Counter,
): Promise<void> {
  const follow: FollowOptions = {
    signal,
    untilEnd: options.untilEnd,
    skipGone: options.skipGone,
    through: options.paging === true ? 'paging' : 'events',
    onInterruption: ({ code, message }, delayMs) => {
      counter.say(`${name}: ${code}: ${message}; trying again in ${(delayMs / 1000).toFixed(1)} s`);
    },
  };
  if (options.output === undefined) {
    for await (const message of client.streams.follow(name, { ...follow, from: options.from })) {
      await writeLine(JSON.stringify({ stream: name, ...toObject(message) }));
      counter.count(1);
    }
    return;
  }
  // A stream that there is not leaves no folder behind.
  await client.streams.locate(name, { signal });
  const folder = await AlertFolder.open(join(options.output, safeFileName(name)), name, client.baseUrl);
  try {
    // The place is kept before the first alert comes: a restart must not begin at a later `end`.
    if (folder.next === undefined) {
      await folder.begin(await client.streams.locate(name, { ...follow, from: options.from }));
    }
    const from = folder.next;
    for await (const messages of client.streams.followBatches(name, { ...follow, from })) {
      await folder.keep(messages);
      counter.count(messages.length);
    }
  } finally {
    await folder.close();
  }
}

function toObject({ raw }: StreamMessage): object {
  return typeof raw === 'object' && raw !== null ? raw : {};
}

/** Counts alerts, and shows how many there were while standard error is a terminal. */
class Counter {
  readonly #line = new ProgressLine();
  #alerts = 0;

  count(alerts: number): void {
    this.#alerts += alerts;
    this.#line.show(() => `${this.#alerts} alerts`);
  }

  say(text: string): void {
    this.#line.clear();
    writeError(text);
  }

  end(): void {
    this.#line.clear();
  }
}

function place(text: string): string {
  if (text === 'start' || text === 'end' || /^\d{1,18}$/.test(text)) return text;
  throw new InvalidArgumentError('Expected start, end, or an offset (decimal digits).');
}
