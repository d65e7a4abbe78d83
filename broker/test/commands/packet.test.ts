import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { registerPacket } from '../../src/commands/packet.ts';
import { describeWithSharedData, sharedPath } from '../shared-data.ts';
import { realPacket, realPackets } from '../surveys/real-packets.ts';

describeWithSharedData('antares packet', () => {
  let out = '';
  let errors = '';
  beforeEach(() => {
    out = '';
    errors = '';
    process.exitCode = 0;
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      out += String(text);
      return true;
    });
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      errors += String(text);
      return true;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = 0;
  });

  async function run(...words: string[]): Promise<void> {
    const program = new Command('antares').exitOverride();
    registerPacket(program);
    await program.parseAsync(['packet', ...words], { from: 'user' });
  }

  async function fileOf(path: string, name: string): Promise<string> {
    const file = join(mkdtempSync(join(tmpdir(), 'packet-')), name);
    writeFileSync(file, await realPacket(path, name));
    return file;
  }

  test('prints alert, history with ids and kinds, and images with their sizes, as one JSON object', async () => {
    const [{ name } = { name: '' }] = await realPackets('ztf/ztf_public_20240715.tar.gz', 1);
    const file = await fileOf('ztf/ztf_public_20240715.tar.gz', name.split('/').at(-1)!);
    await run('--json', file);
    const packet = JSON.parse(out) as Record<string, never> & {
      history: { kind: string; alert_id: string }[];
      cutouts: { name: string; bytes: number; format: string }[];
    };
    expect(packet).toMatchObject({
      file,
      survey: 'ztf',
      schema_version: '4.02',
      kind: 'candidate',
      night: '2024-07-15',
    });
    expect(packet['alert_id']).toBe(`ztf_candidate:${name.split('/').at(-1)!.replace('.avro', '')}`);
    expect(packet['properties']).toMatchObject({ ztf_candid: name.split('/').at(-1)!.replace('.avro', '') });
    expect(packet.history.length).toBeGreaterThan(5);
    for (const row of packet.history)
      expect(
        row.alert_id.startsWith(
          row.kind === 'history' ? 'ztf_candidate:' : row.kind === 'forced' ? 'ztf_forced:' : 'ztf_upper_limit:',
        ),
      ).toBe(true);
    expect(packet.cutouts.map((cutout) => [cutout.name, cutout.format])).toEqual([
      ['science', 'fits.gz'],
      ['template', 'fits.gz'],
      ['difference', 'fits.gz'],
    ]);
    expect(out).not.toMatch(/NaN|:null/);
    expect(process.exitCode).toBe(0);
  });

  test('prints the same for people', async () => {
    const [{ name } = { name: '' }] = await realPackets('ztf/ztf_public_20171214.tar.gz', 1);
    await run(await fileOf('ztf/ztf_public_20171214.tar.gz', name.split('/').at(-1)!));
    expect(out).toMatch(/survey {4}ztf, schema version 1\.3/);
    expect(out).toMatch(/cut-out {3}science +\d+ bytes {2}jpeg/);
    expect(out).toMatch(/history {3}\d+ rows: /);
    expect(out).not.toMatch(/NaN/);
  });

  test('reads registry messages with a schema folder, and says what is missing without one', async () => {
    const file = sharedPath('data/alerts/lsst/wire/lsst_v9_0_7912941781254298.bin');
    await run('--json', '--schemas', sharedPath('data/schemas/lsst'), file);
    expect(JSON.parse(out)).toMatchObject({ survey: 'lsst', schema_version: '9.0', alert_id: 'lsst:7912941781254298' });
    out = '';
    await run('--json', file);
    expect(out).toBe('');
    expect(errors).toMatch(/PACKET_SCHEMA_UNKNOWN/);
    expect(process.exitCode).toBe(1);
  });

  test('reads on after a file that cannot be read, with the reason on standard error and exit code 1', async () => {
    const good = sharedPath('data/alerts/lsst/single/ampel_schema_701.avro');
    const bad = sharedPath('data/alerts/malformed/not_avro_error_page_1217406343915015013.avro');
    await run('--json', bad, '/nowhere/at/all.avro', good);
    expect(out.trim().split('\n').length).toBe(10);
    expect(errors).toMatch(/PACKET_NOT_AVRO/);
    expect(errors).toMatch(/all\.avro: INPUT_UNREADABLE/);
    expect(process.exitCode).toBe(1);
  });

  test('shows a packet that the broker would refuse for its time, and says so', async () => {
    await run('--json', sharedPath('data/alerts/lsst/official_samples/fakeAlert_v7_1.avro'));
    expect(JSON.parse(out)).toMatchObject({ survey: 'lsst', schema_version: '7.1' });
    expect(errors).toMatch(/would refuse.*PACKET_TIME_INVALID/);
  });

  test('finds the images of a compressed packet', async () => {
    await run('--json', sharedPath('data/alerts/malformed/no_toplevel_candid_000010510007802576.avro'));
    expect((JSON.parse(out) as { cutouts: object[] }).cutouts.length).toBe(3);
  });
});
