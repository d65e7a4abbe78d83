import { isEmptyBlock, isTarHeader, TAR_BLOCK_BYTES } from './tar-header.ts';

/** What bytes are, judged by how they begin. */
export type ContentKind = 'avro' | 'empty' | 'gzip' | 'tar' | 'unknown' | 'wire';

/** As many leading bytes as `contentKind` wants to see. */
export const CONTENT_HEAD_BYTES = TAR_BLOCK_BYTES;

/**
 * What a file or member is, by its first bytes; its name may say otherwise, and is often wrong.
 *
 * - `gzip`: RFC 1952 with the deflate method
 * - `tar`: a block with a right header checksum (of any tar since 1979), or a block of zeros, which ends one
 * - `avro`: object container, `Obj` and version 1
 * - `wire`: schema-registry message: a zero byte, a schema id that is not absurd, and something after it
 *
 * @param head  the first `CONTENT_HEAD_BYTES` bytes, or all there are
 */
export function contentKind(head: Uint8Array): ContentKind {
  if (head.length === 0) return 'empty';
  if (head[0] === 0x1f && head[1] === 0x8b && head[2] === 8) return 'gzip';
  if (isAvroContainer(head)) return 'avro';
  if (head.length >= TAR_BLOCK_BYTES && (isTarHeader(head, 0) || isEmptyBlock(head, 0))) return 'tar';
  // Schema ids are handed out one by one, so a first byte that is not zero would mean sixteen million schemas.
  if (head[0] === 0 && head[1] === 0 && head.length > 5) return 'wire';
  return 'unknown';
}

/** Whether bytes begin as an Avro object container. */
export function isAvroContainer(head: Uint8Array): boolean {
  return head[0] === 0x4f && head[1] === 0x62 && head[2] === 0x6a && head[3] === 1;
}
