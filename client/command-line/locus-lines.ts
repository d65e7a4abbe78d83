import type { LocusListing } from '@antares/client';
import { writeLine, writeRow } from './output.ts';

/** Writes loci as they come: a table between tabs with a header, or one JSON object a line. @returns how many */
export async function writeLoci(loci: AsyncIterable<LocusListing>, isJson: boolean): Promise<number> {
  let count = 0;
  for await (const locus of loci) {
    if (isJson) {
      await writeLine(JSON.stringify(locusToJson(locus)));
    } else {
      if (count === 0) await writeRow(['locus_id', 'ra', 'dec', 'num_alerts', 'newest_magnitude', 'tags', 'catalogs']);
      const { locusId, ra, dec, tags, catalogs, properties } = locus;
      const alerts = numberOf(properties['num_alerts']);
      const magnitude = numberOf(properties['newest_alert_magnitude']);
      await writeRow([locusId, ra, dec, alerts, magnitude, tags.join(';'), catalogs.join(';')]);
    }
    count++;
  }
  return count;
}

/** A locus in the words of the interface; undefined values have no key. */
export function locusToJson(locus: LocusListing): { readonly [key: string]: unknown } {
  const { locusId, ra, dec, htm16, tags, catalogs, watchLists, properties } = locus;
  return { locus_id: locusId, ra, dec, htm16, tags, catalogs, watch_lists: watchLists, properties };
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
