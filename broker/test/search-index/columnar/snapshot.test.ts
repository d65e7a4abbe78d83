import { cp, readdir, readFile, truncate, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AntaresError } from '../../../src/model/errors.ts';
import { ColumnarSearchIndex } from '../../../src/search-index/columnar/columnar-search-index.ts';
import { documentOf, fill, found } from '../../../src/search-index/conformance/specimens.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { seededRandom } from '../random-search.ts';

describe('a snapshot', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let directory: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
    directory = join(folder.path, 'index');
    const index = await ColumnarSearchIndex.open({ directory });
    await fill(index);
    await index.checkpoint('here');
    await index.close();
  });
  afterEach(() => folder.dispose());

  async function columnsFile(): Promise<string> {
    return join(directory, (await readdir(directory)).find((name) => name.startsWith('columns-'))!);
  }

  /** Opens, and says what was wrong. */
  async function opened(readOnly = false): Promise<{ readonly index: ColumnarSearchIndex; readonly codes: string[] }> {
    const codes: string[] = [];
    const index = await ColumnarSearchIndex.open({
      directory,
      readOnly,
      onDamaged: (error) => codes.push((error as AntaresError).code),
    });
    return { index, codes };
  }

  async function expectSetAside(): Promise<void> {
    const { index, codes } = await opened();
    expect(codes).toEqual(['SEARCH_INDEX_DAMAGED']);
    expect([index.position, await index.size()]).toEqual([undefined, 0]);
    expect(await readdir(folder.path)).toEqual(['index.damaged']);
    // Built again, it is kept as ever.
    await fill(index);
    await index.checkpoint('again');
    const again = await opened();
    expect([again.codes, again.index.position, await again.index.size()]).toEqual([[], 'again', 5]);
  }

  it('with any byte changed is set aside, and the index begins empty', async () => {
    const file = await columnsFile();
    const whole = await readFile(file);
    const random = seededRandom(17);
    for (let i = 0; i < 60; i += 1) {
      const bytes = Buffer.from(whole);
      const at = Math.floor(bytes.length * random());
      bytes[at]! ^= 1 << Math.floor(8 * random());
      await writeFile(file, bytes);
      const { index, codes } = await opened(true);
      expect([codes, index.position, await index.size()], `byte ${at}`).toEqual([
        ['SEARCH_INDEX_DAMAGED'],
        undefined,
        0,
      ]);
    }
    await expectSetAside();
  });

  it('that ends too early is set aside', async () => {
    await truncate(await columnsFile(), 100);
    await expectSetAside();
  });

  it('without its file is set aside', async () => {
    await unlink(await columnsFile());
    await expectSetAside();
  });

  for (const version of [1, 3]) {
    it(`of another version, ${version}, is set aside`, async () => {
      const manifest = join(directory, 'manifest.json');
      await writeFile(manifest, (await readFile(manifest, 'utf8')).replace('"version":2', `"version":${version}`));
      await expectSetAside();
    });
  }

  it('whose manifest is no JSON, or names another file, is set aside', async () => {
    const manifest = join(directory, 'manifest.json');
    await writeFile(manifest, '{"format":');
    expect((await opened(true)).codes).toEqual(['SEARCH_INDEX_DAMAGED']);
    await writeFile(manifest, 'null');
    expect((await opened(true)).codes).toEqual(['SEARCH_INDEX_DAMAGED']);
    await writeFile(manifest, '{"format":"antares-search-index","version":2,"file":"../../etc/passwd","position":"x"}');
    await expectSetAside();
  });

  it('that was never made is no damage', async () => {
    directory = join(folder.path, 'nothing');
    const { index, codes } = await opened();
    expect([codes, index.position]).toEqual([[], undefined]);
    expect(await readdir(folder.path)).toEqual(['index']);
  });

  it('is left as it is by a reader, damaged or not', async () => {
    await truncate(await columnsFile(), 100);
    const before = await readdir(directory);
    const { index } = await opened(true);
    await fill(index);
    await index.checkpoint('not kept');
    expect(await readdir(directory)).toEqual(before);
  });

  it('that was half written when the power went leaves the one before', async () => {
    const kept = join(folder.path, 'kept');
    await cp(directory, kept, { recursive: true });
    const { index } = await opened();
    await index.put([documentOf('ANT2022zz')]);
    await index.checkpoint('later');
    // The new file is there, the new manifest is not.
    const later = await readFile(await columnsFile());
    await writeFile(join(kept, 'columns-2.bin'), later.subarray(0, later.length / 2));
    await writeFile(join(kept, 'manifest.json.new'), '{"form');
    directory = kept;
    const again = await opened();
    expect([again.codes, again.index.position]).toEqual([[], 'here']);
    await again.index.checkpoint('on');
    expect((await readdir(kept)).filter((name) => name.startsWith('columns-'))).toEqual(['columns-3.bin']);
    expect(await found((await opened()).index, { match_all: {} })).toEqual(['aa', 'ab', 'ac', 'ad', 'ae']);
  });

  it('that cannot be written is an error with a code, and the one before is kept', async () => {
    const file = join(folder.path, 'a-file');
    await writeFile(file, '');
    const index = await ColumnarSearchIndex.open({ directory: undefined });
    await fill(index);
    const broken = await ColumnarSearchIndex.open({ directory: join(folder.path, 'other') });
    await writeFile(join(folder.path, 'other'), '');
    await expect(broken.checkpoint('x')).rejects.toMatchObject({ code: 'SEARCH_INDEX_UNREACHABLE' });
    expect(broken.position).toBeUndefined();
    await broken.put([documentOf('a')]);
    expect(await broken.size()).toBe(1);
  });
});
