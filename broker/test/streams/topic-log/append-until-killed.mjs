// Appends numbered records to three topics for ever, and says after each append how far it came. Run as a process of its
// own, from the built broker: node append-until-killed.mjs FOLDER FIRST_NUMBER
import { writeSync } from 'node:fs';
import { TopicLogStreams } from '../../../dist/streams/topic-log/topic-log-streams.js';

const [, , folder, first] = process.argv;
const streams = await TopicLogStreams.open(folder, { segmentBytes: 200_000 });
let number = Number(first);
for (;;) {
  const records = [];
  const last = number + 1 + (number % 60);
  for (; number < last; number += 1) {
    for (const topic of ['client.a', 'client.b', 'client.c']) {
      if (topic === 'client.c' && number % 3 !== 0) continue;
      const value = Buffer.alloc(50 + ((number * 7919) % 3000), number & 255);
      value.writeUInt32LE(number);
      records.push({
        topic,
        key: String(number),
        value,
        timestampMs: number,
        producer: { id: 'lane-0', sequence: BigInt(number) },
      });
    }
  }
  await streams.append(records);
  writeSync(1, `${number - 1}\n`);
}
