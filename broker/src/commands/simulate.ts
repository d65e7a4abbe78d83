import { createWriteStream } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { AntaresError, errorCode } from '../model/errors.ts';
import { mjdOfUnixMs } from '../model/time.ts';
import { catalogsOf, type SimulatedCatalog } from '../simulator/catalogs.ts';
import { type DeliveredPacket, FAULT_KINDS, type FaultKind, withFaults } from '../simulator/faults.ts';
import { type FolderFormat, PacketFolder } from '../simulator/packet-folder.ts';
import { recordsWithin, schemaFileText } from '../simulator/schemas/avro-schema.ts';
import { type LsstSchemaVersion, lsstSchema } from '../simulator/schemas/lsst-schema.ts';
import { DEFAULT_START_NIGHT, Simulator } from '../simulator/simulator.ts';
import { SOURCE_KINDS } from '../simulator/sky/source.ts';
import type { CutoutMode } from '../simulator/survey/stamps.ts';
import { TruthBook } from '../simulator/truth.ts';
import { interruption, oneOf, wholeNumber } from './common-options.ts';
import { ProgressLine, writeError, writeLine } from './output.ts';

interface SimulateOptions {
  readonly survey: 'ztf' | 'lsst' | 'both';
  readonly nights: number;
  readonly start: number;
  readonly alerts?: number;
  readonly sources?: number;
  readonly area?: number;
  readonly seed: string;
  readonly out: string;
  readonly format: FolderFormat;
  readonly wire?: boolean;
  readonly lsstVersion: LsstSchemaVersion;
  readonly cutouts: CutoutMode;
  readonly faults?: readonly FaultKind[];
  readonly faultShare: number;
  readonly catalogs?: boolean;
  readonly json?: boolean;
}

/** `antares simulate`: a seeded sky, observed and written as genuine survey packets, with the truth beside them. */
export function registerSimulate(program: Command): void {
  program
    .command('simulate')
    .description('write the alerts of a simulated sky as genuine survey packets, with the truth beside them')
    .option('--survey <name>', 'ztf, lsst or both (one sky, seen twice)', oneOf('ztf', 'lsst', 'both'), 'ztf')
    .option('--nights <n>', 'number of nights', wholeNumber(1, 3650), 1)
    .option('--start <date>', 'first night, YYYY-MM-DD', nightOf, DEFAULT_START_NIGHT)
    .option(
      '--alerts <n>',
      'alerts in all, exactly; the sky gets the sources that it takes',
      wholeNumber(1, 100_000_000),
    )
    .option('--sources <n>', 'sources of the sky, instead of --alerts (default 2000)', wholeNumber(1, 100_000_000))
    .option(
      '--area <deg2>',
      'area of the sky in square degrees (default 20, more for many alerts)',
      wholeNumber(1, 40_000),
    )
    .option('--seed <text>', 'seed: the same seed and options give the same bytes', '1')
    .requiredOption('--out <dir>', 'folder to write into; made if need be, else it must be empty')
    .option(
      '--format <name>',
      'files, tar or tar.gz: one folder or archive a night',
      oneOf('files', 'tar', 'tar.gz'),
      'tar.gz',
    )
    .option('--wire', 'LSST as Confluent wire messages, with a folder of their schemas')
    .option('--lsst-version <version>', 'LSST schema, 11.0 or 11.1', oneOf('11.0', '11.1'), '11.1')
    .option(
      '--cutouts <mode>',
      'pool: stamps shared by like alerts; each: stamps of their own, slower; none',
      oneOf('pool', 'each', 'none'),
      'pool',
    )
    .option('--faults <list>', `all, or some of: ${FAULT_KINDS.join(', ')}`, faultKinds)
    .option('--fault-share <share>', 'share of the packets that each kind of fault befalls', share, 0.01)
    .option('--catalogs', 'write catalogues and a watch list that go with the sky')
    .option('--json', 'print what was written as one JSON object')
    .addHelpText(
      'after',
      `
truth.ndjson says what each source is, which alerts are of it, and what a broker should book for each packet with a fault.
Kinds of sources: ${SOURCE_KINDS.filter((kind) => kind !== 'steady').join(', ')}.

Example:
  antares simulate --survey both --nights 3 --alerts 5000 --seed 42 --catalogs --out ./night
  antares ingest ./night`,
    )
    .action(async (options: SimulateOptions) => {
      try {
        await simulate(options);
      } catch (error) {
        if (error instanceof AntaresError || !/^E[A-Z]+$/.test(errorCode(error))) throw error;
        throw new AntaresError('SIMULATION_FOLDER_UNWRITABLE', `cannot write into ${options.out}`, { cause: error });
      }
    });
}

/** What was written, as `--json` prints it. */
interface Summary {
  readonly packets: number;
  readonly alerts: number;
  readonly faults: number;
  readonly sources: number;
  readonly detected_sources: number;
  readonly bytes: number;
  readonly seconds: number;
}

