import assert from 'node:assert/strict';
import type { LedgerEntry, PendingMessage } from '../alert-store.ts';
import type { ClaimApi } from './claim-api.ts';
import { allBytes, lineOf, messageOf, rejectionOf } from './samples.ts';
import { batchOf, seededRandom } from './scene.ts';
import { collect, sorted } from './stored.ts';

/** What the ledger, rejections, progress and pending messages do. */
export function accountsClaims({ describe, claim }: ClaimApi): void {
  describe('the ledger', () => {
    claim('lines about the same visit add up, over commits, clients and restarts', async (store, subject) => {
      const other = await subject.another();
      const bad = lineOf({ received: 3, rejected: 3, reasons: { PACKET_TRUNCATED: 2, PACKET_EMPTY: 1 } });
      await store.commit(batchOf({ ledger: [lineOf({ received: 10, stored: 8, duplicate: 2 }), bad] }));
      await other.commit(batchOf({ ledger: [lineOf({ received: 5, stored: 5 })] }));
      await store.commit(batchOf({ ledger: [bad, lineOf({ received: 1, stored: 1 }, { visit: 'v2' })] }));
      const expected = [
        lineOf({
          received: 21,
          stored: 13,
          duplicate: 2,
          rejected: 6,
          reasons: { PACKET_TRUNCATED: 4, PACKET_EMPTY: 2 },
        }),
        lineOf({ received: 1, stored: 1 }, { visit: 'v2' }),
      ];
      assert.deepEqual(byVisit(await store.listLedger()), expected);
      assert.deepEqual(byVisit(await other.listLedger()), expected);
      let reopened = await subject.reopen();
      assert.deepEqual(byVisit(await reopened.listLedger()), expected);
      await reopened.commit(batchOf({ ledger: [lineOf({ received: 1, stored: 1 }, { visit: 'v2' })] }));
      reopened = await subject.reopen();
      assert.deepEqual(byVisit(await reopened.listLedger()), [
        expected[0],
        lineOf({ received: 2, stored: 2 }, { visit: 'v2' }),
      ]);
    });
  });

  describe('rejections', () => {
    claim('come oldest first, a page at a time, with their packets', async (store, subject) => {
      const packets = [allBytes(), new Uint8Array(3), new Uint8Array(0)];
      const staged = await store.stagePackets(packets);
      const rejections = [30, 10, 20].map((receivedAt, index) => rejectionOf(`id ${index}`, receivedAt));
      await store.commit(
        batchOf({ rejections: rejections.map((rejection, index) => ({ rejection, packet: staged[index] })) }),
      );
      await store.commit(batchOf({ rejections: [{ rejection: rejectionOf('huge', 1), packet: undefined }] }));
      for (const isRestarted of [false, true]) {
        const reader = isRestarted ? await subject.reopen() : store;
        const all = await collect((token, size) => reader.scanRejections(token, size), 2);
        assert.deepEqual(
          all.map(({ id }) => id),
          ['huge', 'id 1', 'id 2', 'id 0'],
        );
        assert.deepEqual(all[3], rejections[0]);
        assert.deepEqual(await reader.getRejectedPacket('id 0'), packets[0]);
        assert.deepEqual(await reader.getRejectedPacket('id 2'), packets[2]);
        assert.equal(await reader.getRejectedPacket('huge'), undefined);
        assert.equal(await reader.getRejectedPacket('never'), undefined);
      }
    });

    claim('packets that went through in the meantime are taken off the list, and only they', async (store) => {
      const [packet] = await store.stagePackets([allBytes()]);
      await store.commit(
        batchOf({ rejections: ['a', 'b', 'c'].map((id, at) => ({ rejection: rejectionOf(id, at), packet })) }),
      );
      await store.clearRejections(['b', 'never there', 'a']);
      assert.deepEqual((await store.scanRejections(undefined, 10)).items, [rejectionOf('c', 2)]);
      assert.equal(await store.getRejectedPacket('b'), undefined);
      assert.deepEqual(await store.getRejectedPacket('c'), allBytes());
      await store.commit(batchOf({ rejections: [{ rejection: rejectionOf('b', 9), packet }] }));
      assert.equal((await store.scanRejections(undefined, 10)).items.length, 2);
    });

    claim('the same packet rejected again is listed once, with its newest reason', async (store) => {
      const [first, second] = await store.stagePackets([new Uint8Array(1), new Uint8Array(2)]);
      await store.commit(batchOf({ rejections: [{ rejection: rejectionOf('x', 5), packet: first }] }));
      const again = { ...rejectionOf('x', 9), reason: 'PACKET_SCHEMA_UNKNOWN' };
      await store.commit(batchOf({ rejections: [{ rejection: again, packet: second }] }));
      assert.deepEqual((await store.scanRejections(undefined, 10)).items, [again]);
      assert.deepEqual(await store.getRejectedPacket('x'), new Uint8Array(2));
    });
  });

  describe('progress', () => {
    claim('ordinals that are done are kept above the low-water mark and dropped below it', async (store, subject) => {
      await store.commit(batchOf({ progress: [{ sourceId: 'night', ordinals: [0, 1, 5, 7, 8], lowWater: 0 }] }));
      assert.deepEqual(await store.getProgress('night'), { lowWater: 0, done: new Set([0, 1, 5, 7, 8]) });
      await store.commit(batchOf({ progress: [{ sourceId: 'night', ordinals: [2, 3, 11], lowWater: 2 }] }));
      assert.deepEqual(await sorted(store, 'night'), { lowWater: 2, done: [2, 3, 5, 7, 8, 11] });
      await store.commit(batchOf({ progress: [{ sourceId: 'night', ordinals: [4], lowWater: 6 }] }));
      assert.deepEqual(await sorted(store, 'night'), { lowWater: 6, done: [7, 8, 11] });
      assert.deepEqual(await sorted(await subject.reopen(), 'night'), { lowWater: 6, done: [7, 8, 11] });
    });

    claim(
      'several clients share a source; the highest mark counts, and a lower one later changes nothing',
      async (store, subject) => {
        const other = await subject.another();
        await Promise.all([
          store.commit(batchOf({ progress: [{ sourceId: 's', ordinals: [0, 2, 4, 6], lowWater: 1 }] })),
          other.commit(batchOf({ progress: [{ sourceId: 's', ordinals: [1, 3, 5, 9], lowWater: 4 }] })),
        ]);
        assert.deepEqual(await sorted(store, 's'), { lowWater: 4, done: [4, 5, 6, 9] });
        await other.commit(batchOf({ progress: [{ sourceId: 's', ordinals: [1, 3, 5, 9], lowWater: 0 }] }));
        assert.deepEqual(await sorted(other, 's'), { lowWater: 4, done: [4, 5, 6, 9] });
        const reopened = await subject.reopen();
        await reopened.commit(batchOf({ progress: [{ sourceId: 's', ordinals: [7], lowWater: 5 }] }));
        assert.deepEqual(await sorted(reopened, 's'), { lowWater: 5, done: [5, 6, 7, 9] });
        assert.deepEqual(await sorted(await subject.reopen(), 's'), { lowWater: 5, done: [5, 6, 7, 9] });
      },
    );

    claim('a source that is forgotten begins anew, and the others stay', async (store) => {
      await store.commit(
        batchOf({
          progress: [
            { sourceId: 'a', ordinals: [0, 1], lowWater: 100 },
            { sourceId: 'ab', ordinals: [200], lowWater: 100 },
          ],
        }),
      );
      await store.clearProgress('a');
      assert.deepEqual(await store.getProgress('a'), { lowWater: 0, done: new Set() });
      assert.deepEqual(await sorted(store, 'ab'), { lowWater: 100, done: [200] });
      await store.commit(batchOf({ progress: [{ sourceId: 'a', ordinals: [0], lowWater: 0 }] }));
      assert.deepEqual(await sorted(store, 'a'), { lowWater: 0, done: [0] });
      assert.deepEqual(await store.getProgress('never seen'), { lowWater: 0, done: new Set() });
    });

    claim('random deliveries end where counting by hand ends', async (store) => {
      const random = seededRandom(99);
      const expected = new Set<number>();
      let mark = 0;
      for (let i = 0; i < 40; i += 1) {
        const ordinals = [...new Set(Array.from({ length: 20 }, () => mark + Math.floor(random() * 60)))].sort(
          (a, b) => a - b,
        );
        for (const ordinal of ordinals) expected.add(ordinal);
        while (expected.has(mark)) mark += 1;
        await store.commit(batchOf({ progress: [{ sourceId: 's', ordinals, lowWater: mark }] }));
        const above = [...expected].filter((ordinal) => ordinal >= mark).sort((a, b) => a - b);
        assert.deepEqual(await sorted(store, 's'), { lowWater: mark, done: above });
      }
    });
  });

  describe('pending messages', () => {
    claim('are listed in order until they are cleared, by a call or by a later batch', async (store, subject) => {
      const messages = [5n, 300n, 2n ** 40n, 2n ** 63n].map((sequence) => messageOf(sequence));
      await store.commit(batchOf({ pending: messages.slice(0, 2) }));
      await store.commit(batchOf({ pending: messages.slice(2) }));
      assert.deepEqual(await store.listPending(), messages);
      await store.clearPending([300n, 999n]);
      await store.commit(batchOf({ clearPending: [5n] }));
      assert.deepEqual(await (await subject.reopen()).listPending(), messages.slice(2));
    });

    claim('keep streams, key and value whatever is in them', async (store) => {
      const message: PendingMessage = {
        sequence: 1n,
        streams: ['', 'a stream', 'über'],
        key: 'ANT2020so7ia',
        value: new Uint8Array(300_000).fill(7),
      };
      const empty: PendingMessage = { sequence: 2n, streams: [], key: '', value: new Uint8Array(0) };
      await store.commit(batchOf({ pending: [empty, message] }));
      assert.deepEqual(await store.listPending(), [message, empty]);
    });
  });
}

function byVisit(entries: readonly LedgerEntry[]): LedgerEntry[] {
  return [...entries].sort((a, b) => (a.visit < b.visit ? -1 : 1));
}
