import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlertStore } from '../../src/alert-store/alert-store.ts';
import { openLmdbAlertStore } from '../../src/alert-store/lmdb/lmdb-alert-store.ts';
import { listCatalogs, removeCatalog } from '../../src/catalogs/catalog-registry.ts';
import { CatalogSet, loadCatalogImages } from '../../src/catalogs/catalog-set.ts';
import { loadCatalog } from '../../src/catalogs/load-catalog.ts';
import type { CsvColumns } from '../../src/catalogs/read-csv.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const COLUMNS: CsvColumns = { ra: 'ra', dec: 'dec', id: 'name', radius: undefined, radiusUnit: 'arcsec' };

describe('a catalogue', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let store: AlertStore;
  beforeEach(async () => {
    folder = await temporaryFolder();
    store = await openLmdbAlertStore({ directory: join(folder.path, 'store'), mode: 'writer' });
  });
  afterEach(async () => {
    await store.close();
    await folder.dispose();
  });

  function csv(text: string | Buffer): string {
    const file = join(folder.path, 'list.csv');
    writeFileSync(file, text);
    return file;
  }

  function load(file: string, more: Partial<Parameters<typeof loadCatalog>[1]> = {}) {
    return loadCatalog(store, { kind: 'catalog', name: 'list', file, columns: COLUMNS, strict: false, ...more });
  }

  async function matchAt(ra: number, dec: number) {
    const set = new CatalogSet(store, await loadCatalogImages(store));
    const matches = await set.match(ra, dec, 'catalog');
    return matches.map((match) => ({ id: match.objectId, ...set.catalogColumns(match) }));
  }

  it('is loaded from CSV, gzipped or not, with its other columns', async () => {
    for (const text of ['name,ra,dec,z\nM31,10.6847,41.269,-0.001\n"a, b",1,2,\n', undefined]) {
      const plain = 'name,ra,dec,z\nM31,10.6847,41.269,-0.001\n"a, b",1,2,\n';
      await load(csv(text === undefined ? gzipSync(plain) : text));
      expect(await matchAt(10.6847, 41.269)).toEqual([{ id: 'M31', ra: '10.6847', dec: '41.269', z: '-0.001' }]);
      expect(await matchAt(1, 2 + 0.9 / 3600)).toEqual([{ id: 'a, b', ra: '1', dec: '2', z: '' }]);
      expect(await matchAt(1, 2 + 1.1 / 3600)).toEqual([]);
    }
  });

  it('radii come from a column, in the unit that is said; an empty one is 1 arcsec', async () => {
    const columns: CsvColumns = { ...COLUMNS, radius: { column: 'd' }, radiusUnit: 'arcmin' };
    await load(csv('name,ra,dec,d\nbig,10,0,3\npoint,20,0,\n'), { columns });
    expect((await matchAt(10, 2.9 / 60)).length).toBe(1);
    expect((await matchAt(10, 3.1 / 60)).length).toBe(0);
    expect((await matchAt(20, 1.1 / 3600)).length).toBe(0);
  });

  it('rows without a usable position, radius or id are counted, listed with their line, and skipped', async () => {
    const columns: CsvColumns = { ...COLUMNS, radius: { column: 'd' } };
    const file = csv('name,ra,dec,d\na,10,0,1\nb,abc,0,1\nc,10,91,1\nd,10,0,-5\n,10,0,1\ne,,,1\n');
    const { catalog, unusable } = await load(file, { columns });
    expect(catalog).toMatchObject({ rows: 1, skipped: 5, version: 1 });
    expect(unusable.map(({ line }) => line)).toEqual([3, 4, 5, 6, 7]);
  });

  it('is refused whole under strict, and the version before stays in force', async () => {
    await load(csv('name,ra,dec\nold,10,0\n'));
    await expect(load(csv('name,ra,dec\nnew,10,0\nbad,x,0\n'), { strict: true })).rejects.toMatchObject({
      code: 'CATALOG_ROWS_UNUSABLE',
    });
    expect((await matchAt(10, 0)).map(({ id }) => id)).toEqual(['old']);
    expect((await store.files.list('catalogs/')).length).toBe(3);
  });

  it('the same name again is a new version in place of the old one', async () => {
    await load(csv('name,ra,dec\nold,10,0\n'));
    await load(csv('name,ra,dec\nnew,10,0\nmore,20,0\n'));
    expect(await listCatalogs(store, 'catalog')).toMatchObject([{ name: 'list', version: 2, rows: 2 }]);
    expect((await matchAt(10, 0)).map(({ id }) => id)).toEqual(['new']);
  });

  it('a column that is not there, an empty file, a name that is none: a clear refusal', async () => {
    await expect(load(csv('name,ra\nx,1\n'))).rejects.toThrow(/no column "dec".*"name", "ra"/);
    await expect(load(csv(''))).rejects.toMatchObject({ code: 'CATALOG_FILE_UNREADABLE' });
    await expect(load(csv('name,ra,dec\n'))).rejects.toMatchObject({ code: 'CATALOG_EMPTY' });
    await expect(load(csv('name,ra,dec\na,1,1\n'), { name: '../x' })).rejects.toMatchObject({
      code: 'CATALOG_NAME_INVALID',
    });
    await expect(load(join(folder.path, 'absent.csv'))).rejects.toMatchObject({ code: 'CATALOG_FILE_UNREADABLE' });
    await expect(load(csv(gzipSync('name,ra,dec\na,1,1\n').subarray(0, 20)))).rejects.toMatchObject({
      code: 'CATALOG_FILE_UNREADABLE',
    });
  });

  it('can be taken out of force; one that is not there is named with those that are', async () => {
    await load(csv('name,ra,dec\nold,10,0\n'));
    await expect(removeCatalog(store, 'catalog', 'other')).rejects.toThrow(/other.*known: list/);
    await removeCatalog(store, 'catalog', 'list');
    expect(await matchAt(10, 0)).toEqual([]);
  });
});
