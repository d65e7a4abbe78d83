import { gunzipSync } from 'node:zlib';
import { AntaresError, errorCode, errorMessage } from '../../model/errors.ts';
import { avroBlocks } from './avro-blocks.ts';
import { CONTENT_HEAD_BYTES, contentKind, isAvroContainer } from './content-kind.ts';
import { gunzipChunks } from './gunzip-chunks.ts';
import { hasEnding, judgeName } from './packet-names.ts';
import { type TarMember, TarSplitter } from './tar-splitter.ts';

/** Something to read packets from: a file, or a stream of bytes. */
export interface Content {
  /** For people; members of an archive are called `name!member`. */
  readonly name: string;
  /**
   * Path within the folder that was walked; undefined when the content was asked for by name, and is then delivered
   * whatever it is.
   */
  readonly metAs: string | undefined;
  /** Reads the bytes from the beginning. */
  readonly chunks: () => AsyncIterable<Uint8Array>;
  /** Whether `chunks` can be called a second time. */
  readonly canReread: boolean;
}

/** A packet, or what stands for one that cannot be read. */
export interface FoundPacket {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly fault: AntaresError | undefined;
}

/** What reading goes by, and counts. */
export interface ReadingRules {
  /** Packets beyond this size are not read into memory [bytes]. */
  readonly maxPacketBytes: number;
  /** Called for each thing that is not a packet. */
  readonly onPassedOver: () => void;
}

const NOTHING = new Uint8Array(0);

/**
 * The packets in a content, recognised by what it begins with: a tar, gzip of anything here, an Avro container, a message.
 *
 * A container beyond `maxPacketBytes` comes as many small ones, a block each. Faults come last, as a packet with its
 * `fault`. Nothing is thrown but errors of the programmer.
 *
 * @returns  batches of packets in order, as they are found; none is empty
 */
export async function* readContent(content: Content, rules: ReadingRules): AsyncGenerator<FoundPacket[]> {
  const first = await peek(content.chunks());
  try {
    if (contentKind(first.head) !== 'gzip') {
      yield* readPlain(content, first, rules);
      return;
    }
    let peeked: AsyncIterable<Uint8Array> | undefined = first.chunks;
    const compressed = (): AsyncIterable<Uint8Array> => {
      const chunks = peeked ?? content.chunks();
      peeked = undefined;
      return chunks;
    };
    yield* readPlain(content, await peek(gunzipChunks(compressed, content.canReread)), rules);
  } finally {
    await first.close();
  }
}

/** Bytes of which the beginning has been looked at. */
interface Peeked {
  readonly head: Uint8Array;
  /** All of it, the head included; can be read once. Ends by throwing what the underlying chunks threw. */
  readonly chunks: AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

async function peek(chunks: AsyncIterable<Uint8Array>): Promise<Peeked> {
  const iterator = chunks[Symbol.asyncIterator]();
  let head: Uint8Array = NOTHING;
  let failure: { readonly error: unknown } | undefined;
  let isOver = false;
  try {
    while (head.length < CONTENT_HEAD_BYTES && !isOver) {
      const next = await iterator.next();
      if (next.done === true) isOver = true;
      else head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
    }
  } catch (error) {
    failure = { error };
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    if (head.length > 0) yield head;
    if (failure !== undefined) throw failure.error;
    while (!isOver) {
      const next = await iterator.next();
      if (next.done === true) isOver = true;
      else yield next.value;
    }
  }
  return {
    head: head.subarray(0, CONTENT_HEAD_BYTES),
    chunks: all(),
    close: async () => {
      await iterator.return?.(undefined);
    },
  };
}

async function* readPlain(content: Content, peeked: Peeked, rules: ReadingRules): AsyncGenerator<FoundPacket[]> {
  try {
    const verdict = content.metAs === undefined ? 'packet' : judgeName(content.metAs);
    const kind = contentKind(peeked.head);
    // A name that promises one packet is taken at its word in a folder, so that resuming can count files unread.
    const isSplit = kind === 'tar' && (content.metAs === undefined || verdict !== 'packet');
    if (isSplit) yield* readTar(content.name, peeked.chunks, rules);
    else if (verdict === 'packet' || isPacketByContent(content.metAs ?? '', peeked.head))
      yield* readSingle(content.name, peeked.chunks, rules);
    else if (verdict === 'archive') {
      const gathered = await gather(peeked.chunks, CONTENT_HEAD_BYTES);
      const fault =
        gathered.failure ??
        new AntaresError('SOURCE_DAMAGED', `${content.name} is called an archive, but does not begin as a tar or gzip`);
      yield [{ name: content.name, bytes: NOTHING, fault }];
    } else rules.onPassedOver();
  } finally {
    await peeked.close();
  }
}

async function* readTar(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  rules: ReadingRules,
): AsyncGenerator<FoundPacket[]> {
  const splitter = new TarSplitter({
    maxMemberBytes: rules.maxPacketBytes,
    wants: (member) => {
      const verdict = judgeName(member);
      return verdict === 'packet' || verdict === 'look-inside';
    },
  });
  const members: TarMember[] = [];
  let failure: AntaresError | undefined;
  try {
    for await (const chunk of chunks) {
      splitter.push(chunk, members);
      const found = judgeMembers(name, members, rules);
      if (found.length > 0) yield found;
    }
    splitter.end(members);
  } catch (error) {
    failure = toSourceError(error);
  }
  const found = judgeMembers(name, members, rules);
  if (failure !== undefined) {
    // The member under way was cut, by whatever it was: it is the one to name.
    try {
      splitter.end(members);
    } catch {
      // Nothing was under way.
    }
    const cut = judgeMembers(name, members, rules).find(({ fault }) => fault?.code === 'SOURCE_TRUNCATED');
    found.push(cut === undefined ? { name, bytes: NOTHING, fault: failure } : { ...cut, fault: failure });
  }
  if (found.length > 0) yield found;
}

function judgeMembers(archive: string, members: TarMember[], rules: ReadingRules): FoundPacket[] {
  const found: FoundPacket[] = [];
  for (const member of members) {
    const packet = judgeMember(archive, member, rules);
    if (packet === undefined) rules.onPassedOver();
    else found.push(packet);
  }
  members.length = 0;
  return found;
}

function judgeMember(archive: string, member: TarMember, rules: ReadingRules): FoundPacket | undefined {
  const verdict = judgeName(member.name);
  if (verdict === 'pass-over') return undefined;
  const name = `${archive}!${member.name}`;
  if (verdict === 'archive') {
    const fault = new AntaresError(
      'SOURCE_UNSUPPORTED',
      `${name} is an archive in an archive; unpack the outer one first`,
    );
    return { name, bytes: NOTHING, fault };
  }
  const isPacket = verdict === 'packet' || isPacketByContent(member.name, member.bytes);
  if (member.fault !== undefined) return isPacket ? { name, bytes: member.bytes, fault: member.fault } : undefined;
  if (member.bytes.length < member.size) {
    return isPacket ? { name, bytes: NOTHING, fault: tooLarge(name, member.size, rules.maxPacketBytes) } : undefined;
  }
  if (contentKind(member.bytes) !== 'gzip')
    return isPacket ? { name, bytes: member.bytes, fault: undefined } : undefined;
  try {
    const bytes = gunzipSync(member.bytes, { maxOutputLength: rules.maxPacketBytes });
    return isPacket || isPacketByContent(member.name, bytes) ? { name, bytes, fault: undefined } : undefined;
  } catch (error) {
    if (!isPacket) return undefined;
    if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') {
      return { name, bytes: NOTHING, fault: tooLarge(name, undefined, rules.maxPacketBytes) };
    }
    // Delivered as it is: the decoder refuses it, and it is kept with its reason like any damaged packet.
    return { name, bytes: member.bytes, fault: undefined };
  }
}

