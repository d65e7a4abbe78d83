import { setImmediate as nextTurn } from 'node:timers/promises';
import { RawJson, toJsonText, type WireValue } from '../json-text.ts';

/** Characters of JSON after which others get their turn: some milliseconds of work. */
const STEP = 256 * 1024;

/**
 * Writes a list of documents as JSON, and lets other requests through now and then: a page of ten thousand loci is half a
 * second of work, in which nobody else would be answered.
 */
export async function writtenInSteps<Item>(
  items: readonly Item[],
  toDocument: (item: Item, index: number) => WireValue,
): Promise<readonly RawJson[]> {
  const written: RawJson[] = [];
  let length = 0;
  for (const [index, item] of items.entries()) {
    const text = toJsonText(toDocument(item, index));
    written.push(new RawJson(text));
    length += text.length;
    if (length >= STEP) {
      length = 0;
      await nextTurn();
    }
  }
  return written;
}
