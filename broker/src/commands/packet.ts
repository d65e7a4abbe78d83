import { readFile, stat } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { AntaresError, errorCode, errorMessage } from '../model/errors.ts';
import { type JsonValue, propertiesToJson } from '../model/json.ts';
import type { LightCurvePoint } from '../model/light-curve.ts';
import type { DecodedPacket, PacketCutout } from '../model/packet.ts';
import { schemaSourceOf } from '../pipeline/set-up.ts';
import { SurveyPacket } from '../surveys/alert-reader.ts';
import { cutoutFormat } from '../surveys/cutout-format.ts';
import { AvroPacketDecoder, MAX_PACKET_BYTES } from '../surveys/packet-decoder.ts';
import { SURVEY_NAMES } from '../surveys/surveys.ts';
import { configOf } from './common-options.ts';
import { EXIT } from './exit-codes.ts';
import { writeError, writeLine } from './output.ts';

interface PacketOptions {
  readonly json?: boolean;
  readonly schemas?: string;
  readonly survey?: string;
  readonly config?: string;
}

/** `antares packet`: what is in packets as the broker reads them. Never touches a store. */
export function registerPacket(program: Command): void {
  program
    .command('packet <file...>')
    .description('what is in a packet as the broker reads it: alert, history with ids and kinds, cut-outs')
    .option('--json', 'one JSON object for each alert, one a line')
    .option('--schemas <dir>', 'folder of schemas for registry messages, laid out <major>/<minor>/*.avsc')
    .addOption(
      new Option('--survey <name>', 'read as this survey, whatever the schema is called').choices(SURVEY_NAMES),
    )
    .option('--config <file>', 'configuration, a JSON file (its schema folder and registry are asked too)')
    .addHelpText('after', '\nExample:\n  antares packet --json 1727262641515015003.avro')
    .action(async (files: readonly string[], options: PacketOptions) => {
      const folder = options.schemas === undefined ? {} : { schemas: { folder: options.schemas } };
      const decoder = new AvroPacketDecoder({ schemaSource: schemaSourceOf(configOf(options, folder)) });
      for (const file of files) {
        try {
          await showFile(file, decoder, options);
        } catch (error) {
          const code = errorCode(error);
          if (!(error instanceof AntaresError) || !/^(PACKET|INPUT)_/.test(code)) throw error;
          writeError(`${file}: ${code}: ${errorMessage(error)}`);
          process.exitCode = EXIT.refused;
        }
      }
    });
}

async function showFile(file: string, decoder: AvroPacketDecoder, { json, survey }: PacketOptions): Promise<void> {
  const bytes = await readPacketFile(file);
  await decoder.ensureSchema(bytes);
  // Cut-outs are found by position, and a compressed container has none: each alert is looked at in its kept form.
  for (const single of decoder.unpack(bytes, { survey })) {
    for (const packet of decoder.decode(single, { survey, keepProblems: true })) {
      await writeLine(
        json === true ? JSON.stringify(packetToJson(file, packet, single, decoder)) : describe(file, packet, single),
      );
      for (const { code, message } of packet instanceof SurveyPacket ? packet.problems : []) {
        writeError(`${file}: the broker would refuse this packet: ${code}: ${message}`);
      }
    }
  }
}

async function readPacketFile(file: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(file);
    if (size > MAX_PACKET_BYTES) {
      throw new AntaresError(
        'PACKET_TOO_LARGE',
        `a file of ${size} bytes; at most ${MAX_PACKET_BYTES} are read as one packet`,
      );
    }
    return await readFile(file);
  } catch (error) {
    if (error instanceof AntaresError) throw error;
    throw new AntaresError('INPUT_UNREADABLE', 'expected a file with one packet', { cause: error });
  }
}

