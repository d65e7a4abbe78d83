import type { LocusRecord } from '../../model/locus.ts';
import { toLocusDocument } from '../../operations/indexer.ts';
import { checkFields } from '../../search-index/query/check-fields.ts';
import type { FieldCatalog } from '../../search-index/query/fields.ts';
import { parseJson } from '../../search-index/query/parse-json.ts';
import { parseSearchBody } from '../../search-index/query/parse-search-body.ts';
import { valuesOfDocument } from '../../search-index/scan/document-values.ts';
import { matches, type ScannedDocument } from '../../search-index/scan/evaluate.ts';
import type { SearchIndex, SearchRequest } from '../../search-index/search-index.ts';

/**
 * A query as a test for one locus after the other: what the search says of a locus, said at once, before the index has it.
 *
 * @param text  JSON of a clause, or of a search that has nothing but a `query`
 * @throws QUERY_…  as the search does, unknown fields included
 */
export async function savedQuery(index: SearchIndex, text: string): Promise<(record: LocusRecord) => boolean> {
  const given = parseJson(text);
  const isSearch = typeof given === 'object' && given !== null && Object.hasOwn(given, 'query');
  const request = parseSearchBody(isSearch ? given : { query: given });
  // The index knows which fields there are, and what is asked too much.
  await index.search({ ...request, from: 0, size: 0 });
  return (record) => {
    const document = toLocusDocument(record);
    const scanned = { document, values: valuesOfDocument(document) };
    return matches(queryFor(request, scanned), scanned);
  };
}

/** The query with patterns of field names replaced by the fields that this locus has: others match nothing in it anyway. */
function queryFor(request: SearchRequest, { values }: ScannedDocument): SearchRequest['query'] {
  const holds = (name: string, ...types: string[]): boolean =>
    values.get(name)?.some((value) => types.includes(typeof value)) === true;
  const catalog: FieldCatalog = {
    // Which fields there are was checked; one that this locus lacks is no error, but an object may have some below it.
    has: (name) => values.has(name) || ![...values.keys()].some((field) => field.startsWith(`${name}.`)),
    names: () => [...values.keys()].sort(),
    holdsText: (name) => holds(name, 'string'),
    holdsNumbers: (name) => holds(name, 'number', 'bigint'),
  };
  return checkFields({ ...request, sort: [], aggregations: undefined }, catalog).query;
}
