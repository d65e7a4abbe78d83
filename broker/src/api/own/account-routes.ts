import { Type } from 'typebox';
import type { LedgerEntry } from '../../alert-store/alert-store.ts';
import { toProvenanceId } from '../../model/ids.ts';
import { summarizeLedger, totalLedger } from '../../operations/ledger.ts';
import type { ApiContext } from '../api-context.ts';
import { badRequest, notFound } from '../api-error.ts';
import { RawJson } from '../json-text.ts';
import { defineRoute, type Route } from '../route.ts';
import { LEDGER_ANSWER, NIGHTS_ANSWER, PROVENANCE_ANSWER, REJECTIONS_ANSWER } from './answer-schemas.ts';
import { publicMessage, publicName } from './public-name.ts';

/** Most lines of the ledger in an answer: all visits of a fortnight. */
const MAX_LINES = 20_000;
const MAX_REJECTIONS = 1_000;

/** What became of every packet, and what decided: ledger, rejections, provenance, nights. */
export function accountRoutes({ store }: ApiContext): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      url: '/ledger',
      summary: 'What became of the packets that were received',
      description: `In each line, received = stored + duplicate + rejected. At most ${MAX_LINES} lines.`,
      access: 'anyone',
      cost: 'bulk',
      query: Type.Object(
        {
          by: Type.Optional(
            Type.Union([Type.Literal('source'), Type.Literal('night'), Type.Literal('visit')], { default: 'night' }),
          ),
          source: Type.Optional(Type.String({ description: 'Only this source' })),
          night: Type.Optional(Type.String({ description: 'Only this night: YYYY-MM-DD' })),
        },
        { additionalProperties: false },
      ),
      answers: { 200: LEDGER_ANSWER },
      handle: async ({ query: { by = 'night', source, night } }) => {
        const entries = (await store.listLedger()).filter(
          (entry) =>
            (source === undefined || publicName(entry.source) === source) &&
            (night === undefined || entry.night === night),
        );
        const lines = summarizeLedger(entries, by);
        if (lines.length > MAX_LINES) {
          throw badRequest(
            'LEDGER_TOO_LONG',
            `that are ${lines.length} lines, and at most ${MAX_LINES} are given; name a night or a source, or ask by night`,
          );
        }
        return {
          json: {
            total: { ...totalLedger(entries) },
            lines: lines.map((line) => ({ ...line, source: publicName(line.source) })),
          },
        };
      },
    }),
    defineRoute({
      method: 'GET',
      url: '/ledger/rejected',
      summary: 'Packets that were rejected, with the reason, oldest first',
      description: 'Read on with `after` = `next`; there is none on the last page.',
      access: 'anyone',
      cost: 'search',
      query: Type.Object(
        {
          after: Type.Optional(Type.String({ maxLength: 500 })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_REJECTIONS, default: 100 })),
        },
        { additionalProperties: false },
      ),
      answers: { 200: REJECTIONS_ANSWER },
      handle: async ({ query: { after, limit = 100 } }) => {
        const { items, next } = await store.scanRejections(after === undefined ? undefined : fromToken(after), limit);
        return {
          json: {
            rejections: items.map(({ id, source, survey, night, visit, name, reason, message, receivedAt, bytes }) => ({
              ...{ id, source: publicName(source), survey, night, visit, name: publicName(name), reason },
              message: publicMessage(message, name),
              received_at: new Date(receivedAt * 1000).toISOString(),
              bytes,
            })),
            next: next === undefined ? undefined : toToken(next),
          },
        };
      },
    }),
    defineRoute({
      method: 'GET',
      url: '/provenance/:id',
      summary: 'What decided about an alert: code, configuration, filters, catalogues',
      description: 'Every alert names one, as `provenance_id`.',
      access: 'anyone',
      cost: 'cheap',
      params: Type.Object({ id: Type.String({ minLength: 1 }) }),
      query: Type.Object({}, { additionalProperties: false }),
      answers: { 200: PROVENANCE_ANSWER },
      handle: async ({ params: { id } }) => {
        const text = await store.getProvenance(toProvenanceId(id));
        if (text === undefined) throw notFound('PROVENANCE_UNKNOWN', 'there is no provenance of this id');
        return { json: { provenance_id: id, provenance: new RawJson(withoutFolder(text)) } };
      },
    }),
    defineRoute({
      method: 'GET',
      url: '/statistics/nights',
      summary: 'Packets by survey and night',
      access: 'anyone',
      cost: 'bulk',
      query: Type.Object({}, { additionalProperties: false }),
      answers: { 200: NIGHTS_ANSWER },
      handle: async () => ({ json: { nights: nightsOf(await store.listLedger()) } }),
    }),
  ];
}

/** A provenance document without the one thing in it that is about this machine: the folder of schemas. */
function withoutFolder(text: string): string {
  const document = JSON.parse(text) as { config?: { schemas?: { folder?: string } } };
  const schemas = document.config?.schemas;
  if (schemas?.folder !== undefined) schemas.folder = publicName(schemas.folder);
  return JSON.stringify(document);
}

/** The ledger over all sources, by night and survey, ascending. */
function nightsOf(entries: readonly LedgerEntry[]): {
  night: string;
  survey: string;
  visits: number;
  received: number;
  stored: number;
  duplicate: number;
  rejected: number;
}[] {
  const groups = new Map<string, LedgerEntry[]>();
  for (const entry of entries) {
    const key = `${entry.night}\n${entry.survey}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => {
      const { received, stored, duplicate, rejected } = totalLedger(group);
      const { night, survey } = group[0]!;
      return {
        night,
        survey,
        visits: new Set(group.map(({ visit }) => visit)).size,
        received,
        stored,
        duplicate,
        rejected,
      };
    });
}

/** A page token of the store as the caller sees it: letters that need no escaping in an address. */
function toToken(next: string): string {
  return Buffer.from(next).toString('base64url');
}

function fromToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString();
  if (toToken(text) !== token) {
    throw badRequest('PAGE_TOKEN_INVALID', 'expected the `next` of the page before, as it was given');
  }
  return text;
}
