import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { makeLocusInFlight } from '../../src/filters/hand-made-locus.ts';
import type { PropertyValue } from '../../src/model/property.ts';
import type { AlertInFlight } from '../../src/pipeline/stage.ts';
import { streamMessage, streamMessageToJson } from '../../src/pipeline/stream-message.ts';

const locusProperties = {
  ...{
    float: 0.1,
    whole: 5,
    negative: -1e300,
    tiny: 5e-324,
    zero: 0,
    id: 2_430_123_456_789_012_345n,
    least: -(2n ** 63n),
  },
  ...{ text: 'ZTF18abc', empty: '', greek: 'ΔΩ 星', 'a name with spaces': 'x', long: 'é'.repeat(40_000) },
};

function messageOf(properties: Record<string, PropertyValue>, alertProperties: Record<string, PropertyValue> = {}) {
  const locus = makeLocusInFlight({ properties, alertProperties, tags: ['b', 'a'] });
  const alert = { packet: { alert: { point: locus.lightCurve.pointAt(locus.alertRow) } } } as AlertInFlight;
  return streamMessage(alert, locus);
}

describe('a stream message', () => {
  it('gives every property back as it was, 64-bit integers as their digits', () => {
    const json = streamMessageToJson(messageOf(locusProperties, { ztf_candid: 2n ** 62n, lsst_is_negative: true }));
    expect(json['tags']).toEqual(['a', 'b']);
    expect(json['properties']).toMatchObject({
      ...locusProperties,
      id: String(locusProperties.id),
      least: String(locusProperties.least),
    });
    expect(json['alert']).toMatchObject({ properties: { ztf_candid: String(2n ** 62n), lsst_is_negative: true } });
  });

  it('does not change when the next one is made', () => {
    const first = messageOf({ name: 'first', only_first: 1 });
    const before = JSON.stringify(streamMessageToJson(first));
    messageOf({ name: 'another', more: 2, and_more: 'x'.repeat(100_000) });
    expect(JSON.stringify(streamMessageToJson(first))).toBe(before);
  });

  it('is read where its properties were kept as maps, as at first', () => {
    const locus = { ref: { locusId: 'ANT2020a', htmId: 1 }, ra: 1, dec: 2, isAssociable: true, objects: [] };
    const kept = new Packr({ useRecords: false }).pack({
      locus: {
        ...locus,
        numAlerts: 1,
        numDetections: 1,
        numUpperLimits: 0,
        tags: [],
        catalogMatches: [],
        watchMatches: [],
      },
      locusProperties: new Map<string, PropertyValue>([['n', 2n ** 60n]]),
      alertId: 'ztf_candidate:1',
      mjd: 59_000,
      alertProperties: new Map([['ant_mag', 17.5]]),
      annotations: new Map([['mine', 'x']]),
    });
    const json = streamMessageToJson(kept);
    expect(json['properties']).toMatchObject({ n: String(2n ** 60n) });
    expect(json['alert']).toMatchObject({ properties: { ant_mag: 17.5, mine: 'x' } });
  });
});
