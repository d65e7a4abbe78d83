import { describe, expect, test } from 'vitest';
import type { FilterAlert } from '../../../src/filters/filter.ts';
import { badDetection, badSeeing } from '../../../src/filters/l1/l1-filters.ts';
import { PropertiesView } from '../../../src/filters/property-view.ts';
import { toAlertId } from '../../../src/model/ids.ts';
import type { PropertyValue } from '../../../src/model/property.ts';

function alert(properties: Record<string, PropertyValue>): FilterAlert {
  return {
    alertId: toAlertId('ztf_candidate:1'),
    mjd: 59_000,
    passband: 'g',
    surveyNumber: 1,
    properties: new PropertiesView(() => new Map(Object.entries(properties))),
  };
}

describe('bad_detection', () => {
  test.each([
    [{ ztf_rb: 0.55 }, true],
    [{ ztf_rb: 0.5499 }, false],
    [{ ztf_nbad: 0n }, true],
    [{ ztf_nbad: 1n }, false],
    [{ ztf_magdiff: 1 }, true],
    [{ ztf_magdiff: -1 }, true],
    [{ ztf_magdiff: 1.001 }, false],
    [{ ztf_magdiff: -1.001 }, false],
    [{ ztf_rb: 0.9, ztf_nbad: 0n, ztf_magdiff: 0.05 }, true],
    [{ ztf_rb: 0.9, ztf_nbad: 0n, ztf_magdiff: 3 }, false],
    [{}, true],
    [{ lsst_diaSource_reliability: 0.01 }, true],
  ])('%o: accepted is %s', (properties, isAccepted) => {
    expect(badDetection().accepts(alert(properties as Record<string, PropertyValue>))).toBe(isAccepted);
  });

  test('it says what speaks against an alert', () => {
    expect(badDetection().findObjection(alert({ ztf_rb: 0.25 }))).toBe('ztf_rb is 0.25, below 0.55');
    expect(badDetection().findObjection(alert({ ztf_rb: 0.75 }))).toBeUndefined();
  });

  test('its limits can be changed, one by one', () => {
    const filter = badDetection({ minRealBogus: 0.3 });
    expect(filter.accepts(alert({ ztf_rb: 0.4 }))).toBe(true);
    expect(filter.accepts(alert({ ztf_rb: 0.4, ztf_nbad: 1n }))).toBe(false);
    expect(filter.description).toContain('0.3');
  });
});

describe('bad_seeing', () => {
  test.each([
    [{ ztf_fwhm: 5 }, true],
    [{ ztf_fwhm: 5.01 }, false],
    [{ ztf_elong: 1.2 }, true],
    [{ ztf_elong: 1.21 }, false],
    [{ ztf_fwhm: 2.1, ztf_elong: 1.05 }, true],
    [{}, true],
  ])('%o: accepted is %s', (properties, isAccepted) => {
    expect(badSeeing().accepts(alert(properties as Record<string, PropertyValue>))).toBe(isAccepted);
  });

  test('its limits can be changed, one by one', () => {
    const filter = badSeeing({ maxElongation: 2 });
    expect(filter.accepts(alert({ ztf_elong: 1.9 }))).toBe(true);
    expect(filter.findObjection(alert({ ztf_fwhm: 6 }))).toBe('ztf_fwhm is 6, above 5');
  });
});
