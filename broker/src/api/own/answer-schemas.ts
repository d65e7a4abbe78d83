import { type TSchema, Type } from 'typebox';

/** What our own routes answer, for their documentation; a test holds the answers to it. */

const closed = { additionalProperties: false } as const;
const object = <P extends Record<string, TSchema>>(properties: P, description?: string): TSchema =>
  Type.Object(properties, description === undefined ? closed : { ...closed, description });

const text = (description: string): TSchema => Type.String({ description });
const count = (description: string): TSchema => Type.Integer({ minimum: 0, description });
const names = (description: string): TSchema => Type.Array(Type.String(), { description });
const properties = Type.Record(Type.String(), Type.Unknown(), {
  description: 'By name: numbers, text, flags; integers of up to 64 bits as their digits',
});

const position = {
  locus_id: text('ANT2020so7ia'),
  ra: Type.Number({ description: 'ICRS [deg]' }),
  dec: Type.Number({ description: 'ICRS [deg]' }),
};
const match = (list: string): TSchema =>
  Type.Array(
    object({
      [list]: text('Name of the list'),
      object_id: text('Id of the object in it'),
      separation_arcsec: Type.Number(),
      radius_arcsec: Type.Number(),
    }),
  );
const exported = {
  ...position,
  survey_object_ids: object({ ztf: names('Names at ZTF'), lsst: names('Names at LSST: decimal digits') }),
  num_alerts: count('Detections and upper limits'),
  num_detections: count('Detections'),
  num_upper_limits: count('Upper limits'),
  tags: names('Tags'),
  catalogs: names('Catalogues with a match'),
  watch_lists: names('Watch lists with a match'),
  catalog_matches: match('catalog'),
  watch_matches: match('watch_list'),
  properties,
};
const htm16 = Type.Integer({ description: 'HTM id at level 16' });

/** A locus in full. */
export const LOCUS_ANSWER = object({ ...exported, htm16 });

/** The light curve of a locus, by columns. */
export const LIGHT_CURVE_ANSWER = object({
  locus_id: position.locus_id,
  columns: Type.Array(
    object({
      name: text('Name'),
      description: text('What it is'),
      unit: Type.Optional(text('As VOUnits spells it')),
      time_scale: Type.Optional(text('UTC or TAI')),
    }),
  ),
  values: Type.Record(Type.String(), Type.Array(Type.Union([Type.String(), Type.Number(), Type.Null()]))),
});

/** Loci that match a search. */
export const SEARCH_ANSWER = object({
  total: count('All hits, exactly'),
  loci: Type.Array(
    object({
      ...position,
      htm16,
      tags: exported.tags,
      catalogs: exported.catalogs,
      watch_lists: exported.watch_lists,
      properties,
      score: Type.Optional(Type.Number({ description: 'Where the query scores' })),
      sort: Type.Array(Type.Unknown(), {
        description: 'Values of the sort keys, null where missing, then the locus id',
      }),
    }),
  ),
  aggregations: Type.Record(Type.String(), Type.Unknown()),
  next_search_after: Type.Optional(Type.Array(Type.Unknown(), { description: 'Where the next page begins' })),
});

/** What can be searched by. */
export const FIELDS_ANSWER = object({
  fields: Type.Array(
    object({
      name: text('As queries spell it'),
      type: text('float, int, str, bool, keyword or position'),
      loci: count('Loci that have a value'),
      origin: Type.Optional(text('Who writes it')),
      description: Type.Optional(text('What it is')),
    }),
  ),
});

/** Results of a look-up, in the order asked. */
export const LOOKUP_ANSWER = object({
  results: Type.Array(
    object({
      request: Type.Record(Type.String(), Type.Unknown(), { description: 'What was asked' }),
      total: Type.Optional(count('Loci in the cone; there may be more than are given')),
      loci: Type.Array(
        object({
          ...exported,
          htm16,
          separation_arcsec: Type.Optional(Type.Number({ description: 'From the centre of the cone' })),
        }),
      ),
    }),
  ),
});

