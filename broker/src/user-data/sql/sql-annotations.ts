import { randomUUID } from 'node:crypto';
import { AntaresError } from '../../model/errors.ts';
import type { Annotation, Annotations } from '../annotations.ts';
import type { Page, PageRequest } from '../page.ts';
import { explainingRefusal } from './constraint-violation.ts';
import { NEWEST_FIRST, readPage } from './page-queries.ts';
import { revisionStale, type SqlAccess, userUnknown } from './sql-access.ts';
import type { AnnotationRow } from './tables.ts';

/** Private notes in SQL. */
export class SqlAnnotations implements Annotations {
  readonly #access: SqlAccess;

  constructor(access: SqlAccess) {
    this.#access = access;
  }

  async create(userId: string, locusId: string, text: string): Promise<Annotation> {
    const { db, now } = this.#access;
    const at = now();
    const row: AnnotationRow = {
      id: randomUUID(),
      user_id: userId,
      locus_id: locusId,
      text,
      revision: 1,
      created_at: at,
      updated_at: at,
    };
    await explainingRefusal(() => db.insertInto('annotations').values(row).execute(), { 'foreign-key': userUnknown });
    return toAnnotation(row);
  }

  async list(userId: string, page: PageRequest, locusId?: string): Promise<Page<Annotation>> {
    const query = this.#access.db
      .selectFrom('annotations')
      .where('user_id', '=', userId)
      .$if(locusId !== undefined, (all) => all.where('locus_id', '=', locusId!));
    return readPage(query.selectAll(), page, NEWEST_FIRST, toAnnotation);
  }

  change(userId: string, annotationId: string, text: string, revision?: number): Promise<Annotation> {
    const { db, now } = this.#access;
    return db.transaction().execute(async (trx) => {
      const before = await trx
        .selectFrom('annotations')
        .selectAll()
        .where('id', '=', annotationId)
        .where('user_id', '=', userId)
        .executeTakeFirst();
      if (before === undefined) throw new AntaresError('ANNOTATION_UNKNOWN', 'there is no such annotation of yours');
      if (revision !== undefined && revision !== before.revision) {
        throw revisionStale('annotation', revision, before.revision);
      }
      const row: AnnotationRow = { ...before, text, revision: before.revision + 1, updated_at: now() };
      await trx.updateTable('annotations').set(row).where('id', '=', annotationId).execute();
      return toAnnotation(row);
    });
  }

  async remove(userId: string, annotationId: string): Promise<boolean> {
    const { numDeletedRows } = await this.#access.db
      .deleteFrom('annotations')
      .where('id', '=', annotationId)
      .where('user_id', '=', userId)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }
}

function toAnnotation(row: AnnotationRow): Annotation {
  return {
    id: row.id,
    userId: row.user_id,
    locusId: row.locus_id,
    text: row.text,
    revision: row.revision,
    createdAtMs: row.created_at,
    updatedAtMs: row.updated_at,
  };
}
