/**
 * What a match with a catalogue says about a source.
 *
 * - `galaxy`: it lies on a galaxy
 * - `agn`: it lies on an active nucleus or a quasar
 * - `star`: it is a star, or a young stellar object, of the Milky Way
 */
export type CatalogRole = 'galaxy' | 'agn' | 'star';

/** What filters need to know about a catalogue. */
export interface CatalogFacts {
  readonly role: CatalogRole;
  /**
   * Whether its positions are those of nuclei, good to some tenths of an arcsecond, so that a separation of 0.6 arcsec
   * means something. Positions given to a second of time, or measured on photographs, are not.
   */
  readonly hasNuclearPositions: boolean;
}

const GALAXY: CatalogFacts = { role: 'galaxy', hasNuclearPositions: true };
const GALAXY_ROUGH: CatalogFacts = { role: 'galaxy', hasNuclearPositions: false };
const AGN: CatalogFacts = { role: 'agn', hasNuclearPositions: true };
const AGN_ROUGH: CatalogFacts = { role: 'agn', hasNuclearPositions: false };
const STAR: CatalogFacts = { role: 'star', hasNuclearPositions: false };

/**
 * Catalogues by the name under which they are loaded, as far as they say what a source is.
 *
 * The names are ANTARES' own where it has the catalogue. Left out on purpose are catalogues of mixed content, in which a
 * match says only that there is something (2mass_psc, allwise, galex, PS1StarGalaxyCatalog, bright_guide_star_cat,
 * sdss_dr7, the Gaia source tables), X-ray and gamma-ray sources with error circles of arcseconds to minutes, and reported
 * transients (tns_public_objects).
 */
export const CATALOG_FACTS: ReadonlyMap<string, CatalogFacts> = new Map([
  // The seven by which ANTARES tags `extragalactic`.
  ['2mass_xsc', GALAXY],
  ['ned', GALAXY_ROUGH],
  ['nyu_valueadded_gals', GALAXY],
  ['sdss_gals', GALAXY],
  ['RC3', GALAXY_ROUGH],
  ['veron_agn_qso', AGN_ROUGH],
  ['milliquas', AGN],
  // Others of the real system; nearly all of their objects are in one of the seven as well.
  ['french_post_starburst_gals', GALAXY],
  ['vii_274_bzcat5', AGN],
  ['gnirs_dqs', AGN],
  // Public extracts that stand in for the large ones.
  ['pgc_d25', GALAXY_ROUGH],
  ['twomass_large_galaxies', GALAXY],
  ['ned_z001_002', GALAXY],
  ['veron_quasars_bright', AGN_ROUGH],
  ['fermi_4lac_dr3_h', AGN],
  // Stars, by construction of the catalogue.
  ['sdss_stars', STAR],
  ['asassn_variable_catalog_v2_20190802', STAR],
  ['csdr2', STAR],
  ['linear_ll', STAR],
  ['vsx', STAR],
  ['catalina_variables', STAR],
  ['gcvs', STAR],
  ['linear_variables', STAR],
  ['spicy_yso', STAR],
]);

/** Whether one of some catalogues lists galaxies or active nuclei. */
export function isExtragalacticMatch(catalogs: readonly string[]): boolean {
  return catalogs.some((name) => {
    const role = CATALOG_FACTS.get(name)?.role;
    return role === 'galaxy' || role === 'agn';
  });
}

/** Whether one of some catalogues lists stars. */
export function isStellarMatch(catalogs: readonly string[]): boolean {
  return catalogs.some((name) => CATALOG_FACTS.get(name)?.role === 'star');
}
