import { execFile } from 'node:child_process';
import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { createGunzip } from 'node:zlib';
import type { KnownAlerts } from 'antares/model/packet.js';
import { BenchmarkNight } from 'antares/simulator/benchmark-night.js';
import { compileValueReader } from 'antares/surveys/avro/compile.js';
import { asBuffer, asView, readBlocks, readContainerHeader } from 'antares/surveys/avro/container.js';
import { parseSchema } from 'antares/surveys/avro/schema.js';
import { AvroPacketDecoder } from 'antares/surveys/packet-decoder.js';
import avsc from 'avsc';
import tar from 'tar-stream';
import type { BenchResult } from './result.ts';
import { nanosecondsEach, rounded } from './sky-sample.ts';

/** Packets of one kind. */
interface PacketSet {
  readonly name: string;
  readonly packets: readonly Buffer[];
}

const SEED = 'decode';
const REAL_ARCHIVES: Readonly<Record<string, string>> = {
  'ZTF, real, 2018-11': 'ztf/ztf_public_20181129.tar.gz',
  'ZTF, real, 2023-10, three schemas': 'ztf/ztf_public_20231018.tar.gz',
  'LSST, real, version 9': 'lsst/rubin_v9_0_spark.tar.gz',
};

/**
 * How many packets a second does one core decode? Simulated packets, seeded, of the survey's present schemas; and real
 * ones where the shared data is there.
 *
 * - *full*: everything in the packet as objects, beside avsc and, where Python has it, fastavro on the same packets
 * - *with history*: as the pipeline reads an object it has not met: alert, every history row as a point with its body
 * - *history known*: as the pipeline reads an object it knows: alert, images placed, the number of every history row's id
 *   read and found to be known, so that no row is; every byte of the packet checked
 * - *head*: alert only; every byte of the packet checked
 * - *route*: survey, ids and position, for choosing a worker
 */
export async function run(): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const set of [...simulatedSets(), ...(await realSets())]) {
    const bytes = set.packets.reduce((sum, packet) => sum + packet.length, 0) / set.packets.length;
    const decoder = new AvroPacketDecoder();
    let rows = 0;
    for (const packet of set.packets) rows += decoder.decode(packet)[0]!.history(() => false).length;
    const shape = {
      packets: set.packets.length,
      bytes: Math.round(bytes),
      history_rows: rounded(rows / set.packets.length),
    };
    const add = (what: string, nanoseconds: number, detail?: BenchResult['detail']): void => {
      results.push({
        question: 'decode',
        measure: `${set.name}: ${what}`,
        value: Math.round(1e9 / nanoseconds),
        unit: 'packets/s/core',
        ...(detail === undefined ? {} : { detail }),
      });
    };
    const each = (work: (packet: Buffer) => number): number => time(set.packets, work);

    add('full', fullReader(set), shape);
    add('full, avsc', avscReader(set));
    const fastavro = await fastavroRate(set);
    if (fastavro !== undefined) add('full, fastavro', 1e9 / fastavro);
    add(
      'with history',
      each((packet) => decoder.decode(packet)[0]!.history(() => false).length),
    );
    add(
      'history known',
      each((packet) => decoder.decode(packet)[0]!.history(() => true, ALL_KNOWN).length),
    );
    add(
      'head',
      each((packet) => decoder.decode(packet).length),
    );
    add(
      'route',
      each((packet) => decoder.route(packet).records),
    );
    add(
      'head and properties of the alert',
      each((packet) => {
        const { body, point } = decoder.decode(packet)[0]!.alert;
        return decoder.properties(body, point).size;
      }),
    );
  }
  return results;
}

const ALL_KNOWN: KnownAlerts = { has: () => true };

/** Long enough for the engine to have compiled generated readers, which are large, for good. */
const WARM_UP_MS = 600;

/** Nanoseconds a packet, of a reader that is warm. */
function time(packets: readonly Buffer[], work: (packet: Buffer) => number): number {
  const pass = (): number => {
    let sum = 0;
    for (const packet of packets) sum += work(packet);
    return sum;
  };
  const start = performance.now();
  while (performance.now() - start < WARM_UP_MS) pass();
  const rounds = Math.max(1, Math.ceil(1000 / packets.length));
  return nanosecondsEach(
    rounds * packets.length,
    () => {
      let sum = 0;
      for (let round = 0; round < rounds; round += 1) sum += pass();
      return sum;
    },
    5,
  );
}

