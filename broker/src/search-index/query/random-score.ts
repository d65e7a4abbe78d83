/**
 * The score of a locus under `random_score`: always the same for a seed and a locus id, evenly spread otherwise.
 *
 * FNV-1a over the UTF-16 units, then the finaliser of MurmurHash3, because FNV alone leaves neighbours together.
 *
 * @returns [0, 1)
 */
export function randomScore(seed: string, locusId: string): number {
  let hash = 0x811c9dc5;
  for (const text of [seed, '\0', locusId]) {
    for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return finished(hash);
}

/** As {@link randomScore} for one seed and many ids, given as bytes; -1 for an id that is not ASCII. */
export function randomScorer(seed: string): (bytes: Uint8Array, start: number, end: number) => number {
  let begin = 0x811c9dc5;
  for (const text of [seed, '\0']) {
    for (let i = 0; i < text.length; i += 1) begin = Math.imul(begin ^ text.charCodeAt(i), 0x01000193);
  }
  return (bytes, start, end) => {
    let hash = begin;
    for (let i = start; i < end; i += 1) {
      if (bytes[i]! > 0x7f) return -1;
      hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    }
    return finished(hash);
  };
}

function finished(fnv: number): number {
  let hash = Math.imul(fnv ^ (fnv >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
