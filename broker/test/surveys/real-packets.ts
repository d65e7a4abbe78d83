import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import tar from 'tar-stream';
import { sharedPath } from '../shared-data.ts';

/** A packet of the shared data. */
export interface RealPacket {
  /** Archive and name in it, or file. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** The packets of an archive, or the files of a folder, in their order. @param path  below `data/alerts` */
export async function realPackets(path: string, limit = Number.POSITIVE_INFINITY): Promise<RealPacket[]> {
  const full = sharedPath(`data/alerts/${path}`);
  if (!path.endsWith('.tar.gz')) {
    return readdirSync(full)
      .filter((file) => !file.endsWith('.csv'))
      .sort()
      .slice(0, limit)
      .map((file) => ({ name: `${path}/${file}`, bytes: readFileSync(join(full, file)) }));
  }
  const packets: RealPacket[] = [];
  const extract = tar.extract();
  createReadStream(full).pipe(createGunzip()).pipe(extract);
  for await (const entry of extract) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    if (entry.header.type === 'file')
      packets.push({ name: `${path}/${basename(entry.header.name)}`, bytes: Buffer.concat(chunks) });
    if (packets.length >= limit) break;
  }
  return packets;
}

/** One packet by its file name. */
export async function realPacket(path: string, file: string): Promise<Buffer> {
  const found = (await realPackets(path)).find(({ name }) => name.endsWith(`/${file}`));
  if (found === undefined) throw new TypeError(`no ${file} in ${path}`);
  return found.bytes;
}

/** Paths of the archives of a folder and the folders in it. @param path  below `data/alerts` */
export function archivesIn(path: string): string[] {
  return readdirSync(sharedPath(`data/alerts/${path}`), { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? archivesIn(`${path}/${entry.name}`) : [`${path}/${entry.name}`]))
    .filter((file) => file.endsWith('.tar.gz'))
    .sort();
}
