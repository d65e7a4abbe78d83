import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LocusRecord } from '../../../src/model/locus.ts';
import { describeWithSharedData, sharedPath } from '../../shared-data.ts';
import type { ApiUnderTest } from '../drop-in-under-test.ts';
import { lociOf, openSampleApi, v1Query } from '../night-of-samples.ts';
import { readTyped, type Typed, typesOf } from './typed-json.ts';

/** The answer in a recording: it stands under `response`, the request beside it. */
function recorded(file: string): Typed {
  const { response } = readTyped(readFileSync(sharedPath(`data/api-samples/${file}`), 'utf8')) as { response: Typed };
  return response;
}

/** A member by its path; the first item of lists. */
function at(document: Typed, ...path: readonly string[]): Typed {
  let value = document;
  for (const name of path) value = (value as Record<string, Typed>)[name]!;
  return value;
}

/**
 * Answers that the public ANTARES gave in July 2026, beside ours. The recorded object is none of the shared packets, so
 * ours are of others like it: ZTF, one detection with a known asteroid near it, and upper limits.
 */
describeWithSharedData('answers recorded at ANTARES have the same keys and types as ours', () => {
  let api: ApiUnderTest;
  let loci: readonly LocusRecord[];
  beforeAll(async () => {
    api = await openSampleApi();
    loci = await lociOf(api);
  }, 120_000);
  afterAll(() => api.close());

  const isLikeRecorded = ({ properties, numUpperLimits, numDetections }: LocusRecord): boolean =>
    numDetections === 1 && numUpperLimits > 0 && /^\d+$/.test(String(properties.get('ztf_ssnamenr')));

  it('a listing', async () => {
    const theirs = recorded('antares_api_v1_response_0.json');
    const similar = loci.filter(isLikeRecorded).map(({ properties }) => properties.get('ztf_object_id'));
    expect(similar.length).toBeGreaterThan(0);
    for (const name of similar) {
      const query = { query: { bool: { filter: { term: { 'properties.ztf_object_id': name } } } } };
      const ours = readTyped(
        (await api.get(`/v1/loci?sort=-properties.newest_alert_observation_time&${v1Query(query)}`)).text,
      );
      expect(typesOf(at(ours, 'links'))).toEqual(typesOf(at(theirs, 'links')));
      expect(typesOf(at(ours, 'meta'))).toEqual(typesOf(at(theirs, 'meta')));
      const [mine, recordedItem] = [at(ours, 'data', '0'), at(theirs, 'data', '0')];
      expect(Object.keys(mine as object).sort()).toEqual(Object.keys(recordedItem as object).sort());
      expect(typesOf(at(mine, 'meta', 'newest_thumbnails', '0'))).toEqual(
        typesOf(at(recordedItem, 'meta', 'newest_thumbnails', '0')),
      );
      // An answer of 2021 has the link to the locus, this one of 2026 does not; the 1.x client declares both.
      const { locus, ...relationships } = typesOf(at(mine, 'relationships')) as Record<string, unknown>;
      expect(locus).toEqual({ links: { related: 'text' } });
      expect(relationships).toEqual(typesOf(at(recordedItem, 'relationships')));
      const [{ properties: own, ...attributes }, { properties: theirOwn, ...theirAttributes }] = [
        typesOf(at(mine, 'attributes')),
        typesOf(at(recordedItem, 'attributes')),
      ] as [Record<string, unknown>, Record<string, unknown>];
      // Lists that are empty on one side say nothing about what is in them.
      expect(Object.keys(attributes).sort()).toEqual(Object.keys(theirAttributes).sort());
      for (const key of ['ra', 'dec', 'htm16']) expect(attributes[key]).toEqual(theirAttributes[key]);
      // Features are named after the passband of the detection.
      const named = (properties: unknown): Record<string, unknown> =>
        Object.fromEntries(
          Object.entries(properties as object).map(([key, type]) => [
            key.replace(/^(feature_.*)_[gRi]$/, '$1_*'),
            type,
          ]),
        );
      expect(named(own)).toEqual(named(theirOwn));
    }
  });

  it('alerts: the document and each item of it', async () => {
    const theirs = recorded('antares_api_v1_response_1.json');
    const record = loci.find(isLikeRecorded)!;
    const ours = readTyped((await api.get(`/v1/loci/${record.ref.locusId}/alerts`)).text);
    expect(Object.keys(ours as object).sort()).toEqual(Object.keys(theirs as object).sort());
    expect(typesOf(at(ours, 'links'))).toEqual(typesOf(at(theirs, 'links')));
    expect(typesOf(at(ours, 'meta'))).toEqual(typesOf(at(theirs, 'meta')));
    const withoutProperties = (item: Typed): unknown => {
      const { attributes, ...rest } = typesOf(item) as { attributes: Record<string, unknown> };
      const { properties: _, ...others } = attributes;
      return { ...rest, attributes: others };
    };
    expect(withoutProperties(at(ours, 'data', '0'))).toEqual(withoutProperties(at(theirs, 'data', '0')));
  });

  it('alerts: the properties of detections and of upper limits', async () => {
    const theirs = at(recorded('antares_api_v1_response_1.json'), 'data') as readonly Typed[];
    const kinds = new Map<string, Map<string, Set<string>>>();
    for (const record of loci.filter(({ objects }) => objects[0]?.survey === 'ztf')) {
      const ours = readTyped((await api.get(`/v1/loci/${record.ref.locusId}/alerts`)).text);
      for (const alert of at(ours, 'data') as readonly Typed[]) {
        const kind = kindOf(alert);
        const types = kinds.get(kind) ?? new Map<string, Set<string>>();
        kinds.set(kind, types);
        for (const [name, type] of Object.entries(typesOf(at(alert, 'attributes', 'properties')) as object)) {
          types.set(name, (types.get(name) ?? new Set()).add(String(type)));
        }
      }
    }
    for (const alert of theirs) {
      const types = kinds.get(kindOf(alert))!;
      for (const [name, type] of Object.entries(typesOf(at(alert, 'attributes', 'properties')) as object)) {
        // One type only, and the recorded one, whatever the version of the schema that a packet was written with.
        expect([...(types.get(name) ?? [])], `${kindOf(alert)} ${name}`).toEqual([type]);
      }
    }
    const known = new Set(theirs.flatMap((alert) => Object.keys(at(alert, 'attributes', 'properties') as object)));
    const further = [...new Set([...kinds.values()].flatMap((types) => [...types.keys()]))].filter(
      (name) => !known.has(name),
    );
    // Beyond the recorded ones: two fields of schemas before 2.0, and one that another broker added to its copy.
    expect(further.sort()).toEqual(['ztf_sgmag', 'ztf_sgscore', 'ztf_timestamp']);
  });
});

function kindOf(alert: Typed): string {
  return (at(alert, 'id') as string).split(':', 1)[0]!;
}
