import { Type } from 'typebox';
import type { Cone } from '../../sky/cone.ts';
import { normalizeRa } from '../../sky/position.ts';
import type { ApiContext } from '../api-context.ts';
import { findInCone } from '../own/find-in-cone.ts';
import { lociTable, type Verbosity } from '../own/loci-table.ts';
import { type Answer, defineRoute, type RouteGroup } from '../route.ts';
import { MAX_RECORDS, MAX_SEARCH_RADIUS } from './vo-limits.ts';
import { availabilityDocument, capabilitiesDocument } from './vosi.ts';
import { tableToVotable, VOTABLE_TYPE, votableError } from './votable.ts';

/** What Simple Cone Search 1.03 calls the three fields that every answer has: UCD1, of another age than the rest. */
const SCS_UCDS = { locus_id: 'ID_MAIN', ra: 'POS_EQ_RA_MAIN', dec: 'POS_EQ_DEC_MAIN' } as const;
const VERBOSITIES: ReadonlyMap<string, Verbosity> = new Map([
  ['1', 'little'],
  ['2', 'usual'],
  ['3', 'all'],
]);

/** Routes for tools of the Virtual Observatory. */
export function voGroup(context: ApiContext): RouteGroup {
  return {
    prefix: '/vo',
    name: 'Virtual Observatory',
    routes: [
      defineRoute({
        method: 'GET',
        url: '/scs',
        summary: 'IVOA Simple Cone Search 1.03: loci within a radius of a position, nearest first',
        description: `RA, DEC, SR in degrees, ICRS. VERB 1 to 3 says how many columns; MAXREC how many loci, at most ${MAX_RECORDS}. SR 0 or MAXREC 0 gives the columns alone. Names of parameters are read in either case. Errors are a VOTable with an INFO named Error, with status 200, as the standard says.`,
        access: 'anyone',
        cost: 'search',
        // No schema says more than that: the standard wants errors as VOTable.
        query: Type.Object({}, { additionalProperties: true }),
        produces: [VOTABLE_TYPE],
        handle: ({ request }) => answerConeSearch(context, request.query as Parameters),
      }),
      defineRoute({
        method: 'GET',
        url: '/availability',
        summary: 'VOSI availability',
        access: 'anyone',
        cost: 'cheap',
        produces: ['text/xml'],
        handle: () => ({ content: availabilityDocument(), type: 'text/xml; charset=utf-8' }),
      }),
      defineRoute({
        method: 'GET',
        url: '/capabilities',
        summary: 'VOSI capabilities',
        access: 'anyone',
        cost: 'cheap',
        produces: ['text/xml'],
        handle: ({ baseUrl }) => ({ content: capabilitiesDocument(baseUrl), type: 'text/xml; charset=utf-8' }),
      }),
    ],
  };
}

type Parameters = Readonly<Record<string, string | readonly string[]>>;

/** A cone search, checked. */
interface ConeSearch {
  readonly cone: Cone;
  readonly verbosity: Verbosity;
  readonly maxRecords: number;
}

async function answerConeSearch(context: ApiContext, parameters: Parameters): Promise<Answer> {
  const search = readConeSearch(parameters);
  if (typeof search === 'string') return { content: votableError(search), type: VOTABLE_TYPE };
  const { cone, verbosity, maxRecords } = search;
  // A radius of nought asks for the columns alone, says the standard.
  const limit = cone.radiusArcsec === 0 ? 0 : maxRecords;
  const { loci, total } = await findInCone(context, cone, limit);
  const table = lociTable('loci', 'Loci of the alert broker Antares, nearest first', loci, {
    verbosity,
    hasSeparation: true,
  });
  return {
    content: tableToVotable(table, { fieldUcds: SCS_UCDS, isCut: cone.radiusArcsec > 0 && total > loci.length }),
    type: VOTABLE_TYPE,
  };
}

/** Reads the parameters of a cone search. @returns what is wrong with them, as text */
function readConeSearch(parameters: Parameters): ConeSearch | string {
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(parameters)) {
    const upper = name.toUpperCase();
    const text = typeof value === 'string' ? value : value[0]!;
    if (values.has(upper) || typeof value !== 'string') return `${upper} is given more than once`;
    values.set(upper, text.trim());
  }
  const numbers: number[] = [];
  for (const [name, least, most] of RANGES) {
    const text = values.get(name);
    if (text === undefined || text === '') return `${name} is missing: RA, DEC and SR are needed, in degrees`;
    const value = NUMBER.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) return `${name} must be a number from ${least} to ${most}, in degrees`;
    numbers.push(value);
  }
  const [ra, dec, radius] = numbers as [number, number, number];
  const verbosity = VERBOSITIES.get(values.get('VERB') ?? '2');
  if (verbosity === undefined) return 'VERB must be 1, 2 or 3';
  const maxText = values.get('MAXREC') ?? String(MAX_RECORDS);
  if (!/^\d{1,9}$/.test(maxText)) return 'MAXREC must be a whole number, 0 or more';
  return {
    cone: { ra: normalizeRa(ra), dec, radiusArcsec: radius * 3600 },
    verbosity,
    maxRecords: Math.min(MAX_RECORDS, Number(maxText)),
  };
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/;
const RANGES = [
  ['RA', 0, 360],
  ['DEC', -90, 90],
  ['SR', 0, MAX_SEARCH_RADIUS],
] as const;
