import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { PageMemory } from '../../disk/page-memory.ts';
import { AntaresError, errorCode } from '../../model/errors.ts';
import type { PacketAddress } from '../alert-store.ts';
import { formatPacketAddress, type PacketPlace, parsePacketAddress } from './packet-address.ts';
import { SegmentFile } from './segment-file.ts';
import { toStoreError } from './store-failure.ts';

/** A new file is begun beyond this size [bytes]. */
export const SEGMENT_BYTES = 256 * 1024 * 1024;
/** `ANTP`, length, CRC-32, zero: four big-endian words before each packet. */
const HEADER_BYTES = 16;
const MAGIC = 0x414e5450;
/** Segment files kept open for reading. */
const OPEN_FOR_READING = 32;
/** What is gathered for one write, in memory that each writer keeps [bytes]. */
const MOST_GATHERED_BYTES = 8 * 1024 * 1024;

/** What staging needs to know from outside. */
export interface SegmentOptions {
  /** Folder of the segment files. */
  readonly directory: string;
  /** Size beyond which a new file is begun [bytes]. */
  readonly segmentBytes: number;
  /** The number of this writer, given out when first needed. */
  readonly writer: () => number;
  /** Throws where there is no room to write so many bytes. */
  readonly checkRoom: (bytes: number) => void;
}

/**
 * Packets in append-only files, one file at a time for each writer.
 *
 * A packet is written once, in one write for all packets of a call, and never moved. It becomes durable with
 * `sync`, which a commit awaits before it points at it; what no commit points at is an unused stretch of the file, and
 * stays one. Files are named `<writer>-<n>.seg`, and writer numbers are never used twice, so that no two ever write the
 * same file.
 */
export class PacketSegments {
  readonly #options: SegmentOptions;
  readonly #reading = new Map<string, Promise<FileHandle>>();
  #tail: Promise<unknown> = Promise.resolve();
  readonly #memory = new PageMemory(MOST_GATHERED_BYTES);
  #file: SegmentFile | undefined;
  #segment = 0;
  /** Bytes of the present file known to be durable. */
  #synced = 0;
  /** Own segments that could not be made durable: what they hold is not to be pointed at. */
  readonly #failed = new Map<number, AntaresError>();

  constructor(options: SegmentOptions) {
    this.#options = options;
  }

  /**
   * Appends packets.
   *
   * @throws ALERT_STORE_FULL  nothing of the call counts; it may be made again
   */
  stage(packets: readonly Uint8Array[]): Promise<PacketAddress[]> {
    return this.#enqueue(() => this.#stage(packets));
  }

