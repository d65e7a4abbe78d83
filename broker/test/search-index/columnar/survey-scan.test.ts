import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SurveyScan } from '../../../src/search-index/columnar/survey-scan.ts';
import { surveyLists } from '../../../src/search-index/survey-lists.ts';

const SEED = { seed: 20_261_127 };

/** What a scan finds in a text that stands among others; undefined where it does not take it. */
function scanned(scan: SurveyScan, text: string): Map<string, string[]> | undefined {
  const bytes = Buffer.from(`["before"]${text}["after"]`);
  const [start, end] = [10, bytes.length - 9];
  if (!scan.scan(bytes, start, end)) return undefined;
  return new Map(
    Array.from({ length: scan.count }, (_, list) => [
      scan.fields[list]!,
      [bytes.toString('utf8', scan.starts[list], scan.ends[list])],
    ]),
  );
}

describe('a scan of the property survey', () => {
  it('takes what the surveys write', () => {
    const scan = new SurveyScan();
    for (const text of [
      '{"ztf":{"id":["ZTF18abcdefg"],"field":[464],"rcid":[0]}}',
      '{"lsst":{"dia_object_id":["170032915988086813"]}}',
      '{"ztf":{"id":["ZTF18ärger"]},"lsst":{"ss_object_id":["-1"],"n":[-17]}}',
    ]) {
      expect(scanned(scan, text)).toEqual(surveyLists(text));
    }
  });

  it('passes over every other text, so that it is read as JSON', () => {
    const scan = new SurveyScan();
    for (const text of [
      ...[
        '',
        '{',
        '{}',
        '[]',
        'null',
        '"survey"',
        'plain text',
        '{"ztf":{}}',
        '{"ztf":{"id":[]}}',
        '{"ztf":{"id":"x"}}',
      ],
      ...[
        '{"ztf":{"id":["a","b"]}}',
        '{"ztf":{"id":["a"]}} ',
        '{ "ztf":{"id":["a"]}}',
        '{"ztf":{"id":["a"]}',
        '{"ztf":["a"]}',
      ],
      ...['{"ztf":{"id":["a\\u0062"]}}', '{"z\\"tf":{"id":["a"]}}', '{"ztf":{"id":[1.5]}}', '{"ztf":{"id":[1e3]}}'],
      ...['{"ztf":{"id":[01]}}', '{"ztf":{"id":[-0]}}', '{"ztf":{"id":[12345678901234567]}}', '{"ztf":{"id":[true]}}'],
      ...[
        '{"ztf":{"id":["a"],"id":["b"]}}',
        '{"ztf":{"id":{"deep":["a"]}}}',
        '{"ztf":{"id":["a\n"]}}',
        '{"ztf":{"id":["a"]},}',
      ],
    ]) {
      expect(scanned(scan, text), text).toBeUndefined();
    }
  });

  it('finds what reading as JSON finds, whatever came before', () => {
    const scan = new SurveyScan();
    const plain = fc.stringMatching(/^[a-zä0-9: ]{0,6}$/);
    const item = fc.oneof(
      { weight: 20, arbitrary: fc.oneof(plain, fc.integer()) },
      fc.oneof(fc.string({ maxLength: 5, unit: 'grapheme' }), fc.double(), fc.boolean()),
    );
    const list = fc.oneof({ weight: 20, arbitrary: fc.tuple(item) }, fc.array(item, { maxLength: 3 }));
    const name = fc.oneof({ weight: 20, arbitrary: fc.constantFrom('ztf', 'lsst', 'id', 'a') }, fc.string());
    const group = fc.dictionary(name, list, { minKeys: 1, maxKeys: 3 });
    const survey = fc.dictionary(name, group, { minKeys: 1, maxKeys: 2 });
    let taken = 0;
    fc.assert(
      fc.property(survey, (lists) => {
        const text = JSON.stringify(lists);
        const found = scanned(scan, text);
        if (found === undefined) return;
        taken += 1;
        expect(found).toEqual(surveyLists(text));
      }),
      { ...SEED, numRuns: 2000 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});
