import type { PropertyValue } from '../../model/property.ts';
import { checkPosition } from '../check-position.ts';
import { checkFields } from '../query/check-fields.ts';
import { type FieldCatalog, isLocusField, LOCUS_FIELDS, PROPERTY_PREFIX, SCORE_FIELD } from '../query/fields.ts';
import { compareSortValues, type SortKey, sortKeysInForce } from '../query/sort.ts';
import type {
  FieldDescription,
  KnownProperty,
  LocusDocument,
  SearchHit,
  SearchIndex,
  SearchIndexSupport,
  SearchRequest,
  SearchResult,
  SortValue,
} from '../search-index.ts';
import { aggregateDocuments } from './aggregate.ts';
import { fieldTypeOf, valuesOfDocument } from './document-values.ts';
import { matches, type ScannedDocument, scoreOf } from './evaluate.ts';

/** Of types that are equally frequent in a field, the first is named. */
const TYPES: readonly FieldDescription['type'][] = ['float', 'int', 'str', 'bool', 'keyword', 'position'];

/** A field that some document had, or that was said to exist. */
interface KnownField {
  readonly types: Set<FieldDescription['type']>;
}

/**
 * A search index that reads every document for every search, and keeps nothing: what the language means, written to be
 * read. Other adapters are compared with it, and `antares search --from-scan` answers with it.
 */
export class ScanSearchIndex implements SearchIndex {
  readonly supports: SearchIndexSupport = { manyWriters: false };
  readonly #documents = new Map<string, ScannedDocument>();
  readonly #fields = new Map<string, KnownField>();
  #position: string | undefined;

  get position(): string | undefined {
    return this.#position;
  }

  async put(documents: readonly LocusDocument[]): Promise<void> {
    for (const { ref, ra, dec } of documents) checkPosition(ref.locusId, ra, dec);
    for (const document of documents) {
      const scanned = { document, values: valuesOfDocument(document) };
      this.#documents.set(document.ref.locusId, scanned);
      for (const [field, [value]] of scanned.values) this.#know(field, fieldTypeOf(field, value as PropertyValue));
    }
  }

  remove(locusIds: readonly string[]): Promise<void> {
    for (const id of locusIds) this.#documents.delete(id);
    return Promise.resolve();
  }

  defineProperties(properties: readonly KnownProperty[]): Promise<void> {
    for (const { name, type } of properties) {
      if (!this.#fields.has(PROPERTY_PREFIX + name)) this.#know(PROPERTY_PREFIX + name, type);
    }
    return Promise.resolve();
  }

  async search(asked: SearchRequest): Promise<SearchResult> {
    const request = checkFields(asked, this.#catalog());
    const { query, from, size, searchAfter, aggregations } = request;
    const keys = sortKeysInForce(request.sort, query);
    const orders = [...keys.map(({ order }) => order), 'asc' as const];
    const compare = (a: readonly SortValue[], b: readonly SortValue[]): number => {
      for (const [i, order] of orders.entries()) {
        const compared = compareSortValues(a[i], b[i], order);
        if (compared !== 0) return compared;
      }
      return 0;
    };
    const found = [...this.#documents.values()].filter((scanned) => matches(query, scanned));
    const hits = found.map((scanned): SearchHit => {
      const score = scoreOf(query, scanned);
      const { ref } = scanned.document;
      return { ref, score, sort: [...keys.map((key) => sortValueOf(scanned, key, score)), ref.locusId] };
    });
    const after = searchAfter === undefined ? hits : hits.filter(({ sort }) => compare(sort, searchAfter) > 0);
    return {
      total: found.length,
      hits: after.sort((a, b) => compare(a.sort, b.sort)).slice(from, from + size),
      aggregations: aggregations === undefined ? {} : aggregateDocuments(aggregations, found),
    };
  }

  async fields(): Promise<readonly FieldDescription[]> {
    const descriptions = this.#catalog()
      .names()
      .map((name): FieldDescription => {
        const documents = [...this.#documents.values()].filter(({ values }) => values.has(name));
        const counts = new Map<FieldDescription['type'], number>();
        for (const { values } of documents) {
          const type = fieldTypeOf(name, values.get(name)![0]!);
          counts.set(type, (counts.get(type) ?? 0) + 1);
        }
        const declared = isLocusField(name) ? LOCUS_FIELDS[name] : [...this.#fields.get(name)!.types][0]!;
        const most = [...counts].sort(([x, a], [y, b]) => b - a || TYPES.indexOf(x) - TYPES.indexOf(y))[0]?.[0];
        return { name, type: most ?? declared, documents: documents.length };
      });
    return descriptions;
  }

  size(): Promise<number> {
    return Promise.resolve(this.#documents.size);
  }

  checkpoint(position: string): Promise<void> {
    this.#position = position;
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #know(field: string, type: FieldDescription['type']): void {
    const known = this.#fields.get(field);
    if (known === undefined) this.#fields.set(field, { types: new Set([type]) });
    else known.types.add(type);
  }

  #catalog(): FieldCatalog {
    const holds = (name: string, ...types: FieldDescription['type'][]): boolean =>
      types.some((type) => this.#fields.get(name)?.types.has(type) === true);
    return {
      has: (name) => isLocusField(name) || this.#fields.has(name),
      names: () => [...new Set([...Object.keys(LOCUS_FIELDS), ...this.#fields.keys()])].sort(),
      holdsText: (name) => (isLocusField(name) && LOCUS_FIELDS[name] === 'keyword') || holds(name, 'str', 'keyword'),
      holdsNumbers: (name) =>
        (isLocusField(name) && LOCUS_FIELDS[name] !== 'keyword') || holds(name, 'float', 'int', 'position'),
    };
  }
}

function sortValueOf(scanned: ScannedDocument, { field, order }: SortKey, score: number): SortValue {
  if (field === SCORE_FIELD) return score;
  const [first, ...others] = scanned.values.get(field) ?? [];
  return others.reduce<SortValue>((best, value) => (compareSortValues(value, best, order) < 0 ? value : best), first);
}
