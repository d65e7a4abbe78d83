import { createHash } from 'node:crypto';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../model/errors.ts';
import { decodeSegmentHeader, MAX_SEGMENT_HEADER_BYTES } from './record-format.ts';

/** Kinds of files in a topic's folder, by ending. */
export type SegmentFile = 'index' | 'log' | 'producers';

/** Longest topic that is its own folder name; a hash takes 17 letters more, and file systems allow 255. */
const MAX_PLAIN_NAME = 200;

/**
 * Name of a topic's folder: the topic, where a file system that does not tell upper from lower case cannot confuse it
 * with another; else its beginning in lower case and a hash.
 */
export function topicFolderName(topic: string): string {
  if (topic === topic.toLowerCase() && topic.length <= MAX_PLAIN_NAME) return topic;
  const hash = createHash('sha256').update(topic).digest('hex').slice(0, 16);
  return `${topic.toLowerCase().slice(0, MAX_PLAIN_NAME)}+${hash}`;
}

/** Path of a segment's file. Names sort as offsets do. */
export function segmentPath(folder: string, base: bigint, kind: SegmentFile): string {
  return join(folder, `${base.toString().padStart(20, '0')}.${kind}`);
}

/** First offsets of the segments in a folder, ascending; none when there is no such folder. */
export async function listSegments(folder: string): Promise<bigint[]> {
  const bases: bigint[] = [];
  for (const name of await namesIn(folder)) {
    const match = /^(\d{20})\.log$/.exec(name);
    if (match !== null) bases.push(BigInt(match[1]!));
  }
  return bases.sort((a, b) => (a < b ? -1 : 1));
}

/** Topics that have a segment, ascending by code unit. */
export async function listTopicFolders(root: string): Promise<string[]> {
  const topics: string[] = [];
  for (const name of await namesIn(root)) {
    const folder = join(root, name);
    const [first] = await listSegments(folder);
    if (first === undefined) continue;
    const topic = name.includes('+') ? await topicInHeader(segmentPath(folder, first, 'log')) : name;
    if (topic !== undefined) topics.push(topic);
  }
  return topics.sort((a, b) => (a < b ? -1 : 1));
}

async function topicInHeader(path: string): Promise<string | undefined> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(MAX_SEGMENT_HEADER_BYTES);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return decodeSegmentHeader(buffer.subarray(0, bytesRead))?.topic;
  } finally {
    await file.close();
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
