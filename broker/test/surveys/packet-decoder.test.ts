import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { FolderSchemaSource } from '../../src/surveys/folder-schema-source.ts';
import { AvroPacketDecoder } from '../../src/surveys/packet-decoder.ts';
import { PACKET_ERRORS, SCHEMA_SOURCE_ERRORS } from '../../src/surveys/packet-errors.ts';
import { RegistrySchemaSource } from '../../src/surveys/registry-schema-source.ts';
import type { SchemaSource } from '../../src/surveys/schema-source.ts';
import { describeWithSharedData, sharedPath } from '../shared-data.ts';
import { avscType, long, text, writeContainer } from './avsc-oracle.ts';
import { realPackets } from './real-packets.ts';
import { sampleRecord } from './sample-record.ts';

const row = (name: string, isNullable: boolean): object => {
  const maybe = (type: string): unknown => (isNullable ? ['null', type] : type);
  return {
    type: 'record',
    name,
    namespace: 'lsst.v11_2',
    fields: [
      { name: 'diaSourceId', type: 'long' },
      { name: 'visit', type: maybe('long') },
      { name: 'diaObjectId', type: ['null', 'long'] },
      { name: 'ssObjectId', type: ['null', 'long'] },
      { name: 'midpointMjdTai', type: 'double' },
      { name: 'ra', type: 'double' },
      { name: 'dec', type: 'double' },
      { name: 'band', type: maybe('string') },
      { name: 'psfFlux', type: maybe('float') },
      { name: 'psfFluxErr', type: maybe('float') },
      { name: 'psfNdata', type: 'int' },
    ],
  };
};

/** A schema such as LSST's, small. */
const schema = {
  type: 'record',
  name: 'alert',
  namespace: 'lsst.v11_2',
  fields: [
    { name: 'diaSourceId', type: 'long' },
    { name: 'target_name', type: ['null', 'string'], default: null },
    { name: 'diaSource', type: row('diaSource', true) },
    { name: 'prvDiaSources', type: ['null', { type: 'array', items: 'lsst.v11_2.diaSource' }] },
    { name: 'cutoutScience', type: ['null', 'bytes'] },
    { name: 'observation_reason', type: ['null', 'string'] },
  ],
};
const source = {
  diaSourceId: 5,
  visit: 7,
  diaObjectId: 3,
  midpointMjdTai: 61000.5,
  ra: 10,
  dec: -10,
  band: 'r',
  psfFlux: 100,
  psfFluxErr: 10,
};
const record = {
  diaSourceId: 5,
  target_name: 'field',
  diaSource: source,
  prvDiaSources: [{ ...source, diaSourceId: 4 }],
  cutoutScience: Buffer.from('SIMPLE  ='),
  observation_reason: 'x',
};

function datum(of: object = schema, value: Readonly<Record<string, unknown>> = record): Buffer {
  return avscType(of).toBuffer(sampleRecord(of as never, value));
}

function plain(bytes: Buffer): Buffer {
  return bytes;
}

function container(...records: readonly Buffer[]): Buffer {
  return writeContainer(schema, [records], 'null', plain);
}

function wire(id: number, bytes: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(id, 1);
  return Buffer.concat([head, bytes]);
}

