import { describe, expect, test } from 'vitest';
import { HelloWorld } from '../../src/filters/built-in/hello-world.ts';
import { PropertiesView } from '../../src/filters/property-view.ts';
import { type RequirementSubject, Requirements } from '../../src/filters/requirements.ts';

function subject(surveyNumber: number, alert: readonly string[]): RequirementSubject {
  const properties = new PropertiesView(() => new Map(alert.map((name) => [name, 1])));
  return { alert: { surveyNumber, properties }, properties: new PropertiesView(() => new Map()), tags: new Set() };
}

function requiring(requiredAlertProperties: readonly string[], surveyNumbers: readonly number[] = []): Requirements {
  return new Requirements({ ...new HelloWorld(), requiredAlertProperties, surveyNumbers });
}

describe('Requirements', () => {
  test.each([
    [1, ['ztf_rb']],
    [2, ['ztf_rb']],
    [3, ['decat_x']],
    [4, ['lsst_y']],
  ])("alerts of ant_survey %d need their own survey's properties and no other's", (surveyNumber, own) => {
    const requirements = requiring(['ztf_rb', 'decat_x', 'lsst_y']);
    expect(requirements.findUnmet(subject(surveyNumber, own))).toBeUndefined();
    expect(requirements.findUnmet(subject(surveyNumber, []))).toEqual({ reason: 'alert_property', missing: own[0] });
  });

  test('a survey nobody has heard of needs the properties without prefix alone', () => {
    expect(requiring(['ztf_rb', 'jane_score']).findUnmet(subject(77, ['jane_score']))).toBeUndefined();
    expect(requiring(['ztf_rb', 'jane_score']).findUnmet(subject(77, []))?.missing).toBe('jane_score');
  });

  test('no survey numbers means all surveys', () => {
    expect(requiring([]).findUnmet(subject(3, []))).toBeUndefined();
    expect(requiring([], [1, 4]).findUnmet(subject(3, []))).toEqual({ reason: 'survey', missing: undefined });
  });
});
