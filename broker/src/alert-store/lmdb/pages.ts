import type { Page } from '../alert-store.ts';
import type { Table } from './database.ts';
import { nextKey } from './keys.ts';

/**
 * One page of a table in the order of its keys, made of the values.
 *
 * @param pageToken  undefined for the first page, else the `next` of the page before
 * @param limit      most items, integer ≥ 1
 * @throws TypeError  for another limit
 */
export function pageOfValues<T>(
  table: Table,
  pageToken: string | undefined,
  limit: number,
  toItem: (value: Buffer) => T,
): Page<T> {
  checkLimit(limit);
  const items: T[] = [];
  let last: Uint8Array | undefined;
  for (const { key, value } of table.getRange({ start: firstKeyOf(pageToken), limit: limit + 1 })) {
    if (items.length === limit) return { items, next: tokenOf(last!) };
    items.push(toItem(value));
    last = key;
  }
  return { items, next: undefined };
}

/** As {@link pageOfValues}, made of the keys: no value is read. */
export function pageOfKeys<T>(
  table: Table,
  pageToken: string | undefined,
  limit: number,
  toItem: (key: Uint8Array) => T,
): Page<T> {
  checkLimit(limit);
  const items: T[] = [];
  let last: Uint8Array | undefined;
  for (const key of table.getKeys({ start: firstKeyOf(pageToken), limit: limit + 1 })) {
    if (items.length === limit) return { items, next: tokenOf(last!) };
    items.push(toItem(key));
    last = key;
  }
  return { items, next: undefined };
}

function checkLimit(limit: number): void {
  if (!(Number.isInteger(limit) && limit > 0)) throw new TypeError(`a page has at least one item, got ${limit}`);
}

/** A page token is the last key of the page before. */
function tokenOf(key: Uint8Array): string {
  return Buffer.from(key).toString('base64url');
}

function firstKeyOf(pageToken: string | undefined): Uint8Array {
  return pageToken === undefined ? Uint8Array.of(0) : nextKey(Buffer.from(pageToken, 'base64url'));
}
