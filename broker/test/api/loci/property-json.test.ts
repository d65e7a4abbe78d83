import { expect, it } from 'vitest';
import { floatText, propertiesJson } from '../../../src/api/loci/property-json.ts';
import type { PropertyValue } from '../../../src/model/property.ts';

const written = (...properties: [string, PropertyValue][]): string => propertiesJson(new Map(properties)).text;

it('64-bit integers are digits, floats have a point, flags are flags, text is escaped', () => {
  expect(
    written(
      ['ztf_candid', 1010415421815015026n],
      ['small', 4n],
      ['least', -(2n ** 63n)],
      ['whole', -999],
      ['part', 0.1],
      ['tiny', 1e-7],
      ['huge', 1e300],
      ['flag', false],
      ['a "name"', 'line\nbreak'],
    ),
  ).toBe(
    '{"ztf_candid":1010415421815015026,"small":4,"least":-9223372036854775808,"whole":-999.0,"part":0.1,"tiny":1e-7,' +
      '"huge":1e+300,"flag":false,"a \\"name\\"":"line\\nbreak"}',
  );
});

it('numbers that JSON does not have are left out', () => {
  expect(written(['a', Number.NaN], ['b', Number.POSITIVE_INFINITY], ['c', 1])).toBe('{"c":1.0}');
  expect(floatText(Number.NaN)).toBeUndefined();
  expect(floatText(-0)).toBe('0.0');
});

it('the names at the surveys come out as an object, always with the lists of LSST', () => {
  expect(written(['survey', '{"ztf":{"id":["ZTF1"]}}'])).toBe(
    '{"survey":{"ztf":{"id":["ZTF1"]},"lsst":{"dia_object_id":[],"ss_object_id":[]}}}',
  );
  const own = '{"lsst":{"dia_object_id":["170595943059554358"],"ss_object_id":[]}}';
  expect(written(['survey', own])).toBe(`{"survey":${own}}`);
  expect(written(['survey', 'no JSON'])).toBe('{"survey":"no JSON"}');
});
