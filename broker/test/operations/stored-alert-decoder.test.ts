import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Simulator } from '../../src/simulator/simulator.ts';
import type { SurveyName } from '../../src/simulator/survey/survey.ts';
import { type NamedPacket, type ServerUnderTest, serverUnderTest } from '../api/server-under-test.ts';

function night(survey: SurveyName): NamedPacket[] {
  const simulator = new Simulator({ seed: 'schemas', surveys: [survey], alerts: 20, cutouts: 'none' });
  return [...simulator.packets()].map(({ bytes, alertId }) => ({ name: alertId, bytes }));
}

let api: ServerUnderTest;
beforeAll(async () => {
  api = await serverUnderTest();
});
afterAll(() => api.close());

/** Properties of all alerts of all loci, through the interface. */
async function alertProperties(): Promise<Record<string, unknown>[]> {
  const { items } = await api.store.scanLoci(undefined, 1_000);
  const properties: Record<string, unknown>[] = [];
  for (const { locusId } of items) {
    const answer = await api.app.inject(`/v1/loci/${locusId}/alerts?page[limit]=1000`);
    expect(answer.statusCode).toBe(200);
    const { data } = answer.json() as { data: { attributes: { properties: Record<string, unknown> } }[] };
    properties.push(...data.map(({ attributes }) => attributes.properties));
  }
  return properties;
}

it('schemas are read when an alert names one that is new, at once, and not again', async () => {
  const listSchemas = vi.spyOn(api.store, 'listSchemas');
  await api.take(night('ztf'));
  expect(listSchemas).not.toHaveBeenCalled();
  const ofZtf = await alertProperties();
  expect(ofZtf.some((properties) => 'ztf_magpsf' in properties)).toBe(true);
  expect(listSchemas).toHaveBeenCalledTimes(1);
  expect(await alertProperties()).toEqual(ofZtf);
  expect(listSchemas).toHaveBeenCalledTimes(1);

  await api.take(night('lsst'));
  const ofBoth = await alertProperties();
  expect(ofBoth.some((properties) => 'lsst_diaSource_psfFlux' in properties)).toBe(true);
  expect(listSchemas).toHaveBeenCalledTimes(2);
  await alertProperties();
  expect(listSchemas).toHaveBeenCalledTimes(2);
});
