import type { PropertyDefinition, PropertyType } from '../../model/property.ts';
import { surveyPropertyDefinitions } from '../../surveys/property-definitions.ts';
import type { ApiContext } from '../api-context.ts';

/** A property as the interface lists it. */
export interface ListedProperty {
  readonly name: string;
  readonly type: PropertyType;
  /** `ANTARES`, the survey in capitals, or the filter that writes it. */
  readonly origin: string;
  readonly description: string;
}

const own = (name: string, type: PropertyType, description: string): ListedProperty => ({
  name,
  type,
  origin: 'ANTARES',
  description,
});

/** Properties that every survey's alerts get here. */
const NORMALISED: readonly ListedProperty[] = [
  own('ant_mjd', 'float', 'Time of the observation, in the time scale of the survey [MJD]'),
  own('ant_survey', 'int', '1 ZTF detection, 2 ZTF upper limit, 3 DECAT, 4 LSST'),
  own('ant_ra', 'float', 'Right ascension, ICRS [deg]'),
  own('ant_dec', 'float', 'Declination, ICRS [deg]'),
  own('ant_passband', 'str', 'Passband: g, R, i of ZTF; u, g, r, i, z, y of LSST'),
  own('ant_mag', 'float', 'AB magnitude of the difference [mag]'),
  own('ant_magerr', 'float', 'Error of the magnitude of the difference [mag]'),
  own('ant_maglim', 'float', 'Limiting magnitude [mag]'),
  own('ant_time_received', 'int', 'When the packet arrived here [s since 1970, UTC]'),
  own('ant_input_msg_time', 'int', 'When the survey sent the packet, where that is known [s since 1970, UTC]'),
  own('ztf_object_id', 'str', 'Name of the object at ZTF'),
];

/**
 * Reads which properties there are. What a schema gives is worked out once a schema: they never change under an id.
 */
export class PropertyCatalog {
  readonly #context: ApiContext;
  readonly #ofSchema = new Map<string, readonly ListedProperty[]>();

  constructor(context: ApiContext) {
    this.#context = context;
  }

  /** The properties of loci or of alerts, ascending by name. */
  async list(subject: PropertyDefinition['subject']): Promise<readonly ListedProperty[]> {
    const found = new Map<string, ListedProperty>();
    if (subject === 'alert') {
      for (const property of NORMALISED) found.set(property.name, property);
      for (const property of await this.#ofSurveys()) if (!found.has(property.name)) found.set(property.name, property);
    }
    for (const { name, type, subject: of, origin, description } of await this.#context.store.listProperties()) {
      if (of === subject && !found.has(name)) {
        found.set(name, { name, type, origin: origin === 'antares' ? 'ANTARES' : origin, description });
      }
    }
    return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async #ofSurveys(): Promise<readonly ListedProperty[]> {
    const schemas = await this.#context.store.listSchemas();
    for (const [schemaId, text] of schemas) {
      if (this.#ofSchema.has(schemaId)) continue;
      const listed = surveyPropertyDefinitions(schemaId, text).map(({ name, type, description, survey }) => ({
        name,
        type,
        origin: survey.toUpperCase(),
        description,
      }));
      this.#ofSchema.set(schemaId, listed);
    }
    return [...this.#ofSchema.values()].flat();
  }
}
