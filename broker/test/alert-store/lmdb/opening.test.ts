import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { batchOf, LocusScene, pointOf } from '../../../src/alert-store/conformance/scene.ts';
import { openStore, temporaryDirectory, withIndex } from './temporary-store.ts';

describe('opening a folder', () => {
  it('an empty or missing folder becomes a store, and says by whom it was made', async () => {
    for (const name of ['', 'deeper/still']) {
      const directory = join(temporaryDirectory(), name);
      const store = await openStore(directory, 'writer', { createdBy: 'antares 1.2.3' });
      expect(await store.totals()).toEqual({ loci: 0, alerts: 0, packets: 0 });
      await store.close();
      await withIndex(directory, (table) => {
        expect(JSON.parse(table('meta').getBinary(Buffer.from('store'))!.toString())).toEqual({
          format: 1,
          createdBy: 'antares 1.2.3',
        });
      });
    }
  });

  it('a folder that holds something else is refused and left as it is', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'thesis.tex'), 'x');
    for (const mode of ['writer', 'thread', 'reader'] as const) {
      await expect(openStore(directory, mode)).rejects.toMatchObject({ code: 'ALERT_STORE_NOT_A_STORE' });
    }
    expect(readdirSync(directory)).toEqual(['thesis.tex']);
  });

  it('there is nothing to read in a folder that is missing or empty, and none is made', async () => {
    const directory = join(temporaryDirectory(), 'none');
    await expect(openStore(directory, 'reader')).rejects.toMatchObject({ code: 'ALERT_STORE_NOT_A_STORE' });
    expect(existsSync(directory)).toBe(false);
    mkdirSync(directory);
    await expect(openStore(directory, 'reader')).rejects.toMatchObject({ code: 'ALERT_STORE_NOT_A_STORE' });
  });

  it('a folder whose making was cut off before anything was in it is made again', async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'index'));
    await (await openStore(directory)).close();
    const second = temporaryDirectory();
    mkdirSync(join(second, 'index'));
    await withIndex(second, (table) => table('meta'));
    await openStore(second);
  });

  it('an index of something else is refused', async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'index'));
    await withIndex(directory, (table) => table('cats').putSync(Buffer.from('a'), Buffer.from('b')));
    await expect(openStore(directory)).rejects.toMatchObject({ code: 'ALERT_STORE_NOT_A_STORE' });
    await withIndex(directory, (table) => {
      expect(table('cats').getBinary(Buffer.from('a'))!.toString()).toBe('b');
    });
  });

  it('a closed store answers nothing more, and closing it twice is no error', async () => {
    const store = await openStore(temporaryDirectory());
    await store.close();
    await store.close();
    await expect(store.totals()).rejects.toMatchObject({ code: 'ALERT_STORE_CLOSED' });
    await expect(store.commit(batchOf({}))).rejects.toMatchObject({ code: 'ALERT_STORE_CLOSED' });
  });

  it('a reader reads and may not write', async () => {
    const directory = temporaryDirectory();
    const writer = await openStore(directory);
    const reader = await openStore(directory, 'reader');
    const locus = new LocusScene('ANT2020a', 1, 1);
    locus.add(pointOf('lsst:1'));
    await writer.commit(batchOf({ loci: [locus.write()] }));
    expect(await reader.findLoci([locus.ref.locusId])).toEqual([locus.ref]);
    await expect(reader.commit(batchOf({}))).rejects.toThrow(TypeError);
    await expect(reader.putDocument('a', 'b')).rejects.toThrow(TypeError);
    await expect(reader.files.write('a', [])).rejects.toThrow(TypeError);
  });
});

