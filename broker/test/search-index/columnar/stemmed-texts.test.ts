import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PropertyValue } from '../../../src/model/property.ts';
import { ColumnarSearchIndex } from '../../../src/search-index/columnar/columnar-search-index.ts';
import { ask, documentOf, idsOf } from '../../../src/search-index/conformance/specimens.ts';
import { ScanSearchIndex } from '../../../src/search-index/scan/scan-search-index.ts';
import type { LocusDocument } from '../../../src/search-index/search-index.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { compareAnswers } from '../compare-answers.ts';
import { seededRandom } from '../random-search.ts';

/** A chunk of rows and a bit. */
const LOCI = 4500;

/** Texts that look like a stem and a tail, or nearly. */
const EDGES = [
  ...['x:0', 'x:00', 'x:007', 'x:7', 'x:9', 'x:10', 'x:-1', 'x:+1', 'x:', 'x', 'x:9.0', 'x:1e3', 'x:1ω', 'x:x:1'],
  ...['x:999999999', 'x:1000000000', 'x:3999999999', 'x:4000000000', 'x:4294967295', 'x:4294967296'],
  ...['x:9223372036854775807', 'x:9223372036854775808', 'x:9999999999999999999', 'x:10000000000000000000'],
  ...['x:18446744073709551615', 'x:18446744073709551616', 'x:99999999999999999999999', 'x:01'],
  ...['0', '00', '7', '12', '012', '', '-7', '9007199254740993', '18446744073709551615', 'ω7', 'ω', '7ω', 'ωa'],
  ...['x:a', 'x:z', 'x:A', 'x:abcdef', 'x:abcdefg', 'x:abcdefghijkl', 'x:abcdefghijklm', 'x:zzzzzzzzzzzzzzzzzz'],
  ...['a', 'abcdefghijkl', 'abcdefghijklm', 'x:a1', 'x:1a', 'X:1', 'x:true', 'true', 'x y 1', 'x*y', 'x:\u{1f52d}1'],
];

/** A property of each locus that is a text: of every form, so that there is a stem for each edge. */
function textOf(i: number, random: () => number): string {
  if (i % 40 === 0) return EDGES[Math.floor(i / 40) % EDGES.length]!;
  const letters = (): string => {
    let text = '';
    while (random() < 0.85) text += 'abcdefghijklmnopqrstuvwxyz'[Math.floor(26 * random())]!;
    return text;
  };
  const digits = (): string => String(Math.floor(10 ** (16 * random())));
  const forms = [
    () => `x:${digits()}`,
    () => `x:${digits()}`,
    () => digits(),
    () => `ω${digits()}`,
    () => `x:${letters()}`,
    () => letters(),
    () => `x:${2n ** 63n + BigInt(i)}`,
    () => `x:-${i}`,
    () => `x:1${i}Ω`,
  ];
  return forms[Math.floor(forms.length * random())]!();
}

function documents(random: () => number): LocusDocument[] {
  return Array.from({ length: LOCI }, (_, i) => {
    const properties: Record<string, PropertyValue> = {};
    if (random() < 0.95) properties['id'] = textOf(i, random);
    if (random() < 0.05) properties['rare'] = textOf(i, random);
    const kind = random();
    properties['mixed'] = kind < 0.4 ? `x:${i}` : kind < 0.6 ? BigInt(i) : kind < 0.8 ? `${i}` : kind < 0.9;
    const list = Array.from({ length: Math.floor(3 * random()) }, () => textOf(i, random));
    properties['survey'] = JSON.stringify({ own: { id: list } });
    return documentOf(`l${i}`, { properties });
  });
}

const LISTS = 'properties.survey.own.id';

