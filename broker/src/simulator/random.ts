/**
 * Seeded randomness in independent streams.
 *
 * Everything simulated draws from a stream named by a seed and a path ("source 12", "visit 3 of night 61284 seen by source
 * 12"), never from one long sequence: a source therefore lives the same life whatever else is simulated, in whatever order.
 *
 * The generator is xoshiro128** (Blackman & Vigna 2018, period 2^128 − 1) with its state filled by the finaliser of
 * MurmurHash3 over the words of the path.
 */
export class Random {
  #a = 0;
  #b = 0;
  #c = 0;
  #d = 0;

  /** A generator at the beginning of the stream that the four 32-bit words name. */
  constructor(word0: number, word1 = 0, word2 = 0, word3 = 0) {
    this.restart(word0, word1, word2, word3);
  }

  /**
   * Moves this generator to the beginning of another stream, without an allocation: observations are drawn millions of
   * times, each from a stream of its own.
   */
  restart(word0: number, word1 = 0, word2 = 0, word3 = 0): this {
    // Two chains over all the words, 64 bits in all: streams of a million sources in a thousand visits stay apart.
    const h = mix(mix(mix(mix(word0 ^ 0x9e3779b9) ^ word1) + word2) ^ word3);
    const k = mix(mix(mix(mix(word3 ^ 0x7f4a7c15) + word2) ^ word1) + word0);
    this.#a = mix(h ^ 0x3c6ef372);
    this.#b = mix(k + h);
    this.#c = mix(k ^ 0xdaa66d2b);
    // One word that cannot be zero together with the others: xoshiro must not start from four zeros.
    this.#d = mix(h - k) | 1;
    return this;
  }

  /** Next 32 bits, an unsigned integer. */
  word(): number {
    const b = this.#b;
    const scrambled = Math.imul(b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const t = b << 9;
    let c = this.#c ^ this.#a;
    let d = this.#d ^ b;
    this.#b = b ^ c;
    this.#a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    this.#c = c;
    this.#d = d;
    return result;
  }

  /** A number in the open interval (0, 1), 32 bits fine: never 0, so that its logarithm is finite. */
  unit(): number {
    return (this.word() + 0.5) / 4294967296;
  }

  /** A number in [from, to), 53 bits fine: for positions, where 32 bits would show as a grid of 0.3 mas. */
  uniform(from: number, to: number): number {
    const fine = ((this.word() >>> 5) * 67108864 + (this.word() >>> 6)) / 9007199254740992;
    return from + (to - from) * fine;
  }

  /** An integer in [0, count). */
  integer(count: number): number {
    return Math.floor(this.unit() * count);
  }

  /** A Gaussian deviate (Box & Muller 1958; one of the pair, so that a stream has no hidden spare). */
  normal(mean = 0, deviation = 1): number {
    return mean + deviation * Math.sqrt(-2 * Math.log(this.unit())) * Math.cos(2 * Math.PI * this.unit());
  }

  /** exp of a Gaussian deviate: `median` in the middle, `sigma` in natural logarithm. */
  logNormal(median: number, sigma: number): number {
    return median * Math.exp(this.normal(0, sigma));
  }

  /** A waiting time of mean `mean`. */
  exponential(mean: number): number {
    return -mean * Math.log(this.unit());
  }

  /** A Poisson count: by multiplication below 30, above by rounding a Gaussian (wrong by less than a per cent there). */
  poisson(mean: number): number {
    if (!(mean >= 0)) throw new TypeError(`a Poisson mean is not negative, got ${mean}`);
    if (mean > 30) return Math.max(0, Math.round(this.normal(mean, Math.sqrt(mean))));
    const limit = Math.exp(-mean);
    let count = 0;
    for (let product = this.unit(); product > limit; product *= this.unit()) count += 1;
    return count;
  }

  /** True with probability `probability`. */
  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /** One of the items, each as likely as the others. */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new TypeError('nothing to pick from');
    return items[this.integer(items.length)]!;
  }
}

/** The 32-bit word of a seed or of a name in a stream's path: FNV-1a over UTF-16 units, finished by Murmur. */
export function wordOf(text: string | number): number {
  const letters = String(text);
  let hash = 0x811c9dc5;
  for (let i = 0; i < letters.length; i += 1) hash = Math.imul(hash ^ letters.charCodeAt(i), 0x01000193);
  return mix(hash);
}

function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