describe('formats', () => {
  const setFormat = (directory: string, format: number): Promise<void> =>
    withIndex(directory, (table) => {
      table('meta').putSync(Buffer.from('store'), Buffer.from(JSON.stringify({ format, createdBy: 'antares 9' })));
    });

  it('a newer format is refused by every mode, saying what to do, and stays untouched', async () => {
    const directory = temporaryDirectory();
    await (await openStore(directory)).close();
    await setFormat(directory, 2);
    for (const mode of ['writer', 'thread', 'reader'] as const) {
      await expect(openStore(directory, mode)).rejects.toMatchObject({
        code: 'ALERT_STORE_VERSION_UNSUPPORTED',
        message: expect.stringMatching(/format 2 \(made by antares 9\).*newer version of the program/),
      });
    }
    await withIndex(directory, (table) => {
      expect(table('meta').getBinary(Buffer.from('store'))!.toString()).toContain('"format":2');
      expect(table('meta').getBinary(Buffer.from('lock'))).toBeUndefined();
    });
  });

  it('a format that nobody ever made is refused', async () => {
    const directory = temporaryDirectory();
    await (await openStore(directory)).close();
    await setFormat(directory, -1);
    await expect(openStore(directory)).rejects.toMatchObject({ code: 'ALERT_STORE_VERSION_UNSUPPORTED' });
  });

  /** A store of format 0: the draft, which had no index of loci by their ids. */
  const makeFormat0 = async (loci: number): Promise<{ directory: string; scenes: LocusScene[] }> => {
    const directory = temporaryDirectory();
    const store = await openStore(directory);
    const scenes = Array.from(
      { length: loci },
      (_, i) => new LocusScene(`ANT2019a${i}`, (i * 137.5) % 360, (i % 170) - 85),
    );
    for (const scene of scenes) scene.add(pointOf(`${scene.ref.locusId}:1`));
    await store.commit(batchOf({ loci: scenes.map((scene) => scene.write()) }));
    await store.close();
    await withIndex(directory, (table) => table('locus_ids').dropSync());
    await setFormat(directory, 0);
    return { directory, scenes };
  };

  for (const mode of ['writer', 'thread'] as const) {
    it(`a store of format 0 is brought up to date by the first ${mode} that opens it`, async () => {
      const { directory, scenes } = await makeFormat0(4_321);
      await expect(openStore(directory, 'reader')).rejects.toMatchObject({
        code: 'ALERT_STORE_VERSION_UNSUPPORTED',
        message: expect.stringContaining('start the broker on it once'),
      });
      const store = await openStore(directory, mode);
      const ids = scenes.map(({ ref }) => ref.locusId);
      expect(await store.findLoci(ids)).toEqual(scenes.map(({ ref }) => ref));
      await store.close();
      await withIndex(directory, (table) => {
        expect(JSON.parse(table('meta').getBinary(Buffer.from('store'))!.toString())).toEqual({
          format: 1,
          createdBy: 'antares 9',
        });
        expect(table('meta').getBinary(Buffer.from('lock'))).toBeUndefined();
      });
      expect(await (await openStore(directory, 'reader')).findLoci(ids.slice(0, 2))).toEqual(
        scenes.slice(0, 2).map(({ ref }) => ref),
      );
    });
  }

  it('a migration that was cut off half-way is done to its end the next time', async () => {
    const { directory, scenes } = await makeFormat0(500);
    await withIndex(directory, (table) => {
      const keys = [...table('loci').getKeys({ limit: 200 })].map((key) => Buffer.from(key));
      for (const key of keys) table('locus_ids').putSync(key.subarray(6), key.subarray(0, 6));
    });
    const store = await openStore(directory);
    expect(await store.findLoci(scenes.map(({ ref }) => ref.locusId))).toEqual(scenes.map(({ ref }) => ref));
  });
});

