import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { coordinationConformance } from '../../../src/coordination/conformance.ts';
import { InProcessCoordination } from '../../../src/coordination/in-process/in-process-coordination.ts';

coordinationConformance({ describe, it }, 'in process', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'antares-coordination-'));
  let main = await InProcessCoordination.create(folder);
  return {
    join: async () => InProcessCoordination.attach(structuredClone(main.handle())),
    restart: async () => {
      main = await InProcessCoordination.create(folder);
    },
    remove: () => rm(folder, { recursive: true }),
  };
});