const offset = (description: string): TSchema => Type.String({ pattern: '^\\d+$', description });

/** The streams. */
export const STREAMS_ANSWER = object({
  streams: Type.Array(
    object({
      name: text('Name'),
      topic: text('Topic on the wire'),
      start_offset: offset('Of the oldest message'),
      end_offset: offset('That the next message gets'),
      tags: text('Which tags it wants: an expression'),
    }),
  ),
});

/** A page of a stream. */
export const STREAM_PAGE_ANSWER = object({
  messages: Type.Array(
    object({
      offset: offset('Of the message'),
      key: text('The locus id'),
      published_at: text('ISO 8601, UTC'),
      locus: object(
        {
          ...exported,
          alert: object({ alert_id: text('Alert id'), mjd: Type.Number(), properties }),
        },
        'The locus as of the alert; integers beyond 2^53 are text',
      ),
    }),
  ),
  next_offset: offset('Where to read on'),
  end_offset: offset('That the next message gets'),
});

const counts = {
  received: count('stored + duplicate + rejected'),
  stored: count('Stored'),
  duplicate: count('Known already'),
  rejected: count('Refused, and kept'),
};
const reasons = Type.Record(Type.String(), Type.Integer(), { description: 'Rejections by reason' });

/** The ledger. */
export const LEDGER_ANSWER = object({
  total: object({ ...counts, reasons }),
  lines: Type.Array(
    object({
      source: text('File, archive or topic'),
      survey: Type.Optional(text('By night and by visit')),
      night: Type.Optional(text('YYYY-MM-DD')),
      visit: Type.Optional(text('By visit')),
      ...counts,
      reasons,
    }),
  ),
});

/** A page of rejections. */
export const REJECTIONS_ANSWER = object({
  rejections: Type.Array(
    object({
      id: text('Id'),
      source: text('File, archive or topic'),
      survey: text('Survey; empty where it could not be told'),
      night: text('YYYY-MM-DD; empty where it could not be told'),
      visit: text('Visit'),
      name: text('File, member of an archive, or topic with offset'),
      reason: text('Stable code'),
      message: text('What was wrong'),
      received_at: text('ISO 8601, UTC'),
      bytes: count('Size'),
    }),
  ),
  next: Type.Optional(text('`after` of the next page')),
});

/** A provenance document. */
export const PROVENANCE_ANSWER = object({
  provenance_id: text('Id'),
  provenance: Type.Record(Type.String(), Type.Unknown()),
});

/** Packets by night and survey. */
export const NIGHTS_ANSWER = object({
  nights: Type.Array(object({ night: text('YYYY-MM-DD'), survey: text('Survey'), visits: count('Visits'), ...counts })),
});

/** Loci by tag. */
export const TAGS_ANSWER = object({
  loci: count('Loci in all, with and without tags'),
  tags: Type.Array(
    object({
      tag: text('Tag'),
      loci: count('Loci that have it'),
      nights: Type.Optional(Type.Array(object({ night: text('YYYY-MM-DD'), loci: count('Loci') }))),
    }),
  ),
});

/** Catalogues or watch lists. */
export const listsAnswer = (key: string): TSchema =>
  object({
    [key]: Type.Array(
      object({
        name: text('Name'),
        version: Type.Integer({ description: 'Goes up with each load' }),
        objects: count('Objects'),
        skipped: count('Rows of the file without a usable position or radius'),
        loaded_at: text('ISO 8601, UTC'),
        columns: names('Columns kept of each object'),
      }),
    ),
  });

/** What the server is. */
export const VERSION_ANSWER = object({
  name: text('antares'),
  version: text('Version'),
  interfaces: Type.Record(Type.String(), Type.String(), { description: 'Addresses' }),
});

/** How the parts of the broker are. */
export const HEALTH_ANSWER = object({
  status: text('ok or failing'),
  parts: Type.Record(
    Type.String(),
    object({ ok: Type.Boolean(), ms: Type.Number(), code: Type.Optional(text('What is wrong')) }),
  ),
});
