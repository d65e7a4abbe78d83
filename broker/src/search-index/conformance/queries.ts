import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import type { ClaimApi } from './claim-api.ts';
import { ask, documentOf, fill, found } from './specimens.ts';

/** Claim, query, ids that it finds. */
type Case = readonly [title: string, query: unknown, ids: string];

const ALL = 'aa ab ac ad ae';
const tag = (name: string): unknown => ({ term: { tags: name } });
const text = (query: string, more: object = {}): unknown => ({ query_string: { query, ...more } });

const CASES: Readonly<Record<string, readonly Case[]>> = {
  'all and nothing': [
    ['match_all matches every locus', { match_all: {} }, ALL],
    ['match_none matches none', { match_none: {} }, ''],
    ['an empty bool matches every locus', { bool: {} }, ALL],
    ['an empty list of filters matches every locus', { bool: { filter: [] } }, ALL],
  ],
  term: [
    ['an element of a list is enough', tag('extragalactic'), 'aa ab'],
    ['a keyword is matched whole', tag('extra'), ''],
    ['case counts', tag('Extragalactic'), ''],
    [
      'case does not count where asked',
      { term: { tags: { value: 'Extragalactic', case_insensitive: true } } },
      'aa ab',
    ],
    ['the suffix .keyword changes nothing', { term: { 'properties.ztf_object_id.keyword': 'ZTF20aaaaaab' } }, 'ab'],
    ['a bare name is a property', { term: { num_alerts: 7 } }, 'ab ac'],
    ['an integer is found by a numeric text', { term: { 'properties.num_alerts': '7' } }, 'ab ac'],
    ['an integer is found by a decimal', { term: { 'properties.num_alerts': 7.0 } }, 'ab ac'],
    ['text is no number', { term: { 'properties.num_alerts': 'seven' } }, ''],
    ['a number is found by a text', { term: { 'properties.newest_alert_magnitude': '18.250' } }, 'aa'],
    ['text is found by a number', { term: { 'properties.year': 2021 } }, 'ad'],
    ['integers beyond 2^53 are compared digit by digit', { term: { big_id: 9_007_199_254_740_993n } }, 'aa'],
    ['also where they come as text', { term: { big_id: '9007199254740992' } }, 'ab'],
    ['a flag is found by true', { term: { is_new: true } }, 'aa'],
    ['a flag is found by "false"', { term: { is_new: { value: 'false' } } }, 'ab'],
    ['a flag is no number', { term: { is_new: 1 } }, ''],
    ['a missing value equals nothing', { term: { anomaly_score: 0 } }, ''],
    ['the locus id is a field', { term: { locus_id: 'ANT2021ac' } }, 'ac'],
    ['_id is the locus id', { term: { _id: 'ANT2021ac' } }, 'ac'],
    ['catalogues are keywords', { term: { catalogs: 'allwise' } }, 'aa'],
    ['watch lists are keywords, blanks included', { term: { watch_lists: 'my list' } }, 'ac'],
    ['lists of the survey property are fields', { term: { 'properties.survey.ztf.id': 'ZTF20aaaaaaa' } }, 'aa'],
    [
      'an id of 64 bits in such a list is found by its digits',
      { term: { 'properties.survey.lsst.dia_object_id': 170_032_882_292_621_441n } },
      'ac',
    ],
    ['every element of such a list is found', { term: { 'survey.lsst.dia_object_id': '12' } }, 'ac'],
    ['an empty list has no value', { exists: { field: 'properties.survey.lsst.ss_object_id' } }, ''],
    ['a list that no locus has is no error', { term: { 'properties.survey.lsst.nothing': '1' } }, ''],
  ],
  terms: [
    ['one of several is enough', { terms: { tags: ['high_snr', 'nuclear_transient'] } }, 'aa ac'],
    ['an empty list matches nothing', { terms: { tags: [] } }, ''],
    ['numbers and numeric texts may be mixed', { terms: { num_alerts: [1, '40'] } }, 'ad ae'],
    ['values may stand in objects', { terms: { num_alerts: [{ value: 1 }], boost: 2 } }, 'ad'],
  ],
  match: [
    ['compares like term', { match: { 'properties.ztf_object_id': 'ZTF21bbbbbbb' } }, 'ac'],
    ['takes an object with "query"', { match: { tags: { query: 'high_snr' } } }, 'aa'],
    ['finds a text with blanks as a whole', { match: { horizons_targetname: 'Ceres (A801 AA)' } }, 'ac'],
  ],
  range: [
    ['gte and lt bound from both sides', { range: { num_alerts: { gte: 3, lt: 40 } } }, 'aa ab ac'],
    ['gt and lte bound from both sides', { range: { num_alerts: { gt: 3, lte: 40 } } }, 'ab ac ae'],
    ['bounds may be numeric texts', { range: { num_alerts: { gte: '7', lte: '7.0' } } }, 'ab ac'],
    ['negative numbers are numbers', { range: { newest_alert_magnitude: { lt: 0 } } }, 'ac'],
    ['a missing value lies in no range', { range: { anomaly_score: { lt: 100 } } }, 'ad ae'],
    ['a range without bounds asks for a value', { range: { anomaly_score: {} } }, 'ad ae'],
    ['bounds that are null are none', { range: { anomaly_score: { gte: 1, lt: null } } }, 'ae'],
    ['bounds that are no numbers hold no number', { range: { num_alerts: { gte: 'many' } } }, ''],
    ['text is compared as text', { range: { year: { gt: '2020' } } }, 'ad'],
    ['ids are compared as text', { range: { locus_id: { gte: 'ANT2020ab', lt: 'ANT2021ad' } } }, 'ab ac'],
    ['integers beyond 2^53 are compared exactly', { range: { big_id: { gt: '9007199254740992' } } }, 'aa'],
    ['position fields have ranges', { range: { ra: { gte: 20, lte: 300 } } }, 'ab ac ad'],
    ['and so has dec', { range: { dec: { gt: 0 } } }, 'ab ac ae'],
    ['flags lie in no range', { range: { is_new: { gte: 'a' } } }, ''],
    ['an element of a list is enough', { range: { tags: { gte: 'h', lt: 'i' } } }, 'aa'],
  ],
  exists: [
    ['a value is there', { exists: { field: 'properties.anomaly_score' } }, 'ad ae'],
    ['an empty list is none', { exists: { field: 'tags' } }, 'aa ab ac'],
    ['false is a value', { exists: { field: 'is_new' } }, 'aa ab'],
    ['an object exists where anything in it does', { exists: { field: 'properties.survey' } }, 'aa ac'],
  ],
  'prefix and wildcard': [
    ['prefix', { prefix: { 'properties.ztf_object_id': 'ZTF20' } }, 'aa ab'],
    ['prefix with an object', { prefix: { ztf_object_id: { value: 'ztf2', case_insensitive: true } } }, 'aa ab ac'],
    ['a star stands for any letters', { wildcard: { ztf_object_id: 'ZTF*b' } }, 'ab ac'],
    ['a question mark stands for one', { wildcard: { ztf_object_id: 'ZTF2?aaaaaa?' } }, 'aa ab'],
    ['a wildcard speaks of the whole text', { wildcard: { ztf_object_id: 'TF20*' } }, ''],
    ['stars on both sides find what is inside', { wildcard: { ztf_object_id: { value: '*bbb*' } } }, 'ac'],
    ['a backslash takes a letter as it is', { wildcard: { horizons_targetname: 'Ceres \\(A801*' } }, 'ac'],
    ['numbers have no prefix', { prefix: { num_alerts: '4' } }, ''],
    ['an element of a list is enough', { wildcard: { tags: '*transient' } }, 'ac'],
    ['a star alone is any text', { wildcard: { ztf_object_id: '*' } }, 'aa ab ac'],
  ],
  bool: [
    ['filter and must are "and"', { bool: { filter: tag('extragalactic'), must: [tag('high_snr')] } }, 'aa'],
    ['must_not takes out', { bool: { must_not: tag('extragalactic') } }, 'ac ad ae'],
    ['should alone is "or"', { bool: { should: [tag('high_snr'), tag('nuclear_transient')] } }, 'aa ac'],
    [
      'should beside a filter takes nothing out',
      { bool: { filter: tag('extragalactic'), should: tag('high_snr') } },
      'aa ab',
    ],
    [
      'minimum_should_match counts',
      { bool: { should: [tag('extragalactic'), tag('high_snr')], minimum_should_match: 2 } },
      'aa',
    ],
    [
      'as a percentage, rounded down',
      { bool: { should: [tag('extragalactic'), tag('high_snr'), tag('x')], minimum_should_match: '70%' } },
      'aa',
    ],
    [
      'negative: so many may fail',
      { bool: { should: [tag('extragalactic'), tag('high_snr'), tag('x')], minimum_should_match: -1 } },
      'aa',
    ],
    [
      'negative percentage: so many may fail',
      { bool: { should: [tag('extragalactic'), tag('high_snr')], minimum_should_match: '-50%' } },
      'aa ab',
    ],
    ['more than there are matches nothing', { bool: { should: [tag('extragalactic')], minimum_should_match: 2 } }, ''],
    [
      'bools nest',
      { bool: { filter: [{ bool: { must_not: [{ bool: { filter: tag('high_snr') } }] } }] } },
      'ab ac ad ae',
    ],
    ['several filters in one list', { bool: { filter: [tag('extragalactic'), { range: { ra: { lt: 15 } } }] } }, 'aa'],
  ],
  query_string: [
    ['field and value', text('tags:high_snr'), 'aa'],
    ['words without a field are looked for in all text', text('high_snr'), 'aa'],
    ['in the fields that are named', text('*ZTF21*', { fields: ['properties.ztf_object_id', 'locus_id'] }), 'ac'],
    ['fields may be patterns', text('ZTF20aaaaaaa', { fields: ['properties.ztf*'] }), 'aa'],
    ['AND', text('tags:extragalactic AND catalogs:allwise'), 'aa'],
    ['OR', text('tags:high_snr OR tags:nuclear_transient'), 'aa ac'],
    ['AND binds more than OR', text('tags:nuclear_transient OR tags:extragalactic AND tags:high_snr'), 'aa ac'],
    ['NOT', text('NOT tags:extragalactic'), 'ac ad ae'],
    ['AND NOT', text('tags:extragalactic AND NOT tags:high_snr'), 'ab'],
    ['words side by side are "or"', text('tags:high_snr tags:nuclear_transient'), 'aa ac'],
    ['or "and" where asked', text('tags:extragalactic catalogs:allwise', { default_operator: 'and' }), 'aa'],
    ['plus and minus', text('+tags:extragalactic -tags:high_snr'), 'ab'],
    ['parentheses', text('(tags:high_snr OR tags:nuclear_transient) AND num_alerts:7'), 'ac'],
    ['a field of a group', text('tags:(high_snr OR nuclear_transient)'), 'aa ac'],
    ['brackets with their bounds', text('num_alerts:[3 TO 7]'), 'aa ab ac'],
    ['braces without their bounds', text('num_alerts:{3 TO 40}'), 'ab ac'],
    ['an open end', text('num_alerts:[7 TO *]'), 'ab ac ae'],
    ['greater or equal', text('num_alerts:>=7'), 'ab ac ae'],
    ['less', text('newest_alert_magnitude:<0'), 'ac'],
    ['a negative value', text('newest_alert_magnitude:-1.5'), 'ac'],
    ['quotes', text('horizons_targetname:"Ceres (A801 AA)"'), 'ac'],
    ['an escaped quote', text('label:"A \\"quoted\\" text"'), 'ad'],
    ['wildcards', text('ztf_object_id:ZTF20aaaaaa?'), 'aa ab'],
    ['_exists_', text('_exists_:anomaly_score'), 'ad ae'],
    ['a star for a value asks whether there is one', text('anomaly_score:*'), 'ad ae'],
    ['a star alone is everything', text('*'), ALL],
    ['an empty text finds nothing', text(''), ''],
    ['exclamation mark and double signs', text('tags:extragalactic && !tags:high_snr || num_alerts:40'), 'ab ae'],
  ],
  'other clauses': [
    ['ids', { ids: { values: ['ANT2020aa', 'ANT2021ae', 'nothing'] } }, 'aa ae'],
    ['constant_score matches what its filter matches', { constant_score: { filter: tag('high_snr'), boost: 3 } }, 'aa'],
    [
      'function_score matches what its query matches',
      { function_score: { query: tag('extragalactic'), random_score: {} } },
      'aa ab',
    ],
    ['a boost changes no match', { term: { tags: { value: 'high_snr', boost: 2 } } }, 'aa'],
  ],
};

