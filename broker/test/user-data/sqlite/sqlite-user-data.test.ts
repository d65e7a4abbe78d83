import { readFileSync } from 'node:fs';
import { chmod, copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Migration } from 'kysely';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../../../src/user-data/migrations/migrations.ts';
import { openSqliteUserData } from '../../../src/user-data/sqlite/sqlite-user-data.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const VERSIONS = Object.keys(MIGRATIONS).sort();
const schemaFile = fileURLToPath(new URL('../../../src/user-data/migrations/schema.sql', import.meta.url));
const versionFile = (version: string): string => fileURLToPath(new URL(`../versions/${version}.sql`, import.meta.url));

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let file: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  file = join(folder.path, 'users.sqlite');
});
afterEach(() => folder.dispose());

/** Rows of a database, looked at from outside. */
function query(sql: string): Record<string, unknown>[] {
  const database = new Database(file);
  try {
    return (database.prepare(sql).all() as Record<string, unknown>[]).map(({ _metadata, ...row }) => row);
  } finally {
    database.close();
  }
}

/** What tables and indexes there are, as SQL. */
function schemaOfFile(): string {
  const rows = query(
    `select sql from sqlite_master where sql is not null and name not like 'user_data_migration%' order by type desc, name`,
  );
  return `${rows.map(({ sql }) => `${String(sql)};`).join('\n')}\n`;
}

/** The steps up to a version, that one included. */
function upTo(version: string): Record<string, Migration> {
  return Object.fromEntries(Object.entries(MIGRATIONS).filter(([name]) => name <= version));
}

