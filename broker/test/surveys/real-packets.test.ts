import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { AlertId } from '../../src/model/ids.ts';
import type { DecodedPacket } from '../../src/model/packet.ts';
import type { PropertyValue } from '../../src/model/property.ts';
import { asView, isContainer, readBlocks, readContainerHeader } from '../../src/surveys/avro/container.ts';
import { readContainerRecords, readDatum } from '../../src/surveys/avro/records.ts';
import { parseSchema } from '../../src/surveys/avro/schema.ts';
import { FolderSchemaSource } from '../../src/surveys/folder-schema-source.ts';
import { AvroPacketDecoder } from '../../src/surveys/packet-decoder.ts';
import { describeWithSharedData, sharedPath } from '../shared-data.ts';
import { avscType, difference } from './avsc-oracle.ts';
import { archivesIn, type RealPacket, realPackets } from './real-packets.ts';

type Json = Record<string, unknown>;

const schemas = new FolderSchemaSource(sharedPath('data/schemas/lsst'));
const types = new Map<string, ReturnType<typeof avscType>>();

function typeOf(schemaText: string): ReturnType<typeof avscType> {
  let type = types.get(schemaText);
  if (type === undefined) {
    type = avscType(schemaText);
    types.set(schemaText, type);
  }
  return type;
}

/** As `expect`, which is too slow to be asked a million times. */
function same(found: unknown, expected: unknown, what: string): void {
  if (!Object.is(found, expected)) expect(found, what).toBe(expected);
}

/** Records of a container as avsc reads them. */
function avscRecords(bytes: Buffer): Json[] {
  const header = readContainerHeader(bytes, asView(bytes));
  const type = typeOf(header.schemaText);
  const records: Json[] = [];
  readBlocks(bytes, asView(bytes), header, 1 << 26, (block) => {
    let rest: { value: unknown; offset: number } = { value: undefined, offset: block.start };
    for (let i = 0; i < block.records; i += 1) {
      rest = type.decode(block.bytes, rest.offset) as { value: unknown; offset: number };
      records.push(rest.value as Json);
    }
    expect(rest.offset).toBe(block.end);
  });
  return records;
}

/** Properties that a record's fields should give: the rules of the interface, written down once more and plainly. */
function expectedProperties(
  prefix: string,
  record: Json,
  schema: { fields: { name: string; type: unknown }[] },
): Map<string, PropertyValue> {
  const expected = new Map<string, PropertyValue>();
  const isInteger = (type: unknown): boolean =>
    type === 'int' ||
    (Array.isArray(type) && type.some(isInteger)) ||
    (typeof type === 'object' && type !== null && 'type' in type && isInteger(type.type));
  for (const { name, type } of schema.fields) {
    const value = record[name];
    if (value === null || value === undefined || (typeof value === 'number' && !Number.isFinite(value))) continue;
    if (typeof value === 'object') continue;
    expected.set(
      prefix + name,
      typeof value === 'number' && isInteger(type) ? BigInt(value) : (value as PropertyValue),
    );
  }
  return expected;
}

function fieldSchema(
  schema: { fields: { name: string; type: unknown }[] },
  name: string,
): { fields: { name: string; type: unknown }[] } {
  const type = schema.fields.find((field) => field.name === name)?.type;
  const branches = Array.isArray(type) ? type : [type];
  return branches.find((branch) => typeof branch === 'object' && branch !== null && 'fields' in branch) as never;
}

/** Checks what the decoder makes of a ZTF packet against the record that avsc made of the same bytes. */
function checkZtf(
  packet: DecodedPacket,
  record: Json,
  decoder: AvroPacketDecoder,
  bytes: Buffer,
  schemaText: string,
  name: string,
): void {
  const candidate = record['candidate'] as Json;
  const { point, body } = packet.alert;
  const objectId = (record['objectId'] ?? undefined) as string | undefined;
  expect(point.alertId, name).toBe(`ztf_candidate:${record['candid'] ?? candidate['candid']}`);
  expect(packet.object?.id, name).toBe(objectId);
  expect(point.mjd, name).toBe((candidate['jd'] as number) - 2400000.5);
  expect([point.ra, point.dec, point.mag, point.magErr], name).toEqual([
    candidate['ra'],
    candidate['dec'],
    candidate['magpsf'],
    candidate['sigmapsf'],
  ]);

  const schema = fieldSchema(JSON.parse(schemaText) as never, 'candidate');
  const properties = decoder.properties(body, point);
  for (const [property, value] of expectedProperties('ztf_', candidate, schema))
    same(properties.get(property), value, `${name} ${property}`);

  const known: string[] = [];
  const rows = packet.history((alertId) => {
    known.push(alertId);
    return false;
  });
  const expected: string[] = [];
  for (const row of [...((record['prv_candidates'] as (Json | null)[] | null) ?? [])]) {
    if (row === null) continue;
    if (typeof row['candid'] === 'bigint') {
      if (row['ra'] !== null && row['dec'] !== null) expected.push(`ztf_candidate:${row['candid']}`);
    } else if (objectId !== undefined) expected.push(`ztf_upper_limit:${objectId}-${row['pid']}`);
  }
  expect(
    known.filter((id) => !id.startsWith('ztf_forced:')),
    name,
  ).toEqual(expected);
  const once = new Set(expected);
  once.delete(point.alertId);
  expect(
    rows.filter(({ point: row }) => row.kind !== 'forced').map(({ point: row }) => row.alertId),
    name,
  ).toEqual([...once]);
  for (const { point: row, body: rowBody } of rows) {
    same(difference(decoder.values(rowBody), withoutId(row)), undefined, name);
    if (row.kind === 'forced') continue;
    const source = (record['prv_candidates'] as Json[]).find((candidateRow) =>
      row.kind === 'history'
        ? `ztf_candidate:${candidateRow?.['candid']}` === row.alertId
        : row.alertId.endsWith(`-${candidateRow?.['pid']}`) && typeof candidateRow?.['candid'] !== 'bigint',
    )!;
    same(row.mjd, (source['jd'] as number) - 2400000.5, name);
    same(decoder.properties(rowBody, row).get('ztf_pid'), BigInt(source['pid'] as bigint), name);
  }
  checkCutouts(packet, record, bytes, name);
}

