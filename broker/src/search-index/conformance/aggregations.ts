import { deepStrictEqual } from 'node:assert/strict';
import type { ClaimApi } from './claim-api.ts';
import { ask, documentOf, fill } from './specimens.ts';

const CASES: readonly (readonly [title: string, aggregation: unknown, result: unknown])[] = [
  [
    'terms count loci by value, the most frequent first, ties in the order of values',
    { terms: { field: 'tags' } },
    {
      doc_count_error_upper_bound: 0,
      sum_other_doc_count: 0,
      buckets: [
        { key: 'extragalactic', doc_count: 2 },
        { key: 'high_snr', doc_count: 1 },
        { key: 'nuclear_transient', doc_count: 1 },
      ],
    },
  ],
  [
    'terms of some size say what is left out',
    { terms: { field: 'tags', size: 1 } },
    { doc_count_error_upper_bound: 0, sum_other_doc_count: 2, buckets: [{ key: 'extragalactic', doc_count: 2 }] },
  ],
  [
    'terms by value, descending',
    { terms: { field: 'properties.num_alerts', order: { _key: 'desc' }, size: 2 } },
    {
      doc_count_error_upper_bound: 0,
      sum_other_doc_count: 2,
      buckets: [
        { key: 40, doc_count: 1 },
        { key: 7, doc_count: 2 },
      ],
    },
  ],
  [
    'integers beyond 2^53 keep their digits',
    { terms: { field: 'big_id', order: { _key: 'desc' }, size: 1 } },
    {
      doc_count_error_upper_bound: 0,
      sum_other_doc_count: 1,
      buckets: [{ key: 9_007_199_254_740_993n, doc_count: 1 }],
    },
  ],
  [
    'flags are 1 and 0',
    { terms: { field: 'is_new' } },
    {
      doc_count_error_upper_bound: 0,
      sum_other_doc_count: 0,
      buckets: [
        { key: 0, key_as_string: 'false', doc_count: 1 },
        { key: 1, key_as_string: 'true', doc_count: 1 },
      ],
    },
  ],
  ['stats', { stats: { field: 'num_alerts' } }, { count: 5, min: 1, max: 40, avg: 11.6, sum: 58 }],
  ['min', { min: { field: 'anomaly_score' } }, { value: 0.5 }],
  ['max', { max: { field: 'anomaly_score' } }, { value: 1 }],
  ['avg', { avg: { field: 'anomaly_score' } }, { value: 0.75 }],
  ['sum', { sum: { field: 'anomaly_score' } }, { value: 1.5 }],
  ['value_count counts elements', { value_count: { field: 'tags' } }, { value: 4 }],
  ['cardinality counts different values', { cardinality: { field: 'tags' } }, { value: 3 }],
  ['cardinality of numbers', { cardinality: { field: 'num_alerts' } }, { value: 4 }],
  [
    'percentiles are exact',
    { percentiles: { field: 'num_alerts', percents: [0, 50, 75, 100] } },
    { values: { '0.0': 1, '50.0': 7, '75.0': 7, '100.0': 40 } },
  ],
  [
    'a histogram has its empty intervals',
    { histogram: { field: 'ra', interval: 100 } },
    {
      buckets: [
        { key: 0, doc_count: 2 },
        { key: 100, doc_count: 0 },
        { key: 200, doc_count: 1 },
        { key: 300, doc_count: 2 },
      ],
    },
  ],
  [
    'a histogram without them',
    { histogram: { field: 'ra', interval: 100, min_doc_count: 1 } },
    {
      buckets: [
        { key: 0, doc_count: 2 },
        { key: 200, doc_count: 1 },
        { key: 300, doc_count: 2 },
      ],
    },
  ],
  [
    'a histogram with an offset has negative keys',
    { histogram: { field: 'newest_alert_magnitude', interval: 10, offset: 5, min_doc_count: 1 } },
    {
      buckets: [
        { key: -5, doc_count: 1 },
        { key: 15, doc_count: 2 },
      ],
    },
  ],
  [
    'a date_histogram over modified Julian dates',
    { date_histogram: { field: 'newest_alert_observation_time', calendar_interval: 'day' } },
    {
      buckets: [
        { key: Date.UTC(2020, 4, 31), key_as_string: '2020-05-31T00:00:00.000Z', doc_count: 1 },
        { key: Date.UTC(2020, 5, 1), key_as_string: '2020-06-01T00:00:00.000Z', doc_count: 1 },
        { key: Date.UTC(2020, 5, 2), key_as_string: '2020-06-02T00:00:00.000Z', doc_count: 0 },
        { key: Date.UTC(2020, 5, 3), key_as_string: '2020-06-03T00:00:00.000Z', doc_count: 1 },
      ],
    },
  ],
  [
    'a date_histogram by month',
    { date_histogram: { field: 'newest_alert_observation_time', calendar_interval: 'month' } },
    {
      buckets: [
        { key: Date.UTC(2020, 4, 1), key_as_string: '2020-05-01T00:00:00.000Z', doc_count: 1 },
        { key: Date.UTC(2020, 5, 1), key_as_string: '2020-06-01T00:00:00.000Z', doc_count: 2 },
      ],
    },
  ],
  [
    'a filter counts what also matches, and has aggregations inside',
    { filter: { term: { tags: 'extragalactic' } }, aggs: { faintest: { max: { field: 'newest_alert_magnitude' } } } },
    { doc_count: 2, faintest: { value: 20 } },
  ],
  [
    'aggregations inside terms speak of their bucket',
    {
      terms: { field: 'catalogs' },
      aggs: { alerts: { sum: { field: 'num_alerts' } }, by_tag: { terms: { field: 'tags' } } },
    },
    {
      doc_count_error_upper_bound: 0,
      sum_other_doc_count: 0,
      buckets: [
        {
          key: 'ned',
          doc_count: 2,
          alerts: { value: 10 },
          by_tag: {
            doc_count_error_upper_bound: 0,
            sum_other_doc_count: 0,
            buckets: [
              { key: 'extragalactic', doc_count: 2 },
              { key: 'high_snr', doc_count: 1 },
            ],
          },
        },
        {
          key: 'allwise',
          doc_count: 1,
          alerts: { value: 3 },
          by_tag: {
            doc_count_error_upper_bound: 0,
            sum_other_doc_count: 0,
            buckets: [
              { key: 'extragalactic', doc_count: 1 },
              { key: 'high_snr', doc_count: 1 },
            ],
          },
        },
      ],
    },
  ],
  [
    'aggregations inside a histogram speak of their interval',
    { histogram: { field: 'num_alerts', interval: 5, min_doc_count: 1 }, aggs: { top: { max: { field: 'ra' } } } },
    {
      buckets: [
        { key: 0, doc_count: 2, top: { value: 300 } },
        { key: 5, doc_count: 2, top: { value: 200 } },
        { key: 40, doc_count: 1, top: { value: 359.5 } },
      ],
    },
  ],
];

