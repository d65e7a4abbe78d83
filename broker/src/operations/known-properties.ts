import type { Filter } from '../filters/filter.ts';
import type { PropertyDefinition } from '../model/property.ts';

const own = (name: string, type: PropertyDefinition['type'], description: string): PropertyDefinition => ({
  name,
  type,
  subject: 'locus',
  origin: 'antares',
  description,
});

/** Properties that the broker itself keeps on every locus. */
const OWN_PROPERTIES: readonly PropertyDefinition[] = [
  own('num_alerts', 'int', 'Detections and upper limits of the locus'),
  own('num_mag_values', 'int', 'Detections that have a magnitude'),
  ...['oldest', 'newest', 'brightest'].flatMap((which) => [
    own(`${which}_alert_id`, 'str', `Alert id of the ${which} detection`),
    own(`${which}_alert_magnitude`, 'float', `Magnitude of the ${which} detection [mag]`),
    own(`${which}_alert_observation_time`, 'float', `Time of the ${which} detection [MJD]`),
  ]),
  own('is_corrected', 'str', '"true" where the light curve could be corrected for the reference source'),
  own('survey', 'str', 'Names of the object at the surveys, as JSON'),
  own('ztf_object_id', 'str', 'Name of the object at ZTF; the latest where there are several'),
  own('ztf_ssnamenr', 'str', 'Nearest known solar-system object by ZTF; "null" where there is none'),
];

/** Everything that is known about properties when the broker starts: its own, and what filters declare. */
export function knownProperties(filters: readonly Filter[]): PropertyDefinition[] {
  const declared = filters.flatMap(({ name: origin, outputLocusProperties, outputAlertProperties }) => [
    ...outputLocusProperties.map((property) => ({ ...property, subject: 'locus' as const, origin })),
    ...outputAlertProperties.map((property) => ({ ...property, subject: 'alert' as const, origin })),
  ]);
  return [...OWN_PROPERTIES, ...declared];
}
