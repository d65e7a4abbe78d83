import { Random, wordOf } from './random.ts';
import type { AvroRecord } from './schemas/avro-schema.ts';
import type { SimulatedPacket } from './simulated-packet.ts';
import { ByteSink } from './survey/byte-sink.ts';
import { containerOf } from './survey/container.ts';

/** What can go wrong between a survey and a broker. */
export const FAULT_KINDS = [
  'duplicate',
  'late',
  'out_of_order',
  'truncated',
  'flipped_bytes',
  'nan_position',
  'unknown_schema',
  'empty',
  'same_id_other_content',
] as const;

/** What can go wrong between a survey and a broker. */
export type FaultKind = (typeof FAULT_KINDS)[number];

/** What a broker should book for a packet with a fault. */
export interface ExpectedOutcome {
  readonly outcome: 'stored' | 'duplicate' | 'rejected';
  /** Why, where it is rejected: a code of the ledger. */
  readonly reason: string | undefined;
}

/** A packet as it arrives, and what is wrong with it, where something is. */
export interface DeliveredPacket extends SimulatedPacket {
  readonly fault: (ExpectedOutcome & { readonly kind: FaultKind }) | undefined;
}

/** Which faults, and how often. */
export interface FaultPlan {
  readonly seed: string | number;
  readonly kinds: readonly FaultKind[];
  /** Share of the packets that each kind befalls. Default 0.01. */
  readonly share?: number;
}

/** Packets after which a late one, one out of order, and a second copy arrive: from, to. */
const DELAYS: Readonly<Partial<Record<FaultKind, readonly [number, number]>>> = {
  late: [200, 1000],
  out_of_order: [1, 20],
  duplicate: [0, 50],
};
const STREAM = wordOf('faults');

/**
 * Delivers packets with faults among them.
 *
 * Nothing is lost by it: every packet arrives once as it should, if late or out of order, and what is damaged or doubled comes
 * on top: a damaged copy before the good one, as after a broken transfer, a second copy after it. A broker that books each
 * packet as its fault says ends where it would have ended without.
 */
export function* withFaults(packets: Iterable<SimulatedPacket>, plan: FaultPlan): Generator<DeliveredPacket> {
  const share = plan.share ?? 0.01;
  if (!(share >= 0 && share * plan.kinds.length <= 1))
    throw new TypeError(`shares add up to at most 1, got ${share} each`);
  const random = new Random(0);
  const waiting: { readonly due: number; readonly packet: DeliveredPacket }[] = [];
  let ordinal = 0;
  for (const packet of packets) {
    const draw = random.restart(wordOf(plan.seed), STREAM, ordinal).unit();
    const kind = share === 0 ? undefined : plan.kinds[Math.floor(draw / share)];
    const delay = kind === undefined ? undefined : DELAYS[kind];
    if (delay !== undefined && kind !== undefined) {
      const due = ordinal + delay[0] + random.integer(delay[1] - delay[0] + 1);
      waiting.push({
        due,
        packet: { ...packet, bytes: copyOf(packet.bytes), fault: { kind, ...outcomeOf(kind, packet) } },
      });
      waiting.sort((a, b) => a.due - b.due);
    }
    if (kind !== undefined && delay === undefined && kind !== 'same_id_other_content') {
      yield { ...packet, bytes: damage(kind, packet, random), fault: { kind, ...outcomeOf(kind, packet) } };
    }
    if (kind !== 'late' && kind !== 'out_of_order') yield { ...packet, fault: undefined };
    if (kind === 'same_id_other_content') {
      yield { ...packet, bytes: damage(kind, packet, random), fault: { kind, ...outcomeOf(kind, packet) } };
    }
    while (waiting.length > 0 && waiting[0]!.due <= ordinal) yield waiting.shift()!.packet;
    ordinal += 1;
  }
  for (const { packet } of waiting) yield packet;
}