function simulatedSets(): PacketSet[] {
  const night = (options: { survey: 'ztf' | 'lsst'; historyPoints: number }): Buffer[] =>
    Array.from(new BenchmarkNight({ seed: SEED, objects: 200, ...options }).packets(), ({ bytes }) => asBuffer(bytes));
  return [
    { name: 'ZTF, simulated, 20 + 20 history', packets: night({ survey: 'ztf', historyPoints: 20 }) },
    { name: 'LSST, simulated, 100 + 100 history', packets: night({ survey: 'lsst', historyPoints: 100 }) },
  ];
}

async function realSets(): Promise<PacketSet[]> {
  const root = join(process.env['ANTARES_TEST_DATA'] ?? resolve('../shared'), 'data/alerts');
  if (!existsSync(root)) return [];
  const sets = Object.entries(REAL_ARCHIVES).map(async ([name, path]): Promise<PacketSet> => {
    const packets: Buffer[] = [];
    const extract = tar.extract();
    createReadStream(join(root, path)).pipe(createGunzip()).pipe(extract);
    for await (const entry of extract) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      packets.push(Buffer.concat(chunks));
    }
    return { name, packets };
  });
  return Promise.all(sets);
}

/** A packet opened down to its only record. */
interface Opened {
  readonly schemaText: string;
  readonly packet: Buffer;
  readonly view: DataView;
  readonly start: number;
  readonly datum: Buffer;
}

function open(packet: Buffer): Opened {
  const view = asView(packet);
  const header = readContainerHeader(packet, view);
  let found: Opened | undefined;
  readBlocks(packet, view, header, packet.length, ({ start, end }) => {
    found ??= { schemaText: header.schemaText, packet, view, start, datum: packet.subarray(start, end) };
  });
  return found!;
}

/** Both readers below get the record with its schema compiled: what is compared is decoding. */
function fullReader({ packets }: PacketSet): number {
  const readers = new Map<string, ReturnType<typeof compileValueReader>>();
  const opened = new Map(packets.map((packet) => [packet, open(packet)]));
  for (const { schemaText } of opened.values()) {
    if (!readers.has(schemaText)) readers.set(schemaText, compileValueReader(parseSchema(schemaText)));
  }
  return time(packets, (packet) => {
    const { schemaText, view, start } = opened.get(packet)!;
    const { read, end } = readers.get(schemaText)!;
    read(view, packet, start);
    return end();
  });
}

function avscReader({ packets }: PacketSet): number {
  const long = avsc.types.LongType.__with({
    fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
    toBuffer: (value: bigint) => Buffer.from(new BigInt64Array([value]).buffer),
    fromJSON: (text: string) => BigInt(text),
    toJSON: (value: bigint) => value.toString(),
    isValid: (value: unknown) => typeof value === 'bigint',
    compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
  });
  const types = new Map<string, avsc.Type>();
  const opened = new Map(packets.map((packet) => [packet, open(packet)]));
  for (const { schemaText } of opened.values()) {
    if (types.has(schemaText)) continue;
    // avsc refuses the defaults of real schemas, and needs none to read.
    const schema = JSON.parse(schemaText, (_, node: unknown) =>
      node !== null && typeof node === 'object' && 'default' in node ? { ...node, default: undefined } : node,
    ) as avsc.Schema;
    types.set(schemaText, avsc.Type.forSchema(schema, { registry: { long }, wrapUnions: false }));
  }
  return time(packets, (packet) => {
    const { schemaText, datum } = opened.get(packet)!;
    return types.get(schemaText)!.fromBuffer(datum) === null ? 0 : 1;
  });
}

const FASTAVRO = `
import io, os, sys, time
import fastavro
folder = sys.argv[1]
packets = [open(os.path.join(folder, name), 'rb').read() for name in sorted(os.listdir(folder))]
best = 0
for _ in range(3):
    start = time.perf_counter()
    count = 0
    while time.perf_counter() - start < 0.5:
        for packet in packets:
            for _ in fastavro.reader(io.BytesIO(packet)):
                count += 1
    best = max(best, count / (time.perf_counter() - start))
print(best)
`;

/** Packets a second of fastavro on the same packets, containers and all; undefined where Python does not have it. */
async function fastavroRate({ packets }: PacketSet): Promise<number | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'decode-'));
  try {
    await Promise.all(packets.slice(0, 100).map((packet, i) => writeFile(join(folder, `${i}.avro`), packet)));
    const { stdout } = await promisify(execFile)('python3', ['-c', FASTAVRO, folder], { timeout: 20_000 });
    return Number(stdout);
  } catch {
    return undefined;
  } finally {
    await rm(folder, { recursive: true });
  }
}
