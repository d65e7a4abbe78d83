import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { AntaresError, errorCode, errorMessage } from '../../model/errors.ts';
import type { PropertyType } from '../../model/property.ts';
import { ByteDictionary, type DictionaryImage } from './byte-dictionary.ts';
import { CHUNK_ROWS, CHUNK_WORDS } from './chunks.ts';
import { Columns } from './columns.ts';
import { FieldColumns } from './field-columns.ts';
import { KIND, type Kind, NumberColumn, newValues } from './number-column.ts';
import { STEM_LIMIT, type Stem, type TailKind } from './stems.ts';
import { newHighs, type TailChunk, TailColumn } from './tail-column.ts';
import { TextColumn } from './text-column.ts';

/*
 * A snapshot is one file of sections, each a run of bytes with a check sum, and at its end their directory:
 *
 *   columns-<n>.bin   section │ section │ … │ directory (JSON: which section is what)
 *   manifest.json     format, version, name and size of the file, place and check sum of the directory, position
 *
 * The file is written and synced under a new name; renaming the manifest makes it the one that counts. A crash before that
 * leaves the snapshot before, and a file that the next checkpoint removes.
 *
 * The section of a column's values holds its chunks one after the other, each padded to 8 bytes, so that they are used
 * where they are read.
 */

const FORMAT = 'antares-search-index';
const VERSION = 2;
const MANIFEST = 'manifest.json';
/** Written at once. */
const WRITE_BYTES = 1 << 20;
/** A reader whose file is replaced between manifest and file looks again. */
const ATTEMPTS = 3;
/**
 * Numbers of a chunk in a layout: its number, kind (of tails: bytes of an upper half), whether dense, rows with a value.
 */
const LAYOUT_FIELDS = 4;

interface Manifest {
  readonly format: string;
  readonly version: number;
  readonly file: string;
  readonly bytes: number;
  readonly directory: Section;
  readonly position: string;
}

interface Section {
  readonly offset: number;
  readonly bytes: number;
  readonly crc: number;
}

interface ColumnEntry {
  readonly count: number;
  readonly layout: Section;
  readonly values: Section;
  readonly places: Section;
}

interface TailsEntry {
  readonly layout: Section;
  readonly lows: Section;
  readonly highs: Section;
  readonly places: Section;
}

interface TextEntry {
  readonly codes: ColumnEntry;
  readonly dictionary: DictionaryEntry;
  /** By code: kind of the tails, stem. */
  readonly stems: readonly (readonly [TailKind, string])[];
  readonly tails: TailsEntry;
}

interface DictionaryEntry {
  readonly size: number;
  readonly entries: Section;
  readonly bytes: Section;
}

interface FieldEntry {
  readonly name: string;
  readonly declared: readonly PropertyType[];
  readonly float?: ColumnEntry;
  readonly int?: ColumnEntry;
  readonly flag?: ColumnEntry;
  readonly text?: TextEntry;
}

interface Directory {
  readonly ids: DictionaryEntry;
  readonly birthTrixels: ColumnEntry;
  readonly fields: readonly FieldEntry[];
}

/** What a snapshot holds. */
export interface Snapshot {
  readonly columns: Columns;
  readonly position: string;
}

/**
 * Writes all columns so that they survive a power cut, and then forgets the snapshot before. Columns must not change
 * meanwhile.
 *
 * @throws SEARCH_INDEX_UNREACHABLE  the disk is full or failed; the snapshot before is still there
 */
export async function writeSnapshot(directory: string, columns: Columns, position: string): Promise<void> {
  let file = '';
  try {
    await mkdir(directory, { recursive: true });
    file = nextName(await readdir(directory));
    const handle = await open(join(directory, file), 'wx');
    let manifest: Manifest;
    try {
      const writer = new SectionWriter(handle);
      const entries = await writeColumns(writer, columns);
      const section = await writer.write([jsonBytes(entries)]);
      const bytes = await writer.end();
      manifest = { format: FORMAT, version: VERSION, file, bytes, directory: section, position };
      await handle.sync();
    } finally {
      await handle.close();
    }
    await replaceFile(directory, MANIFEST, JSON.stringify(manifest));
  } catch (error) {
    if (file !== '') await rm(join(directory, file), { force: true }).catch(() => undefined);
    throw new AntaresError(
      'SEARCH_INDEX_UNREACHABLE',
      `the snapshot of the search index cannot be written to ${directory}: ${errorCode(error)}; the one before is kept`,
      { cause: error },
    );
  }
  for (const name of await readdir(directory)) {
    if (isColumnsFile(name) && name !== file) await rm(join(directory, name), { force: true });
  }
}

