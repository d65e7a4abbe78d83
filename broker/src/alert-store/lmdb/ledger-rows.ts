import { createHash } from 'node:crypto';
import type { LedgerEntry } from '../alert-store.ts';

/** The sum of two lines of the ledger about the same visit. */
export function addLedgerEntries(a: LedgerEntry, b: LedgerEntry): LedgerEntry {
  const reasons: Record<string, number> = { ...a.reasons };
  for (const [reason, count] of Object.entries(b.reasons)) reasons[reason] = (reasons[reason] ?? 0) + count;
  return {
    source: a.source,
    survey: a.survey,
    night: a.night,
    visit: a.visit,
    received: a.received + b.received,
    stored: a.stored + b.stored,
    duplicate: a.duplicate + b.duplicate,
    rejected: a.rejected + b.rejected,
    reasons,
  };
}

/** What the line is about, as one text. */
export function ledgerSubject(entry: LedgerEntry): string {
  return JSON.stringify([entry.source, entry.survey, entry.night, entry.visit]);
}

/** Sixteen bytes that stand for a text of any length in a key. */
export function digestOf(text: string): Buffer {
  return createHash('sha1').update(text).digest().subarray(0, 16);
}

/** Adds up lines by subject. @returns in the order of source, night, visit, survey */
export function sumLedger(entries: Iterable<LedgerEntry>): LedgerEntry[] {
  const sums = new Map<string, LedgerEntry>();
  for (const entry of entries) {
    const subject = ledgerSubject(entry);
    const sum = sums.get(subject);
    sums.set(subject, sum === undefined ? entry : addLedgerEntries(sum, entry));
  }
  return [...sums.values()].sort(
    (a, b) =>
      compare(a.source, b.source) ||
      compare(a.night, b.night) ||
      compare(a.visit, b.visit) ||
      compare(a.survey, b.survey),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
