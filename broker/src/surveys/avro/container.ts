import { constants, inflateRawSync } from 'node:zlib';
import { AntaresError, errorCode } from '../../model/errors.ts';
import { damaged, truncated } from './damage.ts';
import { AVRO_LIMITS } from './limits.ts';
import { longEnd, longNumber } from './long.ts';
import { decompressSnappyBlock } from './snappy.ts';
import { bytesAt, bytesEnd, textAt } from './text.ts';

/*
 * An Avro container file:
 *
 *   'O' 'b' 'j' 1
 *   metadata, a map of bytes: avro.schema, avro.codec (null when absent), others
 *   sync marker, 16 bytes
 *   blocks, each: number of records, number of bytes, the bytes (compressed by the codec), the sync marker again
 */

const SYNC_LENGTH = 16;

/** Compressions of containers that are read. */
export type ContainerCodec = 'null' | 'deflate' | 'snappy';

/** What the head of a container says. */
export interface ContainerHeader {
  readonly schemaText: string;
  readonly codec: ContainerCodec;
  /** Length of the head without the sync marker [bytes]. */
  readonly length: number;
}

/** A block: records one after the other. */
export interface ContainerBlock {
  /** Number of records in it. */
  readonly records: number;
  /** What holds the records: the packet itself, or what was decompressed from it. */
  readonly bytes: Buffer;
  readonly view: DataView;
  /** The records lie from here to there. */
  readonly start: number;
  readonly end: number;
}

/** Whether the bytes begin as a container. */
export function isContainer(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0x4f && bytes[1] === 0x62 && bytes[2] === 0x6a && bytes[3] === 1;
}