function checkLsst(
  packet: DecodedPacket,
  record: Json,
  decoder: AvroPacketDecoder,
  bytes: Buffer,
  schemaText: string,
  name: string,
): void {
  const source = record['diaSource'] as Json;
  const { point, body } = packet.alert;
  expect(point.alertId, name).toBe(`lsst:${source['diaSourceId']}`);
  expect(point.mjd, name).toBe(source['midpointMjdTai'] ?? source['midPointTai']);
  expect([point.ra, point.dec], name).toEqual([source['ra'], source['dec'] ?? source['decl']]);
  const flux = (source['psfFlux'] ?? source['psFlux'] ?? Number.NaN) as number;
  expect(point.flux, name).toBe(flux);
  expect(point.mag, name).toBe(flux > 0 ? 31.4 - 2.5 * Math.log10(flux) : Number.NaN);

  const properties = decoder.properties(body, point);
  const schema = JSON.parse(schemaText) as { fields: { name: string; type: unknown }[] };
  for (const part of ['diaSource', 'diaObject', 'ssSource', 'ssObject', 'mpc_orbits', 'MPCORB']) {
    const value = record[part] as Json | null | undefined;
    if (value === null || value === undefined) continue;
    const expected = expectedProperties(`lsst_${part}_`, value, fieldSchema(schema, part));
    expect(expected.size).toBeGreaterThan(0);
    for (const [property, each] of expected) same(properties.get(property), each, `${name} ${property}`);
  }

  const rows = packet.history(() => false);
  const sources = ((record['prvDiaSources'] ?? []) as (Json | null)[]).filter((row) => row !== null);
  expect(
    rows.filter(({ point: row }) => row.kind === 'history').map(({ point: row }) => row.alertId),
    name,
  ).toEqual([
    ...new Set(sources.map((row) => `lsst:${row['diaSourceId']}` as AlertId).filter((id) => id !== point.alertId)),
  ]);
  const forced = ((record['prvDiaForcedSources'] ?? []) as (Json | null)[]).filter(
    (row) => row !== null && Number.isFinite((row['psfFlux'] ?? row['psFlux'] ?? Number.NaN) as number),
  );
  expect(
    rows.filter(({ point: row }) => row.kind === 'forced').map(({ point: row }) => row.alertId),
    name,
  ).toEqual(forced.map((row) => `lsst_forced:${row!['diaForcedSourceId']}`));
  for (const { point: row, body: rowBody } of rows) {
    same(difference(decoder.values(rowBody), withoutId(row)), undefined, name);
    expect(decoder.properties(rowBody, row).size).toBeGreaterThan(8);
  }
  checkCutouts(packet, record, bytes, name);
}

function withoutId<T extends { readonly alertId: unknown }>(point: T): Omit<T, 'alertId'> {
  const { alertId: _, ...rest } = point;
  return rest;
}

function checkCutouts(packet: DecodedPacket, record: Json, bytes: Buffer, name: string): void {
  const expected = ['Science', 'Template', 'Difference'].flatMap((which) => {
    const value = record[`cutout${which}`] as Json | Buffer | null | undefined;
    if (value === null || value === undefined) return [];
    const data = (Buffer.isBuffer(value) ? value : value['stampData']) as Buffer;
    return data.length === 0 ? [] : [[which.toLowerCase(), data.toString('base64')] as const];
  });
  const found = packet.cutouts.map(
    ({ name: which, offset, length }) => [which, bytes.subarray(offset, offset + length).toString('base64')] as const,
  );
  expect(new Map(found), name).toEqual(new Map(expected));
}

