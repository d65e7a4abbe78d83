import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toJsonText } from '../../src/json/json-text.ts';
import { query } from '../../src/query/query.ts';
import { describeWithRecordedAnswers, recorded } from '../shared-data.ts';

const SEED = 3;

describe('a query', () => {
  it('is built of clauses that nest', () => {
    const built = query.and(
      query.tag('nuclear_transient', 'high_snr'),
      query.cone({ ra: 207.8682535, dec: -40.4479215, radiusArcsec: 3.6 }),
      query.range('num_alerts', { gte: 10, lt: 100n }),
      query.or(query.exists('properties.feature_mean_magn_R'), query.catalog('ned')),
      query.not(query.prefix('ztf_object_id', 'ZTF18')),
    );
    expect(JSON.parse(toJsonText(built))).toEqual({
      bool: {
        filter: [
          { terms: { tags: ['nuclear_transient', 'high_snr'] } },
          { sky_distance: { distance: '0.001 degree', htm16: { center: '207.8682535 -40.4479215' } } },
          { range: { 'properties.num_alerts': { gte: 10, lt: 100 } } },
          {
            bool: {
              should: [{ exists: { field: 'properties.feature_mean_magn_R' } }, { term: { catalogs: 'ned' } }],
              minimum_should_match: 1,
            },
          },
          { bool: { must_not: [{ prefix: { 'properties.ztf_object_id': 'ZTF18' } }] } },
        ],
      },
    });
  });

  it('has every other clause of the language', () => {
    expect([
      query.all(),
      query.or(),
      query.ids('ANT1', 'ANT2'),
      query.match('ztf_ssnamenr', '220'),
      query.terms('ztf_object_id', ['a', 'b']),
      query.wildcard('ztf_object_id', 'ZTF2?a*'),
      query.text('tags:x', ['locus_id', 'ztf_object_id']),
      query.lsstObject(170595943059554358n),
      query.watchList('mine'),
      query.random(query.all(), 7),
    ]).toEqual([
      { match_all: {} },
      { match_none: {} },
      { ids: { values: ['ANT1', 'ANT2'] } },
      { match: { 'properties.ztf_ssnamenr': '220' } },
      { terms: { 'properties.ztf_object_id': ['a', 'b'] } },
      { wildcard: { 'properties.ztf_object_id': 'ZTF2?a*' } },
      { query_string: { query: 'tags:x', fields: ['locus_id', 'properties.ztf_object_id'] } },
      { term: { 'properties.survey.lsst.dia_object_id': '170595943059554358' } },
      { term: { watch_lists: 'mine' } },
      { function_score: { query: { match_all: {} }, random_score: { seed: 7 } } },
    ]);
  });

  it('has positions and radii without exponents, at the poles and at RA 0 too', () => {
    const center = (ra: number, dec: number, radiusArcsec: number): unknown =>
      query.cone({ ra, dec, radiusArcsec })['sky_distance'];
    expect(center(1e-7, -90, 0.0001)).toEqual({
      distance: '0.00000002777777777778 degree',
      htm16: { center: '0.0000001 -90' },
    });
    expect(center(360, 90, 3600)).toEqual({ distance: '1 degree', htm16: { center: '360 90' } });
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 360, noNaN: true }),
        fc.double({ min: -90, max: 90, noNaN: true }),
        (ra, dec) => {
          const { htm16 } = center(ra, dec, 1) as { htm16: { center: string } };
          expect(htm16.center).toMatch(/^\d+(\.\d+)? -?\d+(\.\d+)?$/);
          const [backRa, backDec] = htm16.center.split(' ').map(Number);
          // Twenty decimals are far below a micro-arcsecond.
          expect(Math.abs(backRa! - ra) + Math.abs(backDec! - dec)).toBeLessThan(1e-15);
        },
      ),
      { seed: SEED, numRuns: 1000 },
    );
  });

  it('refuses what is no place on the sky, no radius, no range and no tag', () => {
    for (const [ra, dec, radiusArcsec] of [
      [-1, 0, 1],
      [361, 0, 1],
      [0, 91, 1],
      [0, 0, 0],
      [0, 0, -1],
      [Number.NaN, 0, 1],
      [0, 0, Number.NaN],
    ]) {
      expect(() => query.cone({ ra: ra!, dec: dec!, radiusArcsec: radiusArcsec! })).toThrow(TypeError);
    }
    expect(() => query.range('x', {})).toThrow(TypeError);
    expect(() => query.tag()).toThrow(TypeError);
  });
});

describeWithRecordedAnswers('recorded questions', () => {
  it('can be built', () => {
    const asked = new URL(JSON.parse(recorded('antares_api_v1_response_0.json')).request_uri).searchParams;
    expect({ query: { bool: { filter: query.ztfObject('ZTF26abeuijw') } } }).toEqual(
      JSON.parse(asked.get('elasticsearch_query[locus_listing]') ?? ''),
    );
  });
});