/** Searches over a field in every form that there is. */
function searches(field: string): unknown[] {
  const queries: unknown[] = EDGES.flatMap((text, i) => [
    { term: { [field]: text } },
    [
      { prefix: { [field]: text } },
      { range: { [field]: { gte: text } } },
      { range: { [field]: { gt: text, lt: `${text}5` } } },
    ][i % 3],
  ]);
  queries.push(
    { exists: { field } },
    { terms: { [field]: EDGES } },
    { terms: { [field]: ['x:7', 'x:10'] } },
    { terms: { [field]: ['x:7', 'no such', 'x:00'] } },
    { match: { [field]: 'x:9' } },
    { term: { [field]: { value: 'X:ABCDEF', case_insensitive: true } } },
    { term: { [field]: { value: 'X:7', case_insensitive: true } } },
    { prefix: { [field]: { value: 'X:1', case_insensitive: true } } },
    { range: { [field]: { gte: 'x:9', lte: 'x:10' } } },
    { range: { [field]: { gte: 'x:10', lte: 'x:9' } } },
    { range: { [field]: { lt: 'x' } } },
    { range: { [field]: { gt: 'x;' } } },
    { range: { [field]: { gte: 'a', lt: 'xx' } } },
    { term: { [field]: 7 } },
    { term: { [field]: 9_223_372_036_854_775_807n } },
    { term: { [field]: true } },
    { bool: { filter: { prefix: { [field]: 'x:' } }, must_not: { wildcard: { [field]: '*1*' } } } },
    { query_string: { query: `${field}:x\\:1*` } },
    { query_string: { query: `${field}:"x:10" OR ${field}:"x:007"` } },
  );
  for (const pattern of [
    '*',
    '?*',
    'x*',
    'x:*',
    'x:',
    'x:?',
    'x:1*',
    'x:*1',
    '*0*7*',
    '?:9*',
    'ω?',
    '*ω*',
    'y*',
    '???',
  ]) {
    queries.push({ wildcard: { [field]: pattern } });
    queries.push({ wildcard: { [field]: { value: pattern.toUpperCase(), case_insensitive: true } } });
  }
  return [
    ...queries.map((query) => ({ query, size: 5 })),
    { sort: field, size: 300 },
    { sort: `-${field}`, size: 300 },
    { query: { prefix: { [field]: 'x:1' } }, sort: `${field},locus_id`, size: 100, from: 50 },
    ...['asc', 'desc'].map((order) => ({
      size: 0,
      aggs: { byKey: { terms: { field, size: 400, order: { _key: order } } }, byCount: { terms: { field, size: 40 } } },
    })),
    {
      size: 0,
      aggs: { cardinality: { cardinality: { field } }, count: { value_count: { field } } },
    },
    {
      size: 0,
      query: { prefix: { [field]: 'x:' } },
      aggs: { ids: { terms: { field, size: 5 }, aggs: { inner: { cardinality: { field: 'mixed' } } } } },
    },
  ];
}

describe('texts kept as stem and tail are found, sorted and counted as texts (seed 11)', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let index: ColumnarSearchIndex;
  let scan: ScanSearchIndex;
  const random = seededRandom(11);

  beforeAll(async () => {
    folder = await temporaryFolder();
    index = await ColumnarSearchIndex.open({ directory: folder.path });
    scan = new ScanSearchIndex();
    const all = documents(random);
    for (const each of [index, scan]) for (let i = 0; i < LOCI; i += 1500) await each.put(all.slice(i, i + 1500));
  });
  afterAll(async () => {
    await index.close();
    await folder.dispose();
  });

  async function compareAll(...fields: readonly string[]): Promise<void> {
    for (const field of fields) for (const search of searches(field)) await compareAnswers(index, scan, search);
  }

  it('when they are new', async () => {
    await compareAll('id', 'rare', 'mixed', LISTS);
  }, 60_000);

  it('when they were replaced by others, by plain ones and back, and some loci were removed', async () => {
    const changed = documents(random).filter(() => random() < 0.5);
    const gone = documents(random).flatMap(({ ref }) => (random() < 0.1 ? [ref.locusId] : []));
    const added = documents(random).slice(0, 600);
    for (const each of [index, scan]) {
      await each.put(changed);
      await each.remove(gone);
      await each.put(added);
    }
    await compareAll('id', LISTS);
  }, 60_000);

  it('when they were read back from a snapshot, and changed after that', async () => {
    const before = index.memory();
    await index.checkpoint('here');
    await index.close();
    index = await ColumnarSearchIndex.open({ directory: folder.path });
    for (const field of ['properties.id', LISTS]) {
      expect(index.memory()[field]! / before[field]!, field).toBeLessThan(1.2);
    }
    const changed = documents(random).filter(() => random() < 0.2);
    for (const each of [index, scan]) await each.put(changed);
    await compareAll('id', 'rare');
  }, 60_000);
});

describe('numbered texts are ordered as texts', () => {
  it('"a:10" comes before "a:9", and "a:1" before both', async () => {
    const index = await ColumnarSearchIndex.open({ directory: undefined });
    await index.put(Array.from({ length: 1200 }, (_, i) => documentOf(`l${i}`, { properties: { id: `a:${i}` } })));
    expect(idsOf(await ask(index, { sort: 'id', size: 4 }))).toEqual(['l0', 'l1', 'l10', 'l100']);
    expect(idsOf(await ask(index, { sort: '-id', size: 3 }))).toEqual(['l999', 'l998', 'l997']);
    const range = { range: { id: { gte: 'a:10', lt: 'a:1000' } } };
    expect(idsOf(await ask(index, { query: range, sort: 'id' }))).toEqual(['l10', 'l100']);
  });
});
