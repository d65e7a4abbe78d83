import { describe, expect, test } from 'vitest';
import { crashLogId, toCrashRecord, withoutPaths } from '../../src/filters/crash-log.ts';
import { DEFAULT_FILTER_LIMITS } from '../../src/filters/limits.ts';
import { AntaresError } from '../../src/model/errors.ts';

const circumstances = { filter: 'high_snr', version: 2, locusId: 'ANT2020so7ia', alertId: 'ztf_candidate:1', at: 5 };

describe('crash log', () => {
  test('the name of a crash depends on filter, revision and alert, and on nothing else', () => {
    const name = crashLogId('high_snr', 2, 'ztf_candidate:1');
    expect(name).toMatch(/^high_snr-v2-[0-9a-f]{12}$/);
    expect(toCrashRecord({ ...circumstances, at: 99, locusId: 'ANT2021a2' }, new Error('x')).crashLogId).toBe(name);
    expect(crashLogId('high_snr', 3, 'ztf_candidate:1')).not.toBe(name);
    expect(crashLogId('high_snr', 2, 'ztf_candidate:2')).not.toBe(name);
  });

  test('the record has what was thrown, by type, message and traceback', () => {
    const record = toCrashRecord(circumstances, new TypeError('x is not a function'));
    expect(record).toMatchObject({ filter: 'high_snr', locusId: 'ANT2020so7ia', alertId: 'ztf_candidate:1', at: 5 });
    expect(record.error.type).toBe('TypeError');
    expect(record.error.message).toBe('x is not a function');
    expect(record.error.traceback).toContain('crash-log.test.ts');
    expect(toCrashRecord(circumstances, new AntaresError('FILTER_OUTPUT_INVALID', 'm')).error.type).toBe(
      'FILTER_OUTPUT_INVALID',
    );
  });

  test('a traceback says which file of the project it was, and not where the project lies', () => {
    const { traceback } = toCrashRecord(circumstances, new Error('x')).error;
    expect(traceback).toContain('broker/test/filters/crash-log.test.ts');
    expect(traceback).not.toContain(process.cwd());
    expect(traceback).not.toMatch(/file:/);
  });

  test.each([
    ['at f (file:///srv/antares/broker/src/filters/a.ts:3:4)', 'at f (broker/src/filters/a.ts:3:4)'],
    ['at /home/jane/antares/node_modules/lmdb/index.js:1:2', 'at node_modules/lmdb/index.js:1:2'],
    ['C:\\Users\\jane\\antares\\broker\\src\\a.ts:1', 'broker/src/a.ts:1'],
    ["ENOENT: no such file, open '/etc/secret/table.csv'", "ENOENT: no such file, open 'table.csv'"],
    ['File "/usr/lib/python3/site-packages/numpy/x.py", line 3', 'File "site-packages/numpy/x.py", line 3'],
    ['a ratio of 3/4, and node:internal/modules/run:5', 'a ratio of 3/4, and node:internal/modules/run:5'],
    ['see https://example.org/a/b', 'see https://example.org/a/b'],
  ])('%j becomes %j', (text, clean) => {
    expect(withoutPaths(text)).toBe(clean);
  });

  test('anything may be thrown, and long reports are cut', () => {
    expect(toCrashRecord(circumstances, 'just text').error).toMatchObject({ type: 'string', message: 'just text' });
    expect(toCrashRecord(circumstances, undefined).error).toMatchObject({ type: 'undefined', traceback: '' });
    const hostile = {
      get code(): string {
        throw new Error('gotcha');
      },
      toString(): string {
        throw new Error('gotcha');
      },
    };
    expect(toCrashRecord(circumstances, hostile).error.type).toBe('unreadable');
    const long = toCrashRecord(circumstances, new Error('y'.repeat(100_000))).error;
    expect(long.message).toHaveLength(DEFAULT_FILTER_LIMITS.crashMessageLength);
    expect(long.traceback).toHaveLength(DEFAULT_FILTER_LIMITS.crashTracebackLength);
  });
});
