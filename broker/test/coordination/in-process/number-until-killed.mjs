// Takes locus numbers for ever and says each. Run as a process of its own, from the built broker.
import { writeSync } from 'node:fs';
import { InProcessCoordination } from '../../../dist/coordination/in-process/in-process-coordination.js';

const coordination = await InProcessCoordination.create(process.argv[2]);
for (;;) {
  const first = await coordination.nextLocusNumbers(2020, 64);
  writeSync(1, `${first}\n`);
}
