import assert from 'node:assert/strict';
import { separationArcsec } from '../../sky/separation.ts';
import type { ClaimApi } from './claim-api.ts';
import { coneAt } from './samples.ts';
import { batchOf, LocusScene, pointOf, seededRandom } from './scene.ts';
import { assertStored } from './stored.ts';

/** What looking around a position does. */
export function positionsClaims({ describe, claim }: ClaimApi): void {
  describe('positions', () => {
    claim(
      'loci are found across RA 0, at both poles and at the corners of the octahedron, nearest first',
      async (store) => {
        const places: readonly (readonly [number, number])[] = [
          [0, 0],
          [90, 0],
          [180, 0],
          [270, 0],
          [0, 90],
          [0, -90],
          [359.999_9, 45],
          [45, 35.264_389_7],
        ];
        const loci = places.flatMap(([ra, dec], index) => [
          new LocusScene(`ANT2023a${index}`, ra, dec),
          // Two neighbours 0.36 and 0.72 arcsec away: southward at the north pole, else in declination.
          new LocusScene(`ANT2023b${index}`, ra, dec > 0 ? dec - 0.000_1 : dec + 0.000_1),
          new LocusScene(`ANT2023c${index}`, ra, dec > 0 ? dec - 0.000_2 : dec + 0.000_2),
        ]);
        for (const locus of loci) locus.add(pointOf(`${locus.ref.locusId}:1`));
        await store.commit(batchOf({ loci: loci.map((locus) => locus.write()) }));
        const found = await store.findLociNear(places.map(([ra, dec]) => coneAt(ra, dec, 1)));
        found.forEach((near, index) => {
          assert.deepEqual(
            near.map(({ ref }) => ref.locusId),
            [`ANT2023a${index}`, `ANT2023b${index}`, `ANT2023c${index}`],
          );
        });
        // A cone centred on the other side of RA 0.
        const [across] = await store.findLociNear([coneAt(0.000_01, 45, 1)]);
        assert.deepEqual(across!.map(({ ref }) => ref.locusId).slice(0, 1), ['ANT2023a6']);
      },
    );

    claim('cones of 0.1 to 60 arcsec give what comparing every pair gives', async (store) => {
      const random = seededRandom(77);
      const loci: LocusScene[] = [];
      for (const [ra, dec] of [
        [0, 0],
        [123.4, 56.7],
        [300, 89.995],
        [10, -89.999],
      ] as const) {
        for (let i = 0; i < 60; i += 1) {
          const at = dec + (random() - 0.5) * 0.03;
          const locus = new LocusScene(
            `ANT2023d${loci.length}`,
            (ra + ((random() - 0.5) * 0.03) / Math.max(1e-3, Math.cos((dec * Math.PI) / 180)) + 720) % 360,
            Math.min(90, Math.max(-90, at)),
          );
          locus.add(pointOf(`${locus.ref.locusId}:1`));
          loci.push(locus);
        }
      }
      await store.commit(batchOf({ loci: loci.map((locus) => locus.write()) }));
      const cones = loci.map((locus) => ({ locus, radius: 0.1 * 600 ** random() }));
      const found = await store.findLociNear(cones.map(({ locus, radius }) => coneAt(locus.ra, locus.dec, radius)));
      cones.forEach(({ locus, radius }, index) => {
        const expected = loci
          .map((other) => ({
            id: other.ref.locusId,
            separation: separationArcsec(locus.ra, locus.dec, other.ra, other.dec),
          }))
          .filter(({ separation }) => separation <= radius)
          .sort((a, b) => a.separation - b.separation);
        const got = found[index]!;
        assert.deepEqual(got.map(({ ref }) => ref.locusId).sort(), expected.map(({ id }) => id).sort());
        got.forEach(({ separationArcsec: separation }, at) => {
          assert.ok(Math.abs(separation - expected[at]!.separation) < 1e-6);
          assert.ok(at === 0 || separation >= got[at - 1]!.separationArcsec);
        });
      });
    });

    claim('a locus exactly on the rim is found, one just beyond is not', async (store) => {
      const locus = new LocusScene('ANT2023e', 40, 1 / 3600);
      locus.add(pointOf('ztf_candidate:1'));
      await store.commit(batchOf({ loci: [locus.write()] }));
      const [on, beyond] = await store.findLociNear([coneAt(40, 0, 1), coneAt(40, -0.000_000_001, 1)]);
      assert.equal(on!.length, 1);
      assert.equal(beyond!.length, 0);
    });

    claim('a locus whose centroid moves is found where it is, and no longer where it was', async (store) => {
      const locus = new LocusScene('ANT2023f', 10, 10);
      locus.add(pointOf('ztf_candidate:0'));
      await store.commit(batchOf({ loci: [locus.write()] }));
      const random = seededRandom(5);
      for (let i = 1; i <= 40; i += 1) {
        const before = { ra: locus.ra, dec: locus.dec };
        // Steps of up to 18 arcsec: some stay in their trixel, most leave it.
        locus.ra += (random() - 0.5) * 0.01;
        locus.dec += (random() - 0.5) * 0.01;
        locus.add(pointOf(`ztf_candidate:${i}`));
        await store.commit(batchOf({ loci: [locus.write()] }));
        const moved = separationArcsec(before.ra, before.dec, locus.ra, locus.dec);
        const [old, now] = await store.findLociNear([
          coneAt(before.ra, before.dec, moved * 0.9),
          coneAt(locus.ra, locus.dec, 0.001),
        ]);
        assert.equal(old!.length, 0);
        assert.deepEqual(
          now!.map(({ ref }) => ref),
          [locus.ref],
        );
      }
    });

    claim(
      'a locus that is keyed by its object alone is never found by position, but by its object and id',
      async (store) => {
        const asteroid = new LocusScene('ANT2023g', 10, 10);
        asteroid.isAssociable = false;
        const object = asteroid.bind('12345', 'lsst', 'solar_system_object');
        asteroid.add(pointOf('lsst:1'));
        await store.commit(batchOf({ loci: [asteroid.write()] }));
        asteroid.ra = 11;
        asteroid.add(pointOf('lsst:2'));
        await store.commit(batchOf({ loci: [asteroid.write()] }));
        const near = await store.findLociNear([coneAt(10, 10, 60), coneAt(11, 10, 60)]);
        assert.deepEqual(near, [[], []]);
        assert.deepEqual(await store.findLociByObject([object]), [asteroid.ref]);
        assert.deepEqual(await store.findLoci([asteroid.ref.locusId]), [asteroid.ref]);
        await assertStored(store, asteroid);
      },
    );

    claim('a locus that stops being associable is no longer found by position', async (store) => {
      const locus = new LocusScene('ANT2023h', 10, 10);
      locus.add(pointOf('lsst:1'));
      await store.commit(batchOf({ loci: [locus.write()] }));
      locus.isAssociable = false;
      await store.commit(batchOf({ loci: [locus.write()] }));
      assert.deepEqual(await store.findLociNear([coneAt(10, 10, 60)]), [[]]);
    });
  });
}
