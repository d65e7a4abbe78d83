// A process, or a worker thread, that uses a store as built: what the tests of crashes and of company start.
// Arguments: address of the built sources, role, folder of the store, seed.
import { isMainThread, parentPort, workerData } from 'node:worker_threads';

const [base, role, directory, seedText] = isMainThread ? process.argv.slice(2) : workerData;
const { openLmdbAlertStore } = await import(new URL('alert-store/lmdb/lmdb-alert-store.js', base).href);
const { batchOf, LocusScene, pointOf, seededRandom } = await import(
  new URL('alert-store/conformance/scene.js', base).href
);
const seed = Number(seedText);
const say = (text) => (isMainThread ? process.stdout.write(`${text}\n`) : parentPort.postMessage(text));

/** Loci that every round changes together. */
const LOCI = 12;

/** A packet that says what it is. */
const packetOf = (round, i) => new Uint8Array(2_000 + ((round * 7 + i) % 500)).fill((round * 13 + i) & 0xff);

const idOf = (i) => `ANT2027r${seed}n${i}`;

/** A round changes all loci, counts them, and says so when that is durable. */
async function commitRound(store, scenes, round) {
  const packets = await store.stagePackets(scenes.map((_, i) => packetOf(round, i)));
  for (const [i, scene] of scenes.entries()) {
    scene.properties = new Map([['round', BigInt(round)]]);
    scene.properties.set(`word_${seed}_${round % 40}`, 'x'.repeat(round % 90));
    scene.dec += 0.002;
    scene.add(pointOf(`ztf_candidate:${seed * 1_000_000 + round * 100 + i}`), { packet: packets[i] });
  }
  await store.commit(
    batchOf({
      loci: scenes.map((scene) => scene.write()),
      ledger: [
        {
          source: `s${seed}`,
          survey: 'ztf',
          night: 'n',
          visit: String(round % 3),
          received: LOCI,
          stored: LOCI,
          duplicate: 0,
          rejected: 0,
          reasons: {},
        },
      ],
      progress: [{ sourceId: `s${seed}`, ordinals: [round], lowWater: Math.max(0, round - 5) }],
      pending: [{ sequence: BigInt(seed * 1_000_000 + round), streams: ['t'], key: 'k', value: new Uint8Array(100) }],
    }),
  );
  say(`done ${round}`);
}

/** The loci as the store has them, and the round that comes next. */
async function resume(store) {
  const refs = await store.findLoci(Array.from({ length: LOCI }, (_, i) => idOf(i)));
  const stored = refs[0] === undefined ? [] : await store.getLoci(refs);
  const next = stored.length === 0 ? 0 : Number(stored[0].record.properties.get('round')) + 1;
  const scenes = Array.from({ length: LOCI }, (_, i) => new LocusScene(idOf(i), (i * 30 + seed) % 360, -20 + i));
  for (const [i, scene] of scenes.entries()) {
    if (stored[i] === undefined) {
      scene.bind(`object ${idOf(i)}`);
      continue;
    }
    for (const row of await store.getAlertRows(refs[i])) scene.add(row.point, row);
    scene.ra = stored[i].record.ra;
    scene.dec = stored[i].record.dec;
    scene.objects = [...stored[i].record.objects];
    scene.write();
  }
  return { scenes, next };
}

const roles = {
  /** Commits round after round until it is killed. */
  async write() {
    const store = await openLmdbAlertStore({ directory, mode: 'writer', segmentBytes: 100_000 });
    const { scenes, next } = await resume(store);
    say('ready');
    for (let round = next; ; round += 1) await commitRound(store, scenes, round);
  },

  /** Commits some rounds under the claim of the process that it is a thread of. */
  async commit() {
    const store = await openLmdbAlertStore({ directory, mode: 'thread' });
    const { scenes, next } = await resume(store);
    for (let round = next; round < 25; round += 1) await commitRound(store, scenes, round);
    await store.close();
    say('end');
  },

  /** Reads while others write: all loci of a commit must be of the same round, and rounds only grow. */
  async read() {
    const store = await openLmdbAlertStore({ directory, mode: 'reader' });
    say('ready');
    let last = -1;
    let looks = 0;
    while (last < 39) {
      const refs = await store.findLoci(Array.from({ length: LOCI }, (_, i) => idOf(i)));
      const found = refs.every((ref) => ref !== undefined) ? await store.getLoci(refs) : [];
      const rounds = new Set(found.map((locus) => Number(locus.record.properties.get('round'))));
      const lengths = new Set(found.map((locus) => locus.lightCurve.length - 1));
      if (rounds.size > 1 || lengths.size > 1 || [...rounds][0] !== [...lengths][0]) {
        throw new Error(`half a commit: rounds ${[...rounds]}, rows ${[...lengths]}`);
      }
      if (rounds.size === 1) {
        const [round] = rounds;
        if (round < last) throw new Error(`back from round ${last} to ${round}`);
        last = round;
      }
      looks += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await store.close();
    say(`end ${looks}`);
  },

  /** Commits until the disk is full, twice over, then says what it was told. */
  async fill() {
    const store = await openLmdbAlertStore({ directory, mode: 'writer' });
    const { scenes } = await resume(store);
    const random = seededRandom(seed);
    const codes = new Set();
    let round = 0;
    for (; codes.size === 0 && round < 5_000; round += 1) {
      const filler = new Uint8Array(20_000 + random() * 20_000);
      try {
        await commitRound(store, scenes, round);
        await store.commit(
          batchOf({ pending: [{ sequence: BigInt(1e15 + round), streams: [], key: '', value: filler }] }),
        );
      } catch (error) {
        codes.add(error.code);
      }
    }
    // The same again, and other calls: refused in the same words, and nothing breaks.
    for (let i = 0; i < 5; i += 1) {
      const value = new Uint8Array(9e6);
      await store.commit(batchOf({ pending: [{ sequence: BigInt(2e15 + i), streams: [], key: '', value }] })).then(
        () => codes.add('committed'),
        (error) => codes.add(error.code),
      );
      await store.stagePackets([new Uint8Array(9e6)]).then(
        () => codes.add('staged'),
        (error) => codes.add(error.code),
      );
    }
    say(`codes ${[...codes].join(' ')}`);
    process.stdin.once('data', async () => {
      // There is room again.
      await store.putDocument('after', 'room');
      await store.commit(
        batchOf({ pending: [{ sequence: BigInt(3e15), streams: [], key: '', value: new Uint8Array(9e6) }] }),
      );
      await store.stagePackets([new Uint8Array(9e6)]);
      say('recovered');
      process.exit(0);
    });
    say('waiting');
  },
};

await roles[role]();
