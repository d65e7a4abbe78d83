import type { ByteDictionary } from './byte-dictionary.ts';
import { STEM_LIMIT, type Stem, tailKind, tailStart } from './stems.ts';

/** Entries that are looked at: enough to tell which stems are common, however large the dictionary. */
const SAMPLE = 8192;
const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** A stem has so many of the entries that were looked at, and such a share of them. */
const LEAST_ENTRIES = 64;
const LEAST_SHARE = 1 / 64;
/**
 * Rows for each of its texts at most. A text in the dictionary takes some 35 bytes and its letters, once, and in each row 4;
 * as stem and tail it takes 6 to 10 in each row.
 */
const MOST_USES = 4;

interface Candidate extends Stem {
  entries: number;
  uses: number;
}

/**
 * The stems that are worth having: those of many texts of a dictionary, of which each is in few rows. Columns of few
 * different texts have none.
 *
 * @param room  stems at most
 */
export function chooseStems(dictionary: ByteDictionary, room: number): readonly Stem[] {
  const candidates = new Map<string, Candidate>();
  const range = dictionary.size - STEM_LIMIT;
  const isWhole = range <= SAMPLE;
  let seen = 0;
  for (let i = 0; i < Math.min(range, SAMPLE); i += 1) {
    // Every n-th would see one of two surveys that take turns: multiples of the golden ratio are spread over everything.
    const code = STEM_LIMIT + (isWhole ? i : Math.floor(range * ((i * GOLDEN) % 1)));
    if (!dictionary.isLive(code)) continue;
    seen += 1;
    if (!dictionary.lists.has(code)) count(dictionary, code, candidates);
  }
  return [...candidates.values()]
    .filter(({ entries, uses }) => {
      return entries >= LEAST_ENTRIES && entries >= LEAST_SHARE * seen && uses <= MOST_USES * entries;
    })
    .sort((a, b) => b.entries - a.entries)
    .slice(0, room);
}

function count(dictionary: ByteDictionary, code: number, candidates: Map<string, Candidate>): void {
  const { bytes } = dictionary;
  const start = dictionary.startOf(code);
  const at = tailStart(bytes, start, dictionary.endOf(code));
  if (at < 0) return;
  const kind = tailKind(bytes[at]!);
  const key = `${kind}${dictionary.textAt(start, at)}`;
  let candidate = candidates.get(key);
  if (candidate === undefined) {
    candidate = { kind, bytes: bytes.slice(start, at), entries: 0, uses: 0 };
    candidates.set(key, candidate);
  }
  candidate.entries += 1;
  candidate.uses += dictionary.usesOf(code);
}
