import type { Command } from 'commander';
import { registerListVerbs } from './list-verbs.ts';

/** `antares catalog load|list|remove`. */
export function registerCatalog(program: Command): void {
  registerListVerbs(program, {
    kind: 'catalog',
    description: 'catalogues that annotate every locus',
    example: 'antares catalog load RC3 rc3.csv.gz --ra ra_deg --dec dec_deg --id name --radius radius_arcsec',
  });
}
