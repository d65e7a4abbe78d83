import { Type } from 'typebox';
import type { AlertStore } from '../../alert-store/alert-store.ts';
import { isLocusId, type LocusId } from '../../model/ids.ts';
import type { LocusRecord, LocusRef } from '../../model/locus.ts';
import { toCone } from '../../sky/cone.ts';
import type { ApiContext } from '../api-context.ts';
import { badRequest } from '../api-error.ts';
import type { WireValue } from '../json-text.ts';
import { defineRoute, type Route } from '../route.ts';
import { LOOKUP_ANSWER } from './answer-schemas.ts';
import { findInCone } from './find-in-cone.ts';
import { locusToWire } from './locus-wire.ts';

/** Most requests of a call. */
const MAX_REQUESTS = 1_000;
/** Widest cone [arcsec], and most loci that one gives. */
const MAX_RADIUS_ARCSEC = 3_600;
const MAX_LOCI_OF_CONE = 100;

/** Lists of ids, with the survey whose names they are. */
const SURVEY_LISTS = [
  ['ztf_object_ids', 'ztf_object_id', 'ztf'],
  ['lsst_dia_object_ids', 'lsst_dia_object_id', 'lsst'],
] as const;

// What is in the lists is checked by hand: the validator would make text of a number, which has lost its last digits by then.
const ID_LIST = Type.Optional(Type.Array(Type.Unknown(), { description: 'Text; 64-bit ids as decimal digits' }));

const LOOKUP_BODY = Type.Object(
  {
    ids: ID_LIST,
    ztf_object_ids: ID_LIST,
    lsst_dia_object_ids: ID_LIST,
    cones: Type.Optional(
      Type.Array(
        Type.Object(
          {
            ra: Type.Number({ description: 'ICRS [deg]' }),
            dec: Type.Number({ minimum: -90, maximum: 90, description: 'ICRS [deg]' }),
            radius_arcsec: Type.Number({ minimum: 0, maximum: MAX_RADIUS_ARCSEC }),
            name: Type.Optional(Type.String({ maxLength: 200, description: 'Comes back with the result' })),
          },
          { additionalProperties: false },
        ),
      ),
    ),
  },
  { additionalProperties: false },
);

/** Many loci in one call, by any of their names or by position. */
export function lookupRoutes({ store, index }: ApiContext): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      url: '/loci/lookup',
      summary: 'Many loci in one call: by locus id, by name at a survey, by position',
      description: `At most ${MAX_REQUESTS} requests in all. Results come in the order asked: ids, ztf_object_ids, lsst_dia_object_ids, cones; a request that finds nothing has no loci. A cone is of ${MAX_RADIUS_ARCSEC} arcsec at most, gives its ${MAX_LOCI_OF_CONE} loci at most, nearest first, with \`separation_arcsec\`, and says the \`total\`.`,
      access: 'anyone',
      cost: 'bulk',
      body: LOOKUP_BODY,
      answers: { 200: LOOKUP_ANSWER },
      handle: async ({ body }) => {
        const ids = idsOf(body.ids, 'ids');
        const surveyIds = SURVEY_LISTS.map(([list]) => idsOf(body[list], list));
        const cones = body.cones ?? [];
        const requests = ids.length + surveyIds.reduce((sum, list) => sum + list.length, 0) + cones.length;
        if (requests === 0 || requests > MAX_REQUESTS) {
          throw badRequest(
            'LOOKUP_SIZE',
            `expected 1 to ${MAX_REQUESTS} requests in ids, ztf_object_ids, lsst_dia_object_ids and cones together; got ${requests}`,
          );
        }
        const results: WireValue[] = resultsOf('id', ids, await findById(store, ids));
        for (const [i, [, key, survey]] of SURVEY_LISTS.entries()) {
          const list = surveyIds[i]!;
          const refs = await store.findLociByObject(list.map((id) => ({ survey, role: 'object', id })));
          results.push(...resultsOf(key, list, await recordsOf(store, refs)));
        }
        for (const { ra, dec, radius_arcsec, name } of cones) {
          const { total, loci } = await findInCone({ store, index }, toCone(ra, dec, radius_arcsec), MAX_LOCI_OF_CONE);
          results.push({
            request: { cone: { ra, dec, radius_arcsec, name } },
            total,
            loci: loci.map(({ record, separationArcsec }) => ({
              ...locusToWire(record),
              separation_arcsec: separationArcsec,
            })),
          });
        }
        return { json: { results } };
      },
    }),
  ];
}

function idsOf(list: readonly unknown[] | undefined, name: string): string[] {
  return (list ?? []).map((id, i) => {
    if (typeof id === 'string' && id.length > 0 && id.length <= 100) return id;
    throw badRequest(
      'LOOKUP_ID_INVALID',
      `${name}[${i}]: expected text of 1 to 100 letters, numbers in quotes too, since a JSON number cannot hold 64 bits everywhere`,
    );
  });
}

function resultsOf(key: string, ids: readonly string[], records: readonly (LocusRecord | undefined)[]): WireValue[] {
  return ids.map((id, i) => ({
    request: { [key]: id },
    loci: records[i] === undefined ? [] : [locusToWire(records[i])],
  }));
}

async function findById(store: AlertStore, ids: readonly string[]): Promise<(LocusRecord | undefined)[]> {
  const known = ids.filter((id): id is LocusId => isLocusId(id));
  const refs = new Map<string, LocusRef>();
  for (const ref of await store.findLoci(known)) if (ref !== undefined) refs.set(ref.locusId, ref);
  return recordsOf(
    store,
    ids.map((id) => refs.get(id)),
  );
}

/** Records of those refs that there are, each in its place. */
async function recordsOf(
  store: AlertStore,
  refs: readonly (LocusRef | undefined)[],
): Promise<(LocusRecord | undefined)[]> {
  const records = await store.getLocusRecords(refs.filter((ref) => ref !== undefined));
  let next = 0;
  return refs.map((ref) => (ref === undefined ? undefined : records[next++]));
}