/** The bytes as a Buffer on the same memory. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A view of the same memory. */
export function asView(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Reads the head of a container.
 *
 * @throws PACKET_TRUNCATED, PACKET_DAMAGED, PACKET_CODEC_UNKNOWN
 */
export function readContainerHeader(bytes: Buffer, view: DataView): ContainerHeader {
  try {
    return readHeader(bytes, view);
  } catch (error) {
    if (error instanceof RangeError) throw truncated('the bytes end within the head of the container');
    throw error;
  }
}

function readHeader(bytes: Buffer, view: DataView): ContainerHeader {
  let schemaText: string | undefined;
  let codec = 'null';
  let offset = 4;
  let entries = 0;
  for (;;) {
    let count = longNumber(view, offset);
    offset = longEnd(view, offset);
    if (count === 0) break;
    if (count < 0) {
      count = -count;
      offset = longEnd(view, offset);
    }
    entries += count;
    if (entries > AVRO_LIMITS.metadataEntries) throw damaged(offset, `${entries} entries in the head of the container`);
    for (let i = 0; i < count; i += 1) {
      checkLength(view, offset);
      const key = textAt(view, bytes, offset);
      offset = bytesEnd(view, offset);
      checkLength(view, offset);
      if (key === 'avro.schema') schemaText = asBuffer(bytesAt(view, bytes, offset)).toString('utf8');
      else if (key === 'avro.codec') codec = asBuffer(bytesAt(view, bytes, offset)).toString('utf8');
      offset = bytesEnd(view, offset);
      if (offset > AVRO_LIMITS.metadataBytes) throw damaged(offset, 'a head of the container of several megabytes');
    }
  }
  if (schemaText === undefined) throw damaged(offset, 'a container without a schema');
  if (codec !== 'null' && codec !== 'deflate' && codec !== 'snappy') {
    throw new AntaresError(
      'PACKET_CODEC_UNKNOWN',
      `the container is compressed with ${JSON.stringify(codec.slice(0, 40))}; null, deflate and snappy are read`,
    );
  }
  return { schemaText, codec, length: offset };
}

/** A length in the head beyond the end of the bytes means that they were cut off, as long as it is a sane one. */
function checkLength(view: DataView, offset: number): void {
  const length = longNumber(view, offset);
  if (length < 0 || length > AVRO_LIMITS.metadataBytes)
    throw damaged(offset, `a length of ${length} bytes in the head of the container`);
  if (length > view.byteLength - longEnd(view, offset))
    throw truncated('the bytes end within the head of the container');
}

/**
 * Calls `onBlock` with each block that has records.
 *
 * Sync markers are compared before anything is read from a block.
 *
 * @param maxBytes  what all blocks together may decompress to
 * @throws PACKET_TRUNCATED, PACKET_DAMAGED, PACKET_TOO_LARGE
 */
export function readBlocks(
  bytes: Buffer,
  view: DataView,
  header: Pick<ContainerHeader, 'codec' | 'length'>,
  maxBytes: number,
  onBlock: (block: ContainerBlock) => void,
): void {
  const sync = header.length;
  let offset = sync + SYNC_LENGTH;
  if (offset > bytes.length) throw truncated('the bytes end within the head of the container');
  let room = maxBytes;
  while (offset < bytes.length) {
    const block = offset;
    let records: number;
    let size: number;
    try {
      records = longNumber(view, offset);
      offset = longEnd(view, offset);
      size = longNumber(view, offset);
      offset = longEnd(view, offset);
    } catch (error) {
      if (error instanceof RangeError) throw truncated('the bytes end within a block of the container');
      throw error;
    }
    if (records < 0 || size < 0 || records > size)
      throw damaged(block, `a block of ${records} records in ${size} bytes`);
    if (size > bytes.length - offset - SYNC_LENGTH) {
      const missing = size + SYNC_LENGTH - (bytes.length - offset);
      if (endsWithSync(bytes, sync)) throw damaged(block, `a block that lost ${missing} bytes within`);
      throw truncated(`a block of ${size} bytes at byte ${block}, of which the last ${missing} bytes are missing`);
    }
    const end = offset + size;
    for (let i = 0; i < SYNC_LENGTH; i += 1) {
      if (bytes[end + i] !== bytes[sync + i])
        throw damaged(end, 'the sync marker after a block differs from that in the head');
    }
    if (records > 0) {
      if (header.codec === 'null') onBlock({ records, bytes, view, start: offset, end });
      else {
        const plain = decompress(bytes.subarray(offset, end), header.codec, room);
        room -= plain.length;
        onBlock({ records, bytes: asBuffer(plain), view: asView(plain), start: 0, end: plain.length });
      }
    }
    offset = end + SYNC_LENGTH;
  }
}

/** A packet that ends as it should is not cut off, however short it is. */
function endsWithSync(bytes: Buffer, sync: number): boolean {
  return bytes.compare(bytes, sync, sync + SYNC_LENGTH, bytes.length - SYNC_LENGTH) === 0;
}

function decompress(block: Uint8Array, codec: ContainerCodec, maxBytes: number): Uint8Array {
  if (codec === 'snappy') {
    const plain = decompressSnappyBlock(block, maxBytes);
    if (plain === undefined) throw tooLarge(maxBytes);
    return plain;
  }
  try {
    return inflateRawSync(block, { maxOutputLength: Math.max(1, maxBytes), finishFlush: constants.Z_FINISH });
  } catch (error) {
    if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    throw new AntaresError('PACKET_DAMAGED', 'a deflated block that cannot be inflated', { cause: error });
  }
}

function tooLarge(maxBytes: number): AntaresError {
  return new AntaresError(
    'PACKET_TOO_LARGE',
    `a block decompresses to more than the ${maxBytes} bytes that are left of the cap`,
  );
}

/** The bytes of a container without compression that holds the records of one block. */
export function writePlainContainer(schemaText: string, records: number, datum: Uint8Array): Uint8Array {
  const schema = Buffer.from(schemaText, 'utf8');
  const sync = Buffer.alloc(SYNC_LENGTH, 'antares, unpacked'.slice(0, SYNC_LENGTH), 'latin1');
  const text = (value: string): Buffer => Buffer.concat([writeLong(value.length), Buffer.from(value, 'latin1')]);
  return Buffer.concat([
    Buffer.from([0x4f, 0x62, 0x6a, 1]),
    writeLong(2),
    text('avro.codec'),
    text('null'),
    text('avro.schema'),
    writeLong(schema.length),
    schema,
    writeLong(0),
    sync,
    writeLong(records),
    writeLong(datum.length),
    datum,
    sync,
  ]);
}

/** A whole number ≥ 0, up to 2^31, as Avro writes integers. */
function writeLong(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value * 2;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}
