import { Type } from 'typebox';
import type { Announcement } from '../../user-data/announcements.ts';
import { type Access, isAllowed } from '../access.ts';
import type { ApiContext } from '../api-context.ts';
import { ApiError, badRequest, notFound } from '../api-error.ts';
import type { WireValue } from '../json-text.ts';
import { defineRoute, type Route } from '../route.ts';
import { IdParams, PageQuery, RevisionField } from './request-schemas.ts';
import { toIsoTime } from './user-wire.ts';

const STAFF: Access = { role: 'staff', scope: 'admin' };

const TitleField = Type.String({ minLength: 1, maxLength: 200 });
const TextField = Type.String({ maxLength: 10_000 });
const LevelField = Type.Union([Type.Literal('info'), Type.Literal('warning'), Type.Literal('critical')]);
const TimeField = Type.String({ maxLength: 40, description: 'ISO 8601 with its time zone: 2026-11-26T22:00:00Z' });

const AnnouncementWire = Type.Object({
  id: Type.String({ format: 'uuid' }),
  title: Type.String(),
  text: Type.String(),
  level: Type.String(),
  starts_at: Type.String({ format: 'date-time' }),
  ends_at: Type.Optional(Type.String({ format: 'date-time' })),
  revision: Type.Integer(),
  created_at: Type.String({ format: 'date-time' }),
  updated_at: Type.String({ format: 'date-time' }),
});

/** What staff tell everybody. */
export function announcementRoutes({ users }: ApiContext): readonly Route[] {
  const { announcements } = users;
  return [
    defineRoute({
      method: 'GET',
      url: '/announcements',
      summary: 'Announcements, newest first',
      description: 'Those that are shown now. Staff see all with `all=true`: past ones, and those to come.',
      access: 'anyone',
      cost: 'cheap',
      query: Type.Object(
        { ...PageQuery.properties, all: Type.Boolean({ default: false }) },
        { additionalProperties: false },
      ),
      answers: {
        200: Type.Object({
          announcements: Type.Array(AnnouncementWire),
          total: Type.Integer(),
          next: Type.Optional(Type.String()),
        }),
      },
      handle: async ({ query: { limit, after, all }, caller }) => {
        if (all && !isAllowed(STAFF, caller))
          throw new ApiError(403, 'NOT_ALLOWED', 'only staff see all announcements');
        const page = await announcements.list({ limit, cursor: after }, { current: !all });
        return { json: { announcements: page.items.map(toWire), total: page.total, next: page.next } };
      },
    }),
    defineRoute({
      method: 'POST',
      url: '/announcements',
      summary: 'Announce something',
      access: STAFF,
      cost: 'cheap',
      body: Type.Object(
        {
          title: TitleField,
          text: Type.String({ ...TextField, default: '' }),
          level: Type.Optional(LevelField),
          starts_at: Type.Optional(TimeField),
          ends_at: Type.Optional(TimeField),
        },
        { additionalProperties: false },
      ),
      answers: { 201: AnnouncementWire },
      handle: async ({ body, caller }) => {
        const announcement = await announcements.create({
          authorId: caller!.userId,
          title: body.title,
          text: body.text,
          level: body.level ?? 'info',
          startsAtMs: body.starts_at === undefined ? undefined : toMs('starts_at', body.starts_at),
          endsAtMs: body.ends_at === undefined ? undefined : toMs('ends_at', body.ends_at),
        });
        return { json: toWire(announcement), status: 201 };
      },
    }),
    defineRoute({
      method: 'PATCH',
      url: '/announcements/:id',
      summary: 'Change an announcement',
      description: 'What is left out stays; an empty ends_at shows it until it is taken out.',
      access: STAFF,
      cost: 'cheap',
      params: IdParams,
      body: Type.Object(
        {
          title: Type.Optional(TitleField),
          text: Type.Optional(TextField),
          level: Type.Optional(LevelField),
          starts_at: Type.Optional(TimeField),
          ends_at: Type.Optional(TimeField),
          revision: Type.Optional(RevisionField),
        },
        { additionalProperties: false },
      ),
      answers: { 200: AnnouncementWire },
      handle: async ({ params: { id }, body }) => {
        const { title, text, level } = body;
        const startsAtMs = body.starts_at === undefined ? undefined : toMs('starts_at', body.starts_at);
        const endsAtMs =
          body.ends_at === undefined ? undefined : body.ends_at === '' ? null : toMs('ends_at', body.ends_at);
        const changed = await announcements.change(id, { title, text, level, startsAtMs, endsAtMs }, body.revision);
        return { json: toWire(changed) };
      },
    }),
    defineRoute({
      method: 'DELETE',
      url: '/announcements/:id',
      summary: 'Take an announcement out',
      access: STAFF,
      cost: 'cheap',
      params: IdParams,
      handle: async ({ params: { id } }) => {
        if (!(await announcements.remove(id))) throw notFound('ANNOUNCEMENT_UNKNOWN', 'there is no such announcement');
        return { content: '', type: 'application/json; charset=utf-8', status: 204 };
      },
    }),
  ];
}

/** A time with its zone: without one it would mean something else on every machine. */
function toMs(field: string, text: string): number {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw badRequest('TIME_INVALID', `expected ${field} as ISO 8601 with its time zone, such as 2026-11-26T22:00:00Z`);
  }
  return ms;
}

function toWire(announcement: Announcement): WireValue {
  return {
    id: announcement.id,
    title: announcement.title,
    text: announcement.text,
    level: announcement.level,
    starts_at: toIsoTime(announcement.startsAtMs),
    ends_at: announcement.endsAtMs === undefined ? undefined : toIsoTime(announcement.endsAtMs),
    revision: announcement.revision,
    created_at: toIsoTime(announcement.createdAtMs),
    updated_at: toIsoTime(announcement.updatedAtMs),
  };
}