describe('one process writes', () => {
  const setLock = (directory: string, holder: object): Promise<void> =>
    withIndex(directory, (table) => {
      table('meta').putSync(Buffer.from('lock'), Buffer.from(JSON.stringify(holder)));
    });

  const startOf = (pid: number): string => {
    try {
      return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[19]!;
    } catch {
      return '';
    }
  };

  const bootId = (): string => {
    try {
      return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    } catch {
      return '';
    }
  };

  const idleProcess = async (): Promise<ChildProcess> => {
    const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)']);
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    await once(child.stdout, 'data');
    return child;
  };

  it('while another process has the store, it is named; when that process has died, its claim is void', async () => {
    const directory = temporaryDirectory();
    await (await openStore(directory)).close();
    const other = await idleProcess();
    await setLock(directory, { pid: other.pid, host: hostname(), boot: bootId(), started: startOf(other.pid!) });
    await expect(openStore(directory)).rejects.toMatchObject({
      code: 'ALERT_STORE_LOCKED',
      message: expect.stringContaining(`process ${other.pid}`),
    });
    await openStore(directory, 'reader');
    const beside = await openStore(directory, 'thread');
    await beside.putDocument('catalogs', '{}');
    await expect(beside.commit(batchOf({}))).rejects.toMatchObject({
      code: 'ALERT_STORE_LOCKED',
      message: expect.stringContaining(`process ${other.pid}`),
    });
    other.kill('SIGKILL');
    await once(other, 'exit');
    await openStore(directory);
  });

  it('a process that has the number of a dead holder is not taken for it', async () => {
    const directory = temporaryDirectory();
    await (await openStore(directory)).close();
    const other = await idleProcess();
    if (startOf(other.pid!) === '') return; // only Linux tells
    await setLock(directory, { pid: other.pid, host: hostname(), boot: bootId(), started: '12345' });
    await (await openStore(directory)).close();
    await setLock(directory, { pid: other.pid, host: hostname(), boot: 'before', started: startOf(other.pid!) });
    await openStore(directory);
  });

  it('a holder on another machine counts as long as it shows signs of life', async () => {
    const directory = temporaryDirectory();
    await (await openStore(directory)).close();
    await setLock(directory, { pid: 1, host: 'another-machine', boot: 'x', started: '1' });
    await expect(openStore(directory)).rejects.toMatchObject({ code: 'ALERT_STORE_LOCKED' });
    const past = new Date(Date.now() - 60_000);
    utimesSync(join(directory, 'writer.pid'), past, past);
    await openStore(directory);
  });

  it('a second writer in the same process is refused too, until the first has closed', async () => {
    const directory = temporaryDirectory();
    const first = await openStore(directory);
    await expect(openStore(directory)).rejects.toMatchObject({ code: 'ALERT_STORE_LOCKED' });
    await first.commit(batchOf({}));
    await first.close();
    await openStore(directory);
  });

  it('alerts are not committed without a claim, but documents are written', async () => {
    const store = await openStore(temporaryDirectory(), 'thread');
    await expect(store.commit(batchOf({}))).rejects.toMatchObject({ code: 'ALERT_STORE_LOCKED' });
    await store.putDocument('a', 'b');
    await store.files.write('a', [new Uint8Array(3)]);
    expect(await store.getDocument('a')).toBe('b');
  });

  it('files that were being written when their process died are cleared away by the next writer', async () => {
    const directory = temporaryDirectory();
    await (await openStore(directory)).close();
    mkdirSync(join(directory, 'files/.incoming'), { recursive: true });
    writeFileSync(join(directory, 'files/.incoming/half'), 'x');
    const store = await openStore(directory);
    expect(existsSync(join(directory, 'files/.incoming/half'))).toBe(false);
    expect(await store.files.list('')).toEqual([]);
  });

  it('rows that count for each writer are folded when the next one begins', async () => {
    const directory = temporaryDirectory();
    for (let start = 0; start < 5; start += 1) {
      const store = await openStore(directory);
      const line = { source: 's', survey: 'ztf', night: 'n', visit: 'v', duplicate: 0, rejected: 0, reasons: {} };
      await store.commit(
        batchOf({
          ledger: [{ ...line, received: 2, stored: 2 }],
          progress: [{ sourceId: 's', ordinals: [2 * start + 1], lowWater: start }],
        }),
      );
      await store.close();
    }
    const store = await openStore(directory);
    expect((await store.listLedger())[0]!.stored).toBe(10);
    expect(await store.getProgress('s')).toEqual({ lowWater: 4, done: new Set([5, 7, 9]) });
    await store.close();
    await withIndex(directory, (table) => {
      expect([...table('ledger').getKeys()].length).toBe(1);
      expect([...table('progress').getKeys()].length).toBe(1);
    });
  });
});