/** Whether content is a packet though its name does not say so. An ending of another kind is believed over a few zeros. */
function isPacketByContent(name: string, head: Uint8Array): boolean {
  return isAvroContainer(head) || (!hasEnding(name) && contentKind(head) === 'wire');
}

async function* readSingle(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  rules: ReadingRules,
): AsyncGenerator<FoundPacket[]> {
  const { bytes, rest, failure } = await gather(chunks, rules.maxPacketBytes);
  if (rest === undefined) {
    yield [{ name, bytes, fault: failure }];
    return;
  }
  if (!isAvroContainer(bytes)) {
    yield [{ name, bytes: NOTHING, fault: tooLarge(name, undefined, rules.maxPacketBytes) }];
    return;
  }
  let block = 0;
  try {
    for await (const container of avroBlocks(rest, rules.maxPacketBytes)) {
      yield [{ name: `${name}!block-${block}`, bytes: container, fault: undefined }];
      block += 1;
    }
  } catch (error) {
    yield [{ name: `${name}!block-${block}`, bytes: NOTHING, fault: toSourceError(error) }];
  }
}

interface Gathered {
  readonly bytes: Uint8Array;
  /** When there is more than the limit: all of it, `bytes` included. */
  readonly rest: AsyncIterable<Uint8Array> | undefined;
  readonly failure: AntaresError | undefined;
}

async function gather(chunks: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Gathered> {
  const iterator = chunks[Symbol.asyncIterator]();
  const parts: Uint8Array[] = [];
  let length = 0;
  const joined = (): Uint8Array => (parts.length === 1 ? parts[0]! : Buffer.concat(parts));
  try {
    for (;;) {
      const next = await iterator.next();
      if (next.done === true) return { bytes: joined(), rest: undefined, failure: undefined };
      parts.push(next.value);
      length += next.value.length;
      if (length > limitBytes) break;
    }
  } catch (error) {
    return { bytes: joined(), rest: undefined, failure: toSourceError(error) };
  }
  // Copies: what is found in the first of them goes out while the others wait, and their memory may be used again then.
  const first = parts.map((part) => Buffer.from(part));
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* first.splice(0);
    for (;;) {
      const next = await iterator.next();
      if (next.done === true) return;
      yield next.value;
    }
  }
  return { bytes: first[0]!, rest: all(), failure: undefined };
}

function tooLarge(name: string, size: number | undefined, limitBytes: number): AntaresError {
  const found = size === undefined ? 'more' : `${size} bytes`;
  return new AntaresError(
    'PACKET_TOO_LARGE',
    `${name}: a packet has at most ${limitBytes} bytes here, this one has ${found}`,
  );
}

function toSourceError(error: unknown): AntaresError {
  if (error instanceof AntaresError) return error;
  if (error instanceof TypeError) throw error;
  return new AntaresError('SOURCE_UNREADABLE', errorMessage(error), { cause: error });
}
