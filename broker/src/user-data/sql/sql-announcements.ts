import { randomUUID } from 'node:crypto';
import { AntaresError } from '../../model/errors.ts';
import type {
  Announcement,
  AnnouncementChanges,
  AnnouncementLevel,
  Announcements,
  NewAnnouncement,
} from '../announcements.ts';
import type { Page, PageRequest } from '../page.ts';
import { explainingRefusal } from './constraint-violation.ts';
import { NEWEST_FIRST, readPage } from './page-queries.ts';
import { fromNull, revisionStale, type SqlAccess, userUnknown } from './sql-access.ts';
import type { AnnouncementRow } from './tables.ts';

/** Announcements in SQL. */
export class SqlAnnouncements implements Announcements {
  readonly #access: SqlAccess;

  constructor(access: SqlAccess) {
    this.#access = access;
  }

  async create(announcement: NewAnnouncement): Promise<Announcement> {
    const { db, now } = this.#access;
    const at = now();
    const row: AnnouncementRow = {
      id: randomUUID(),
      author_id: announcement.authorId,
      title: announcement.title,
      text: announcement.text,
      level: announcement.level,
      starts_at: announcement.startsAtMs ?? at,
      ends_at: announcement.endsAtMs ?? null,
      revision: 1,
      created_at: at,
      updated_at: at,
    };
    await explainingRefusal(() => db.insertInto('announcements').values(row).execute(), { 'foreign-key': userUnknown });
    return toAnnouncement(row);
  }

  async find(announcementId: string): Promise<Announcement | undefined> {
    const row = await this.#access.db
      .selectFrom('announcements')
      .selectAll()
      .where('id', '=', announcementId)
      .executeTakeFirst();
    return row === undefined ? undefined : toAnnouncement(row);
  }

  async list(page: PageRequest, { current }: { current?: boolean | undefined } = {}): Promise<Page<Announcement>> {
    const { db, now } = this.#access;
    const at = now();
    const query = db
      .selectFrom('announcements')
      .$if(current === true, (all) =>
        all.where('starts_at', '<=', at).where((eb) => eb.or([eb('ends_at', 'is', null), eb('ends_at', '>', at)])),
      );
    return readPage(query.selectAll(), page, NEWEST_FIRST, toAnnouncement);
  }

  change(announcementId: string, changes: AnnouncementChanges, revision?: number): Promise<Announcement> {
    const { db, now } = this.#access;
    return db.transaction().execute(async (trx) => {
      const before = await trx
        .selectFrom('announcements')
        .selectAll()
        .where('id', '=', announcementId)
        .executeTakeFirst();
      if (before === undefined) throw new AntaresError('ANNOUNCEMENT_UNKNOWN', 'there is no such announcement');
      if (revision !== undefined && revision !== before.revision) {
        throw revisionStale('announcement', revision, before.revision);
      }
      const row: AnnouncementRow = {
        ...before,
        title: changes.title ?? before.title,
        text: changes.text ?? before.text,
        level: changes.level ?? before.level,
        starts_at: changes.startsAtMs ?? before.starts_at,
        ends_at: changes.endsAtMs === undefined ? before.ends_at : changes.endsAtMs,
        revision: before.revision + 1,
        updated_at: now(),
      };
      await trx.updateTable('announcements').set(row).where('id', '=', announcementId).execute();
      return toAnnouncement(row);
    });
  }

  async remove(announcementId: string): Promise<boolean> {
    const { numDeletedRows } = await this.#access.db
      .deleteFrom('announcements')
      .where('id', '=', announcementId)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }
}

function toAnnouncement(row: AnnouncementRow): Announcement {
  return {
    id: row.id,
    authorId: row.author_id,
    title: row.title,
    text: row.text,
    level: row.level as AnnouncementLevel,
    startsAtMs: row.starts_at,
    endsAtMs: fromNull(row.ends_at),
    revision: row.revision,
    createdAtMs: row.created_at,
    updatedAtMs: row.updated_at,
  };
}