/**
 * Reads the snapshot of a folder.
 *
 * @returns undefined where there is none; an error with SEARCH_INDEX_DAMAGED where there is one that cannot be used
 * @throws SEARCH_INDEX_UNREACHABLE  the disk does not give it
 */
export async function readSnapshot(directory: string): Promise<Snapshot | AntaresError | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await readOnce(directory);
    } catch (error) {
      const code = errorCode(error);
      if (code === 'ENOENT') {
        if (attempt < ATTEMPTS) continue;
        return damaged(directory, 'the file that its manifest names is not there', error);
      }
      if (/^E[A-Z]+$/.test(code)) {
        throw new AntaresError(
          'SEARCH_INDEX_UNREACHABLE',
          `the snapshot of the search index in ${directory} cannot be read: ${code}; check the disk and its permissions`,
          { cause: error },
        );
      }
      return damaged(directory, errorMessage(error), error);
    }
  }
}

/** Moves a snapshot that cannot be used out of the way; the one that was set aside before goes. */
export async function setAside(directory: string): Promise<void> {
  const aside = `${directory}.damaged`;
  await rm(aside, { recursive: true, force: true });
  await rename(directory, aside);
}

async function readOnce(directory: string): Promise<Snapshot | undefined> {
  let text: string;
  try {
    text = await readFile(join(directory, MANIFEST), 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const manifest = JSON.parse(text) as Manifest;
  if (manifest.format !== FORMAT || manifest.version !== VERSION) {
    throw new RangeError(`it has version ${String(manifest.version)}, and this program reads ${VERSION}`);
  }
  if (!isColumnsFile(manifest.file) || typeof manifest.position !== 'string') {
    throw new RangeError('its manifest is incomplete');
  }
  const handle = await open(join(directory, manifest.file), 'r');
  try {
    const { size } = await handle.stat();
    if (size !== manifest.bytes) throw new RangeError(`its file has ${size} bytes instead of ${manifest.bytes}`);
    const entries = JSON.parse(
      Buffer.from(await readSection(handle, manifest.directory)).toString('utf8'),
    ) as Directory;
    return { columns: await readColumns(handle, entries), position: manifest.position };
  } finally {
    await handle.close();
  }
}

function damaged(directory: string, what: string, cause: unknown): AntaresError {
  return new AntaresError(
    'SEARCH_INDEX_DAMAGED',
    `the snapshot of the search index in ${directory} cannot be used: ${what}; it is set aside, and the index is built from the store again`,
    { cause },
  );
}

/** Appends sections to a file. */
class SectionWriter {
  readonly #handle: FileHandle;
  readonly #buffer = Buffer.alloc(WRITE_BYTES);
  #filled = 0;
  #offset = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Writes parts one after the other, each padded to 8 bytes. */
  async write(parts: Iterable<NodeJS.ArrayBufferView>): Promise<Section> {
    const offset = this.#offset;
    let crc = 0;
    for (const part of parts) {
      const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
      crc = await this.#append(bytes, crc);
      if (bytes.length % 8 !== 0) crc = await this.#append(Buffer.alloc(8 - (bytes.length % 8)), crc);
    }
    return { offset, bytes: this.#offset - offset, crc };
  }

  /** Writes what is left. @returns bytes of the file */
  async end(): Promise<number> {
    await this.#flush();
    return this.#offset;
  }

  async #append(bytes: Buffer, crc: number): Promise<number> {
    let sum = crc;
    for (let at = 0; at < bytes.length; ) {
      const length = Math.min(bytes.length - at, this.#buffer.length - this.#filled);
      bytes.copy(this.#buffer, this.#filled, at, at + length);
      sum = crc32(this.#buffer.subarray(this.#filled, this.#filled + length), sum);
      this.#filled += length;
      this.#offset += length;
      at += length;
      if (this.#filled === this.#buffer.length) await this.#flush();
    }
    return sum;
  }

  async #flush(): Promise<void> {
    for (let at = 0; at < this.#filled; ) {
      const { bytesWritten } = await this.#handle.write(this.#buffer, at, this.#filled - at);
      at += bytesWritten;
    }
    this.#filled = 0;
  }
}

async function writeColumns(writer: SectionWriter, columns: Columns): Promise<Directory> {
  const ids = await writeDictionary(writer, columns.ids);
  const birthTrixels = await writeColumn(writer, columns.birthTrixels);
  const fields: FieldEntry[] = [];
  for (const field of columns.fields.values()) {
    const { name, declared, float, int, flag, text } = field;
    fields.push({
      name,
      declared: [...declared],
      ...(float === undefined ? {} : { float: await writeColumn(writer, float) }),
      ...(int === undefined ? {} : { int: await writeColumn(writer, int) }),
      ...(flag === undefined ? {} : { flag: await writeColumn(writer, flag) }),
      ...(text === undefined ? {} : { text: await writeTexts(writer, text) }),
    });
  }
  return { ids, birthTrixels, fields };
}

async function writeTexts(writer: SectionWriter, { codes, dictionary, stems, tails }: TextColumn): Promise<TextEntry> {
  return {
    codes: await writeColumn(writer, codes),
    dictionary: await writeDictionary(writer, dictionary),
    stems: stems.list.map(({ kind, bytes }) => [kind, Buffer.from(bytes).toString('utf8')]),
    tails: await writeTails(writer, tails),
  };
}

async function writeTails(writer: SectionWriter, { chunks }: TailColumn): Promise<TailsEntry> {
  const layout: number[] = [];
  const lows: NodeJS.ArrayBufferView[] = [];
  const highs: NodeJS.ArrayBufferView[] = [];
  const places: NodeJS.ArrayBufferView[] = [];
  for (const [at, chunk] of chunks.entries()) {
    if (chunk === undefined) continue;
    const { low, high, rows, count } = chunk;
    layout.push(at, high?.BYTES_PER_ELEMENT ?? 0, rows === undefined ? 1 : 0, count);
    const used = rows === undefined ? CHUNK_ROWS : count;
    lows.push(low.subarray(0, used));
    if (high !== undefined) highs.push(high.subarray(0, used));
    if (rows !== undefined) places.push(rows.subarray(0, used));
  }
  return {
    layout: await writer.write([Int32Array.from(layout)]),
    lows: await writer.write(lows),
    highs: await writer.write(highs),
    places: await writer.write(places),
  };
}

async function writeDictionary(writer: SectionWriter, dictionary: ByteDictionary): Promise<DictionaryEntry> {
  const { size, entries, bytes } = dictionary.toImage();
  return { size, entries: await writer.write([entries]), bytes: await writer.write([bytes]) };
}

async function writeColumn(writer: SectionWriter, column: NumberColumn): Promise<ColumnEntry> {
  const layout: number[] = [];
  const values: NodeJS.ArrayBufferView[] = [];
  const places: NodeJS.ArrayBufferView[] = [];
  for (const [at, chunk] of column.chunks.entries()) {
    if (chunk === undefined) continue;
    const { kind, rows, present, count } = chunk;
    layout.push(at, kind, rows === undefined ? 1 : 0, count);
    values.push(rows === undefined ? chunk.values : chunk.values.subarray(0, count));
    places.push(rows === undefined ? present! : rows.subarray(0, count));
  }
  return {
    count: column.count,
    layout: await writer.write([Int32Array.from(layout)]),
    values: await writer.write(values),
    places: await writer.write(places),
  };
}

async function readColumns(handle: FileHandle, { ids, birthTrixels, fields }: Directory): Promise<Columns> {
  const columns: FieldColumns[] = [];
  for (const { name, declared, float, int, flag, text } of fields) {
    const field = new FieldColumns(name);
    for (const type of declared) field.declared.add(type);
    if (float !== undefined) field.float = await readColumn(handle, float);
    if (int !== undefined) field.int = await readColumn(handle, int);
    if (flag !== undefined) field.flag = await readColumn(handle, flag);
    if (text !== undefined) field.text = await readTexts(handle, text);
    columns.push(field);
  }
  return new Columns(
    ByteDictionary.fromImage(await readDictionary(handle, ids)),
    await readColumn(handle, birthTrixels),
    columns,
  );
}

async function readTexts(handle: FileHandle, { codes, dictionary, stems, tails }: TextEntry): Promise<TextColumn> {
  return new TextColumn(
    await readColumn(handle, codes),
    ByteDictionary.fromImage(await readDictionary(handle, dictionary), STEM_LIMIT),
    stems.map(([kind, text]): Stem => ({ kind, bytes: Buffer.from(text, 'utf8') })),
    new TailColumn(await readTails(handle, tails)),
  );
}

async function readTails(handle: FileHandle, entry: TailsEntry): Promise<(TailChunk | undefined)[]> {
  const chunks: (TailChunk | undefined)[] = [];
  const layout = new Int32Array(await readSection(handle, entry.layout));
  const lows = await readSection(handle, entry.lows);
  const highs = await readSection(handle, entry.highs);
  const places = await readSection(handle, entry.places);
  let [lowsAt, highsAt, placesAt] = [0, 0, 0];
  for (let i = 0; i + LAYOUT_FIELDS <= layout.length; i += LAYOUT_FIELDS) {
    const [at, width, isDense, count] = layout.subarray(i, i + LAYOUT_FIELDS) as unknown as [
      number,
      number,
      number,
      number,
    ];
    // The padding of an odd number of chunks: no chunk is empty.
    if (count === 0) break;
    while (chunks.length < at) chunks.push(undefined);
    const used = isDense === 1 ? CHUNK_ROWS : count;
    chunks.push({
      low: new Int32Array(lows, lowsAt, used),
      high: newHighs(width, used, highs, highsAt),
      rows: isDense === 1 ? undefined : new Uint16Array(places, placesAt, used),
      count,
    });
    lowsAt += padded(4 * used);
    highsAt += padded(width * used);
    if (isDense === 0) placesAt += padded(2 * used);
  }
  return chunks;
}

async function readDictionary(handle: FileHandle, entry: DictionaryEntry): Promise<DictionaryImage> {
  const { size } = entry;
  const entries = new Uint32Array(await readSection(handle, entry.entries));
  const bytes = new Uint8Array(await readSection(handle, entry.bytes));
  return { size, entries, bytes };
}

async function readColumn(handle: FileHandle, { count, layout, values, places }: ColumnEntry): Promise<NumberColumn> {
  const column = new NumberColumn();
  const numbers = new Int32Array(await readSection(handle, layout));
  const valueBytes = await readSection(handle, values);
  const placeBytes = await readSection(handle, places);
  let valuesAt = 0;
  let placesAt = 0;
  for (let i = 0; i + LAYOUT_FIELDS <= numbers.length; i += LAYOUT_FIELDS) {
    const [at, kind, isDense, rows] = numbers.subarray(i, i + LAYOUT_FIELDS) as unknown as [
      number,
      Kind,
      number,
      number,
    ];
    // The padding of an odd number of chunks: no chunk is empty.
    if (rows === 0) break;
    while (column.chunks.length < at) column.chunks.push(undefined);
    const length = isDense === 1 ? CHUNK_ROWS : rows;
    const empty = newValues(kind, 0);
    const Values = empty.constructor as new (buffer: ArrayBuffer, offset: number, length: number) => typeof empty;
    column.chunks.push({
      kind,
      values: new Values(valueBytes, valuesAt, length),
      rows: isDense === 1 ? undefined : new Uint16Array(placeBytes, placesAt, rows),
      present: isDense === 1 ? new Int32Array(placeBytes, placesAt, CHUNK_WORDS) : undefined,
      count: rows,
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
      isLoose: kind !== KIND.int64,
    });
    valuesAt += padded(length * empty.BYTES_PER_ELEMENT);
    placesAt += padded(isDense === 1 ? 4 * CHUNK_WORDS : 2 * rows);
  }
  column.count = count;
  return column;
}

/** JSON with blanks at its end, so that no other padding comes after it. */
function jsonBytes(value: unknown): Buffer {
  const text = Buffer.from(JSON.stringify(value));
  return Buffer.concat([text, Buffer.alloc(padded(text.length) - text.length, ' ')]);
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

/** The bytes of a section in memory of their own. @throws RangeError  where they are not what was written */
async function readSection(handle: FileHandle, { offset, bytes, crc }: Section): Promise<ArrayBuffer> {
  const buffer = new ArrayBuffer(bytes);
  const view = new Uint8Array(buffer);
  for (let at = 0; at < bytes; ) {
    const { bytesRead } = await handle.read(view, at, Math.min(bytes - at, 1 << 28), offset + at);
    if (bytesRead === 0) throw new RangeError('its file ends too early');
    at += bytesRead;
  }
  if (crc32(view) !== crc) throw new RangeError(`the check sum of the ${bytes} bytes at ${offset} is another`);
  return buffer;
}

async function replaceFile(directory: string, name: string, text: string): Promise<void> {
  const temporary = join(directory, `${name}.new`);
  const handle = await open(temporary, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, join(directory, name));
  const folder = await open(directory, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function isColumnsFile(name: unknown): name is string {
  return typeof name === 'string' && /^columns-\d+\.bin$/.test(name);
}

/** A name that no file has yet. */
function nextName(names: readonly string[]): string {
  const numbers = names.filter(isColumnsFile).map((name) => Number(/\d+/.exec(name)![0]));
  return `columns-${Math.max(0, ...numbers) + 1}.bin`;
}
