// Appends to a log whose files may not grow beyond what the shell allows, and says what happened. Run as a process of its
// own, from the built broker: sh -c 'ulimit -f BLOCKS; node fill-until-full.mjs FOLDER'
import { TopicLogStreams } from '../../../dist/streams/topic-log/topic-log-streams.js';

const [, , folder] = process.argv;
const streams = await TopicLogStreams.open(folder);
const record = (topic, text, size) => ({ topic, key: text, value: Buffer.alloc(size, 97), timestampMs: 1 });
const report = { full: '', appended: 0, small: false };
await streams.append([record('quiet', 'first', 10)]);
for (; report.full === '' && report.appended < 1000; ) {
  try {
    await streams.append([
      record('quiet', 'beside', 10),
      record('full', String(report.appended), 10_000),
      record('full', 'more', 10_000),
    ]);
    report.appended += 1;
  } catch (error) {
    report.full = `${error.code}: ${error.cause?.code}`;
  }
}
await streams.append([record('full', 'small', 10)]);
report.small = true;
await streams.close();
console.log(JSON.stringify(report));
