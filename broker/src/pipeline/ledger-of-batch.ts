import type { LedgerEntry } from '../alert-store/alert-store.ts';
import type { Batch } from './stage.ts';

/** A line that is still being counted. */
interface Tally {
  received: number;
  stored: number;
  duplicate: number;
  rejected: number;
  reasons: Record<string, number>;
}

/**
 * The ledger lines of a batch: every alert counted once, by what became of it. A packet that could not be read counts as
 * one.
 *
 * @throws TypeError  when an alert left the pipeline without an outcome: the sum would not hold
 */
export function tallyLedger(batch: Batch): LedgerEntry[] {
  const tallies = new Map<string, { readonly keys: readonly string[]; readonly tally: Tally }>();
  const tallyOf = (...keys: readonly [source: string, survey: string, night: string, visit: string]): Tally => {
    const name = keys.join('\n');
    const known = tallies.get(name);
    if (known !== undefined) return known.tally;
    const tally: Tally = { received: 0, stored: 0, duplicate: 0, rejected: 0, reasons: {} };
    tallies.set(name, { keys, tally });
    return tally;
  };
  for (const { raw, packet, outcome } of batch.alerts) {
    if (outcome === 'rejected') continue;
    if (outcome === 'pending')
      throw new TypeError(`${packet.alert.point.alertId} left the pipeline without an outcome`);
    const tally = tallyOf(raw.source.name, packet.survey, packet.night, packet.visit);
    tally.received += 1;
    tally[outcome] += 1;
  }
  for (const { raw, code, survey, night, visit } of batch.rejections) {
    const tally = tallyOf(raw.source.name, survey, night, visit);
    tally.received += 1;
    tally.rejected += 1;
    tally.reasons[code] = (tally.reasons[code] ?? 0) + 1;
  }
  return [...tallies.values()].map(({ keys, tally }) => ({
    source: keys[0]!,
    survey: keys[1]!,
    night: keys[2]!,
    visit: keys[3]!,
    ...tally,
  }));
}
