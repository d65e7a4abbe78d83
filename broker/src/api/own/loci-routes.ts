import { Type } from 'typebox';
import type { AlertStore, StoredLocus } from '../../alert-store/alert-store.ts';
import { isLocusId } from '../../model/ids.ts';
import type { LocusRecord, LocusRef } from '../../model/locus.ts';
import type { ApiContext } from '../api-context.ts';
import { type ApiError, notFound } from '../api-error.ts';
import { type Answer, defineRoute, type Route } from '../route.ts';
import { tableToVotable, VOTABLE_TYPE } from '../vo/votable.ts';
import { LIGHT_CURVE_ANSWER, LOCUS_ANSWER } from './answer-schemas.ts';
import { lightCurveTable } from './light-curve-table.ts';
import { lociTable } from './loci-table.ts';
import { locusToWire } from './locus-wire.ts';
import { type Table, tableToCsv } from './table.ts';
import { tableToParquet } from './table-parquet.ts';

const LOCUS_PARAMS = Type.Object({ id: Type.String({ description: 'Locus id: ANT2020so7ia' }) });
const NO_PARAMETERS = Type.Object({}, { additionalProperties: false });

/** Formats of a light curve, by the ending of the address. */
const LIGHT_CURVE_FORMATS = {
  csv: { name: 'CSV', type: 'text/csv; charset=utf-8; header=present', write: tableToCsv },
  vot: { name: 'VOTable 1.4', type: VOTABLE_TYPE, write: (table: Table) => tableToVotable(table) },
  parquet: { name: 'Apache Parquet', type: 'application/vnd.apache.parquet', write: tableToParquet },
} as const;

/** Loci one by one, and their light curves in the formats of programs. */
export function lociRoutes({ store }: ApiContext): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      url: '/loci/:id',
      summary: 'A locus',
      description:
        'Position, survey names, counts, tags, matches and properties. Integers are written as their digits, of up to 64 bits.',
      access: 'anyone',
      cost: 'cheap',
      params: LOCUS_PARAMS,
      query: NO_PARAMETERS,
      answers: { 200: LOCUS_ANSWER },
      handle: async ({ params }) => ({ json: locusToWire(await getRecord(store, params.id)) }),
    }),
    defineRoute({
      method: 'GET',
      url: '/loci/:id.vot',
      summary: 'A locus as VOTable',
      access: 'anyone',
      cost: 'cheap',
      params: LOCUS_PARAMS,
      query: NO_PARAMETERS,
      produces: [VOTABLE_TYPE],
      handle: async ({ params }) => {
        const record = await getRecord(store, params.id);
        const table = lociTable(record.ref.locusId, `Locus ${record.ref.locusId}`, [{ record }]);
        return file(tableToVotable(table), VOTABLE_TYPE, `${record.ref.locusId}.vot`);
      },
    }),
    defineRoute({
      method: 'GET',
      url: '/loci/:id/lightcurve.json',
      summary: 'The light curve of a locus as JSON, by columns',
      description: 'Each column is a list, in the order of time; null where there is no value.',
      access: 'anyone',
      cost: 'cheap',
      params: LOCUS_PARAMS,
      query: NO_PARAMETERS,
      answers: { 200: LIGHT_CURVE_ANSWER },
      handle: async ({ params }) => {
        const locus = await getLocus(store, params.id);
        const { columns } = lightCurveTable(locus);
        return {
          json: {
            locus_id: locus.record.ref.locusId,
            columns: columns.map(({ name, description, unit, timeScale }) => ({
              name,
              description,
              unit,
              time_scale: timeScale,
            })),
            values: Object.fromEntries(columns.map(({ name, values }) => [name, values])),
          },
        };
      },
    }),
    ...(['csv', 'vot', 'parquet'] as const).map((ending) => {
      const { name, type, write } = LIGHT_CURVE_FORMATS[ending];
      return defineRoute({
        method: 'GET',
        url: `/loci/:id/lightcurve.${ending}`,
        summary: `The light curve of a locus as ${name}`,
        access: 'anyone',
        cost: 'cheap',
        params: LOCUS_PARAMS,
        query: NO_PARAMETERS,
        produces: [type],
        handle: async ({ params }) => {
          const locus = await getLocus(store, params.id);
          return file(write(lightCurveTable(locus)), type, `${locus.record.ref.locusId}_lightcurve.${ending}`);
        },
      });
    }),
  ];
}

/** A locus with its light curve, by its public id. @throws 404 where there is none */
async function getLocus(store: AlertStore, id: string): Promise<StoredLocus> {
  const [locus] = await store.getLoci([await findRef(store, id)]);
  if (locus === undefined) throw unknownLocus();
  return locus;
}

/** A locus alone, at a tenth of the cost. @throws 404 where there is none */
async function getRecord(store: AlertStore, id: string): Promise<LocusRecord> {
  const [record] = await store.getLocusRecords([await findRef(store, id)]);
  if (record === undefined) throw unknownLocus();
  return record;
}

async function findRef(store: AlertStore, id: string): Promise<LocusRef> {
  const [ref] = isLocusId(id) ? await store.findLoci([id]) : [];
  if (ref === undefined) throw unknownLocus();
  return ref;
}

function unknownLocus(): ApiError {
  return notFound('LOCUS_UNKNOWN', 'there is no locus of this id; one reads like ANT2020so7ia');
}

/** A file to be kept. Names are made of locus ids, so nothing in them needs quoting. */
function file(content: string | Uint8Array, type: string, name: string): Answer {
  return { content, type, headers: { 'content-disposition': `attachment; filename="${name}"` } };
}