describe('a container', () => {
  const decoder = new AvroPacketDecoder();

  test.each(['null', 'deflate'] as const)(
    'compressed with %s, of several blocks, empty ones among them, is read in order',
    (codec) => {
      const records = [1, 2, 3].map((diaSourceId) =>
        datum(schema, { ...record, diaSource: { ...source, diaSourceId } }),
      );
      const bytes = writeContainer(
        schema,
        [[], [records[0]!, records[1]!], [], [records[2]!]],
        codec,
        codec === 'null' ? plain : (each) => deflateRawSync(each),
      );
      expect(decoder.decode(bytes).map(({ alert }) => alert.point.alertId)).toEqual(['lsst:1', 'lsst:2', 'lsst:3']);
      expect(decoder.route(bytes)).toMatchObject({
        alertId: 'lsst:1',
        records: 3,
        ra: 10,
        dec: -10,
        object: { id: '3' },
      });
      const singles = decoder.unpack(bytes);
      expect(singles.map((each) => decoder.decode(each)[0]!.alert.point.alertId)).toEqual([
        'lsst:1',
        'lsst:2',
        'lsst:3',
      ]);
      const [cutout] = decoder.decode(singles[2]!)[0]!.cutouts;
      expect(Buffer.from(singles[2]!.subarray(cutout!.offset, cutout!.offset + cutout!.length)).toString()).toBe(
        'SIMPLE  =',
      );
      expect(decoder.decode(bytes)[1]!.cutouts.length).toBe(codec === 'null' ? 1 : 0);
    },
  );

  test('of one uncompressed record is its own kept form', () => {
    const bytes = container(datum());
    expect(decoder.unpack(bytes)[0]).toBe(bytes);
  });

  test('lying within a larger buffer is read at its own place', () => {
    const bytes = container(datum());
    const around = Buffer.concat([Buffer.alloc(13, 0xff), bytes, Buffer.alloc(7, 0xff)]);
    const inside = new Uint8Array(around.buffer, around.byteOffset + 13, bytes.length);
    const [packet] = decoder.decode(inside);
    expect(packet!.alert.point.alertId).toBe('lsst:5');
    const [{ offset, length } = { offset: 0, length: 0 }] = packet!.cutouts;
    expect(Buffer.from(inside.subarray(offset, offset + length)).toString()).toBe('SIMPLE  =');
    expect(decoder.properties(packet!.alert.body).get('lsst_target_name')).toBe('field');
  });

  test.each([
    ['PACKET_EMPTY', Buffer.alloc(0)],
    ['PACKET_EMPTY', container()],
    ['PACKET_TRUNCATED', Buffer.from('Obj')],
    ['PACKET_TRUNCATED', container(datum()).subarray(0, 300)],
    ['PACKET_TRUNCATED', container(datum()).subarray(0, -1)],
    ['PACKET_TRUNCATED', container(datum()).subarray(0, -40)],
    ['PACKET_NOT_AVRO', Buffer.from('<html>')],
    ['PACKET_NOT_AVRO', Buffer.from('Obj\u0002')],
    ['PACKET_NOT_AVRO', datum()],
    ['PACKET_CODEC_UNKNOWN', Buffer.from(container(datum()).toString('latin1').replace('\bnull', '\bzstd'), 'latin1')],
    ['PACKET_DAMAGED', writeContainer(schema, [[datum()]], 'snappy', plain)],
    ['PACKET_DAMAGED', writeContainer(schema, [[datum()]], 'deflate', plain)],
    ['PACKET_DAMAGED', writeContainer(schema, [[datum().subarray(0, -1)]], 'null', plain)],
    ['PACKET_DAMAGED', writeContainer(schema, [[Buffer.concat([datum(), Buffer.alloc(1)])]], 'null', plain)],
    [
      'PACKET_DAMAGED',
      Buffer.concat([Buffer.from('Obj\u0001'), long(1), text('avro.codec'), text('null'), long(0), Buffer.alloc(16)]),
    ],
    ['PACKET_DAMAGED', Buffer.concat([Buffer.from('Obj\u0001'), long(2n ** 50n)])],
    [
      'PACKET_SCHEMA_INVALID',
      writeContainer(
        { type: 'record', name: 'r', fields: [{ name: 'a', type: 'nothing' }] },
        [[long(1)]],
        'null',
        plain,
      ),
    ],
    ['PACKET_SURVEY_UNKNOWN', writeContainer({ type: 'array', items: 'int' }, [[long(0)]], 'null', plain)],
    [
      'PACKET_SURVEY_UNKNOWN',
      writeContainer({ type: 'record', name: 'r', fields: [{ name: 'a', type: 'int' }] }, [[long(1)]], 'null', plain),
    ],
  ])('%s: %#', (code, bytes) => {
    expect(code in PACKET_ERRORS).toBe(true);
    expect(() => decoder.decode(bytes)).toThrow(expect.objectContaining({ code }));
    // The head is remembered the second time, and so is what was wrong with it.
    expect(() => decoder.decode(bytes)).toThrow(expect.objectContaining({ code }));
  });

  test('with another sync marker at its end is damaged', () => {
    const bytes = container(datum());
    bytes[bytes.length - 1]! ^= 1;
    expect(() => decoder.decode(bytes)).toThrow(expect.objectContaining({ code: 'PACKET_DAMAGED' }));
  });

  test('beyond the cap, as it is or when it is decompressed, is too large', () => {
    const small = new AvroPacketDecoder({ maxPacketBytes: 5000 });
    expect(() => small.decode(Buffer.concat([container(datum()), Buffer.alloc(5000)]))).toThrow(
      expect.objectContaining({ code: 'PACKET_TOO_LARGE' }),
    );
    const bomb = datum(schema, { ...record, cutoutScience: Buffer.alloc(100_000) });
    expect(() => small.decode(writeContainer(schema, [[bomb]], 'deflate', (each) => deflateRawSync(each)))).toThrow(
      expect.objectContaining({ code: 'PACKET_TOO_LARGE' }),
    );
  });

  test('without the identifier of its alert is refused', () => {
    const nameless = {
      ...schema,
      fields: schema.fields
        .slice(1)
        .map((field) => (field.name === 'diaSource' ? { ...field, type: withoutNulls('diaSourceId') } : field)),
    };
    const bytes = writeContainer(
      nameless,
      [
        [
          avscType(nameless).toBuffer(
            sampleRecord(nameless as never, {
              ...record,
              diaSource: { ...source, diaSourceId: null },
              prvDiaSources: null,
            }),
          ),
        ],
      ],
      'null',
      plain,
    );
    expect(() => decoder.decode(bytes)).toThrow(expect.objectContaining({ code: 'PACKET_ID_MISSING' }));
  });

  function withoutNulls(nullable: string): object {
    const type = row('diaSource', true) as { fields: { name: string; type: unknown }[] };
    return {
      ...type,
      fields: type.fields.map((field) => (field.name === nullable ? { ...field, type: ['null', field.type] } : field)),
    };
  }

  test('read as a survey by name needs no name of its own, and a survey that there is not is a mistake of the caller', () => {
    const foreign = JSON.parse(JSON.stringify(schema).replaceAll('lsst.v11_2', 'mirror.v1_0')) as object;
    const bytes = writeContainer(foreign, [[datum(foreign)]], 'null', plain);
    expect(() => decoder.decode(bytes)).toThrow(expect.objectContaining({ code: 'PACKET_SURVEY_UNKNOWN' }));
    const [packet] = decoder.decode(bytes, { survey: 'lsst' });
    expect(packet).toMatchObject({ survey: 'lsst', alert: { point: { alertId: 'lsst:5' } } });
    expect(decoder.route(bytes, { survey: 'lsst' }).alertId).toBe('lsst:5');
    expect(() => decoder.decode(bytes, { survey: 'sdss' })).toThrow(TypeError);
    // Kept bodies know their survey, whatever their schema is called.
    const later = new AvroPacketDecoder();
    later.addSchemas(decoder.newSchemas());
    expect(later.properties(packet!.alert.body)).toEqual(decoder.properties(packet!.alert.body, packet!.alert.point));
  });
});

