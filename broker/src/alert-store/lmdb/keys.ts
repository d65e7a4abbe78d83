import type { LocusRef } from '../../model/locus.ts';
import type { SurveyObject } from '../../model/packet.ts';
import type { ByteWriter } from './byte-writer.ts';
import { MAX_KEY_BYTES } from './layout.ts';
import { putRef } from './locus-codec.ts';

/** The key just written, checked. @throws TypeError  when an id or name is too long for a key */
export function takeKey(writer: ByteWriter): Uint8Array {
  const key = writer.take();
  if (key.length === 0 || key.length > MAX_KEY_BYTES) {
    throw new TypeError(`ids and names have 1 to ${MAX_KEY_BYTES} bytes; got ${key.length}`);
  }
  return key;
}

/** Key of a locus. */
export function refKey(writer: ByteWriter, ref: LocusRef): Uint8Array {
  writer.begin();
  putRef(writer, ref);
  return takeKey(writer);
}

/** Key of a chunk of a light curve. The zero after the locus id keeps the rows of two loci apart. */
export function chunkKey(writer: ByteWriter, refBytes: Uint8Array, chunk: number): Uint8Array {
  writer.begin();
  writer.raw(refBytes);
  writer.uint8(0);
  writer.uint16(chunk);
  return writer.take();
}

/** Key of an alert of a locus; row 2^32 − 1 is behind all. */
export function rowKey(writer: ByteWriter, refBytes: Uint8Array, row: number): Uint8Array {
  writer.begin();
  writer.raw(refBytes);
  writer.uint8(0);
  writer.uint32(row);
  return writer.take();
}

/** Key of a survey's object. */
export function objectKey(writer: ByteWriter, object: SurveyObject): Uint8Array {
  putObject(writer, object);
  return takeKey(writer);
}

/** As `objectKey`, for a look-up: undefined for an object that cannot be bound. */
export function findObjectKey(writer: ByteWriter, object: SurveyObject): Uint8Array | undefined {
  writer.reset();
  putObject(writer, object);
  const key = writer.take();
  return key.length > MAX_KEY_BYTES ? undefined : key;
}

function putObject(writer: ByteWriter, object: SurveyObject): void {
  writer.begin();
  writer.rawText(object.survey);
  writer.uint8(0);
  writer.uint8(object.role === 'solar_system_object' ? 1 : 0);
  writer.rawText(object.id);
}

/** Key of a locus in the index of positions. */
export function positionKey(writer: ByteWriter, trixel: number, refBytes: Uint8Array): Uint8Array {
  writer.begin();
  writer.uint40(trixel);
  writer.raw(refBytes);
  return writer.take();
}

/** The beginning that all positions of a trixel share. */
export function trixelKey(writer: ByteWriter, trixel: number): Uint8Array {
  writer.begin();
  writer.uint40(trixel);
  return writer.take();
}

/** Key of a thing that has a name. */
export function textKey(writer: ByteWriter, text: string): Uint8Array {
  writer.begin();
  writer.rawText(text);
  return takeKey(writer);
}

/** As `textKey`, for a look-up: undefined for a name that nothing can have. */
export function findTextKey(writer: ByteWriter, text: string): Uint8Array | undefined {
  writer.reset();
  writer.begin();
  writer.rawText(text);
  const key = writer.take();
  return key.length === 0 || key.length > MAX_KEY_BYTES ? undefined : key;
}

/** Key of a thing that has a time and a name: sorts by time, then name. */
export function timeKey(writer: ByteWriter, time: number, text: string): Uint8Array {
  writer.begin();
  writer.sortableFloat64(time);
  writer.rawText(text);
  return takeKey(writer);
}

/** Key of a pending message. @throws TypeError  for a sequence outside [0, 2^64) */
export function sequenceKey(writer: ByteWriter, sequence: bigint): Uint8Array {
  if (sequence < 0n || sequence >= 1n << 64n) throw new TypeError(`a sequence is of 64 bits, got ${sequence}`);
  writer.begin();
  writer.uint64(sequence);
  return writer.take();
}

/** The key that comes right after another one. */
export function nextKey(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return next;
}

/** A key after all keys that begin with these bytes, none of which is the last possible. */
export function keyAfterPrefix(prefix: Uint8Array): Uint8Array | undefined {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 0xff) length -= 1;
  if (length === 0) return undefined;
  // A copy: `slice` of a Buffer would share its memory.
  const after = new Uint8Array(prefix.subarray(0, length));
  after[length - 1]! += 1;
  return after;
}

/** The range of all keys that begin with these bytes. */
export function prefixRange(prefix: Uint8Array): { start: Uint8Array; end?: Uint8Array } {
  const end = keyAfterPrefix(prefix);
  return end === undefined ? { start: prefix } : { start: prefix, end };
}
