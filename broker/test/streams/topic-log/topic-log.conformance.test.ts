import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { streamsConformance } from '../../../src/streams/conformance.ts';
import { TopicLogReader } from '../../../src/streams/topic-log/topic-log-reader.ts';
import { type TopicLogOptions, TopicLogStreams } from '../../../src/streams/topic-log/topic-log-streams.ts';

const setUps: readonly (readonly [string, TopicLogOptions])[] = [
  ['topic log', {}],
  ['topic log in small segments', { segmentBytes: 1000 }],
  ['topic log without syncing', { isDurable: false }],
];

for (const [name, options] of setUps) {
  streamsConformance({ describe, it }, name, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'antares-streams-'));
    return {
      open: () => TopicLogStreams.open(folder, options),
      openReader: async () => new TopicLogReader(folder, { pollMs: 5 }),
      remove: () => rm(folder, { recursive: true }),
    };
  });
}