describe('a kept body', () => {
  test('is read by another process with nothing but the kept schemas, to the same properties and values', () => {
    const decoder = new AvroPacketDecoder();
    const [packet] = decoder.decode(container(datum()));
    const rows = packet!.history(() => false);
    const kept = decoder.newSchemas();
    expect([...kept.keys()]).toEqual([packet!.schemaId]);
    expect(packet!.schemaId).toMatch(/^[0-9a-f]{16}$/);

    const later = new AvroPacketDecoder();
    expect(() => later.properties(packet!.alert.body)).toThrow(
      expect.objectContaining({ code: 'PACKET_SCHEMA_UNKNOWN' }),
    );
    later.addSchemas(new Map(JSON.parse(JSON.stringify([...kept])) as [string, string][]));
    expect([...later.properties(packet!.alert.body)]).toEqual([
      ...decoder.properties(packet!.alert.body, packet!.alert.point),
    ]);
    expect({ ...later.values(rows[0]!.body), alertId: 'lsst:4' }).toEqual(rows[0]!.point);
    // The body holds neither history nor images.
    expect(packet!.alert.body.bytes.length).toBeLessThan(datum().length / 2);
    expect([...later.properties(packet!.alert.body).keys()]).toContain('lsst_observation_reason');
    // A stream with the same schema brings nothing new.
    later.decode(container(datum()));
    expect(later.newSchemas().size).toBe(0);
    // Until it is kept, a schema is offered again: the first attempt at keeping it may fail.
    expect([...decoder.newSchemas()]).toEqual([...kept]);
    decoder.markKept(kept);
    expect(decoder.newSchemas().size).toBe(0);
  });

  test('that does not fit its schema is damaged', () => {
    const decoder = new AvroPacketDecoder();
    const { body } = decoder.decode(container(datum()))[0]!.alert;
    for (const bytes of [body.bytes.subarray(0, -3), Buffer.concat([body.bytes, Buffer.alloc(1)])]) {
      expect(() => decoder.properties({ ...body, bytes })).toThrow(expect.objectContaining({ code: 'PACKET_DAMAGED' }));
    }
  });

  test('has the same content in another encoding: widened, unions the other way round, a field less, an unknown one more', () => {
    const other = {
      ...schema,
      name: 'topLevelRecord',
      namespace: '',
      fields: [
        { name: 'diaSource', type: [wide(row('diaSource', true)), 'null'] },
        { name: 'brokerIngestMjd', type: ['double', 'null'] },
        { name: 'target_name', type: ['string', 'null'] },
        { name: 'prvDiaSources', type: 'null' },
      ],
    };
    const flux = Math.fround(0.1);
    const decoder = new AvroPacketDecoder();
    const bodyOf = (of: object, value: object) => {
      const bytes = writeContainer(
        of,
        [[avscType(of).toBuffer(sampleRecord(of as never, value as Record<string, unknown>))]],
        'null',
        plain,
      );
      return decoder.decode(bytes)[0]!.alert.body;
    };
    const a = bodyOf(schema, { ...record, diaSource: { ...source, psfFlux: flux } });
    const same = bodyOf(other, {
      diaSource: { ...source, psfFlux: flux },
      brokerIngestMjd: 61001,
      target_name: 'field',
    });
    const rounded = bodyOf(other, { diaSource: { ...source, psfFlux: 0.1 }, target_name: 'field' });
    const different = bodyOf(other, { diaSource: { ...source, psfFlux: 0.2 }, target_name: 'field' });
    const missing = bodyOf(other, { diaSource: { ...source, psfFlux: null }, target_name: 'field' });
    const moved = bodyOf(other, {
      diaSource: { ...source, psfFlux: flux, midpointMjdTai: 61000.50001 },
      target_name: 'field',
    });
    expect(decoder.sameContent(a, a)).toBe(true);
    for (const equal of [same, rounded]) {
      expect(decoder.sameContent(a, equal)).toBe(true);
      expect(decoder.sameContent(equal, a)).toBe(true);
    }
    for (const unequal of [different, missing, moved]) {
      expect(decoder.sameContent(a, unequal)).toBe(false);
      expect(decoder.sameContent(unequal, a)).toBe(false);
    }
  });

  function wide(type: object): object {
    return JSON.parse(
      JSON.stringify(type)
        .replaceAll('"float"', '"double"')
        .replaceAll('"int"', '"long"')
        .replaceAll(/\["null",("[a-z]+")\]/g, '[$1,"null"]'),
    ) as object;
  }
});

