import { readJsonApiResource } from './http/json-api.ts';
import type { CallOptions, Transport } from './http/transport.ts';
import { isObject, numberOrNone } from './json/json-reading.ts';

/** A tag, and on how many loci it is. */
export interface Tag {
  readonly name: string;
  readonly loci: number;
}

/** All tags that are on a locus, the most frequent first. */
export async function listTags(transport: Transport, options: CallOptions): Promise<readonly Tag[]> {
  const { attributes } = readJsonApiResource(await transport.json({ path: 'v1/loci/statistics' }, options));
  const tags = isObject(attributes['tags']) ? attributes['tags'] : {};
  return Object.entries(tags)
    .map(([name, loci]) => ({ name, loci: numberOrNone(loci) ?? 0 }))
    .sort((a, b) => b.loci - a.loci || (a.name < b.name ? -1 : 1));
}
