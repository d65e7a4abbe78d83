import type { WireValue } from '../json-text.ts';

/**
 * A list on one page. Links, where they are given, must have both `self` and `next`: the 2.x client refuses less.
 *
 * @param self  address of the page
 */
export function onePage(data: readonly WireValue[], self: string): WireValue {
  return { data, meta: { count: data.length }, links: { self, next: null } };
}