/** What summaries come to. */
export function aggregationClaims({ describe, claim }: ClaimApi): void {
  describe('aggregations', () => {
    for (const [title, aggregation, result] of CASES) {
      claim(title, async (index) => {
        await fill(index);
        const { aggregations } = await ask(index, { size: 0, aggs: { it: aggregation } });
        deepStrictEqual(plain(aggregations['it']), result);
      });
    }
    claim('are over all hits, whatever the page', async (index) => {
      await fill(index);
      const { aggregations } = await ask(index, {
        query: { range: { num_alerts: { gte: 3 } } },
        size: 1,
        from: 2,
        aggs: { n: { value_count: { field: 'num_alerts' } } },
      });
      deepStrictEqual(plain(aggregations['n']), { value: 4 });
    });
    claim('of nothing are null, and counts nought', async (index) => {
      await fill(index);
      const { aggregations } = await ask(index, {
        query: { match_none: {} },
        aggs: {
          stats: { stats: { field: 'ra' } },
          min: { min: { field: 'ra' } },
          percentiles: { percentiles: { field: 'ra', percents: [50] } },
          terms: { terms: { field: 'tags' } },
          histogram: { histogram: { field: 'ra', interval: 1 } },
        },
      });
      deepStrictEqual(plain(aggregations), {
        stats: { count: 0, min: null, max: null, avg: null, sum: 0 },
        min: { value: null },
        percentiles: { values: { '50.0': null } },
        terms: { doc_count_error_upper_bound: 0, sum_other_doc_count: 0, buckets: [] },
        histogram: { buckets: [] },
      });
    });
    claim('a date_histogram over Unix seconds', async (index) => {
      await index.put([
        documentOf('a', { properties: { received: 1_600_000_000 } }),
        documentOf('b', { properties: { received: 1_600_003_600n } }),
      ]);
      const { aggregations } = await ask(index, {
        aggs: { by: { date_histogram: { field: 'received', fixed_interval: '1h', time: 'unix' } } },
      });
      deepStrictEqual(plain(aggregations['by']), {
        buckets: [
          { key: 1_599_998_400_000, key_as_string: '2020-09-13T12:00:00.000Z', doc_count: 1 },
          { key: 1_600_002_000_000, key_as_string: '2020-09-13T13:00:00.000Z', doc_count: 1 },
        ],
      });
    });
  });
}

/** The same without prototypes of its own. */
function plain(value: unknown): unknown {
  return structuredClone(value);
}
