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
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
