import { setTimeout as sleep } from 'node:timers/promises';
import { Simulator, type SimulatorOptions } from '../simulator/simulator.ts';
import type { PacketSource, SourcePacket } from '../sources/source.ts';

/** How a simulated night is played. */
export interface SimulatedNight {
  readonly simulation: SimulatorOptions;
  /** Packets a second, evenly; 0 as fast as they are taken. */
  readonly perSecond: number;
  readonly signal: AbortSignal;
}

/** How often a paced source wakes up [ms]. */
const TICK_MS = 20;

/**
 * A simulated night as a source: packets as the surveys would send them, at a steady rate.
 *
 * The same seed gives the same packets, so a restart takes them in again as duplicates: a demonstration needs no memory.
 */
export function simulatedSource({ simulation, perSecond, signal }: SimulatedNight): PacketSource {
  let bytesRead = 0;
  return {
    id: 'simulation',
    name: `simulation ${simulation.seed}`,
    isResumable: false,
    totalBytes: undefined,
    get bytesRead() {
      return bytesRead;
    },
    passedOver: 0,
    async *packets(): AsyncGenerator<readonly SourcePacket[]> {
      const started = performance.now();
      let ordinal = 0;
      let batch: SourcePacket[] = [];
      for (const { bytes, alertId } of new Simulator(simulation).packets()) {
        if (signal.aborted) return;
        batch.push({ bytes, ordinal, name: alertId, receivedAtMs: Date.now(), fault: undefined });
        bytesRead += bytes.length;
        ordinal += 1;
        const due = perSecond === 0 ? started : started + (1000 * ordinal) / perSecond;
        if (batch.length < 64 && due - performance.now() < TICK_MS) continue;
        yield batch;
        batch = [];
        const wait = due - performance.now();
        if (wait > 0) await sleep(wait, undefined, { signal }).catch(() => undefined);
      }
      if (batch.length > 0) yield batch;
    },
    close: () => Promise.resolve(),
  };
}
