import { describe, expect, it } from 'vitest';
import { AntaresError } from '../../src/model/errors.ts';
import { type DeliveredPacket, FAULT_KINDS, type FaultKind, withFaults } from '../../src/simulator/faults.ts';
import { schemaText } from '../../src/simulator/schemas/avro-schema.ts';
import { lsstSchema } from '../../src/simulator/schemas/lsst-schema.ts';
import type { SimulatedPacket } from '../../src/simulator/simulated-packet.ts';
import { Simulator, type SimulatorOptions } from '../../src/simulator/simulator.ts';
import { AvroPacketDecoder } from '../../src/surveys/packet-decoder.ts';

const ZTF: SimulatorOptions = { seed: 21, alerts: 400, cutouts: 'none', earlierNights: 8 };
const FORMATS: readonly (readonly [string, SimulatorOptions])[] = [
  ['ZTF containers', ZTF],
  ['LSST containers', { ...ZTF, surveys: ['lsst'], alerts: 160 }],
  ['LSST wire messages', { ...ZTF, surveys: ['lsst'], alerts: 160, format: 'wire' }],
  ['LSST wire messages with stamps', { ...ZTF, surveys: ['lsst'], alerts: 160, format: 'wire', cutouts: 'pool' }],
];

function deliver(packets: Iterable<SimulatedPacket>, kinds: readonly FaultKind[], share: number): DeliveredPacket[] {
  return [...withFaults(packets, { seed: 'faults', kinds, share })];
}

/** What the broker's reader makes of a packet: its alert id, or the code of the refusal. */
function readOutcome(decoder: AvroPacketDecoder, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)[0]!.alert.point.alertId;
  } catch (error) {
    if (error instanceof AntaresError) return error.code;
    throw error;
  }
}

describe('faults', () => {
  it.each(FORMATS)('%s: each fault is what it says, to the letter of the ledger', (_name, options) => {
    const decoder = new AvroPacketDecoder();
    decoder.addWireSchema(1101, schemaText(lsstSchema('11.1').alert));
    const delivered = deliver(new Simulator(options).packets(), FAULT_KINDS, 0.05);
    const bodies = new Map<string, ReturnType<AvroPacketDecoder['decode']>[number]>();
    const seen = new Map<FaultKind, number>();
    for (const { bytes, alertId, fault } of delivered) {
      const outcome = readOutcome(decoder, bytes);
      if (fault !== undefined) seen.set(fault.kind, (seen.get(fault.kind) ?? 0) + 1);
      if (fault === undefined || fault.outcome === 'stored') {
        expect(outcome).toBe(alertId);
        expect(bodies.has(alertId)).toBe(false);
        bodies.set(alertId, decoder.decode(bytes)[0]!);
        continue;
      }
      if (fault.kind === 'duplicate' || fault.kind === 'same_id_other_content') {
        expect(outcome).toBe(alertId);
        const before = bodies.get(alertId);
        expect(before, `${fault.kind} came before the good packet`).toBeDefined();
        const isSame = decoder.sameContent(before!.alert.body, decoder.decode(bytes)[0]!.alert.body);
        expect(isSame).toBe(fault.kind === 'duplicate');
        continue;
      }
      expect(outcome, fault.kind).toBe(fault.reason);
      expect(bodies.has(alertId)).toBe(false);
    }
    expect([...seen.keys()].sort()).toEqual([...FAULT_KINDS].sort());
  });

  it('every packet still arrives once as it should', () => {
    const delivered = deliver(new Simulator(ZTF).packets(), FAULT_KINDS, 0.1);
    const good = delivered.filter(({ fault }) => fault === undefined || fault.outcome === 'stored');
    const expected = new Map([...new Simulator(ZTF).packets()].map((packet) => [packet.alertId, packet.bytes]));
    expect(good.length).toBe(expected.size);
    for (const { alertId, bytes } of good) expect(Buffer.compare(bytes, expected.get(alertId)!)).toBe(0);
  });

  it('late packets come hundreds of packets later, those out of order a few', () => {
    const order = [...new Simulator(ZTF).packets()].map(({ alertId }) => alertId);
    for (const [kind, least, most] of [
      ['late', 200, 1000],
      ['out_of_order', 1, 20],
    ] as const) {
      const delivered = deliver(new Simulator(ZTF).packets(), [kind], 0.05);
      let moved = 0;
      for (const [place, { alertId, fault }] of delivered.entries()) {
        if (fault === undefined) continue;
        moved += 1;
        const delay = place - order.indexOf(alertId);
        // At the end of the stream everything that waits is let go.
        const isLast = place >= delivered.length - 25 || order.indexOf(alertId) + least >= order.length;
        if (!isLast) expect(delay).toBeGreaterThan(0);
        expect(delay).toBeLessThanOrEqual(most + 25);
      }
      expect(moved).toBeGreaterThan(5);
    }
  });

  it('the same seed gives the same faults', () => {
    const once = deliver(new Simulator(ZTF).packets(), FAULT_KINDS, 0.05);
    const again = deliver(new Simulator(ZTF).packets(), FAULT_KINDS, 0.05);
    expect(again.map(({ fault, alertId }) => [alertId, fault])).toEqual(
      once.map(({ fault, alertId }) => [alertId, fault]),
    );
    for (const [n, { bytes }] of once.entries()) expect(Buffer.compare(again[n]!.bytes, bytes)).toBe(0);
  });

  it('come as often as asked for', () => {
    const delivered = deliver(new Simulator({ ...ZTF, alerts: 1000 }).packets(), ['duplicate', 'empty'], 0.1);
    for (const kind of ['duplicate', 'empty'] as const) {
      const count = delivered.filter(({ fault }) => fault?.kind === kind).length;
      expect(Math.abs(count - 100)).toBeLessThan(5 * Math.sqrt(90));
    }
  });

  it('shares that add up to more than all packets are a mistake of the caller', () => {
    expect(() => deliver([], FAULT_KINDS, 0.5)).toThrow(TypeError);
  });
});