/** What a broker should book for a packet of a fault. */
function outcomeOf(kind: FaultKind, packet: SimulatedPacket): ExpectedOutcome {
  switch (kind) {
    case 'late':
    case 'out_of_order':
      return { outcome: 'stored', reason: undefined };
    case 'duplicate':
      return { outcome: 'duplicate', reason: undefined };
    case 'truncated':
      return { outcome: 'rejected', reason: 'PACKET_TRUNCATED' };
    case 'flipped_bytes':
      return { outcome: 'rejected', reason: 'PACKET_DAMAGED' };
    case 'nan_position':
      return { outcome: 'rejected', reason: 'PACKET_POSITION_INVALID' };
    case 'unknown_schema':
      return { outcome: 'rejected', reason: packet.isWire ? 'PACKET_SCHEMA_UNKNOWN' : 'PACKET_SURVEY_UNKNOWN' };
    case 'empty':
      return { outcome: 'rejected', reason: 'PACKET_EMPTY' };
    case 'same_id_other_content':
      return { outcome: 'rejected', reason: 'PACKET_DUPLICATE_CONFLICT' };
  }
}

function damage(kind: FaultKind, packet: SimulatedPacket, random: Random): Uint8Array {
  const bytes = copyOf(packet.bytes);
  switch (kind) {
    case 'truncated':
      return bytes.subarray(0, packet.isWire ? lastField(bytes) : Math.floor(bytes.length * random.uniform(0.5, 0.98)));
    case 'flipped_bytes': {
      const at = packet.isWire ? branchAfterId(bytes) : bytes.length - 1 - random.integer(16);
      bytes[at] = bytes[at]! ^ (packet.isWire ? 0x7c : 1 + random.integer(255));
      return bytes;
    }
    case 'nan_position':
      bytes.writeDoubleLE(Number.NaN, findPosition(bytes, packet));
      return bytes;
    case 'same_id_other_content':
      // A few hundredths of an arcsecond: enough to be another measurement, too little to leave the object.
      bytes.writeDoubleLE(packet.ra + (packet.ra > 180 ? -1e-5 : 1e-5), findPosition(bytes, packet));
      return bytes;
    case 'unknown_schema':
      return unknownSchema(packet, bytes);
    case 'empty':
      return new Uint8Array(0);
    default:
      throw new TypeError(`${kind} changes no bytes`);
  }
}

/** The right ascension of the alert itself stands before that of any row of its history. */
function findPosition(bytes: Buffer, packet: SimulatedPacket): number {
  const pattern = Buffer.alloc(8);
  pattern.writeDoubleLE(packet.ra);
  const at = bytes.indexOf(pattern);
  if (at < 0) throw new TypeError(`the position of ${packet.alertId} is not in its packet`);
  return at;
}

/**
 * Where the last field of an LSST wire message begins. A container says how long it is: cut anywhere, it is plainly short. A
 * wire message does not, and cut within a list or a stamp it would look damaged as well.
 */
function lastField(bytes: Buffer): number {
  const stamp = bytes.lastIndexOf('SIMPLE  =');
  // Before a stamp: its length in three bytes and the branch of its union; without stamps the last byte is that branch.
  return stamp < 0 ? bytes.length - 1 : stamp - 4;
}

/** In a wire message of LSST: the branch of the first union, right behind the id. 0x7c makes it one that does not exist. */
function branchAfterId(bytes: Uint8Array): number {
  let at = 5;
  while (bytes[at]! > 127) at += 1;
  return at + 1;
}

const UNKNOWN: AvroRecord = {
  type: 'record',
  namespace: 'unheard_of',
  name: 'notice',
  doc: 'A record of a survey that nobody knows',
  fields: [
    { name: 'number', type: 'long', doc: 'A number', defaultsToNull: false },
    { name: 'text', type: 'string', doc: 'A text', defaultsToNull: false },
  ],
};

function unknownSchema(packet: SimulatedPacket, bytes: Buffer): Uint8Array {
  if (packet.isWire) {
    bytes.writeUInt32BE(99_999, 1);
    return bytes;
  }
  const sink = new ByteSink(64);
  sink.long(packet.surveyId);
  sink.string('not an alert');
  return containerOf(UNKNOWN).wrap(sink.toBytes());
}

function copyOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes);
}
