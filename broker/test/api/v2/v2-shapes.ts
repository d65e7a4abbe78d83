/** Documents of the interface that the 2.x client reads with a schema. */
export type V2Shape =
  | 'page'
  | 'item'
  | 'locus'
  | 'alert'
  | 'catalogMatch'
  | 'catalogObject'
  | 'statistics'
  | 'thumbnail';

type Test = (value: unknown) => boolean;

const text: Test = (value) => typeof value === 'string';
const float: Test = (value) => typeof value === 'number' && Number.isFinite(value);
const integer: Test = (value) => Number.isSafeInteger(value);
const object: Test = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const texts: Test = (value) => Array.isArray(value) && value.every(text);
const objects: Test = (value) => Array.isArray(value) && value.every(object);
const counts: Test = (value) => object(value) && Object.values(value as object).every(integer);
const properties: Test = (value) => object(value) && !Object.values(value as object).includes(null);
const naiveTime: Test = (value) => text(value) && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?$/.test(value as string);
const absoluteUrl: Test = (value) => text(value) && /^https?:\/\/[^/]+\//.test(value as string);
const curve: Test = (value) => text(value) && (value as string).startsWith('time,alert_id,ant_mjd,');

/** Required members of each document, with what they hold. @see API v2 notes, section 5 */
const SHAPES: Readonly<Record<V2Shape, Readonly<Record<string, Test>>>> = {
  page: {
    data: (value) => Array.isArray(value),
    meta: object,
    links: (value) => {
      const { self, next } = value as { self: unknown; next: unknown };
      return absoluteUrl(self) && (next === null || absoluteUrl(next));
    },
  },
  item: {
    locus: (value) =>
      object(value) &&
      failures(
        {
          ...{ locus_id: text, ra: float, dec: float, properties, tags: texts },
          ...{ catalogs: texts, grav_wave_events: texts },
        },
        value,
      ).length === 0,
  },
  locus: {
    id: text,
    ra: float,
    dec: float,
    grav_wave_events: texts,
    internal_properties: properties,
    user_properties: properties,
    lightcurve: curve,
    tags: texts,
    catalogs: texts,
  },
  alert: { id: text, mjd: float, created_at: naiveTime, properties, survey: text, grav_wave_events: objects },
  catalogMatch: {
    id: text,
    object_id: text,
    catalog_name: text,
    ra: float,
    dec: float,
    radius: float,
    properties,
    object_name: text,
    extra: (value) => object(value) && float((value as { separation: unknown }).separation),
  },
  catalogObject: { id: text, catalog_name: text, properties },
  statistics: {
    id: text,
    catalogs: counts,
    tags: counts,
    min_num_measurements: integer,
    max_num_measurements: integer,
  },
  thumbnail: {
    id: text,
    filemime: text,
    src: absoluteUrl,
    thumbnail_type: (value) => ['template', 'science', 'difference'].includes(value as string),
  },
};

/** Members of a document that are missing, null or of another kind than the 2.x client takes; empty for a good one. */
export function checkV2(shape: V2Shape, document: unknown): string[] {
  return object(document) ? failures(SHAPES[shape], document) : ['the document is no object'];
}

function failures(shape: Readonly<Record<string, Test>>, document: unknown): string[] {
  const members = document as Readonly<Record<string, unknown>>;
  return Object.keys(shape).filter((member) => !Object.hasOwn(members, member) || !shape[member]!(members[member]));
}
