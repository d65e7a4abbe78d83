import assert from 'node:assert/strict';
import type { ClaimApi } from './claim-api.ts';
import { allBytes } from './samples.ts';

/** What data files do. */
export function dataFilesClaims({ describe, claim }: ClaimApi): void {
  describe('data files', () => {
    claim('a file is read back whole, shared, and in parts', async (store, subject) => {
      const chunks = [new Uint8Array(70_000).fill(1), new Uint8Array(0), allBytes(), new Uint8Array(5).fill(9)];
      const whole = Buffer.concat(chunks);
      await store.files.write('catalogs/gaia/rows-1.bin', chunks);
      await store.files.write(
        'empty',
        (async function* () {
          // nothing
        })(),
      );
      for (const open of [async () => store, () => subject.another(), () => subject.reopen()]) {
        const { files } = await open();
        const shared = await files.readShared('catalogs/gaia/rows-1.bin');
        assert.ok(shared instanceof SharedArrayBuffer);
        assert.deepEqual(Buffer.from(new Uint8Array(shared)), whole);
        assert.deepEqual(
          Buffer.from(await files.readRange('catalogs/gaia/rows-1.bin', 69_999, 3)),
          whole.subarray(69_999, 70_002),
        );
        assert.equal((await files.readRange('catalogs/gaia/rows-1.bin', whole.length - 2, 100)).length, 2);
        assert.equal((await files.readRange('catalogs/gaia/rows-1.bin', whole.length + 5, 100)).length, 0);
        assert.equal((await files.readShared('empty')).byteLength, 0);
      }
    });

    claim('files are listed by the beginning of their name, with their size, and removed whole', async ({ files }) => {
      for (const name of ['a/one', 'a/two', 'ab', 'b']) await files.write(name, [new Uint8Array(name.length)]);
      assert.deepEqual(await files.list('a'), [
        { name: 'a/one', bytes: 5 },
        { name: 'a/two', bytes: 5 },
        { name: 'ab', bytes: 2 },
      ]);
      assert.deepEqual(
        (await files.list('a/t')).map(({ name }) => name),
        ['a/two'],
      );
      assert.equal((await files.list('')).length, 4);
      await files.remove('a/one');
      await files.remove('never-there');
      assert.deepEqual(
        (await files.list('a/')).map(({ name }) => name),
        ['a/two'],
      );
      await assert.rejects(files.readShared('a/one'), { code: 'DATA_FILE_MISSING' });
      await assert.rejects(files.readRange('a/one', 0, 1), { code: 'DATA_FILE_MISSING' });
    });

    claim('a name that is taken is not written over', async ({ files }) => {
      await files.write('x', [new Uint8Array([1])]);
      await assert.rejects(files.write('x', [new Uint8Array([2])]), { code: 'DATA_FILE_EXISTS' });
      assert.deepEqual(await files.readRange('x', 0, 9), new Uint8Array([1]));
      const raced = await Promise.allSettled([files.write('y', [allBytes()]), files.write('y', [allBytes()])]);
      assert.deepEqual(raced.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    });

    claim('a file whose source fails half-way does not exist, and its name stays free', async ({ files }) => {
      const failing = (async function* () {
        yield new Uint8Array(1000);
        throw new RangeError('the source ended badly');
      })();
      await assert.rejects(files.write('z', failing), RangeError);
      assert.deepEqual(await files.list(''), []);
      await files.write('z', [allBytes()]);
      assert.equal((await files.readShared('z')).byteLength, 256);
    });

    claim('names that would lead out of the store are refused', async ({ files }) => {
      for (const name of ['', '/etc/passwd', '../x', 'a/../b', 'a//b', 'a/', '.hidden', 'a\0b', 'a\\b', 'ä']) {
        await assert.rejects(files.write(name, [allBytes()]), TypeError, name);
        await assert.rejects(files.readShared(name), TypeError, name);
      }
    });

    claim('a full disk refuses a file and leaves nothing of it', async ({ files }, subject) => {
      subject.setFull(true);
      await assert.rejects(files.write('big', [allBytes()]), { code: 'ALERT_STORE_FULL' });
      subject.setFull(false);
      assert.deepEqual(await files.list(''), []);
      await files.write('big', [allBytes()]);
    });
  });
}
