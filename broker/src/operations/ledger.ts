import type { LedgerEntry } from '../alert-store/alert-store.ts';

/** How finely the ledger is shown. */
export type LedgerLevel = 'source' | 'night' | 'visit';

/** A line of the ledger as shown: keys finer than the chosen level are left out. */
export interface LedgerLine {
  readonly source: string;
  readonly survey?: string;
  readonly night?: string;
  readonly visit?: string;
  readonly received: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly reasons: Readonly<Record<string, number>>;
}

/** A line that is still being counted. */
interface Tally {
  received: number;
  stored: number;
  duplicate: number;
  rejected: number;
  reasons: Record<string, number>;
}

/**
 * Sums ledger entries up to a level, in the order source, survey, night, visit.
 *
 * @returns lines of which each holds received = stored + duplicate + rejected
 */
export function summarizeLedger(entries: readonly LedgerEntry[], level: LedgerLevel): LedgerLine[] {
  const lines = new Map<string, Tally & { source: string; survey?: string; night?: string; visit?: string }>();
  for (const entry of entries) {
    const { source, survey, night, visit } = entry;
    const keys =
      level === 'source'
        ? { source }
        : level === 'night'
          ? { source, survey, night }
          : { source, survey, night, visit };
    const name = Object.values(keys).join('\n');
    let line = lines.get(name);
    if (line === undefined) {
      line = { ...keys, received: 0, stored: 0, duplicate: 0, rejected: 0, reasons: {} };
      lines.set(name, line);
    }
    addTo(line, entry);
  }
  return [...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
}

/** The sum of all entries. */
export function totalLedger(
  entries: readonly LedgerEntry[],
): Omit<LedgerLine, 'source' | 'survey' | 'night' | 'visit'> {
  const total: Tally = { received: 0, stored: 0, duplicate: 0, rejected: 0, reasons: {} };
  for (const entry of entries) addTo(total, entry);
  return total;
}

function addTo(line: Tally, entry: LedgerEntry): void {
  line.received += entry.received;
  line.stored += entry.stored;
  line.duplicate += entry.duplicate;
  line.rejected += entry.rejected;
  for (const [reason, count] of Object.entries(entry.reasons))
    line.reasons[reason] = (line.reasons[reason] ?? 0) + count;
}
