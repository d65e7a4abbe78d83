import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { DisabledFlags } from '../../src/filters/disabled-flags.ts';

describe('DisabledFlags', () => {
  test('all filters are on at first', () => {
    const flags = DisabledFlags.create(['a', 'b']);
    expect(flags.listDisabled()).toEqual([]);
    expect(flags.isDisabled('a')).toBe(false);
  });

  test('of several that switch a filter off, one gets to say so', () => {
    const flags = DisabledFlags.create(['a', 'b']);
    const other = DisabledFlags.attach(flags.handle);
    expect([flags.disable('b'), other.disable('b'), flags.disable('b')]).toEqual([true, false, false]);
    expect(other.listDisabled()).toEqual(['b']);
    expect([other.enable('b'), flags.enable('b')]).toEqual([true, false]);
    expect(flags.isDisabled('b')).toBe(false);
  });

  test('what one thread switches off is off in the others', async () => {
    const flags = DisabledFlags.create(['a', 'b', 'c']);
    const worker = new Worker(
      `const { workerData, parentPort } = require('node:worker_threads');
       const flags = new Int32Array(workerData.buffer);
       Atomics.compareExchange(flags, workerData.names.indexOf('c'), 0, 1);
       parentPort.postMessage('done');`,
      { eval: true, workerData: flags.handle },
    );
    await once(worker, 'message');
    await worker.terminate();
    expect(flags.listDisabled()).toEqual(['c']);
  });

  test('a name twice, and a name that has no flag, are refused by name', () => {
    expect(() => DisabledFlags.create(['a', 'a'])).toThrow(expect.objectContaining({ code: 'FILTER_DUPLICATE' }));
    const flags = DisabledFlags.create(['a']);
    expect(() => flags.disable('x')).toThrow(expect.objectContaining({ code: 'FILTER_UNKNOWN' }));
    expect(flags.indexOf('x')).toBe(-1);
  });

  test('no filters at all need no flags', () => {
    expect(DisabledFlags.create([]).listDisabled()).toEqual([]);
  });
});
