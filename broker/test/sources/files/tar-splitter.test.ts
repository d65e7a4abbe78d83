import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TAR_BLOCK_BYTES } from '../../../src/sources/files/tar-header.ts';
import { type TarMember, TarSplitter } from '../../../src/sources/files/tar-splitter.ts';
import { packetLike, tarOf } from './archives.ts';

function split(tar: Uint8Array, cuts: readonly number[], maxMemberBytes = 1 << 20): TarMember[] {
  const splitter = new TarSplitter({ maxMemberBytes, wants: (name) => !name.endsWith('.csv') });
  const members: TarMember[] = [];
  let from = 0;
  for (const cut of [...cuts, tar.length]) {
    splitter.push(tar.subarray(from, cut), members);
    from = cut;
  }
  splitter.end(members);
  return members;
}

/** A header block by hand, for the dialects that our test library does not write. */
function header(name: string, size: number, type: string, change: (block: Buffer) => void = () => {}): Buffer {
  const block = Buffer.alloc(TAR_BLOCK_BYTES);
  block.write(name.slice(0, 100), 0, 'utf8');
  block.write('0000644\0', 100);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('        ', 148);
  block.write(type, 156);
  block.write('ustar  \0', 257);
  change(block);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([
    content,
    Buffer.alloc((TAR_BLOCK_BYTES - (content.length % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES),
  ]);
}

const END = Buffer.alloc(2 * TAR_BLOCK_BYTES);

describe('splitting a tar', () => {
  it('gives the same members wherever the stream is cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 12 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }),
        async (sizes, fractions) => {
          const files = Object.fromEntries(
            sizes.map((size, i) => [`night/${i}.avro`, packetLike(Math.max(size, 4), i).subarray(0, size)]),
          );
          const tar = await tarOf(files);
          const cuts = fractions.map((fraction) => Math.floor(fraction * tar.length)).sort((a, b) => a - b);
          const members = split(tar, cuts);
          expect(members.map(({ name }) => name)).toEqual(Object.keys(files));
          for (const { name, bytes } of members) expect(Buffer.compare(bytes, files[name]!)).toBe(0);
        },
      ),
      { seed: 20200101, numRuns: 60 },
    );
  });

  it('reads names of 300 letters from extended headers of both dialects', async () => {
    const long = `${'deep/'.repeat(58)}packet.avro`;
    const pax = await tarOf({ [long]: packetLike(700, 1) });
    expect(split(pax, []).map(({ name }) => name)).toEqual([long]);
    const gnu = Buffer.concat([
      header('././@LongLink', long.length + 1, 'L'),
      padded(Buffer.from(`${long}\0`)),
      header(long, 5, '0'),
      padded(Buffer.from('Obj\u0001x')),
      header('next.avro', 5, '0'),
      padded(Buffer.from('Obj\u0001y')),
      END,
    ]);
    expect(split(gnu, [100, 600, 1600]).map(({ name }) => name)).toEqual([long, 'next.avro']);
  });

  it('reads the size of a member beyond 8 GiB, and keeps none of it', () => {
    const size = 9 * 1024 ** 3;
    const block = header('huge.avro', 0, '0', (bytes) => {
      bytes.fill(0, 124, 136);
      bytes[124] = 0x80;
      bytes.writeUIntBE(size, 130, 6);
    });
    const splitter = new TarSplitter({ maxMemberBytes: 1000, wants: () => true });
    const members: TarMember[] = [];
    splitter.push(block, members);
    const chunk = Buffer.alloc(512 * 1024 ** 2, 7);
    for (let i = 0; i < 18; i += 1) splitter.push(chunk, members);
    splitter.push(END, members);
    splitter.end(members);
    expect(members).toHaveLength(1);
    expect(members[0]).toMatchObject({ name: 'huge.avro', size });
    expect(members[0]!.bytes.length).toBeLessThan(100);
  });

  it('steps over folders, links and members that are not wanted', async () => {
    const tar = Buffer.concat([
      header('night/', 0, '5'),
      header('old-folder/', 0, '0'),
      header('link.avro', 4096, '1'),
      header('symlink.avro', 0, '2'),
      header('notes.csv', 3, '0'),
      padded(Buffer.from('a,b')),
      header('a.avro', 4, '\0'),
      padded(Buffer.from('Obj\u0001')),
      END,
    ]);
    const members = split(tar, []);
    expect(members.map(({ name }) => name)).toEqual(['notes.csv', 'a.avro']);
  });

  it('goes on after the end mark when archives were joined with cat', async () => {
    const joined = Buffer.concat([await tarOf({ 'a.avro': 'Obj\u0001' }), await tarOf({ 'b.avro': 'Obj\u0001' })]);
    expect(split(joined, [700]).map(({ name }) => name)).toEqual(['a.avro', 'b.avro']);
  });

  it('delivers what came before a damaged header, then says so', async () => {
    const tar = await tarOf({
      'a.avro': packetLike(600, 1),
      'b.avro': packetLike(600, 2),
      'c.avro': packetLike(600, 3),
    });
    tar[2 * 1536 + 20]! ^= 0xff;
    const splitter = new TarSplitter({ maxMemberBytes: 1000, wants: () => true });
    const members: TarMember[] = [];
    expect(() => splitter.push(tar, members)).toThrowError(expect.objectContaining({ code: 'SOURCE_DAMAGED' }));
    expect(members.map(({ name }) => name)).toEqual(['a.avro', 'b.avro']);
  });

  it('notices every place at which an archive can be cut off', async () => {
    const tar = await tarOf({ 'a.avro': packetLike(700, 1), 'b.avro': packetLike(100, 2) });
    const contentEnd = 512 + 1024 + 512 + 512;
    for (let length = 0; length < contentEnd + 512; length += 1) {
      const splitter = new TarSplitter({ maxMemberBytes: 1000, wants: () => true });
      const members: TarMember[] = [];
      splitter.push(tar.subarray(0, length), members);
      let fault: unknown;
      try {
        splitter.end(members);
        fault = members.at(-1)?.fault;
      } catch (error) {
        fault = error;
      }
      expect(fault, `cut to ${length} bytes`).toMatchObject({ code: 'SOURCE_TRUNCATED' });
    }
  });

  it('says that sparse members are not read, and reads the others', () => {
    const tar = Buffer.concat([
      header('holes.avro', 4, 'S'),
      padded(Buffer.from('Obj\u0001')),
      header('a.avro', 4, '0'),
      padded(Buffer.from('Obj\u0001')),
      END,
    ]);
    const members = split(tar, []);
    expect(members.map(({ fault }) => fault?.code)).toEqual(['SOURCE_UNSUPPORTED', undefined]);
  });
});
