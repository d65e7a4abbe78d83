import { crc32 } from 'node:zlib';
import { damaged } from './damage.ts';

/**
 * Decompresses a block of Avro's snappy codec: raw snappy, then the big-endian CRC-32 of what comes out.
 *
 * @param block     compressed bytes with the checksum
 * @param maxBytes  what it may grow to
 * @returns         undefined when it would grow beyond `maxBytes`
 * @throws PACKET_DAMAGED  when it is no snappy, or the checksum differs
 */
export function decompressSnappyBlock(block: Uint8Array, maxBytes: number): Uint8Array | undefined {
  const end = block.length - 4;
  if (end < 1) throw damaged(0, 'a snappy block without length and checksum');
  let length = 0;
  let at = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = block[at]!;
    at += 1;
    length += (byte & 127) * scale;
    if (byte < 128) break;
    if (at >= end || at > 4) throw damaged(0, 'a snappy block without a length');
  }
  if (length > maxBytes) return undefined;
  // A copy makes at most 64 bytes of three (or of two, 11): nothing that is snappy grows more than this.
  if (length > 32 * block.length)
    throw damaged(0, `a snappy block of ${block.length} bytes that says it holds ${length}`);
  const output = new Uint8Array(length);
  expand(block, at, end, output);
  const stored = new DataView(block.buffer, block.byteOffset + end, 4).getUint32(0);
  if (crc32(output) !== stored) throw damaged(end, 'the checksum of a snappy block differs');
  return output;
}

/** Follows the elements from `start` to `end`: literals, and copies from what was written before. */
function expand(input: Uint8Array, start: number, end: number, output: Uint8Array): void {
  let at = start;
  let to = 0;
  while (at < end) {
    const element = at;
    const tag = input[at]!;
    at += 1;
    let length: number;
    let distance = 0;
    if ((tag & 3) === 0) {
      length = tag >>> 2;
      if (length >= 60) {
        const extra = length - 59;
        if (at + extra > end) throw damaged(element, 'a snappy literal that is cut off');
        length = littleEndian(input, at, extra);
        at += extra;
      }
      length += 1;
      if (length > end - at || length > output.length - to) throw damaged(element, 'a snappy literal beyond the end');
      output.set(input.subarray(at, at + length), to);
      at += length;
      to += length;
      continue;
    }
    if ((tag & 3) === 1) {
      length = ((tag >>> 2) & 7) + 4;
      if (at + 1 > end) throw damaged(element, 'a snappy copy that is cut off');
      distance = ((tag >>> 5) << 8) | input[at]!;
      at += 1;
    } else {
      const width = (tag & 3) === 2 ? 2 : 4;
      length = (tag >>> 2) + 1;
      if (at + width > end) throw damaged(element, 'a snappy copy that is cut off');
      distance = littleEndian(input, at, width);
      at += width;
    }
    if (distance === 0 || distance > to || length > output.length - to) {
      throw damaged(element, 'a snappy copy from before the beginning or beyond the end');
    }
    // Source and target may overlap on purpose: a copy of distance 1 repeats one byte.
    if (distance >= length) output.copyWithin(to, to - distance, to - distance + length);
    else for (let i = 0; i < length; i += 1) output[to + i] = output[to + i - distance]!;
    to += length;
  }
  if (to !== output.length)
    throw damaged(end, `a snappy block that says it holds ${output.length} bytes and has ${to}`);
}

function littleEndian(input: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let i = width - 1; i >= 0; i -= 1) value = value * 256 + input[at + i]!;
  return value;
}
