import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyOfShared } from './once-a-run.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('what tests share', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(() => folder.dispose());

  it('is made once, however many ask for it at once, and a copy that is written to changes no other', async () => {
    const name = randomUUID();
    let made = 0;
    const ask = async (who: string): Promise<string> => {
      const target = join(folder.path, who);
      await copyOfShared(name, target, async (path) => {
        made += 1;
        await mkdir(join(path, 'deeper'));
        await writeFile(join(path, 'deeper', 'file'), 'as it was made');
      });
      return join(target, 'deeper', 'file');
    };
    const [one, ...others] = await Promise.all(['a', 'b', 'c'].map(ask));
    await writeFile(one!, 'changed');
    for (const file of [...others, await ask('d')]) expect(await readFile(file, 'utf8')).toBe('as it was made');
    expect(made).toBe(1);
  });

  it('that cannot be made is told to everybody who asks, with the reason', async () => {
    const name = randomUUID();
    const ask = (): Promise<void> =>
      copyOfShared(name, join(folder.path, 'none'), () => Promise.reject(new Error('no such archive')));
    const results = await Promise.allSettled([ask(), ask()]);
    for (const result of [...results, ...(await Promise.allSettled([ask()]))]) {
      expect(result).toMatchObject({
        status: 'rejected',
        reason: { message: expect.stringContaining('no such archive') },
      });
    }
    expect(await readdir(folder.path)).not.toContain('none');
  });
});
