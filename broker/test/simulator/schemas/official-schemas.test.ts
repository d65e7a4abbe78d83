import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type AvroRecord, schemaText } from '../../../src/simulator/schemas/avro-schema.ts';
import { lsstSchema } from '../../../src/simulator/schemas/lsst-schema.ts';
import { ZTF_ALERT } from '../../../src/simulator/schemas/ztf-schema.ts';
import { describeWithSharedData, sharedPath } from '../../shared-data.ts';

/** The official schema of a folder, with named types written out everywhere and descriptions taken out. */
function official(folder: string, top: string): unknown {
  const byName = new Map<string, Record<string, unknown>>();
  for (const file of readdirSync(sharedPath(folder))) {
    const schema = JSON.parse(readFileSync(sharedPath(`${folder}/${file}`), 'utf8')) as Record<string, unknown>;
    byName.set(`${schema['namespace']}.${schema['name']}`, schema);
  }
  return plain(byName.get(top), byName);
}

/** Ours, in the same form. */
function ours(record: AvroRecord): unknown {
  const byName = new Map<string, Record<string, unknown>>();
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) collect(item);
    else if (value !== null && typeof value === 'object') {
      const object = value as Record<string, unknown>;
      if (object['type'] === 'record') byName.set(`${object['namespace']}.${object['name']}`, object);
      for (const item of Object.values(object)) collect(item);
    }
  };
  const whole: unknown = JSON.parse(schemaText(record));
  collect(whole);
  return plain(whole, byName);
}

function plain(value: unknown, byName: ReadonlyMap<string, Record<string, unknown>>): unknown {
  if (typeof value === 'string') return byName.has(value) ? plain(byName.get(value), byName) : value;
  if (Array.isArray(value)) return value.map((item) => plain(item, byName));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'doc');
  return Object.fromEntries(
    entries.map(([key, item]) => [key, key === 'name' || key === 'namespace' ? item : plain(item, byName)]),
  );
}

describeWithSharedData('the schemas of simulated packets beside the official ones', () => {
  it('ZTF 4.02 has the same records, fields, types, order and defaults', () => {
    expect(ours(ZTF_ALERT)).toEqual(official('data/schemas/ztf/official/4.02', 'ztf.alert'));
  });

  it.each(['11.0', '11.1'] as const)('LSST %s has the same records, fields, types, order and defaults', (version) => {
    const [major, minor] = version.split('.');
    const expected = official(`data/schemas/lsst/${major}/${minor}`, `lsst.v${major}_${minor}.alert`);
    expect(ours(lsstSchema(version).alert)).toEqual(expected);
  });
});