describe('the next minor version of a schema', () => {
  /** Version 11.2: fields added, made plain, widened, reordered, dropped where they are optional. */
  const next = {
    ...schema,
    fields: [
      { name: 'issueTime', type: 'double' },
      { name: 'diaSourceId', type: ['null', 'long'] },
      {
        name: 'diaSource',
        type: {
          ...row('diaSource', false),
          fields: [
            {
              name: 'quality',
              type: [
                'null',
                {
                  type: 'record',
                  name: 'quality',
                  fields: [
                    { name: 'score', type: 'float' },
                    { name: 'flags', type: { type: 'array', items: 'int' } },
                  ],
                },
              ],
            },
            ...(row('diaSource', false) as { fields: { name: string; type: unknown }[] }).fields
              .filter(({ name }) => name !== 'ssObjectId')
              .map(
                (field) =>
                  ({ psfNdata: { name: 'psfNdata', type: 'long' }, ra: { name: 'ra', type: ['null', 'double'] } })[
                    field.name
                  ] ?? field,
              ),
            { name: 'grade', type: { type: 'enum', name: 'grade', symbols: ['A', 'B'] } },
          ],
        },
      },
      { name: 'prvDiaSources', type: { type: 'array', items: 'lsst.v11_2.diaSource' } },
      {
        name: 'prvDiaSomething',
        type: [
          'null',
          { type: 'array', items: { type: 'record', name: 'something', fields: [{ name: 'x', type: 'int' }] } },
        ],
      },
      { name: 'cutoutVariance', type: ['null', 'bytes'] },
      { name: 'cutoutScience', type: 'bytes' },
      { name: 'note', type: { type: 'map', values: 'string' } },
    ],
  };
  const extra = { quality: { score: 0.5, flags: [1, 2] }, grade: 'B', psfNdata: 2n ** 40n };
  const value = {
    issueTime: 61000.6,
    diaSourceId: 5,
    diaSource: { ...source, ...extra },
    prvDiaSources: [{ ...source, ...extra, diaSourceId: 4 }],
    prvDiaSomething: [{ x: 1 }, { x: 2 }],
    cutoutVariance: Buffer.from('vvv'),
    cutoutScience: Buffer.from('SIMPLE  ='),
    note: { a: 'b' },
  };

  test('is read without a change here, and what is new in it is carried through', () => {
    const decoder = new AvroPacketDecoder();
    const bytes = writeContainer(next, [[datum(next, value)]], 'null', plain);
    const [packet] = decoder.decode(bytes);
    expect(packet).toMatchObject({ schemaVersion: '11.2', object: { id: '3' } });
    expect(packet!.alert.point).toMatchObject({ alertId: 'lsst:5', ra: 10, flux: 100, passband: 'r', mag: 26.4 });
    const properties = decoder.properties(packet!.alert.body, packet!.alert.point);
    expect(Object.fromEntries(properties)).toMatchObject({
      lsst_issueTime: 61000.6,
      lsst_diaSource_quality_score: 0.5,
      lsst_diaSource_quality_flags: '[1,2]',
      lsst_diaSource_grade: 'B',
      lsst_diaSource_psfNdata: 2n ** 40n,
      lsst_note: '{"a":"b"}',
    });
    // A new history is left to the packet itself: it would be repeated with every alert.
    expect([...properties.keys()].some((name) => name.includes('Something'))).toBe(false);
    expect(packet!.cutouts.map(({ name, length }) => [name, length])).toEqual([
      ['variance', 3],
      ['science', 9],
    ]);
    expect(packet!.history(() => false).map(({ point }) => point.alertId)).toEqual(['lsst:4']);
    expect(decoder.route(bytes)).toMatchObject({ alertId: 'lsst:5', ra: 10, dec: -10 });
  });
});

