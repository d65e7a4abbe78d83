import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AntaresError, errorCode } from '../model/errors.ts';
import { AVRO_LIMITS } from './avro/limits.ts';
import { fullNameOf, writeOutNames } from './avro/write-out-names.ts';
import type { SchemaSource } from './schema-source.ts';

/**
 * Schemas in a local folder, laid out as Rubin's `alert_packet` repository: `<major>/<minor>/lsst.v<major>_<minor>.alert.avsc`
 * beside a file for each type that it names (`lsst.alert.avsc` before version 3). The id is 100 · major + minor.
 */
export class FolderSchemaSource implements SchemaSource {
  readonly name: string;

  /** @param folder  path of the folder that holds the major versions */
  constructor(folder: string) {
    this.name = folder;
  }

  async find(schemaId: number): Promise<string | undefined> {
    const version = `${Math.floor(schemaId / 100)}/${schemaId % 100}`;
    const folder = join(this.name, version);
    let files: string[];
    try {
      files = (await readdir(folder)).filter((file) => file.endsWith('.avsc')).sort();
    } catch (error) {
      if (errorCode(error) === 'ENOENT') {
        await this.#checkRoot();
        return undefined;
      }
      throw new AntaresError('SCHEMA_FOLDER_UNREADABLE', `cannot list ${folder}`, { cause: error });
    }
    return joinSchemaFiles(folder, files, [`lsst.v${version.replace('/', '_')}.alert`, 'lsst.alert']);
  }

  async #checkRoot(): Promise<void> {
    try {
      await readdir(this.name);
    } catch (error) {
      throw new AntaresError('SCHEMA_FOLDER_UNREADABLE', `expected a folder of schemas at ${this.name}`, {
        cause: error,
      });
    }
  }
}

/**
 * Joins schema files to one text.
 *
 * @param files     names of the files in the folder
 * @param topNames  full names that the packet's record may have, the first that there is counts
 * @returns         undefined when no file defines any of them
 * @throws SCHEMA_FOLDER_UNREADABLE
 */
export async function joinSchemaFiles(
  folder: string,
  files: readonly string[],
  topNames: readonly string[],
): Promise<string | undefined> {
  const definitions = new Map<string, unknown>();
  for (const file of files) {
    const definition = await readSchemaFile(join(folder, file));
    const name = fullNameOf(definition);
    // Of two files that define a type, the one that is called after it counts: early versions kept drafts beside it.
    if (name !== undefined && (!definitions.has(name) || basename(file, '.avsc') === name))
      definitions.set(name, definition);
  }
  const top = topNames.find((name) => definitions.has(name));
  return top === undefined
    ? undefined
    : JSON.stringify(writeOutNames(definitions.get(top), (name) => definitions.get(name)));
}

async function readSchemaFile(path: string): Promise<unknown> {
  try {
    const text = await readFile(path, 'utf8');
    if (text.length > AVRO_LIMITS.schemaBytes) throw new RangeError(`longer than ${AVRO_LIMITS.schemaBytes} bytes`);
    return JSON.parse(text);
  } catch (error) {
    throw new AntaresError('SCHEMA_FOLDER_UNREADABLE', `cannot read the schema ${path}`, { cause: error });
  }
}
