/** Most loci of an answer, and how many there are where the caller does not say. */
export const MAX_RECORDS = 10_000;
/** Widest cone [deg]: the whole sky. */
export const MAX_SEARCH_RADIUS = 180;
