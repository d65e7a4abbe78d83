import { appendFileSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { batchOf, LocusScene, pointOf } from '../../../src/alert-store/conformance/scene.ts';
import { PacketSegments } from '../../../src/alert-store/lmdb/packet-segments.ts';
import { toAlertId } from '../../../src/model/ids.ts';
import { openStore, temporaryDirectory } from './temporary-store.ts';

const packet = Uint8Array.from({ length: 5_000 }, (_, i) => (i * 31) & 0xff);

function segmentsIn(directory: string, segmentBytes = 1e9): PacketSegments {
  const segments = new PacketSegments({ directory, segmentBytes, writer: () => 7, checkRoom: () => undefined });
  onTestFinished(() => segments.close());
  return segments;
}

describe('packet segments', () => {
  it('a changed byte anywhere in a packet or its header is noticed', async () => {
    const directory = temporaryDirectory();
    const segments = segmentsIn(directory);
    const [, address] = await segments.stage([new Uint8Array(10), packet]);
    await segments.close();
    const file = join(directory, '7-0.seg');
    const bytes = readFileSync(file);
    // What is appended is filled up to whole pages, and nothing of it depends on that.
    expect(bytes.length).toBe(8_192);
    expect(bytes.subarray(10 + 5_000 + 32).every((byte) => byte === 0)).toBe(true);
    // Header words: magic, length, check sum (the fourth is spare); then the packet.
    for (const at of [26, 30, 34, 42, 42 + 2_500, 42 + 4_999]) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 0x10;
      writeFileSync(file, changed);
      const reading = segmentsIn(directory);
      await expect(reading.read(address!)).rejects.toMatchObject({ code: 'PACKET_STORE_DAMAGED' });
      await reading.close();
    }
    writeFileSync(file, bytes);
    expect(await segmentsIn(directory).read(address!)).toEqual(packet);
  });

  it('a file that ends early or is missing is damaged, and named', async () => {
    const directory = temporaryDirectory();
    const segments = segmentsIn(directory);
    const [address] = await segments.stage([packet]);
    await segments.close();
    truncateSync(join(directory, '7-0.seg'), 3_000);
    await expect(segmentsIn(directory).read(address!)).rejects.toMatchObject({
      code: 'PACKET_STORE_DAMAGED',
      message: expect.stringContaining('7-0.seg'),
    });
    await expect(segmentsIn(directory).read('7-1:0:5000')).rejects.toMatchObject({ code: 'PACKET_STORE_DAMAGED' });
    await expect(segmentsIn(directory).read('../../etc/passwd')).rejects.toThrow(TypeError);
  });

  it('a new file begins when the present one is full, and a packet larger than a file has one to itself', async () => {
    const directory = temporaryDirectory();
    const segments = segmentsIn(directory, 20_000);
    const large = new Uint8Array(50_000).fill(3);
    const addresses: string[] = [];
    for (const packets of [[packet], [packet], [packet], [large], [packet]])
      addresses.push(...(await segments.stage(packets)));
    expect(readdirSync(directory).sort()).toEqual(['7-0.seg', '7-1.seg', '7-2.seg', '7-3.seg']);
    for (const [index, expected] of [packet, packet, packet, large, packet].entries()) {
      expect(await segments.read(addresses[index]!)).toEqual(expected);
    }
    await segments.close();
  });

  it('many more files than are kept open are read in any order', async () => {
    const directory = temporaryDirectory();
    const segments = segmentsIn(directory, 1);
    const addresses: string[] = [];
    for (let i = 0; i < 80; i += 1) addresses.push(...(await segments.stage([new Uint8Array(100).fill(i)])));
    const reads = Array.from({ length: 400 }, (_, i) => (i * 37) % 80);
    const found = await Promise.all(reads.map((i) => segments.read(addresses[i]!)));
    for (const [at, i] of reads.entries()) expect(found[at]![0]).toBe(i);
    await segments.close();
  });

  it('what a crash left behind a committed packet disturbs nothing: the next writer has files of its own', async () => {
    const directory = temporaryDirectory();
    const first = await openStore(directory);
    const one = new LocusScene('ANT2020a', 1, 1);
    one.add(pointOf('lsst:1'), { packet: (await first.stagePackets([packet]))[0] });
    await first.commit(batchOf({ loci: [one.write()] }));
    await first.close();
    const [file] = readdirSync(join(directory, 'packets'));
    appendFileSync(join(directory, 'packets', file!), new Uint8Array(999));
    const second = await openStore(directory);
    const two = new LocusScene('ANT2020b', 1, 1);
    two.add(pointOf('lsst:2'), { packet: (await second.stagePackets([packet]))[0] });
    await second.commit(batchOf({ loci: [two.write()] }));
    expect(await second.getPacket(toAlertId('lsst:1'))).toEqual(packet);
    expect(await second.getPacket(toAlertId('lsst:2'))).toEqual(packet);
    expect(readdirSync(join(directory, 'packets')).length).toBe(2);
  });

  it('a damaged packet is told of by its alert’s look-up, and the alert itself is still read', async () => {
    const directory = temporaryDirectory();
    const store = await openStore(directory);
    const locus = new LocusScene('ANT2020a', 1, 1);
    locus.add(pointOf('lsst:1'), { packet: (await store.stagePackets([packet]))[0] });
    await store.commit(batchOf({ loci: [locus.write()] }));
    const file = join(directory, 'packets', readdirSync(join(directory, 'packets'))[0]!);
    writeFileSync(file, readFileSync(file).fill(0, 100, 200));
    await expect(store.getPacket(toAlertId('lsst:1'))).rejects.toMatchObject({ code: 'PACKET_STORE_DAMAGED' });
    expect((await store.getAlerts([toAlertId('lsst:1')]))[0]!.point.alertId).toBe('lsst:1');
  });

  it('where no folder can be made, the store says that it cannot be reached', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'packets'), 'a file where the folder belongs');
    const segments = segmentsIn(join(directory, 'packets'));
    await expect(segments.stage([packet])).rejects.toMatchObject({ code: 'ALERT_STORE_UNREACHABLE' });
    mkdirSync(join(directory, 'other'));
    await segments.close();
  });
});