/** What each clause finds. */
export function queryClaims({ describe, claim }: ClaimApi): void {
  for (const [subject, cases] of Object.entries(CASES)) {
    describe(subject, () => {
      for (const [title, query, ids] of cases) {
        claim(title, async (index) => {
          await fill(index);
          deepStrictEqual(await found(index, query), ids === '' ? [] : ids.split(' '));
          strictEqual((await ask(index, { query, size: 0 })).total, ids === '' ? 0 : ids.split(' ').length);
        });
      }
    });
  }

  describe('loci that were merged into another', () => {
    claim('are hidden', async (index) => {
      await fill(index);
      await index.put([documentOf('ANT2021af', { tags: ['high_snr'], properties: { replaced_by: 'ANT2020aa' } })]);
      deepStrictEqual(await found(index, tag('high_snr')), ['aa']);
      deepStrictEqual(await found(index, { match_all: {} }), ALL.split(' '));
    });
    claim('are found by a query that names the property', async (index) => {
      await fill(index);
      await index.put([documentOf('ANT2021af', { tags: ['high_snr'], properties: { replaced_by: 'ANT2020aa' } })]);
      deepStrictEqual(await found(index, { exists: { field: 'properties.replaced_by' } }), ['af']);
      deepStrictEqual(await found(index, { term: { replaced_by: 'ANT2020aa' } }), ['af']);
    });
  });
}
