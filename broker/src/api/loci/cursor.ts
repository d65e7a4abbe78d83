import type { SortValue } from '../../search-index/search-index.ts';
import { type ApiError, badRequest } from '../api-error.ts';

/** Where a page of a search begins. */
export interface Cursor {
  /** Sort values of the last hit of the page before, its locus id last. */
  readonly after: readonly SortValue[];
  /** Hits on the pages before. */
  readonly passed: number;
  /** What a random order is made from: pages of one walk must not repeat a locus. */
  readonly seed: number | undefined;
}

type CursorValue = string | number | boolean | null | { readonly i: string };

/** A cursor as text that may stand in a path or a parameter. */
export function writeCursor({ after, passed, seed }: Cursor): string {
  const a = after.map(
    (value): CursorValue => (value === undefined ? null : typeof value === 'bigint' ? { i: value.toString() } : value),
  );
  return Buffer.from(JSON.stringify(seed === undefined ? { a, n: passed } : { a, n: passed, s: seed })).toString(
    'base64url',
  );
}

/** Reads what {@link writeCursor} wrote. @throws ApiError 400, CURSOR_INVALID */
export function readCursor(text: string): Cursor {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    throw invalid();
  }
  if (typeof parsed !== 'object' || parsed === null) throw invalid();
  const { a, n, s } = parsed as { readonly a?: unknown; readonly n?: unknown; readonly s?: unknown };
  if (!Array.isArray(a) || a.length === 0 || a.length > 64 || typeof a.at(-1) !== 'string') throw invalid();
  if (!isCount(n) || (s !== undefined && !isCount(s))) throw invalid();
  return { after: a.map(sortValue), passed: n, seed: s };
}

function sortValue(value: unknown): SortValue {
  if (value === null) return undefined;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  const { i } = value as { readonly i?: unknown };
  if (typeof i !== 'string' || !/^-?\d{1,19}$/.test(i)) throw invalid();
  return BigInt(i);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function invalid(): ApiError {
  return badRequest('CURSOR_INVALID', 'the cursor of a page is not one of ours: follow links.next as it was given');
}