/** Everything about one packet. @returns what became of it */
async function check(packet: RealPacket, decoder: AvroPacketDecoder): Promise<string> {
  const { bytes, name } = packet;
  await decoder.ensureSchema(bytes);
  let schemaText: string;
  let records: Json[];
  if (isContainer(bytes)) {
    schemaText = readContainerHeader(bytes, asView(bytes)).schemaText;
    records = avscRecords(bytes);
    expect(difference(readContainerRecords(bytes).records, records), name).toBeUndefined();
  } else {
    schemaText = (await schemas.find(bytes.readUInt32BE(1)))!;
    records = [typeOf(schemaText).fromBuffer(bytes.subarray(5)) as Json];
    expect(difference(readDatum(parseSchema(schemaText), bytes.subarray(5)), records[0]), name).toBeUndefined();
  }
  const packets = decoder.decode(bytes, { keepProblems: true });
  expect(packets.length).toBe(records.length);
  const route = decoder.route(bytes);
  expect(route).toMatchObject({
    alertId: packets[0]!.alert.point.alertId,
    survey: packets[0]!.survey,
    records: records.length,
  });
  expect(route.object).toEqual(packets[0]!.object);
  packets.forEach((each, i) => {
    (each.survey === 'ztf' ? checkZtf : checkLsst)(each, records[i]!, decoder, bytes, schemaText, name);
  });
  return `${packets[0]!.survey} ${packets[0]!.schemaVersion}`;
}

describeWithSharedData('real packets, byte for byte against an independent reader', () => {
  const decoder = new AvroPacketDecoder({ schemaSource: schemas });
  const archives = [
    ...archivesIn('ztf'),
    ...archivesIn('ztf-nocutout'),
    ...archivesIn('ztf-samples'),
    ...archivesIn('lsst'),
  ];

  test.each(archives.filter((path) => !path.includes('elasticc')))('%s', async (path) => {
    const packets = await realPackets(path);
    for (const packet of packets) await check(packet, decoder);
    expect(packets.length).toBeGreaterThan(0);
  });

  test.each(['lsst/official_samples', 'lsst/wire'])('%s', async (path) => {
    const versions = new Set<string>();
    for (const packet of await realPackets(path)) versions.add(await check(packet, decoder));
    for (const version of ['7.0', '7.1', '7.2', '7.3', '7.4', '8.0', '9.0', '10.0', '11.0'])
      expect(versions).toContain(`lsst ${version}`);
  });

  test('several records in one container come out as several alerts, each in a packet of its own when unpacked', async () => {
    const bytes = readFileSync(sharedPath('data/alerts/lsst/single/ampel_schema_701.avro'));
    await check({ name: 'ampel_schema_701', bytes }, decoder);
    const packets = decoder.decode(bytes);
    expect(packets.length).toBe(10);
    const singles = decoder.unpack(bytes).map((single) => decoder.decode(single));
    expect(singles.map(([single]) => single!.alert.point)).toEqual(packets.map(({ alert }) => alert.point));
    expect(singles.map((each) => each.length)).toEqual(new Array<number>(10).fill(1));
    expect(singles[3]![0]!.cutouts.map(({ name, length }) => [name, length])).toEqual(
      packets[3]!.cutouts.map(({ name, length }) => [name, length]),
    );
  });

  test('ELAsTiCC packets can be read, but are taken for no survey: they do not say on which scale their fluxes are', async () => {
    const packets = await realPackets('lsst/elasticc_v0_9.tar.gz');
    expect(packets.length).toBe(4333);
    for (const { bytes, name } of packets) {
      expect(difference(readContainerRecords(bytes).records, avscRecords(bytes)), name).toBeUndefined();
      expect(() => decoder.decode(bytes)).toThrow(expect.objectContaining({ code: 'PACKET_SURVEY_UNKNOWN' }));
    }
    const [first] = decoder.decode(packets[0]!.bytes, { survey: 'lsst' });
    expect(first).toMatchObject({ survey: 'lsst', schemaVersion: '0.9' });
  });

  test.each(archivesIn('other'))('%s: a survey that is not known is said to be one', async (path) => {
    const packets = await realPackets(path);
    expect(packets.length).toBeGreaterThan(0);
    for (const { bytes, name } of packets) {
      expect(() => decoder.decode(bytes), name).toThrow(expect.objectContaining({ code: 'PACKET_SURVEY_UNKNOWN' }));
      expect(() => decoder.route(bytes), name).toThrow(expect.objectContaining({ code: 'PACKET_SURVEY_UNKNOWN' }));
      // The Avro reader itself takes them, defaults and doubled fields and all.
      expect(readContainerRecords(bytes).records.length).toBeGreaterThan(0);
    }
  });

  test('a night of many schemas costs few kept schemas: texts that differ in comments only are one', () => {
    const kept = decoder.newSchemas();
    expect(kept.size).toBeGreaterThan(30);
    expect(kept.size).toBeLessThan(60);
    decoder.markKept(kept);
    expect(decoder.newSchemas().size).toBe(0);
  });
});
