import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { AntaresError } from '../../src/model/errors.ts';
import { asView, isContainer, readContainerHeader } from '../../src/surveys/avro/container.ts';
import { FolderSchemaSource } from '../../src/surveys/folder-schema-source.ts';
import { AvroPacketDecoder } from '../../src/surveys/packet-decoder.ts';
import { PACKET_ERRORS } from '../../src/surveys/packet-errors.ts';
import { describeWithSharedData, sharedPath } from '../shared-data.ts';
import { realPackets } from './real-packets.ts';

const SEED = 20_191_123;
const CASES = 10_000;

/** Seeded: the same cases on every machine. */
function random(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

describeWithSharedData('changed packets', () => {
  const seeds: { readonly bytes: Buffer; readonly head: number }[] = [];
  const decoder = new AvroPacketDecoder({ schemaSource: new FolderSchemaSource(sharedPath('data/schemas/lsst')) });

  beforeAll(async () => {
    const packets = [
      ...(await realPackets('ztf-nocutout/ztf_public_20231018.tar.gz', 3)),
      ...(await realPackets('ztf-nocutout/ztf_misc.tar.gz', 3)),
      ...(await realPackets('ztf/ztf_public_20171214.tar.gz', 2)),
      ...(await realPackets('lsst/sim_or4_v7_1_nocutout.tar.gz', 2)),
      ...(await realPackets('lsst/rubin_v9_0_spark_nocutout.tar.gz', 2)),
      ...(await realPackets('lsst/wire')),
    ].map(({ bytes }) => bytes);
    packets.push(readFileSync(sharedPath('data/alerts/malformed/no_toplevel_candid_000010510166461127.avro')));
    for (const bytes of packets) {
      await decoder.ensureSchema(bytes);
      seeds.push({ bytes, head: isContainer(bytes) ? readContainerHeader(bytes, asView(bytes)).length + 16 : 5 });
    }
  });

  /** One of the ways in which bytes go wrong, mostly after the head: a changed schema is another story, told rarely. */
  function mutate(bytes: Buffer, head: number, next: () => number): Buffer {
    const from = next() < 0.9 ? head : 0;
    const at = from + Math.floor(next() * (bytes.length - from));
    const copy = Buffer.from(bytes);
    switch (Math.floor(next() * 7)) {
      case 0:
        copy[at]! ^= 1 << Math.floor(next() * 8);
        return copy;
      case 1:
        for (let i = 0; i < 8; i += 1)
          copy[from + Math.floor(next() * (bytes.length - from))] = Math.floor(next() * 256);
        return copy;
      case 2:
        return copy.subarray(0, at);
      case 3:
        return Buffer.concat([
          copy.subarray(0, at),
          Buffer.from(Array.from({ length: 1 + Math.floor(next() * 20) }, () => Math.floor(next() * 256))),
          copy.subarray(at),
        ]);
      case 4:
        return Buffer.concat([copy.subarray(0, at), copy.subarray(at + 1 + Math.floor(next() * 40))]);
      case 5:
        // A length or a count of 2^62, or of minus that.
        copy.fill(0xff, at, Math.min(bytes.length, at + 8));
        if (at + 8 < bytes.length) copy[at + 8] = next() < 0.5 ? 0x7f : 0x01;
        return copy;
      default:
        copy.fill(next() < 0.5 ? 0x80 : 0, at, Math.min(bytes.length, at + 1 + Math.floor(next() * 2000)));
        return copy;
    }
  }

  test(`are read or refused with a reason, ${CASES} of them, seed ${SEED}`, () => {
    const next = random(SEED);
    const verdicts = new Map<string, number>();
    let slowest = 0;
    globalThis.gc?.();
    const before = process.memoryUsage();
    for (let i = 0; i < CASES; i += 1) {
      const { bytes, head } = seeds[i % seeds.length]!;
      const changed = mutate(bytes, head, next);
      const start = performance.now();
      for (const use of [() => decoder.route(changed), () => decoder.unpack(changed), () => useAll(changed)]) {
        try {
          use();
          verdicts.set('read', (verdicts.get('read') ?? 0) + 1);
        } catch (error) {
          if (!(error instanceof AntaresError) || !(error.code in PACKET_ERRORS))
            throw new Error(`case ${i}`, { cause: error });
          verdicts.set(error.code, (verdicts.get(error.code) ?? 0) + 1);
        }
      }
      slowest = Math.max(slowest, performance.now() - start);
    }
    globalThis.gc?.();
    const after = process.memoryUsage();
    // Both outcomes occur in number, and the reasons are told apart.
    expect(verdicts.get('read')).toBeGreaterThan(CASES / 10);
    for (const code of ['PACKET_DAMAGED', 'PACKET_TRUNCATED']) expect(verdicts.get(code)).toBeGreaterThan(CASES / 20);
    // Nothing hangs and nothing balloons: generous bounds, since the machine may be busy.
    expect(slowest).toBeLessThan(5000);
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(256e6);
    expect(after.heapUsed - before.heapUsed).toBeLessThan(512e6);
  });

  function useAll(bytes: Buffer): void {
    for (const packet of decoder.decode(bytes)) {
      decoder.properties(packet.alert.body, packet.alert.point);
      decoder.locusContribution(packet);
      for (const { point, body } of packet.history(() => false)) decoder.properties(body, point);
      for (const { offset, length } of packet.cutouts) expect(offset + length).toBeLessThanOrEqual(bytes.length);
      expect(packet.night).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    }
  }
});
