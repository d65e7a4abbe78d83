import { describe, expect, test } from 'vitest';
import {
  DEFAULT_FILTER_LIMITS,
  findFilterNameFault,
  findPropertyNameFault,
  findTagFault,
  findTextFault,
} from '../../src/filters/limits.ts';

describe('limits of what a filter may say', () => {
  test.each(['high_snr', "SN Ia's, maybe", 'lantern_xgboost_t2.0.7_c0.95', '超新星', '💥'])(
    '%s is a tag: tags are free text',
    (tag) => {
      expect(findTagFault(tag)).toBeUndefined();
    },
  );

  test.each([
    ['', /empty/],
    [' a', /blanks/],
    ['a\t', /blanks/],
    ['two\nlines', /control/],
    ['nul\0byte', /control/],
    ['half a pair \ud83d', /Unicode/],
    ['\udca5 the other half', /Unicode/],
    ['x'.repeat(DEFAULT_FILTER_LIMITS.tagLength + 1), /at most 128/],
  ])('%j is no tag', (tag, fault) => {
    expect(findTagFault(tag)).toMatch(fault);
  });

  test('a tag as long as allowed is one', () => {
    expect(findTagFault('x'.repeat(DEFAULT_FILTER_LIMITS.tagLength))).toBeUndefined();
  });

  test.each([
    'feature_bins_window1.0_offset0.0_eta_e_magn_R',
    'lantern_xgboost_t2.0.7_c0.95_max_score',
    'i-z',
    'horizons_targetname',
    'raMean',
  ])('%s, in use in production, is a property name', (name) => {
    expect(findPropertyNameFault(name)).toBeUndefined();
  });

  test.each([
    ['', /letters/],
    ['1st', /letters/],
    ['two words', /letters/],
    ['ant_mag', /belong/],
    ['ztf_rb', /belong/],
    ['lsst_diaSource_snr', /belong/],
    ['num_alerts', /broker itself/],
    ['brightest_alert_magnitude', /broker itself/],
    ['survey', /broker itself/],
    ['x'.repeat(129), /at most 128/],
  ])('%j is no property name for a filter', (name, fault) => {
    expect(findPropertyNameFault(name)).toMatch(fault);
  });

  test('a text is kept whole or refused, and never fills more than a Lucene term', () => {
    const longest = '€'.repeat(DEFAULT_FILTER_LIMITS.textLength);
    expect(findTextFault(longest)).toBeUndefined();
    expect(Buffer.byteLength(longest)).toBeLessThanOrEqual(32_766);
    expect(findTextFault(`${longest}x`)).toMatch(/8192 characters/);
    expect(findTextFault('\ud800')).toMatch(/Unicode/);
  });

  test('a filter name has no blanks and a letter first', () => {
    expect(findFilterNameFault('LAISS_RFC_AD_filter')).toBeUndefined();
    for (const name of ['', '2fast', 'a b', 'x'.repeat(101)]) expect(findFilterNameFault(name)).toBeDefined();
  });
});