  /**
   * Makes packets durable: all that were staged here before, and those staged by other writers.
   *
   * @throws ALERT_STORE_FULL, ALERT_STORE_UNREACHABLE
   */
  sync(places: readonly PacketPlace[]): Promise<void> {
    const own = new Set<number>();
    const others = new Set<string>();
    for (const place of places) {
      if (this.#file !== undefined && place.writer === this.#options.writer()) own.add(place.segment);
      else others.add(fileName(place));
    }
    if (own.size === 0 && others.size === 0) return Promise.resolve();
    return this.#enqueue(async () => {
      // A finished file was synced before the next one was begun.
      if (own.has(this.#segment)) await this.#syncOwn();
      for (const segment of own) {
        const failure = this.#failed.get(segment);
        if (failure !== undefined) throw failure;
      }
      for (const name of others) await this.#syncOther(name);
    });
  }

  /**
   * A packet, exactly as it was staged.
   *
   * @throws PACKET_STORE_DAMAGED  when the bytes are not there or not those that were written
   */
  async read(address: PacketAddress): Promise<Uint8Array> {
    const place = parsePacketAddress(address);
    const name = fileName(place);
    const bytes = new Uint8Array(HEADER_BYTES + place.length);
    let got = 0;
    try {
      const file = await this.#openForReading(name);
      while (got < bytes.length) {
        const { bytesRead } = await file.read(bytes, got, bytes.length - got, place.offset + got);
        if (bytesRead === 0) break;
        got += bytesRead;
      }
    } catch (error) {
      this.#reading.delete(name);
      if (errorCode(error) === 'ENOENT') throw damaged(address, name, 'the file is missing', error);
      throw toStoreError(error, this.#options.directory, `read the packet ${address}`);
    }
    if (got < bytes.length) throw damaged(address, name, `the file ends ${bytes.length - got} bytes early`);
    const header = new DataView(bytes.buffer);
    const packet = bytes.subarray(HEADER_BYTES);
    if (header.getUint32(0) !== MAGIC || header.getUint32(4) !== place.length) {
      throw damaged(address, name, 'no packet begins there');
    }
    if (header.getUint32(8) !== crc32(packet)) throw damaged(address, name, 'its check sum is wrong');
    return packet;
  }

  async close(): Promise<void> {
    await this.#tail;
    await this.#file?.close();
    this.#file = undefined;
    for (const file of this.#reading.values()) await (await file).close();
    this.#reading.clear();
  }

  /** One after the other: files are appended to and synced in order. */
  #enqueue<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(run);
    this.#tail = result.catch(() => undefined);
    return result;
  }

  async #stage(packets: readonly Uint8Array[]): Promise<PacketAddress[]> {
    if (packets.length === 0) return [];
    const { directory, writer, segmentBytes, checkRoom } = this.#options;
    let total = packets.length * HEADER_BYTES;
    for (const packet of packets) total += packet.length;
    try {
      checkRoom(total);
      const isFull = this.#file !== undefined && this.#file.bytes > 0 && this.#file.bytes + total > segmentBytes;
      if (this.#file === undefined || this.#failed.has(this.#segment) || isFull) {
        await this.#nextFile();
      }
      let offset = await this.#file!.append(withHeaders(packets), total);
      return packets.map(({ length }) => {
        const address = formatPacketAddress({ writer: writer(), segment: this.#segment, offset, length });
        offset += HEADER_BYTES + length;
        return address;
      });
    } catch (error) {
      throw toStoreError(error, directory, `keep ${packets.length} packets`);
    }
  }

  /** Makes the present file durable; where that fails, it is among the failed ones afterwards. */
  async #syncOwn(): Promise<void> {
    if (this.#file === undefined || this.#failed.has(this.#segment) || this.#synced === this.#file.bytes) return;
    const target = this.#file.bytes;
    try {
      await this.#file.datasync();
    } catch (error) {
      // The system may have dropped the pages: a second attempt could report success for bytes that are gone.
      this.#failed.set(this.#segment, toStoreError(error, this.#options.directory, 'make packets durable'));
      return;
    }
    this.#synced = target;
  }

  async #syncOther(name: string): Promise<void> {
    try {
      const file = await open(join(this.#options.directory, name), 'r+');
      try {
        await file.datasync();
      } finally {
        await file.close();
      }
    } catch (error) {
      throw toStoreError(error, this.#options.directory, `make the packets of ${name} durable`);
    }
  }

  async #nextFile(): Promise<void> {
    const { directory, writer } = this.#options;
    const last = this.#file;
    if (last !== undefined) {
      await this.#syncOwn();
      this.#file = undefined;
      this.#segment += 1;
      await last.close();
    }
    await mkdir(directory, { recursive: true });
    const path = join(directory, fileName({ writer: writer(), segment: this.#segment }));
    this.#file = await SegmentFile.create(path, this.#memory);
    this.#synced = 0;
    // The name must be as durable as what will be written under it.
    const folder = await open(directory, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  #openForReading(name: string): Promise<FileHandle> {
    let file = this.#reading.get(name);
    if (file === undefined) {
      file = open(join(this.#options.directory, name), 'r');
      this.#reading.set(name, file);
      if (this.#reading.size > OPEN_FOR_READING) {
        const [oldest, handle] = this.#reading.entries().next().value!;
        this.#reading.delete(oldest);
        // `close` waits for reads that are under way.
        handle.then((opened) => opened.close()).catch(() => undefined);
      }
    }
    return file;
  }
}

/**
 * Each packet behind its header.
 *
 * Check sums are taken one packet at a time, as they are written: what was just looked through is near the processor when
 * it is copied right afterwards.
 */
function* withHeaders(packets: readonly Uint8Array[]): Generator<Uint8Array> {
  for (const packet of packets) {
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32BE(MAGIC, 0);
    header.writeUInt32BE(packet.length, 4);
    header.writeUInt32BE(crc32(packet), 8);
    yield header;
    yield packet;
  }
}

function fileName({ writer, segment }: Pick<PacketPlace, 'writer' | 'segment'>): string {
  return `${writer}-${segment}.seg`;
}

function damaged(address: PacketAddress, name: string, why: string, cause?: unknown): AntaresError {
  return new AntaresError(
    'PACKET_STORE_DAMAGED',
    `the packet ${address} cannot be read from ${name}: ${why}; restore the file from a backup`,
    cause === undefined ? undefined : { cause },
  );
}
