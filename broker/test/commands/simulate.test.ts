import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { registerSimulate } from '../../src/commands/simulate.ts';
import { AntaresError } from '../../src/model/errors.ts';
import { FolderSchemaSource } from '../../src/surveys/folder-schema-source.ts';
import { AvroPacketDecoder } from '../../src/surveys/packet-decoder.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const folders: { dispose: () => Promise<void> }[] = [];

beforeEach(() => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});

afterEach(async () => {
  vi.restoreAllMocks();
  for (const folder of folders.splice(0)) await folder.dispose();
});

async function newFolder(): Promise<string> {
  const folder = await temporaryFolder();
  folders.push(folder);
  return join(folder.path, 'night');
}

async function simulate(...args: string[]): Promise<void> {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  registerSimulate(program);
  for (const command of program.commands) command.exitOverride().configureOutput({ writeErr: () => undefined });
  await program.parseAsync(['simulate', ...args], { from: 'user' });
}

/** Members of a tar archive, read by the letter of POSIX ustar. */
function readTar(bytes: Buffer): Map<string, Buffer> {
  const members = new Map<string, Buffer>();
  for (let at = 0; bytes[at] !== 0; ) {
    const header = bytes.subarray(at, at + 512);
    const field = (from: number, length: number): string =>
      header
        .toString('latin1', from, from + length)
        .split('\0')[0]!
        .trim();
    expect(field(257, 6)).toBe('ustar');
    let sum = 0;
    for (let i = 0; i < 512; i += 1) sum += i >= 148 && i < 156 ? 32 : header[i]!;
    expect(Number.parseInt(field(148, 8), 8)).toBe(sum);
    const size = Number.parseInt(field(124, 12), 8);
    expect(members.has(field(0, 100))).toBe(false);
    members.set(field(0, 100), bytes.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  expect(bytes.length % 512).toBe(0);
  return members;
}

interface TruthLine {
  readonly record: 'source' | 'fault';
  readonly fault?: string;
  readonly file?: string;
  readonly expected_outcome?: string;
  readonly expected_reason?: string;
  readonly alert_ids?: readonly string[];
}

function readTruth(out: string): TruthLine[] {
  const text = readFileSync(join(out, 'truth.ndjson'), 'utf8').trimEnd();
  return text.split('\n').map((line) => JSON.parse(line) as TruthLine);
}

describe('antares simulate', () => {
  it('writes an archive a night as ZTF does, and the truth of every alert', async () => {
    const out = await newFolder();
    await simulate('--out', out, '--alerts', '60', '--nights', '2', '--seed', 'cli');
    expect(readdirSync(out).sort()).toEqual([
      'truth.ndjson',
      'ztf_public_20260901.tar.gz',
      'ztf_public_20260902.tar.gz',
    ]);
    const decoder = new AvroPacketDecoder();
    const ids: string[] = [];
    for (const night of ['20260901', '20260902']) {
      const members = readTar(gunzipSync(readFileSync(join(out, `ztf_public_${night}.tar.gz`))));
      for (const [name, bytes] of members) {
        const [packet] = decoder.decode(bytes);
        expect(`ztf_candidate:${name.replace('.avro', '')}`).toBe(packet!.alert.point.alertId);
        expect(packet!.night.replaceAll('-', '')).toBe(night);
        ids.push(packet!.alert.point.alertId);
      }
    }
    expect(ids.length).toBe(60);
    expect(
      readTruth(out)
        .flatMap((line) => line.alert_ids ?? [])
        .toSorted(),
    ).toEqual(ids.toSorted());
  });

  it('the same command writes the same bytes', async () => {
    const [one, other] = [await newFolder(), await newFolder()];
    for (const out of [one, other])
      await simulate('--out', out, '--alerts', '25', '--survey', 'both', '--format', 'tar');
    const names = readdirSync(one).sort();
    expect(names).toEqual(['lsst_public_20260901.tar', 'truth.ndjson', 'ztf_public_20260901.tar']);
    for (const name of names)
      expect(Buffer.compare(readFileSync(join(one, name)), readFileSync(join(other, name)))).toBe(0);
  });

  it('wire messages are read with the schema folder beside them', async () => {
    const out = await newFolder();
    await simulate(
      '--out',
      out,
      '--survey',
      'lsst',
      '--wire',
      '--format',
      'files',
      '--alerts',
      '12',
      '--lsst-version',
      '11.0',
    );
    const folder = join(out, 'lsst_public_20260901');
    const decoder = new AvroPacketDecoder({ schemaSource: new FolderSchemaSource(join(out, 'schemas')) });
    const files = readdirSync(folder);
    expect(files.length).toBe(12);
    for (const file of files) {
      expect(file).toMatch(/^\d+\.bin$/);
      const bytes = readFileSync(join(folder, file));
      await decoder.ensureSchema(bytes);
      expect(decoder.decode(bytes)[0]!.alert.point.alertId).toBe(`lsst:${file.replace('.bin', '')}`);
    }
    expect(existsSync(join(out, 'schemas/11/0/lsst.v11_0.alert.avsc'))).toBe(true);
  });

  it('faults are in the truth, with file and expected outcome', async () => {
    const out = await newFolder();
    await simulate(
      '--out',
      out,
      '--alerts',
      '150',
      '--faults',
      'all',
      '--fault-share',
      '0.04',
      '--cutouts',
      'none',
      '--format',
      'files',
    );
    const faults = readTruth(out).filter((line) => line.record === 'fault');
    expect(new Set(faults.map(({ fault }) => fault)).size).toBeGreaterThan(6);
    for (const { file, fault, expected_outcome: outcome, expected_reason: reason } of faults) {
      expect(existsSync(join(out, file!))).toBe(true);
      expect(outcome === 'rejected').toBe(reason !== undefined);
      if (outcome !== 'stored') expect(file).toContain(`_${fault}.avro`);
    }
    expect(readTruth(out).flatMap((line) => line.alert_ids ?? []).length).toBe(150);
  });

  it('catalogues come with the commands that load them', async () => {
    const out = await newFolder();
    await simulate('--out', out, '--sources', '200', '--cutouts', 'none', '--catalogs');
    const commands = readFileSync(join(out, 'load-catalogs.txt'), 'utf8').trimEnd().split('\n');
    expect(commands.length).toBe(10);
    for (const command of commands) {
      const [, kind, load, name, file, ...rest] = command.split(' ');
      expect([kind, load]).toEqual([name === 'simulated_favourites' ? 'watch-list' : 'catalog', 'load']);
      const header = readFileSync(join(out, file!), 'utf8').split('\n')[0]!.split(',');
      for (let n = 0; n < rest.length; n += 2) expect(header).toContain(rest[n + 1]);
    }
  });

  it.each([
    ['both counts', ['--alerts', '5', '--sources', '5'], 'USAGE_OPTIONS_CONFLICT'],
    ['wire messages of ZTF', ['--wire'], 'USAGE_OPTIONS_CONFLICT'],
    ['an unknown fault', ['--faults', 'gremlins'], 'commander.invalidArgument'],
    ['no date', ['--start', 'yesterday'], 'commander.invalidArgument'],
    ['a share beyond all packets', ['--fault-share', '0.9'], 'commander.invalidArgument'],
  ])('refuses %s', async (_what, args, code) => {
    await expect(simulate('--out', await newFolder(), ...args)).rejects.toMatchObject({ code });
  });

  it('refuses a folder that holds something', async () => {
    const out = await newFolder();
    await simulate('--out', out, '--alerts', '2', '--cutouts', 'none');
    await expect(simulate('--out', out, '--alerts', '2')).rejects.toMatchObject({ code: 'USAGE_FOLDER_NOT_EMPTY' });
  });

  it('says so when it cannot write', async () => {
    const out = await newFolder();
    await simulate('--out', out, '--alerts', '2', '--cutouts', 'none');
    const error = await simulate('--out', join(out, 'truth.ndjson', 'below'), '--alerts', '2').catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AntaresError);
    expect(error).toMatchObject({ code: 'SIMULATION_FOLDER_UNWRITABLE' });
  });
});
