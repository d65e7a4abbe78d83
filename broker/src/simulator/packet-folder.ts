import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unixMsOfMjd } from '../model/time.ts';
import type { DeliveredPacket } from './faults.ts';
import type { SurveyName } from './survey/survey.ts';
import { TarWriter } from './tar-writer.ts';

/** How packets are laid out: one file each in a folder a night, or an archive a night. */
export type FolderFormat = 'files' | 'tar' | 'tar.gz';

/**
 * Writes packets to a folder, night by night, as the ZTF archive lays them out: `ztf_public_YYYYMMDD.tar.gz`, or a folder of
 * that name, with `<candid>.avro` (`.bin` for wire messages).
 *
 * A packet that comes late lies in the archive of the night in which it comes.
 */
export class PacketFolder {
  readonly #folder: string;
  readonly #format: FolderFormat;
  readonly #open = new Map<
    SurveyName,
    { readonly name: string; readonly night: string; readonly tar: TarWriter | undefined }
  >();
  readonly #names = new Set<string>();

  constructor(folder: string, format: FolderFormat) {
    this.#folder = folder;
    this.#format = format;
  }

  /** Writes a packet. @returns  archive or folder, and name in it, with a slash between */
  async add(packet: DeliveredPacket): Promise<string> {
    const night = packet.fault === undefined ? packet.night : undefined;
    let open = this.#open.get(packet.survey);
    if (open === undefined || (night !== undefined && night > open.night)) {
      await open?.tar?.close();
      open = await this.#start(packet.survey, night ?? packet.night);
    }
    const file = this.#nameOf(packet, open.name);
    if (open.tar !== undefined) await open.tar.add(file, packet.bytes, unixMsOfMjd(packet.mjd) / 1000);
    else await writeFile(join(this.#folder, open.name, file), packet.bytes);
    return `${open.name}/${file}`;
  }

  /** Finishes the archives. */
  async close(): Promise<void> {
    for (const { tar } of this.#open.values()) await tar?.close();
    this.#open.clear();
  }

  async #start(survey: SurveyName, night: string) {
    const base = `${survey}_public_${night.replaceAll('-', '')}`;
    const name = this.#format === 'files' ? base : `${base}.${this.#format}`;
    let tar: TarWriter | undefined;
    if (this.#format === 'files') await mkdir(join(this.#folder, name), { recursive: true });
    else tar = new TarWriter(join(this.#folder, name), { gzip: this.#format === 'tar.gz' });
    const open = { name, night, tar };
    this.#open.set(survey, open);
    this.#names.clear();
    return open;
  }

  /** The alert's number; a packet that comes with a fault and would have the name of a good one says so in its name. */
  #nameOf(packet: DeliveredPacket, archive: string): string {
    const { fault } = packet;
    const ending = packet.isWire ? 'bin' : 'avro';
    const mark = fault === undefined || fault.outcome === 'stored' ? '' : `_${fault.kind}`;
    const name = `${packet.surveyId}${mark}.${ending}`;
    const whole = `${archive}/${name}`;
    if (this.#names.has(whole)) throw new TypeError(`two packets of the name ${whole}`);
    this.#names.add(whole);
    return name;
  }
}
