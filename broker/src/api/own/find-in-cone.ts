import type { AlertStore } from '../../alert-store/alert-store.ts';
import { withoutReplaced } from '../../search-index/query/parse-search-body.ts';
import type { SearchIndex } from '../../search-index/search-index.ts';
import type { Cone } from '../../sky/cone.ts';
import { toUnitVector } from '../../sky/position.ts';
import { vectorSeparationArcsec } from '../../sky/separation.ts';
import type { LocusRow } from './loci-table.ts';

/** A locus that was found, and how far it is from the centre. */
export type LocusInCone = Required<LocusRow>;

/**
 * Loci in a cone, rim included, nearest first.
 *
 * @param limit  ≥ 0. Where there are more, which ones are given is not said: a caller who needs all asks for less sky
 * @returns      the loci, and how many there are in all
 */
export async function findInCone(
  parts: { readonly index: SearchIndex; readonly store: AlertStore },
  cone: Cone,
  limit: number,
): Promise<{ readonly total: number; readonly loci: readonly LocusInCone[] }> {
  const { hits, total } = await parts.index.search({
    query: withoutReplaced({ clause: 'cone', ra: cone.ra, dec: cone.dec, radiusArcsec: cone.radiusArcsec }),
    sort: [],
    from: 0,
    size: limit,
  });
  const centre = toUnitVector(cone.ra, cone.dec);
  const loci: LocusInCone[] = [];
  for (const record of await parts.store.getLocusRecords(hits.map(({ ref }) => ref))) {
    if (record === undefined) continue;
    const { x, y, z } = toUnitVector(record.ra, record.dec);
    loci.push({ record, separationArcsec: vectorSeparationArcsec(centre.x, centre.y, centre.z, x, y, z) });
  }
  loci.sort(
    (a, b) => a.separationArcsec - b.separationArcsec || (a.record.ref.locusId < b.record.ref.locusId ? -1 : 1),
  );
  return { total, loci };
}
