const INTERNAL: ReadonlySet<string> = new Set([
  'num_alerts',
  'num_mag_values',
  ...['brightest', 'newest', 'oldest'].flatMap((which) =>
    ['alert_id', 'alert_magnitude', 'alert_observation_time'].map((what) => `${which}_${what}`),
  ),
  'is_corrected',
  'survey',
  'ztf_object_id',
  'ztf_ssnamenr',
  'replaced_by',
]);

/**
 * Whether a property of a locus is the broker's own, as ANTARES divides them; all others were set by filters.
 *
 * @see API v2 notes, section 10.4
 */
export function isInternalProperty(name: string): boolean {
  return INTERNAL.has(name);
}
