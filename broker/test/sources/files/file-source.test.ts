import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHUNK_BYTES, ChunkPool } from '../../../src/disk/chunk-pool.ts';
import { listFileSources } from '../../../src/sources/files/list-file-sources.ts';
import type { SourcePacket } from '../../../src/sources/source.ts';
import { describeWithSharedData, sharedPath } from '../../shared-data.ts';
import { packetLike, readAll, shortName, tarOf } from './archives.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antares-sources-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function place(name: string, content: Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, content);
  return path;
}

async function readPath(path: string, options: { maxPacketBytes?: number } = {}): Promise<SourcePacket[]> {
  const sources = await listFileSources([path], options);
  const packets: SourcePacket[] = [];
  for (const source of sources) packets.push(...(await readAll(source)));
  return packets;
}

const night = Object.fromEntries(
  Array.from({ length: 300 }, (_, i) => [`${1000 + i}.avro`, packetLike(2000 + 37 * i, i)]),
);

describe('reading files', () => {
  it('recognises content whatever the name says', async () => {
    const tar = await tarOf(night);
    for (const [name, content] of [
      ['a/night.tar', tar],
      ['a/night.tar.gz', gzipSync(tar)],
      ['a/tar-called.dat', tar],
      ['a/gzip-called.tar', gzipSync(tar)],
    ] as const) {
      const packets = await readPath(await place(name, content));
      expect(packets.map(shortName), name).toEqual(Object.keys(night));
      expect(packets.map(({ ordinal }) => ordinal)).toEqual(packets.map((_, i) => i));
      for (const packet of packets) {
        expect(packet.fault).toBeUndefined();
        expect(Buffer.compare(packet.bytes, night[shortName(packet)]!)).toBe(0);
      }
    }
  });

  it('where memory may be used again, a batch holds until the next is asked for, whatever the archive', async () => {
    // Ten chunks' worth: small packets that lie together, some across the end of a chunk, one of three chunks.
    const large = Object.fromEntries(
      Array.from({ length: 400 }, (_, i) => [
        `${1000 + i}.avro`,
        packetLike(i === 200 ? 6_000_000 : 20_000 + 137 * i, i),
      ]),
    );
    const tar = await tarOf(large);
    const text = await tarOf({ ...large, 'notes.txt': Buffer.alloc(9_000_000) });
    for (const [name, content] of [
      ['m/night.tar', tar],
      ['m/night.tar.gz', gzipSync(tar, { level: 1 })],
      ['m/with-notes.tar', text],
    ] as const) {
      const [source] = await listFileSources([await place(name, content)]);
      let n = 0;
      const names = Object.keys(large);
      const pool = new ChunkPool({ mostBytes: 16 * CHUNK_BYTES });
      for await (const packets of source!.packets(0, { pool })) {
        // The source reads ahead meanwhile.
        await new Promise((resolve) => setTimeout(resolve, 2));
        for (const packet of packets) {
          expect(shortName(packet)).toBe(names[n]);
          expect(Buffer.compare(packet.bytes, large[names[n]!]!)).toBe(0);
          n += 1;
        }
      }
      expect(n, name).toBe(names.length);
      expect(pool.out).toBe(0);
    }
  });

  it('a packet whose chunk is held stays as it is, however much is read after it, by whomever', async () => {
    const members = Object.fromEntries(
      Array.from({ length: 300 }, (_, i) => [`${i}.avro`, packetLike(20_000 + ((i * 7919) % 90_000), i)]),
    );
    const path = await place('h/night.tar', await tarOf(members));
    const names = Object.keys(members);
    const pool = new ChunkPool({ mostBytes: 64 * CHUNK_BYTES });
    const held: SourcePacket[] = [];
    for (let round = 0; round < 2; round += 1) {
      const [source] = await listFileSources([path]);
      for await (const packets of source!.packets(0, { pool })) {
        for (const packet of packets) if (packet.chunk?.hold() === true) held.push(packet);
      }
    }
    // All but those that lie in two chunks.
    expect(held.length).toBeGreaterThan(580);
    for (const packet of held) {
      expect(Buffer.compare(packet.bytes, members[names[packet.ordinal]!]!)).toBe(0);
      packet.chunk?.release();
    }
    expect(pool.out).toBe(0);
  });

  it('when it is closed in the middle of a batch, the batch stays until the reader is done with it', async () => {
    const members = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [`${i}.avro`, packetLike(60_000, i)] as const),
    );
    const [source] = await listFileSources([await place('h/closed.tar', await tarOf(members))]);
    const pool = new ChunkPool({ mostBytes: 16 * CHUNK_BYTES });
    for await (const packets of source!.packets(0, { pool })) {
      await source!.close();
      const chunk = packets[0]!.chunk!;
      const others = Array.from({ length: 8 }, () => pool.take());
      for (const other of others) {
        other.bytes.fill(0);
        other.release();
      }
      expect(others.includes(chunk)).toBe(false);
      expect(Buffer.compare(packets[0]!.bytes, members['0.avro']!)).toBe(0);
    }
    expect(pool.out).toBe(0);
  });

  it('delivers single packets: containers, wire messages, gzipped ones, and whatever was asked for by name', async () => {
    const container = packetLike(5000, 1);
    const wire = Buffer.from([0, 0, 0, 3, 132, 9, 9, 9]);
    for (const [name, content, expected] of [
      ['b/one.avro', container, container],
      ['b/one.avro.gz', gzipSync(container), container],
      ['b/message.bin', wire, wire],
      ['b/page.html', Buffer.from('<html>'), Buffer.from('<html>')],
      ['b/empty.avro', Buffer.alloc(0), Buffer.alloc(0)],
    ] as const) {
      const packets = await readPath(await place(name, content));
      expect(packets, name).toHaveLength(1);
      expect(packets[0]!.fault).toBeUndefined();
      expect(Buffer.compare(packets[0]!.bytes, expected)).toBe(0);
    }
  });

  it('begins at any ordinal and delivers the same packets from there', async () => {
    const path = await place('c/night.tar.gz', gzipSync(await tarOf(night)));
    await place('c2/notes.md', 'x');
    for (const [name, content] of Object.entries(night)) await place(`c2/${name}`, content);
    for (const from of [path, join(folder, 'c2')]) {
      const whole = await readPath(from);
      expect(whole).toHaveLength(300);
      for (const ordinal of [0, 1, 137, 299, 300, 1000]) {
        const [source] = await listFileSources([from]);
        const rest = await readAll(source!, ordinal);
        expect(rest.map(({ name }) => name)).toEqual(whole.slice(ordinal).map(({ name }) => name));
        expect(rest.map((packet) => packet.ordinal)).toEqual(whole.slice(ordinal).map((packet) => packet.ordinal));
        expect(source!.bytesRead).toBe(source!.totalBytes);
      }
    }
  });

  it('walks folders in name order, through links but never in circles, and passes over what is no packet', async () => {
    await place('d/2/b.avro', packetLike(10, 1));
    await place('d/10/a.avro', packetLike(10, 2));
    await place('d/2/a.avro', packetLike(10, 3));
    await place('d/2/.hidden.avro', packetLike(10, 4));
    await place('d/2/._a.avro', packetLike(10, 5));
    await place('d/2/c.avro.part', packetLike(10, 6));
    await place('d/2/index.csv', 'file,bytes');
    await place('d/2/zeros.npy', Buffer.alloc(100));
    await place('d/2/wire', Buffer.from([0, 0, 0, 3, 132, 9, 9, 9]));
    await place('d/2/untold', packetLike(10, 7));
    await place('d/2/error-page.avro', '<html>');
    await symlink(join(folder, 'd'), join(folder, 'd/2/circle'));
    await symlink('nowhere', join(folder, 'd/2/broken.avro'));
    const sources = await listFileSources([join(folder, 'd')]);
    expect(sources).toHaveLength(1);
    const packets = await readAll(sources[0]!);
    expect(packets.map(({ name }) => name.slice(folder.length))).toEqual(
      ['10/a.avro', '2/a.avro', '2/b.avro', '2/error-page.avro', '2/untold', '2/wire'].map((name) => `/d/${name}`),
    );
    expect(sources[0]!.passedOver).toBe(2);
  });

  it('makes each archive a source of its own and groups loose files', async () => {
    await place('e/1.avro', packetLike(10, 1));
    await place('e/2.avro', packetLike(10, 2));
    await place('e/3.tar', await tarOf({ 'x.avro': packetLike(10, 3) }));
    await place('e/4.avro', packetLike(10, 4));
    const names = async (paths: string[]): Promise<string[]> => (await listFileSources(paths)).map(({ name }) => name);
    const e = join(folder, 'e');
    expect(await names([e])).toEqual([e, join(e, '3.tar'), join(e, '4.avro')]);
    expect(await names([join(e, '1.avro'), join(e, '4.avro')])).toEqual([e]);
    await expect(listFileSources([join(e, '1.avro'), join(e, 'missing')])).rejects.toMatchObject({
      code: 'SOURCE_NOT_FOUND',
    });
  });

  it('changes its id with path, size or time, and with nothing else', async () => {
    const path = await place('f/a.tar', await tarOf({ 'x.avro': packetLike(10, 3) }));
    const id = async (): Promise<string> => (await listFileSources([path]))[0]!.id;
    const before = await id();
    expect(await id()).toBe(before);
    await utimes(path, 1, 1);
    const touched = await id();
    expect(touched).not.toBe(before);
    await writeFile(path, await readFile(path));
    await utimes(path, 1, 1);
    expect(await id()).toBe(touched);
  });

  it('refuses a packet beyond the cap unread, and goes on', async () => {
    const files = {
      'a.avro': packetLike(100, 1),
      'large.avro': packetLike(5000, 2),
      'large.csv': 'x'.repeat(5000),
      'b.avro': packetLike(100, 3),
    };
    const path = await place('g/night.tar', await tarOf(files));
    const packets = await readPath(path, { maxPacketBytes: 1000 });
    expect(packets.map((packet) => [shortName(packet), packet.fault?.code])).toEqual([
      ['a.avro', undefined],
      ['large.avro', 'PACKET_TOO_LARGE'],
      ['b.avro', undefined],
    ]);
    expect(packets[1]!.bytes).toHaveLength(0);
    const bomb = await place(
      'g/bomb.tar',
      await tarOf({
        'a.avro.gz': gzipSync(Buffer.concat([packetLike(10, 1), Buffer.alloc(1e6)])),
        'b.avro': packetLike(10, 1),
      }),
    );
    expect((await readPath(bomb, { maxPacketBytes: 2000 })).map(({ fault }) => fault?.code)).toEqual([
      'PACKET_TOO_LARGE',
      undefined,
    ]);
    const loose = await place('g/large.bin', Buffer.alloc(5000, 1));
    expect((await readPath(loose, { maxPacketBytes: 1000 })).map(({ fault }) => fault?.code)).toEqual([
      'PACKET_TOO_LARGE',
    ]);
  });

  it('delivers everything before the cut of a truncated archive, then names the packet that was cut', async () => {
    const tar = await tarOf(night);
    const gz = gzipSync(tar);
    for (const [name, whole] of [
      ['h/cut.tar', tar],
      ['h/cut.tar.gz', gz],
    ] as const) {
      for (const fraction of [0.1, 0.5, 0.93]) {
        const cut = whole.subarray(0, Math.floor(fraction * whole.length));
        const packets = await readPath(await place(name, cut));
        const fault = packets.at(-1)!;
        expect(fault.fault?.code).toBe('SOURCE_TRUNCATED');
        const before = packets.slice(0, -1);
        expect(before.every((packet) => packet.fault === undefined)).toBe(true);
        expect(before.map(shortName)).toEqual(Object.keys(night).slice(0, before.length));
        for (const packet of before) expect(Buffer.compare(packet.bytes, night[shortName(packet)]!)).toBe(0);
        // Random bytes do not compress: the share that came through is the share of the file, to a packet or two.
        const bytesBefore = before.reduce((sum, { bytes }) => sum + 512 + Math.ceil(bytes.length / 512) * 512, 0);
        expect(bytesBefore).toBeGreaterThan(fraction * tar.length - 40_000);
        expect(shortName(fault)).toBe(Object.keys(night)[before.length]);
        expect(Buffer.compare(fault.bytes, night[shortName(fault)]!.subarray(0, fault.bytes.length))).toBe(0);
      }
    }
  });

  it('delivers everything before the damage of a gzip, and the run goes on with the next file', async () => {
    const gz = gzipSync(await tarOf(night));
    const at = Math.floor(gz.length * 0.6);
    gz.fill(0xff, at, at + 2000);
    await place('i/1-damaged.tar.gz', gz);
    await place('i/2-good.tar', await tarOf({ 'after.avro': packetLike(10, 1) }));
    const packets = await readPath(join(folder, 'i'));
    const fault = packets.findIndex((packet) => packet.fault !== undefined);
    expect(packets[fault]!.fault?.code).toBe('SOURCE_DAMAGED');
    expect(fault).toBeGreaterThan(150);
    // What lies within the damage may still inflate, to nonsense; all packets before it are themselves.
    for (const packet of packets.slice(0, fault - 2))
      expect(Buffer.compare(packet.bytes, night[shortName(packet)]!)).toBe(0);
    expect(packets.map(shortName).at(-1)).toBe('after.avro');
    expect(packets).toHaveLength(fault + 2);
  });

  it('reports a file that went away, and an archive that is none, and goes on', async () => {
    await place('j/1.avro', packetLike(10, 1));
    await place('j/2.avro', packetLike(10, 2));
    await place('j/3.tar.gz', 'no archive');
    const sources = await listFileSources([join(folder, 'j')]);
    await rm(join(folder, 'j/1.avro'));
    const packets = [...(await readAll(sources[0]!)), ...(await readAll(sources[1]!))];
    expect(packets.map((packet) => [shortName(packet), packet.fault?.code])).toEqual([
      ['1.avro', 'SOURCE_UNREADABLE'],
      ['2.avro', undefined],
      ['3.tar.gz', 'SOURCE_DAMAGED'],
    ]);
  });

  it('says that an archive within an archive is not read', async () => {
    const path = await place(
      'k/outer.tar',
      await tarOf({ 'inner.tar.gz': gzipSync(await tarOf(night)), 'a.avro': packetLike(10, 1) }),
    );
    expect((await readPath(path)).map(({ fault }) => fault?.code)).toEqual(['SOURCE_UNSUPPORTED', undefined]);
  });

  it('reads a tar and a gzipped tar from standard input, in pieces of any size', async () => {
    const tar = await tarOf(night);
    for (const bytes of [tar, gzipSync(tar)]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / 7777) }, (_, i) =>
        bytes.subarray(i * 7777, (i + 1) * 7777),
      );
      const sources = await listFileSources(['-'], { standardInput: Readable.from(pieces) });
      expect(sources[0]!.isResumable).toBe(false);
      const packets = await readAll(sources[0]!);
      expect(packets.map(shortName)).toEqual(Object.keys(night));
      for (const packet of packets) expect(Buffer.compare(packet.bytes, night[shortName(packet)]!)).toBe(0);
    }
  });

  it('ends when it is closed, even while it waits for an idle pipe', async () => {
    const idle = new Readable({ read() {} });
    const [source] = await listFileSources(['-'], { standardInput: idle });
    const reading = readAll(source!);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await source!.close();
    expect((await reading).filter(({ fault }) => fault === undefined)).toEqual([]);
  });

  it('cuts a container that is too large to hold into its blocks', async () => {
    const long = (value: number): Buffer => {
      const bytes: number[] = [];
      let rest = value * 2;
      while (rest >= 128) {
        bytes.push((rest % 128) + 128);
        rest = Math.floor(rest / 128);
      }
      return Buffer.from([...bytes, rest]);
    };
    const text = (value: string): Buffer => Buffer.concat([long(value.length), Buffer.from(value)]);
    const marker = Buffer.from('0123456789abcdef');
    const header = Buffer.concat([
      Buffer.from('Obj\u0001'),
      long(2),
      text('avro.codec'),
      text('null'),
      text('avro.schema'),
      text('"bytes"'),
      long(0),
      marker,
    ]);
    const blocks = Array.from({ length: 40 }, (_, i) =>
      Buffer.concat([long(1), long(300), packetLike(300, i), marker]),
    );
    const whole = Buffer.concat([header, ...blocks]);
    const packets = await readPath(await place('l/many.avro', whole), { maxPacketBytes: 2000 });
    expect(packets.map(({ bytes }) => Buffer.from(bytes))).toEqual(
      blocks.map((block) => Buffer.concat([header, block])),
    );
    const cut = await readPath(await place('l/cut.avro', whole.subarray(0, whole.length - 5)), {
      maxPacketBytes: 2000,
    });
    expect(cut).toHaveLength(40);
    expect(cut.at(-1)!.fault?.code).toBe('SOURCE_TRUNCATED');
    const damaged = Buffer.from(whole);
    damaged[header.length + blocks[0]!.length + 310]! ^= 1;
    const kept = await readPath(await place('l/damaged.avro', damaged), { maxPacketBytes: 2000 });
    expect(kept.map(({ fault }) => fault?.code)).toEqual([undefined, 'SOURCE_DAMAGED']);
  });
});