describe('a message of a schema registry', () => {
  const text = JSON.stringify(schema);
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  async function registry(
    answer: (path: string) => { status?: number; body: string; delayMs?: number },
  ): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.url} ${request.headers.authorization ?? ''}`.trim());
      const { status = 200, body, delayMs = 0 } = answer(request.url ?? '');
      setTimeout(() => response.writeHead(status).end(body), delayMs);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
  }

  test('is read with the schema of its id, asked for once under the path prefix', async () => {
    const { url, asked } = await registry(() => ({ body: JSON.stringify({ schema: text }) }));
    const decoder = new AvroPacketDecoder({ schemaSource: new RegistrySchemaSource({ url: `${url}/registry/` }) });
    const bytes = wire(1102, datum());
    expect(decoder.needsSchema(bytes)).toBe(true);
    expect(() => decoder.decode(bytes)).toThrow(expect.objectContaining({ code: 'PACKET_SCHEMA_UNKNOWN' }));
    await Promise.all([decoder.ensureSchema(bytes), decoder.ensureSchema(bytes)]);
    await decoder.ensureSchema(bytes);
    expect(asked).toEqual(['/registry/schemas/ids/1102']);
    expect(decoder.needsSchema(bytes)).toBe(false);
    expect(decoder.decode(bytes)[0]!.alert.point.alertId).toBe('lsst:5');
    expect(decoder.route(bytes)).toMatchObject({ alertId: 'lsst:5', records: 1 });
    expect(decoder.unpack(bytes)).toEqual([bytes]);
  });

  test('shows credentials of its registry to the registry only', async () => {
    const { url, asked } = await registry(() => ({ status: 500, body: '' }));
    const secret = new RegistrySchemaSource({ url: url.replace('http://', 'http://user:geheim@') });
    expect(secret.name).not.toContain('geheim');
    await expect(secret.find(1)).rejects.toSatisfy(
      (error: Error) => !error.message.includes('geheim') && error.message.includes('500'),
    );
    expect(asked).toEqual([`/schemas/ids/1 Basic ${Buffer.from('user:geheim').toString('base64')}`]);
  });

  test.each([
    ['an error', { status: 503, body: '' }],
    ['no JSON', { body: '<html>' }],
    ['another document', { body: '{"id":1}' }],
    ['another kind of schema', { body: JSON.stringify({ schema: 'syntax = "proto3";', schemaType: 'PROTOBUF' }) }],
    [
      'a schema in pieces',
      { body: JSON.stringify({ schema: text, references: [{ name: 'a', subject: 'b', version: 1 }] }) },
    ],
    ['megabytes', { body: 'x'.repeat(5_000_000) }],
    ['nothing in time', { body: '{}', delayMs: 400 }],
  ])('whose registry answers with %s waits for a better answer', async (_title, answer) => {
    let isBroken = true;
    const { url } = await registry(() => (isBroken ? answer : { body: JSON.stringify({ schema: text }) }));
    const decoder = new AvroPacketDecoder({ schemaSource: new RegistrySchemaSource({ url, timeoutMs: 150 }) });
    const bytes = wire(7, datum());
    expect('SCHEMA_REGISTRY_UNREACHABLE' in SCHEMA_SOURCE_ERRORS).toBe(true);
    await expect(decoder.ensureSchema(bytes)).rejects.toMatchObject({ code: 'SCHEMA_REGISTRY_UNREACHABLE' });
    isBroken = false;
    await decoder.ensureSchema(bytes);
    expect(decoder.decode(bytes).length).toBe(1);
  });

  test('of an id that nobody knows is refused, and not asked for with every packet', async () => {
    const { url, asked } = await registry(() => ({ status: 404, body: '{"error_code":40403}' }));
    const decoder = new AvroPacketDecoder({ schemaSource: new RegistrySchemaSource({ url }) });
    const bytes = wire(4711, datum());
    for (let i = 0; i < 5; i += 1) {
      await decoder.ensureSchema(bytes);
      expect(() => decoder.decode(bytes)).toThrow(/4711/);
    }
    expect(asked.length).toBe(1);
  });

  test.each([
    ['PACKET_TRUNCATED', Buffer.from([0, 0, 0])],
    ['PACKET_TRUNCATED', wire(1, datum().subarray(0, 20))],
    ['PACKET_TRUNCATED', wire(1, Buffer.alloc(0))],
    ['PACKET_DAMAGED', wire(1, Buffer.concat([datum(), Buffer.from([1])]))],
    ['PACKET_SCHEMA_UNKNOWN', wire(2, datum())],
  ])('%s: %#', async (code, bytes) => {
    const one: SchemaSource = { name: 'test', find: async (id) => (id === 1 ? text : undefined) };
    const decoder = new AvroPacketDecoder({ schemaSource: one });
    await decoder.ensureSchema(bytes);
    expect(() => decoder.decode(bytes)).toThrow(expect.objectContaining({ code }));
  });

  test('without any source says that none is configured', async () => {
    const decoder = new AvroPacketDecoder();
    const bytes = wire(1, datum());
    await decoder.ensureSchema(bytes);
    expect(() => decoder.decode(bytes)).toThrow(/no schema folder or registry/);
  });
});

describe('a folder of schemas', () => {
  test('that is not there, or holds files that are none, is said to be unreadable', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'schemas-'));
    await expect(new FolderSchemaSource(join(folder, 'absent')).find(701)).rejects.toMatchObject({
      code: 'SCHEMA_FOLDER_UNREADABLE',
    });
    expect(await new FolderSchemaSource(folder).find(701)).toBeUndefined();
    const { mkdirSync } = await import('node:fs');
    mkdirSync(join(folder, '7', '1'), { recursive: true });
    writeFileSync(join(folder, '7', '1', 'lsst.v7_1.alert.avsc'), '{');
    await expect(new FolderSchemaSource(folder).find(701)).rejects.toMatchObject({ code: 'SCHEMA_FOLDER_UNREADABLE' });
  });
});

describeWithSharedData('many schemas', () => {
  test('in one stream are told apart by the bytes of their heads', async () => {
    const decoder = new AvroPacketDecoder();
    const fresh = async (bytes: Buffer): Promise<string> =>
      new AvroPacketDecoder().decode(bytes)[0]!.alert.point.alertId;
    const packets = [
      ...(await realPackets('ztf/ztf_public_20231018.tar.gz', 40)),
      ...(await realPackets('ztf/by_object/ZTF17aaaedmd.tar.gz')),
    ];
    for (const { bytes } of [...packets, ...packets.reverse()])
      expect(decoder.decode(bytes)[0]!.alert.point.alertId).toBe(await fresh(bytes));
  });

  test('more than surveys have, one in each packet, do not fill the memory', () => {
    const decoder = new AvroPacketDecoder();
    let refused = 0;
    for (let i = 0; i < 1100; i += 1) {
      const odd = { ...schema, fields: [...schema.fields, { name: `odd${i}`, type: 'null' }] };
      const bytes = writeContainer(odd, [[datum()]], 'null', plain);
      try {
        decoder.decode(bytes);
      } catch (error) {
        expect(error).toMatchObject({ code: 'PACKET_SCHEMA_LIMIT' });
        refused += 1;
      }
    }
    expect(refused).toBe(1100 - 1024);
    expect(sharedPath('')).not.toBe('');
  });
});
