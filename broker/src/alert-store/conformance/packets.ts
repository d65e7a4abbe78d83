import assert from 'node:assert/strict';
import { toAlertId } from '../../model/ids.ts';
import type { ClaimApi } from './claim-api.ts';
import { allBytes } from './samples.ts';
import { batchOf, LocusScene, pointOf, seededRandom } from './scene.ts';

/** What packets do. */
export function packetsClaims({ describe, claim }: ClaimApi): void {
  describe('packets', () => {
    claim('a packet comes back byte by byte, of any size; history rows have none', async (store, subject) => {
      const random = seededRandom(3);
      const packets = [0, 1, 1000, 66_000, 180_000, 1_500_000].map((size) =>
        Uint8Array.from({ length: size }, () => random() * 256),
      );
      const locus = new LocusScene('ANT2024a', 10, 10);
      const addresses = await store.stagePackets(packets);
      addresses.forEach((packet, index) => {
        locus.add(pointOf(`lsst:${index}`), { packet });
      });
      locus.add(pointOf('lsst:99', { kind: 'history' }));
      await store.commit(batchOf({ loci: [locus.write()] }));
      for (const isRestarted of [false, true]) {
        const reader = isRestarted ? await subject.reopen() : store;
        for (let i = 0; i < packets.length; i += 1) {
          assert.deepEqual(Buffer.from((await reader.getPacket(toAlertId(`lsst:${i}`)))!), Buffer.from(packets[i]!));
        }
        assert.equal(await reader.getPacket(toAlertId('lsst:99')), undefined);
        assert.equal((await reader.totals()).packets, packets.length);
      }
    });

    claim('calls of staging at the same time do not mix up packets', async (store) => {
      const calls = await Promise.all(
        Array.from({ length: 12 }, (_, call) =>
          store.stagePackets(Array.from({ length: 9 }, (_, i) => new Uint8Array(1000 + call).fill(call * 10 + i))),
        ),
      );
      const locus = new LocusScene('ANT2024b', 10, 10);
      calls.flat().forEach((packet, index) => {
        locus.add(pointOf(`lsst:${index}`), { packet });
      });
      await store.commit(batchOf({ loci: [locus.write()] }));
      for (let index = 0; index < 12 * 9; index += 1) {
        const packet = await store.getPacket(toAlertId(`lsst:${index}`));
        const call = Math.floor(index / 9);
        assert.deepEqual(packet, new Uint8Array(1000 + call).fill(call * 10 + (index % 9)));
      }
      assert.deepEqual(await store.stagePackets([]), []);
    });

    claim('a packet staged by one client may be committed by another', async (store, subject) => {
      const other = await subject.another();
      const [packet] = await store.stagePackets([allBytes()]);
      const locus = new LocusScene('ANT2024c', 10, 10);
      locus.add(pointOf('lsst:1'), { packet });
      await other.commit(batchOf({ loci: [locus.write()] }));
      assert.deepEqual(await store.getPacket(toAlertId('lsst:1')), allBytes());
    });
  });
}
