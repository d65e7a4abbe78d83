import { AntaresError } from '../../model/errors.ts';
import { foldedName } from '../folded-name.ts';
import type {
  NewOutputStream,
  OutputStream,
  OutputStreamState,
  OutputStreams,
  StreamSelection,
} from '../output-streams.ts';
import type { Page, PageRequest } from '../page.ts';
import { explainingRefusal } from './constraint-violation.ts';
import { changedOwnedRow, newOwnedRow, toOwned } from './owned-rows.ts';
import { OLDEST_FIRST, readPage } from './page-queries.ts';
import { type SqlAccess, userUnknown } from './sql-access.ts';
import type { OutputStreamRow } from './tables.ts';

/** Streams that users asked for, in SQL. */
export class SqlOutputStreams implements OutputStreams {
  readonly #access: SqlAccess;

  constructor(access: SqlAccess) {
    this.#access = access;
  }

  async create(stream: NewOutputStream): Promise<OutputStream> {
    const { db, now } = this.#access;
    const row: OutputStreamRow = {
      ...newOwnedRow(stream, now()),
      selection_kind: stream.selection.kind,
      expression: stream.selection.expression,
      state: stream.state,
    };
    await explainingRefusal(() => db.insertInto('output_streams').values(row).execute(), {
      unique: () =>
        new AntaresError('OUTPUT_STREAM_NAME_TAKEN', `there is a stream ${stream.name} already; choose another name`),
      'foreign-key': userUnknown,
    });
    return toStream(row);
  }

  async find(streamId: string): Promise<OutputStream | undefined> {
    const row = await this.#access.db
      .selectFrom('output_streams')
      .selectAll()
      .where('id', '=', streamId)
      .executeTakeFirst();
    return row === undefined ? undefined : toStream(row);
  }

  async findByName(name: string): Promise<OutputStream | undefined> {
    const row = await this.#access.db
      .selectFrom('output_streams')
      .selectAll()
      .where('name_key', '=', foldedName(name))
      .executeTakeFirst();
    return row === undefined ? undefined : toStream(row);
  }

  async list(
    page: PageRequest,
    { ownerId, state }: { ownerId?: string | undefined; state?: OutputStreamState | undefined } = {},
  ): Promise<Page<OutputStream>> {
    const query = this.#access.db
      .selectFrom('output_streams')
      .$if(ownerId !== undefined, (all) => all.where('owner_id', '=', ownerId!))
      .$if(state !== undefined, (all) => all.where('state', '=', state!));
    return readPage(query.selectAll(), page, OLDEST_FIRST, toStream);
  }

  change(
    streamId: string,
    changes: {
      description?: string | undefined;
      selection?: StreamSelection | undefined;
      state?: OutputStreamState | undefined;
    },
    revision?: number,
  ): Promise<OutputStream> {
    const { db, now } = this.#access;
    return db.transaction().execute(async (trx) => {
      const before = await trx.selectFrom('output_streams').selectAll().where('id', '=', streamId).executeTakeFirst();
      if (before === undefined) throw new AntaresError('OUTPUT_STREAM_UNKNOWN', 'there is no such output stream');
      const row: OutputStreamRow = {
        ...before,
        ...changedOwnedRow('output stream', before, { description: changes.description }, revision, now()),
        selection_kind: changes.selection?.kind ?? before.selection_kind,
        expression: changes.selection?.expression ?? before.expression,
        state: changes.state ?? before.state,
      };
      await trx.updateTable('output_streams').set(row).where('id', '=', streamId).execute();
      return toStream(row);
    });
  }

  async remove(streamId: string): Promise<boolean> {
    const { numDeletedRows } = await this.#access.db
      .deleteFrom('output_streams')
      .where('id', '=', streamId)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }
}

function toStream(row: OutputStreamRow): OutputStream {
  return {
    ...toOwned(row),
    selection: { kind: row.selection_kind as StreamSelection['kind'], expression: row.expression },
    state: row.state as OutputStreamState,
  };
}