describe('the schema of the user data', () => {
  it('is the one in migrations/schema.sql (after a new migration: vitest -u writes it)', async () => {
    await (await openSqliteUserData({ file })).close();
    await expect(schemaOfFile()).toMatchFileSnapshot(schemaFile);
  });

  it('holds only what SQLite and MySQL both have', () => {
    const sql = readFileSync(schemaFile, 'utf8').replaceAll(/^CREATE INDEX.*$/gm, '');
    const types = new Set([...sql.matchAll(/"\w+" ([a-z]+(?: precision)?(?:\(\d+\))?)/g)].map(([, type]) => type));
    for (const type of types) {
      expect(type).toMatch(/^(varchar\(\d+\)|text|mediumtext|integer|bigint|double precision|foreign|primary|unique)$/);
    }
    expect(types.size).toBeGreaterThan(5);
    expect(sql).not.toMatch(/autoincrement|without rowid|strict|datetime|boolean|blob/i);
  });

  for (const version of VERSIONS) {
    it(`a database of ${version} is migrated with its rows kept`, async () => {
      const database = new Database(file);
      database.exec(await readFile(versionFile(version), 'utf8'));
      database.close();
      const tables = query(
        `select name from sqlite_master where type = 'table' and name not like 'user_data_migration%' order by name`,
      ).map(({ name }) => String(name));
      const before = tables.map((table) => query(`select * from ${table}`));
      for (const rows of before) expect(rows.length).toBeGreaterThan(0);

      const data = await openSqliteUserData({ file });
      const vera = await data.accounts.findByName('VERA');
      expect(vera).toMatchObject({ name: 'Vera Rubin — 薇拉', role: 'admin', revision: 3 });
      await data.bookmarks.set(vera!.id, 'ANT2026new', 'after');
      await data.announcements.create({
        authorId: vera!.id,
        title: 'moved',
        text: '',
        level: 'info',
        startsAtMs: undefined,
        endsAtMs: undefined,
      });
      await data.close();

      for (const [i, table] of tables.entries()) {
        const after = query(`select * from ${table}`);
        for (const row of before[i]!) expect(after).toContainEqual(expect.objectContaining(row));
      }
      expect(schemaOfFile()).toBe(readFileSync(schemaFile, 'utf8'));
    });

    it(`the steps up to ${version} are frozen: they still make the schema that was released`, async () => {
      await (await openSqliteUserData({ file, migrations: upTo(version) })).close();
      const made = schemaOfFile();
      const released = (await readFile(versionFile(version), 'utf8'))
        .split('\n')
        .filter((line) => /^create (table|index|unique index) "(?!user_data_migration)/i.test(line));
      expect(made.trimEnd().split('\n').sort()).toEqual(released.sort());
    });
  }

  it('a database of a newer program is refused and left as it is', async () => {
    const newer = { ...MIGRATIONS, '9999-of-the-future': { up: () => Promise.resolve() } };
    await (await openSqliteUserData({ file, migrations: newer })).close();
    await expect(openSqliteUserData({ file })).rejects.toMatchObject({
      code: 'USER_DATA_VERSION_UNSUPPORTED',
      message: expect.stringMatching(/9999-of-the-future.*0006-announcements/),
    });
    await (await openSqliteUserData({ file, migrations: newer })).close();
  });

  it('a step that fails leaves the database as it was', async () => {
    await (await openSqliteUserData({ file, migrations: upTo('0003-watch-lists') })).close();
    const before = schemaOfFile();
    const broken: Record<string, Migration> = {
      ...MIGRATIONS,
      '0007-broken': { up: (db) => db.schema.createTable('users').addColumn('id', 'integer').execute() },
    };
    await expect(openSqliteUserData({ file, migrations: broken })).rejects.toMatchObject({
      code: 'USER_DATA_MIGRATION_FAILED',
      message: expect.stringContaining('0007-broken'),
    });
    expect(schemaOfFile()).toBe(before);
    await (await openSqliteUserData({ file })).close();
  });

  it('several that open a new place at once all find the present schema', async () => {
    const opened = await Promise.all(Array.from({ length: 4 }, () => openSqliteUserData({ file })));
    for (const data of opened) expect((await data.accounts.list({ limit: 1 })).total).toBe(0);
    for (const data of opened) await data.close();
    expect(schemaOfFile()).toBe(readFileSync(schemaFile, 'utf8'));
  });
});

describe('the file of the user data', () => {
  it('is readable to its owner only, with its companions, also where it was not before', async () => {
    await writeFile(file, '');
    await chmod(file, 0o666);
    const data = await openSqliteUserData({ file });
    await data.accounts.create({ username: 'ann', name: '', email: undefined, role: 'admin', passwordHash: 'x' });
    for (const name of ['users.sqlite', 'users.sqlite-wal', 'users.sqlite-shm']) {
      expect((await stat(join(folder.path, name))).mode & 0o777, name).toBe(0o600);
    }
    await data.close();
  });

  it('is whole by itself when it was closed: a copy of it holds everything', async () => {
    const data = await openSqliteUserData({ file });
    await data.accounts.create({ username: 'ann', name: '', email: undefined, role: 'admin', passwordHash: 'x' });
    await data.close();
    await data.close();
    const copy = join(folder.path, 'copy.sqlite');
    await copyFile(file, copy);
    const again = await openSqliteUserData({ file: copy });
    expect((await again.accounts.list({ limit: 1 })).total).toBe(1);
    await again.close();
  });

  it('keeps what was written when nobody closes it', async () => {
    const data = await openSqliteUserData({ file });
    await data.accounts.create({ username: 'ann', name: '', email: undefined, role: 'admin', passwordHash: 'x' });
    const copy = join(folder.path, 'copy.sqlite');
    for (const end of ['', '-wal']) await copyFile(`${file}${end}`, `${copy}${end}`);
    const again = await openSqliteUserData({ file: copy });
    expect((await again.accounts.list({ limit: 1 })).total).toBe(1);
    await again.close();
    await data.close();
  });

  it('that is none is refused, and a folder that cannot be made too', async () => {
    await writeFile(file, `${'this is a text, not a database. '.repeat(200)}`);
    await expect(openSqliteUserData({ file })).rejects.toMatchObject({ code: 'USER_DATA_DAMAGED' });
    await expect(openSqliteUserData({ file: join(file, 'below', 'users.sqlite') })).rejects.toMatchObject({
      code: 'USER_DATA_UNREACHABLE',
    });
  });

  it('that another process writes to is waited for without blocking, and read meanwhile', async () => {
    const data = await openSqliteUserData({ file });
    const other = new Database(file);
    other.exec('begin immediate');
    let turns = 0;
    const turning = setInterval(() => turns++, 5);
    const write = data.accounts.create({
      username: 'ann',
      name: '',
      email: undefined,
      role: 'admin',
      passwordHash: 'x',
    });
    // Reading goes on meanwhile, on another connection of the same place.
    const reader = await openReader();
    expect((await reader.accounts.list({ limit: 1 })).total).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(turns).toBeGreaterThan(2);
    other.exec('commit');
    other.close();
    expect((await write).username).toBe('ann');
    clearInterval(turning);
    await reader.close();
    await data.close();

    async function openReader(): Promise<Awaited<ReturnType<typeof openSqliteUserData>>> {
      // It has the present schema already, so that opening needs no right to write.
      return openSqliteUserData({ file });
    }
  });
});
