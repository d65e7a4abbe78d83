import { AntaresError } from '../../model/errors.ts';

/** Everything in a tar begins at a multiple of this. */
export const TAR_BLOCK_BYTES = 512;

/** A tar header block, as far as a reader of plain files needs it. */
export interface TarHeader {
  readonly name: string;
  /** Bytes of content that follow, before padding. */
  readonly size: number;
  /** Type flag, one character: `0` file, `5` folder, `x` extended header, `L` long name, … */
  readonly type: string;
}

/**
 * Reads a header block: POSIX ustar, GNU, and the older form without a magic word.
 *
 * Layout, octal text unless said otherwise: name 0–100, size 124–136 (big-endian binary when its first bit is set),
 * checksum 148–156, type 156, magic 257–263, prefix of the name 345–500 (POSIX magic only; GNU uses the place for times).
 *
 * @throws SOURCE_DAMAGED  the checksum or the size is wrong
 * @see POSIX.1-2017, pax, "ustar Interchange Format"
 */
export function readTarHeader(bytes: Uint8Array, at: number): TarHeader {
  if (!isTarHeader(bytes, at)) {
    throw new AntaresError('SOURCE_DAMAGED', 'expected the header of the next tar member, but its checksum is wrong');
  }
  const block = Buffer.from(bytes.buffer, bytes.byteOffset + at, TAR_BLOCK_BYTES);
  const size = sizeField(block);
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new AntaresError(
      'SOURCE_DAMAGED',
      `expected the size of a tar member, got ${JSON.stringify(block.toString('latin1', 124, 136))}`,
    );
  }
  let name = textField(block, 0, 100);
  const isPosix = block[257] === 0x75 && block.toString('latin1', 257, 263) === 'ustar\0';
  if (isPosix && block[345] !== 0) name = `${textField(block, 345, 500)}/${name}`;
  const type = block[156] === 0 ? '0' : String.fromCharCode(block[156]!);
  return { name, size, type };
}

/** Whether a block is a tar header: its checksum agrees. Some old writers summed signed bytes, so either sum will do. */
export function isTarHeader(bytes: Uint8Array, at: number): boolean {
  const expected = octalField(bytes, at + 148, at + 156);
  if (Number.isNaN(expected)) return false;
  let sum = 0;
  let highBytes = 0;
  for (let i = at; i < at + TAR_BLOCK_BYTES; i += 1) {
    const byte = bytes[i]!;
    sum += byte;
    highBytes += byte >> 7;
  }
  for (let i = at + 148; i < at + 156; i += 1) {
    const byte = bytes[i]!;
    sum += 0x20 - byte;
    highBytes -= byte >> 7;
  }
  return sum === expected || sum - 256 * highBytes === expected;
}

/** Whether a block is all zeros; two of them end an archive. */
export function isEmptyBlock(bytes: Uint8Array, at: number): boolean {
  for (let i = at; i < at + TAR_BLOCK_BYTES; i += 1) if (bytes[i] !== 0) return false;
  return true;
}

/**
 * Records of a pax extended header: `length key=value\n`, length in decimal and counting itself.
 *
 * @throws SOURCE_DAMAGED  a record does not fit
 */
export function readPaxRecords(bytes: Uint8Array): Map<string, string> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records = new Map<string, string>();
  let at = 0;
  while (at < text.length && text[at] !== 0) {
    const space = text.indexOf(0x20, at);
    const length = space === -1 ? Number.NaN : Number(text.toString('latin1', at, space));
    const end = at + length;
    const equals = text.indexOf(0x3d, space);
    if (!Number.isInteger(length) || length <= space - at || end > text.length || equals === -1 || equals >= end) {
      throw new AntaresError(
        'SOURCE_DAMAGED',
        'expected records in the extended header of a tar member, got something else',
      );
    }
    records.set(text.toString('utf8', space + 1, equals), text.toString('utf8', equals + 1, end - 1));
    at = end;
  }
  return records;
}

function textField(block: Buffer, start: number, end: number): string {
  const zero = block.indexOf(0, start);
  return block.toString('utf8', start, zero === -1 || zero > end ? end : zero);
}

function sizeField(block: Buffer): number {
  if ((block[124]! & 0x80) === 0) {
    const size = octalField(block, 124, 136);
    return Number.isNaN(size) ? -1 : size;
  }
  let size = block[124]! & 0x7f;
  for (let i = 125; i < 136; i += 1) size = size * 256 + block[i]!;
  return size;
}

/** An octal number between blanks and zeros; an empty field is 0, anything else NaN. */
function octalField(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && bytes[i] === 0x20) i += 1;
  let value = 0;
  for (; i < end; i += 1) {
    const digit = bytes[i]! - 0x30;
    if (digit < 0 || digit > 7) break;
    value = value * 8 + digit;
  }
  for (; i < end; i += 1) if (bytes[i] !== 0 && bytes[i] !== 0x20) return Number.NaN;
  return value;
}
