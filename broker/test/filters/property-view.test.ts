import { describe, expect, test } from 'vitest';
import { makeLocusInFlight } from '../../src/filters/hand-made-locus.ts';
import { AlertPropertyView, PropertiesView } from '../../src/filters/property-view.ts';
import type { Properties } from '../../src/model/property.ts';

const PROPERTIES: Properties = new Map<string, number | bigint | string | boolean>([
  ['a_float', 1.5],
  ['an_id', 170_631_126_925_180_997n],
  ['a_flag', true],
  ['a_text', '12'],
]);

describe('PropertiesView', () => {
  test('numbers are for arithmetic: flags are 0 or 1, text and nothing are NaN', () => {
    const view = new PropertiesView(() => PROPERTIES);
    expect(view.number('a_float')).toBe(1.5);
    expect(view.number('a_flag')).toBe(1);
    expect(view.number('a_text')).toBeNaN();
    expect(view.number('nothing')).toBeNaN();
    expect(view.get('an_id')).toBe(170_631_126_925_180_997n);
    expect(view.text('a_text')).toBe('12');
    expect(view.text('a_float')).toBeUndefined();
    expect([...view.names()]).toEqual(['a_float', 'an_id', 'a_flag', 'a_text']);
  });

  test('properties are read on the first question, and once', () => {
    let reads = 0;
    const view = new PropertiesView(() => {
      reads += 1;
      return PROPERTIES;
    });
    expect(reads).toBe(0);
    view.has('a_float');
    view.number('a_float');
    expect(reads).toBe(1);
  });
});

describe('AlertPropertyView', () => {
  const locus = makeLocusInFlight({
    points: [{ mjd: 59_000.5, mag: 18.25, magErr: 0.02, passband: 'R', ra: 10, dec: -5 }],
    alertProperties: { ztf_rb: 0.75 },
  });

  function viewOf(decode: () => Properties): AlertPropertyView {
    const view = new AlertPropertyView();
    view.show(locus.lightCurve, locus.alertRow, decode, locus.annotations);
    return view;
  }

  test('the normalised properties come from the light curve, without decoding the alert', () => {
    const view = viewOf(() => {
      throw new Error('decoded');
    });
    expect(view.get('ant_mjd')).toBe(59_000.5);
    expect(view.number('ant_mag')).toBe(18.25);
    expect(view.number('ant_magerr')).toBe(0.02);
    expect(view.get('ant_ra')).toBe(10);
    expect(view.get('ant_dec')).toBe(-5);
    expect(view.text('ant_passband')).toBe('R');
    expect(view.get('ant_survey')).toBe(1n);
    expect(view.number('ant_survey')).toBe(1);
    expect(view.has('ant_maglim')).toBe(false);
    expect(view.get('ant_maglim')).toBeUndefined();
    expect(view.number('ant_maglim')).toBeNaN();
    expect(view.failure).toBeUndefined();
  });

  test('it answers as the decoded properties do', () => {
    const view = viewOf(locus.alertProperties);
    for (const [name, value] of locus.alertProperties()) {
      expect([name, view.has(name), view.get(name)]).toEqual([name, true, value]);
      expect(view.number(name)).toEqual(new PropertiesView(locus.alertProperties).number(name));
    }
    expect(new Set(view.names())).toEqual(new Set(locus.alertProperties().keys()));
  });

  test('what filters have set on the alert is there too', () => {
    locus.annotations.set('jane_score', 0.5);
    const view = viewOf(locus.alertProperties);
    expect(view.has('jane_score')).toBe(true);
    expect(view.number('jane_score')).toBe(0.5);
    expect([...view.names()]).toContain('jane_score');
  });
});
