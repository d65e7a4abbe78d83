import type { CallOptions, Transport } from './http/transport.ts';
import { asList, asObject, asText, numberOrNone, textOrNone, texts } from './json/json-reading.ts';
import { listAll } from './loci.ts';
import { type CatalogSample, toCatalogSample } from './resources/catalog-object.ts';

/** A catalogue, or a watch list, in force. */
export interface CatalogDescription {
  readonly name: string;
  readonly version: string | undefined;
  readonly objects: number | undefined;
  /** ISO 8601, UTC. */
  readonly loadedAt: string | undefined;
  /** What is known of each object. */
  readonly columns: readonly string[];
}

/** Catalogues that loci are associated with. */
export class Catalogs {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The catalogues that new alerts are compared with now. */
  list(options: CallOptions = {}): Promise<readonly CatalogDescription[]> {
    return this.#lists('catalogs', options);
  }

  /** The watch lists that are open to all. */
  watchLists(options: CallOptions = {}): Promise<readonly CatalogDescription[]> {
    return this.#lists('watch-lists', options);
  }

  /** Some objects of each catalogue, by its name. @param n  objects of each, 1 to 100 */
  async samples(n = 5, options: CallOptions = {}): Promise<ReadonlyMap<string, readonly CatalogSample[]>> {
    const samples = new Map<string, CatalogSample[]>();
    for (const resource of await listAll(this.#transport, { path: 'v1/catalog_samples', parameters: { n } }, options)) {
      const sample = toCatalogSample(resource);
      const list = samples.get(sample.catalog);
      if (list === undefined) samples.set(sample.catalog, [sample]);
      else list.push(sample);
    }
    return samples;
  }

  /** Objects of all catalogues at a position. @param ra, dec  ICRS degrees */
  async at(
    position: { readonly ra: number; readonly dec: number },
    options: CallOptions = {},
  ): Promise<readonly CatalogSample[]> {
    const path = `v1/catalog_search/${position.ra}/${position.dec}`;
    return (await listAll(this.#transport, { path }, options)).map(toCatalogSample);
  }

  async #lists(which: 'catalogs' | 'watch-lists', options: CallOptions): Promise<readonly CatalogDescription[]> {
    const answer = asObject(await this.#transport.json({ path: `api/${which}` }, options), 'the answer');
    return asList(answer[which.replace('-', '_')], which).map((value) => {
      const list = asObject(value, 'a catalogue');
      return {
        name: asText(list['name'], 'the name of a catalogue'),
        version: textOrNone(list['version']),
        objects: numberOrNone(list['objects']),
        loadedAt: textOrNone(list['loaded_at']),
        columns: texts(list['columns']),
      };
    });
  }
}
