import { describe, test } from 'vitest';
import { filterHostConformance } from '../../../src/filters/conformance.ts';
import { SPECIMENS } from '../../../src/filters/conformance-specimens.ts';
import { InProcessFilterHost } from '../../../src/filters/in-process/in-process-filter-host.ts';

describe('InProcessFilterHost, as any host of filters', () => {
  filterHostConformance(test, {
    open: async () => new InProcessFilterHost(),
    specimen: (name) => SPECIMENS[name](),
  });
});
