import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { coordinationConformance } from '../../../src/coordination/conformance.ts';
import { InProcessCoordination } from '../../../src/coordination/in-process/in-process-coordination.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

describe('in-process coordination', () => {
  coordinationConformance({ describe, it, beforeEach, afterEach, expect }, async () => {
    const folder = await temporaryFolder();
    const one = await InProcessCoordination.create(folder.path);
    const other = InProcessCoordination.attach(structuredClone(one.handle()));
    return {
      one,
      other,
      reopen: () => InProcessCoordination.create(folder.path),
      dispose: async () => {
        await one.close();
        await other.close();
        await folder.dispose();
      },
    };
  });
});