async function simulate(options: SimulateOptions): Promise<void> {
  const { out, seed } = options;
  if (options.alerts !== undefined && options.sources !== undefined) {
    throw new AntaresError('USAGE_OPTIONS_CONFLICT', 'give --alerts or --sources, not both');
  }
  if (options.wire === true && options.survey === 'ztf') {
    throw new AntaresError('USAGE_OPTIONS_CONFLICT', '--wire is for LSST; ZTF sends containers');
  }
  await makeEmptyFolder(out);
  const started = performance.now();
  const progress = new ProgressLine();
  const signal = interruption();
  progress.show(() => 'making the sky');
  const simulator = new Simulator({
    seed,
    surveys: options.survey === 'both' ? ['ztf', 'lsst'] : [options.survey],
    startNight: options.start,
    nights: options.nights,
    spanDays: Math.max(60, options.nights),
    cutouts: options.cutouts,
    lsstVersion: options.lsstVersion,
    format: options.wire === true ? 'wire' : 'container',
    ...(options.area === undefined ? {} : { areaDeg2: options.area }),
    ...(options.alerts === undefined ? {} : { alerts: options.alerts }),
    ...(options.sources === undefined ? {} : { sources: options.sources }),
  });
  const truth = new TruthBook();
  const folder = new PacketFolder(out, options.format);
  let packets = 0;
  let faults = 0;
  let bytes = 0;
  for (const packet of deliveries(simulator, options)) {
    if (signal.aborted) break;
    truth.addDelivered(packet, await folder.add(packet));
    packets += 1;
    bytes += packet.bytes.length;
    if (packet.fault !== undefined) faults += 1;
    progress.show(() => `${packet.night}  ${packets} packets  ${Math.round(bytes / 1e6)} MB`);
  }
  await folder.close();
  await writeText(join(out, 'truth.ndjson'), truth.lines(simulator.sources));
  if (options.wire === true) await writeSchemas(join(out, 'schemas'), options.lsstVersion);
  if (options.catalogs === true) await writeCatalogs(out, catalogsOf(seed, simulator.context, simulator.sources));
  progress.clear();
  const summary: Summary = {
    packets,
    alerts: truth.alerts,
    faults,
    sources: simulator.sources.length,
    detected_sources: truth.detectedSources,
    bytes,
    seconds: Math.round(performance.now() - started) / 1000,
  };
  if (options.json === true) await writeLine(JSON.stringify(summary));
  else {
    writeError(
      `${out}: ${packets} packets (${Math.round(bytes / 1e6)} MB), ${truth.alerts} alerts of ${truth.detectedSources} ` +
        `among ${summary.sources} sources, ${faults} faults, ${summary.seconds} s`,
    );
  }
}

function* deliveries(simulator: Simulator, { faults, faultShare, seed }: SimulateOptions): Generator<DeliveredPacket> {
  if (faults === undefined) for (const packet of simulator.packets()) yield { ...packet, fault: undefined };
  else yield* withFaults(simulator.packets(), { seed, kinds: faults, share: faultShare });
}

async function makeEmptyFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  const names = await readdir(path);
  if (names.length > 0) {
    throw new AntaresError(
      'USAGE_FOLDER_NOT_EMPTY',
      `${path} holds ${names.length} files; name a folder that is new or empty`,
    );
  }
}

/** The schemas of wire messages, laid out `<major>/<minor>/<full name>.avsc`. */
async function writeSchemas(folder: string, version: LsstSchemaVersion): Promise<void> {
  const target = join(folder, ...version.split('.'));
  await mkdir(target, { recursive: true });
  for (const record of recordsWithin(lsstSchema(version).alert)) {
    await writeFile(join(target, `${record.namespace}.${record.name}.avsc`), schemaFileText(record));
  }
}

/** CSV files, and how to load each. */
async function writeCatalogs(out: string, catalogs: readonly SimulatedCatalog[]): Promise<void> {
  const commands: string[] = [];
  for (const catalog of catalogs) {
    const folder = catalog.kind === 'catalog' ? 'catalogs' : 'watch-lists';
    await mkdir(join(out, folder), { recursive: true });
    await writeText(join(out, folder, `${catalog.name}.csv`), catalog.lines());
    const radius = catalog.radiusColumn === undefined ? '' : ` --radius ${catalog.radiusColumn}`;
    commands.push(
      `antares ${catalog.kind} load ${catalog.name} ${folder}/${catalog.name}.csv` +
        ` --ra ${catalog.raColumn} --dec ${catalog.decColumn} --id ${catalog.idColumn}${radius}`,
    );
  }
  await writeText(join(out, 'load-catalogs.txt'), commands);
}

async function writeText(path: string, lines: Iterable<string>): Promise<void> {
  await pipeline(Readable.from(withNewlines(lines)), createWriteStream(path));
}

function* withNewlines(lines: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length < 1 << 16) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

function nightOf(text: string): number {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time)) throw new InvalidArgumentError('expected a date, such as 2026-09-01');
  const night = mjdOfUnixMs(time);
  // Night numbers of ZTF begin in 2017, years of both surveys' ids end in 2054.
  if (night < 58_000 || night > 71_000) throw new InvalidArgumentError('expected a date from 2018 to 2053');
  return night;
}

function faultKinds(text: string): readonly FaultKind[] {
  if (text === 'all') return FAULT_KINDS;
  const words = text.split(',').map((word) => word.trim());
  return words.map((word) => {
    const kind = FAULT_KINDS.find((name) => name === word);
    if (kind === undefined) throw new InvalidArgumentError(`expected all, or some of ${FAULT_KINDS.join(', ')}`);
    return kind;
  });
}

function share(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1 / FAULT_KINDS.length)) {
    throw new InvalidArgumentError(`expected a share above 0, at most ${(1 / FAULT_KINDS.length).toFixed(2)}`);
  }
  return value;
}
