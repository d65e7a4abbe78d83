import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SimulatedPacket } from '../../src/simulator/simulated-packet.ts';
import { Simulator, type SimulatorOptions, simulateNight } from '../../src/simulator/simulator.ts';
import { DEFAULT_RATES } from '../../src/simulator/sky/population.ts';
import { AvroPacketDecoder } from '../../src/surveys/packet-decoder.ts';

function digestOf(options: SimulatorOptions): string {
  const hash = createHash('sha256');
  for (const { bytes } of new Simulator(options).packets()) hash.update(bytes);
  return hash.digest('hex');
}

describe('a simulation', () => {
  it('the same seed and options give the same bytes, in any order of asking', () => {
    for (const survey of ['ztf', 'lsst'] as const) {
      const options: SimulatorOptions = { seed: 11, alerts: 30, surveys: [survey], nights: 2 };
      const first = digestOf(options);
      expect(digestOf(options)).toBe(first);
      const simulator = new Simulator(options);
      const backward = [...simulator.packets()].map(({ bytes }) => Buffer.from(bytes).toString('base64'));
      const again = [...simulator.packets()].map(({ bytes }) => Buffer.from(bytes).toString('base64'));
      expect(again).toEqual(backward);
    }
  });

  it('another seed gives other bytes', () => {
    expect(digestOf({ seed: 1, alerts: 20 })).not.toBe(digestOf({ seed: 2, alerts: 20 }));
  });

  it('gives exactly the alerts asked for, in time order, each id once', () => {
    const packets = [
      ...new Simulator({ seed: 3, alerts: 333, nights: 3, surveys: ['ztf', 'lsst'], cutouts: 'none' }).packets(),
    ];
    expect(packets.length).toBe(333);
    expect(new Set(packets.map(({ alertId }) => alertId)).size).toBe(333);
    for (let i = 1; i < packets.length; i += 1) expect(packets[i]!.mjd).toBeGreaterThanOrEqual(packets[i - 1]!.mjd);
    expect(new Set(packets.map(({ survey }) => survey))).toEqual(new Set(['ztf', 'lsst']));
    expect(new Set(packets.map(({ night }) => night)).size).toBe(3);
  });

  it('a larger sky sends the same packets, and more', () => {
    const options: SimulatorOptions = { seed: 4, nights: 1, cutouts: 'none', includesM31: false };
    const small = [...new Simulator({ ...options, sources: 150 }).packets()].filter(
      ({ source }) => source.placeAt === undefined,
    );
    const large = new Map(
      [...new Simulator({ ...options, sources: 300 }).packets()].map((packet) => [packet.alertId, packet]),
    );
    expect(small.length).toBeGreaterThan(50);
    for (const packet of small) {
      expect(Buffer.compare(large.get(packet.alertId)!.bytes, packet.bytes), packet.alertId).toBe(0);
    }
  });

  it('the third night of three is that of a longer run', () => {
    const night = (nights: number): string[] => {
      const packets: SimulatedPacket[] = [
        ...new Simulator({ seed: 5, nights, sources: 150, cutouts: 'none' }).packets(),
      ];
      return packets
        .filter((packet) => packet.night === '2026-09-03')
        .map(({ bytes }) => Buffer.from(bytes).toString('base64'));
    };
    const third = night(3);
    expect(third.length).toBeGreaterThan(30);
    expect(night(5)).toEqual(third);
  });

  it('is read by the broker, which names alert, object, night and visit as the simulation does', () => {
    const decoder = new AvroPacketDecoder();
    for (const packet of new Simulator({ seed: 6, alerts: 160, nights: 2, surveys: ['ztf', 'lsst'] }).packets()) {
      const [read, ...others] = decoder.decode(packet.bytes);
      expect(others).toEqual([]);
      expect(read!.survey).toBe(packet.survey);
      expect(read!.alert.point.alertId).toBe(packet.alertId);
      expect(read!.object?.id).toBe(packet.surveyObjectId);
      expect(read!.object?.role).toBe(
        packet.survey === 'lsst' && packet.source.truth['known'] === true ? 'solar_system_object' : 'object',
      );
      expect(read!.night).toBe(packet.night);
      expect(read!.visit).toBe(packet.visit);
      expect(read!.alert.point.ra).toBe(packet.ra);
      expect(read!.alert.point.dec).toBe(packet.dec);
      expect(read!.cutouts.length).toBe(3);
    }
  });

  it('comes as an asynchronous stream too', async () => {
    const ids: string[] = [];
    for await (const packet of simulateNight({ seed: 8, alerts: 150, cutouts: 'none' })) ids.push(packet.alertId);
    expect(ids).toEqual(
      [...new Simulator({ seed: 8, alerts: 150, cutouts: 'none' }).packets()].map(({ alertId }) => alertId),
    );
  });

  it('a sky that never rises is refused instead of searched for ever', () => {
    const centre = { ra: 340, dec: 85 };
    expect(() => new Simulator({ seed: 1, surveys: ['lsst'], alerts: 5, centre })).toThrow(/gave 0 of 5 alerts/);
    // Up, but every nova is in Andromeda or long faded.
    const none = Object.fromEntries(Object.keys(DEFAULT_RATES).map((kind) => [kind, 0])) as typeof DEFAULT_RATES;
    const sky: SimulatorOptions = { seed: 1, alerts: 1, rates: { ...none, nova: 1 }, startNight: 61_284, spanDays: 0 };
    expect([...new Simulator(sky).packets()].length).toBe(1);
  });

  it('options that contradict each other are mistakes of the caller', () => {
    expect(() => new Simulator({ seed: 1, alerts: 5, sources: 5 })).toThrow(TypeError);
    expect(() => new Simulator({ seed: 1, surveys: [] })).toThrow(TypeError);
    expect(() => new Simulator({ seed: 1, nights: 0 })).toThrow(TypeError);
  });

  it('more sources on a detector than ids can tell apart are refused', () => {
    expect(() => new Simulator({ seed: 1, sources: 6000, areaDeg2: 1, includesM31: false })).toThrow(
      /tell 700 sources/,
    );
  });
});