function packetToJson(
  file: string,
  packet: DecodedPacket,
  bytes: Uint8Array,
  decoder: AvroPacketDecoder,
): { readonly [key: string]: JsonValue } {
  const { point, body } = packet.alert;
  return {
    file,
    survey: packet.survey,
    schema_version: packet.schemaVersion,
    schema_id: packet.schemaId,
    ...pointToJson(point),
    ...(packet.object === undefined
      ? {}
      : { survey_object_id: packet.object.id, survey_object_role: packet.object.role }),
    night: packet.night,
    visit: packet.visit,
    properties: propertiesToJson(decoder.properties(body, point)),
    history: packet.history(() => false).map(({ point: row }) => pointToJson(row)),
    cutouts: packet.cutouts.map((cutout) => ({
      name: cutout.name,
      bytes: cutout.length,
      format: cutoutFormat(imageOf(bytes, cutout)),
      file_name: cutout.fileName,
    })),
  };
}

/** The keys of `antares export alerts`, as far as they have a value. */
function pointToJson(point: LightCurvePoint): { readonly [key: string]: JsonValue } {
  const values: { [key: string]: JsonValue } = { alert_id: point.alertId, kind: point.kind };
  const numbers = {
    mjd: point.mjd,
    ra: point.ra,
    dec: point.dec,
    mag: point.mag,
    magerr: point.magErr,
    maglim: point.magLimit,
    flux: point.flux,
    fluxerr: point.fluxErr,
  };
  for (const [name, value] of Object.entries(numbers)) if (Number.isFinite(value)) values[name] = value;
  if (point.passband !== '') values['passband'] = point.passband;
  return values;
}

function imageOf(bytes: Uint8Array, { offset, length }: PacketCutout): Uint8Array {
  return bytes.subarray(offset, offset + length);
}

function describe(file: string, packet: DecodedPacket, bytes: Uint8Array): string {
  const { object } = packet;
  const rows = packet.history(() => false);
  const counts = new Map<string, number>();
  for (const { point } of rows) counts.set(point.kind, (counts.get(point.kind) ?? 0) + 1);
  const summary = [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
  const cutouts = packet.cutouts.map((cutout) => {
    const format = cutoutFormat(imageOf(bytes, cutout));
    return `  cut-out   ${cutout.name.padEnd(10)} ${String(cutout.length).padStart(7)} bytes  ${format}  ${cutout.fileName}`.trimEnd();
  });
  return [
    file,
    `  survey    ${packet.survey}, schema version ${packet.schemaVersion === '' ? 'not stated' : packet.schemaVersion} (${packet.schemaId})`,
    `  alert     ${describePoint(packet.alert.point)}`,
    `  object    ${object === undefined ? 'none' : `${object.id}${object.role === 'object' ? '' : ' (solar system)'}`}`,
    `  night     ${packet.night}, visit ${packet.visit === '' ? 'not stated' : packet.visit}`,
    ...(cutouts.length === 0 ? ['  cut-outs  none'] : cutouts),
    `  history   ${rows.length} rows${rows.length === 0 ? '' : `: ${summary}`}`,
    ...rows.map(({ point }) => `            ${describePoint(point)}`),
  ].join('\n');
}

function describePoint(point: LightCurvePoint): string {
  const parts = [point.alertId, point.kind, `MJD ${point.mjd}`];
  if (point.passband !== '') parts.push(point.passband);
  if (Number.isFinite(point.mag)) parts.push(withError(point.mag, point.magErr, 3, 'mag'));
  else if (Number.isFinite(point.flux)) parts.push(withError(point.flux, point.fluxErr, 1, 'nJy'));
  if (Number.isFinite(point.magLimit)) parts.push(`limit ${point.magLimit.toFixed(3)} mag`);
  if (Number.isFinite(point.ra)) parts.push(`at ${point.ra}, ${point.dec}`);
  return parts.join('  ');
}

function withError(value: number, error: number, digits: number, unit: string): string {
  return `${value.toFixed(digits)}${Number.isFinite(error) ? ` ± ${error.toFixed(digits)}` : ''} ${unit}`;
}
