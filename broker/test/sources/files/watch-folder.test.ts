import { mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FileSource, fileId } from '../../../src/sources/files/file-source.ts';
import { TakenFiles } from '../../../src/sources/files/taken-files.ts';
import { watchFolder } from '../../../src/sources/files/watch-folder.ts';
import { packetLike, tarOf } from './archives.ts';

let folder: string;
let stop: AbortController;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antares-watch-'));
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await rm(folder, { recursive: true });
});

async function nextOf(watch: AsyncGenerator<FileSource>): Promise<FileSource> {
  const next = await watch.next();
  if (next.done === true) throw new Error('the watch has ended');
  return next.value;
}

async function placeOld(name: string, content: Uint8Array): Promise<void> {
  await writeFile(join(folder, `.${name}`), content);
  await utimes(join(folder, `.${name}`), 1000, 1000);
  await rename(join(folder, `.${name}`), join(folder, name));
}

describe('watching a folder', () => {
  it('delivers what is moved into place once, archives alone and loose files together, in name order', async () => {
    await placeOld('a.avro', packetLike(10, 1));
    await placeOld('b.avro', packetLike(10, 2));
    await placeOld('c.tar', await tarOf({ 'x.avro': packetLike(10, 3) }));
    const watch = watchFolder(folder, { signal: stop.signal, pollMs: 5 });
    const first = await nextOf(watch);
    expect(first.files.map(({ metAs }) => metAs)).toEqual(['a.avro', 'b.avro']);
    expect((await nextOf(watch)).name).toBe(join(folder, 'c.tar'));
    const next = watch.next();
    await placeOld('d.avro', packetLike(10, 4));
    expect((await next).value!.name).toBe(join(folder, 'd.avro'));
    stop.abort();
    expect((await watch.next()).done).toBe(true);
  });

  it('waits until a file that grows has stood still', async () => {
    const path = join(folder, 'growing.tar');
    const tar = await tarOf({ 'x.avro': packetLike(10, 3) });
    await writeFile(path, tar.subarray(0, 100));
    const watch = watchFolder(folder, { signal: stop.signal, pollMs: 5, stableMs: 600 });
    const next = watch.next();
    let arrived = false;
    void next.then(() => {
      arrived = true;
    });
    for (let length = 200; length <= 500; length += 100) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      await writeFile(path, tar.subarray(0, length));
    }
    expect(arrived).toBe(false);
    await writeFile(path, tar);
    expect((await next).value!.totalBytes).toBe(tar.length);
  });

  it('delivers again what changed, and after a restart only what was not taken in', async () => {
    await placeOld('a.tar', await tarOf({ 'x.avro': packetLike(10, 3) }));
    await placeOld('b.tar', await tarOf({ 'y.avro': packetLike(10, 3) }));
    const list = join(folder, '.taken');
    const taken = await TakenFiles.open(list);
    const watch = watchFolder(folder, { signal: stop.signal, pollMs: 5, taken });
    const first = await nextOf(watch);
    await taken.add(first.files.map(fileId));
    await taken.close();
    const reopened = await TakenFiles.open(list);
    const secondStop = new AbortController();
    const second = watchFolder(folder, { signal: secondStop.signal, pollMs: 5, taken: reopened });
    expect((await nextOf(second)).name).toBe(join(folder, 'b.tar'));
    const next = second.next();
    await placeOld('a.tar', await tarOf({ 'x.avro': packetLike(2000, 3) }));
    expect((await next).value!.name).toBe(join(folder, 'a.tar'));
    secondStop.abort();
    await reopened.close();
  });

  it('waits for a folder that does not exist yet', async () => {
    const later = join(folder, 'later');
    const watch = watchFolder(later, { signal: stop.signal, pollMs: 5 });
    const next = watch.next();
    await new Promise((resolve) => setTimeout(resolve, 30));
    await writeFile(join(folder, 'x'), packetLike(10, 1));
    await utimes(join(folder, 'x'), 1000, 1000);
    await mkdir(later);
    await rename(join(folder, 'x'), join(later, 'x.avro'));
    expect((await next).value!.name).toBe(join(later, 'x.avro'));
  });
});
