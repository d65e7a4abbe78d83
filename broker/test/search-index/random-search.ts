import type { PropertyValue } from '../../src/model/property.ts';
import { documentOf } from '../../src/search-index/conformance/specimens.ts';
import type { LocusDocument } from '../../src/search-index/search-index.ts';

/** Numbers in [0, 1), always the same for a seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const TAGS = ['extragalactic', 'high_snr', 'nuclear_transient', 'in_m31', 'Größe', 'sso confirmed', 'a"b', ''];
const CATALOGS = ['ned', 'allwise', 'gaia_dr3_gaia_source', 'RC3'];
const WORDS = [
  'alpha',
  'beta',
  'Alpha',
  'al',
  'alphabet',
  'ZTF18aabcdef',
  'ZTF18aabcdeg',
  'ω',
  '\u{1f52d}',
  'x*y',
  'true',
  '12',
];
/** Before the numbers of ids, which the columnar index keeps apart from them. */
const STEMS = ['ztf_candidate:', 'lsst:', '', 'ω'];
const FIELDS = ['int', 'small', 'float', 'half', 'text', 'flag', 'mixed', 'rare', 'big', 'time', 'id', 'name'] as const;

/** Documents and searches out of a seed. Values repeat often, so that ties, bounds and equal terms are met. */
export class RandomSearch {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** A document of one of so many loci. */
  document(loci: number): LocusDocument {
    const properties: Record<string, PropertyValue> = {};
    const some = (share: number, name: string, value: () => PropertyValue): void => {
      if (this.#random() < share) properties[name] = value();
    };
    some(0.9, 'int', () => BigInt(this.below(12) - 4));
    some(0.5, 'small', () => BigInt(this.below(70_000)));
    some(0.9, 'float', () => (this.#random() < 0.1 ? this.below(3) - 1 : 40 * this.#random() - 20));
    some(0.7, 'half', () => this.below(10) / 2);
    some(0.7, 'text', () => this.pick(WORDS));
    some(0.5, 'flag', () => this.#random() < 0.5);
    some(0.6, 'mixed', () => this.pick([1, 1n, 1.5, '1', 'one', true, false, 2n ** 60n, -0.25]));
    some(0.01, 'rare', () => this.pick([1, 2.5, 1e300, -1e-300, Number.NaN]));
    some(0.3, 'big', () => 9_007_199_254_740_990n + BigInt(this.below(6)));
    some(0.5, 'time', () => 59_000 + 60 * this.#random());
    some(0.8, 'id', () => this.id());
    some(0.6, 'name', () => this.name());
    some(0.5, 'survey', () =>
      JSON.stringify({
        lsst: { dia_object_id: this.some(['17', '18', '170032882292621441']) },
        ztf: { id: Array.from({ length: 1 + this.below(2) }, () => this.name()) },
      }),
    );
    some(0.02, 'replaced_by', () => 'ANT2020a');
    return documentOf(`ANT${2018 + this.below(4)}${this.below(loci).toString(36)}`, {
      ra: this.#random() < 0.5 ? 360 * this.#random() : (359.99 + 0.02 * this.#random()) % 360,
      dec: this.#random() < 0.5 ? 180 * this.#random() - 90 : this.pick([-90, 90, 0, 89.99, 89.995]),
      tags: this.some(TAGS),
      catalogs: this.some(CATALOGS),
      watchLists: this.#random() < 0.05 ? ['mine'] : [],
      properties,
    });
  }

  /** A text that ends with a number, mostly. */
  id(): string {
    const stem = this.pick(STEMS);
    if (this.#random() < 0.1) return stem + this.pick(['0', '00', '012', '18446744073709551615', '-1', '9.0', '', 'x']);
    return (
      stem + String(this.#random() < 0.5 ? this.below(5000) : 2_345_678_901_234_567_000n + BigInt(this.below(3000)))
    );
  }

  /** A text that ends with letters, mostly. */
  name(): string {
    if (this.#random() < 0.1) return this.pick(WORDS);
    let letters = '';
    for (let rest = this.below(8000); rest > 0; rest = Math.floor(rest / 26)) {
      letters += 'abcdefghijklmnopqrstuvwxyz'[rest % 26]!;
    }
    return `ZTF${18 + this.below(3)}${letters}`;
  }

  /** A search of our own form, as JSON. */
  search(): Record<string, unknown> {
    const search: Record<string, unknown> = { query: this.query(3), size: this.below(30), from: this.below(4) };
    if (this.#random() < 0.7) search['sort'] = this.sort();
    if (this.#random() < 0.5) search['aggs'] = this.aggregations(2);
    return search;
  }

  query(depth: number): unknown {
    const kinds = [
      () => ({ term: { [this.field()]: this.value() } }),
      () => ({ terms: { [this.field()]: Array.from({ length: this.below(6) }, () => this.value()) } }),
      () => ({ range: { [this.field()]: this.bounds() } }),
      () => ({ exists: { field: this.field() } }),
      () => ({
        prefix: {
          [this.field()]: {
            value: this.pick(['a', 'A', 'ZTF18', '', 'ZTF19b', 'ztf', 'ztf_candidate:23', 'lsst:4', '1', 'ω2']),
            case_insensitive: this.#random() < 0.3,
          },
        },
      }),
      () => ({
        wildcard: {
          [this.field()]: {
            value: this.pick([
              '*a*',
              'al?ha*',
              '*',
              '?',
              'x\\*y',
              '*18*e?',
              '??',
              'lsst:?1*',
              '*:*8',
              'ZTF1*c',
              '?tf*7?',
            ]),
            case_insensitive: this.#random() < 0.3,
          },
        },
      }),
      () => ({ ids: { values: [`ANT2018${this.below(40).toString(36)}`, `ANT2019${this.below(40).toString(36)}`] } }),
      () => ({ sky_distance: this.cone() }),
      () => ({
        query_string: {
          query: this.pick(['al*', 'tags:high_snr', 'alpha OR int:>2', 'NOT flag:true', '-text:beta +half:[1 TO 3}']),
        },
      }),
      () => this.pick([{ match_all: {} }, { match_none: {} }]),
    ];
    if (depth > 0 && this.#random() < 0.55) return this.bool(depth);
    if (depth > 0 && this.#random() < 0.1) {
      return { constant_score: { filter: this.query(depth - 1), boost: 1 + this.below(3) } };
    }
    if (depth > 0 && this.#random() < 0.05) {
      return { function_score: { query: this.query(depth - 1), random_score: { seed: this.below(3) } } };
    }
    return this.pick(kinds)();
  }

  bool(depth: number): unknown {
    const list = (most: number): unknown[] => Array.from({ length: this.below(most) }, () => this.query(depth - 1));
    const bool: Record<string, unknown> = {};
    if (this.#random() < 0.6) bool['filter'] = list(3);
    if (this.#random() < 0.3) bool['must'] = list(3);
    if (this.#random() < 0.5) bool['should'] = list(4);
    if (this.#random() < 0.3) bool['must_not'] = list(2);
    if (this.#random() < 0.3) bool['minimum_should_match'] = this.pick([0, 1, 2, -1, '50%', '-34%']);
    return { bool };
  }

  sort(): unknown {
    const keys = Array.from({ length: 1 + this.below(3) }, () => ({ [this.field()]: this.pick(['asc', 'desc']) }));
    return keys;
  }

  aggregations(depth: number): unknown {
    const field = (): string => this.field();
    const numeric = (): string =>
      this.pick(['ra', 'dec', 'int', 'small', 'float', 'half', 'mixed', 'rare', 'big', 'time']);
    const inner = (): object => (depth > 0 && this.#random() < 0.5 ? { aggs: this.aggregations(depth - 1) } : {});
    const kinds = [
      () => ({
        terms: {
          field: field(),
          size: 1 + this.below(20),
          order: { [this.pick(['_count', '_key'])]: this.pick(['asc', 'desc']) },
        },
        ...inner(),
      }),
      () => ({ [this.pick(['stats', 'min', 'max', 'avg', 'sum'])]: { field: numeric() } }),
      () => ({ [this.pick(['value_count', 'cardinality'])]: { field: field() } }),
      () => ({ percentiles: { field: numeric(), percents: [0, 12.5, 50, 99] } }),
      () => ({
        histogram: {
          field: this.pick(['int', 'half', 'ra', 'float']),
          interval: this.pick([1, 2.5, 30]),
          min_doc_count: this.below(3),
        },
        ...inner(),
      }),
      () => ({ date_histogram: { field: 'time', calendar_interval: this.pick(['day', 'week', 'month']) }, ...inner() }),
      () => ({ filter: this.query(1), ...inner() }),
    ];
    return { one: this.pick(kinds)(), two: this.pick(kinds)() };
  }

  cone(): unknown {
    const center = this.pick(['0 0', '0 90', '10 -90', '359.995 0', '120 30', '360 89.99']);
    return {
      distance: this.pick(['0 degree', '10 arcsec', '30 arcmin', '3 degree', '40 degree', '170 degree']),
      htm16: { center },
    };
  }

  bounds(): unknown {
    const bounds: Record<string, unknown> = {};
    if (this.#random() < 0.7) bounds[this.pick(['gt', 'gte'])] = this.value();
    if (this.#random() < 0.6) bounds[this.pick(['lt', 'lte'])] = this.value();
    return bounds;
  }

  value(): unknown {
    return this.pick([
      () => this.below(14) - 5,
      () => String(this.below(14) - 5),
      () => 40 * this.#random() - 20,
      () => this.below(10) / 2,
      () => this.pick(WORDS),
      () => this.pick(TAGS),
      () => this.#random() < 0.5,
      () => 9_007_199_254_740_990n + BigInt(this.below(6)),
      () => 59_000 + 60 * this.#random(),
      () => '170032882292621441',
      () => this.id(),
      () => this.name(),
      () => this.pick([1e300, -1e300, '1e400', 0, '-0']),
    ])();
  }

  field(): string {
    const more = [
      'tags',
      'catalogs',
      'watch_lists',
      'locus_id',
      'ra',
      'dec',
      'htm16',
      'survey.lsst.dia_object_id',
      'survey.ztf.id',
    ];
    return this.pick([...FIELDS, ...FIELDS, ...more]);
  }

  some<T>(of: readonly T[]): T[] {
    return of.filter(() => this.#random() < 0.25);
  }

  pick<T>(of: readonly T[]): T {
    return of[this.below(of.length)]!;
  }

  below(end: number): number {
    return Math.floor(end * this.#random());
  }
}