describeWithSharedData('reading real archives', () => {
  it('delivers every packet of the index, at its size, under its name', async () => {
    const [head, ...lines] = (await readFile(sharedPath('data/alerts/ztf_index.csv'), 'utf8')).trim().split('\n');
    const columns = head!.split(',');
    const expected = new Map<string, Map<string, number>>();
    for (const line of lines) {
      const cells = line.split(',');
      const archive = cells[columns.indexOf('archive')]!;
      const files = expected.get(archive) ?? new Map<string, number>();
      expected.set(archive, files.set(cells[columns.indexOf('file')]!, Number(cells[columns.indexOf('bytes')])));
    }
    expect(expected.size).toBeGreaterThan(30);
    for (const [archive, files] of expected) {
      const packets = await readPath(sharedPath(`data/alerts/${archive}`));
      expect(packets.every(({ fault, bytes }) => fault === undefined && bytes[0] === 0x4f)).toBe(true);
      expect(new Map(packets.map((packet) => [shortName(packet), packet.bytes.length])), archive).toEqual(files);
      expect(packets).toHaveLength(files.size);
    }
  });

  it('delivers all 26 malformed files of their folder, and passes over the index beside them', async () => {
    const sources = await listFileSources([sharedPath('data/alerts/malformed')]);
    const packets: SourcePacket[] = [];
    for (const source of sources) packets.push(...(await readAll(source)));
    expect(packets).toHaveLength(26);
    expect(packets.every(({ fault }) => fault === undefined)).toBe(true);
    expect(sources.reduce((sum, { passedOver }) => sum + passedOver, 0)).toBe(1);
  });

  it('delivers wire messages and an archive over a pipe', async () => {
    const wire = await readPath(sharedPath('data/alerts/lsst/wire'));
    expect(wire).toHaveLength(15);
    const archive = sharedPath('data/alerts/lsst/rubin_v10_0.tar.gz');
    const [source] = await listFileSources(['-'], { standardInput: createReadStream(archive) });
    const packets = await readAll(source!);
    expect(packets).toHaveLength(41);
    expect(source!.bytesRead).toBe((await stat(archive)).size);
  });
});
