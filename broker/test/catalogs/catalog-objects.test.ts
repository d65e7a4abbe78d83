import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AlertStore } from '../../src/alert-store/alert-store.ts';
import { openLmdbAlertStore } from '../../src/alert-store/lmdb/lmdb-alert-store.ts';
import { CatalogSet, loadCatalogImages } from '../../src/catalogs/catalog-set.ts';
import { loadCatalog } from '../../src/catalogs/load-catalog.ts';
import { temporaryFolder } from '../temporary-folder.ts';

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

async function load(text: string): Promise<CatalogSet> {
  const file = join(folder.path, 'list.csv');
  writeFileSync(file, text);
  const columns = { ra: 'ra', dec: 'dec', id: 'name', radius: { column: 'radius' }, radiusUnit: 'arcsec' } as const;
  await loadCatalog(store, { kind: 'catalog', name: 'list', file, columns, strict: false });
  return new CatalogSet(store, await loadCatalogImages(store));
}

it('an object is found by its row, with its place and all its columns, without having matched anything', async () => {
  const set = await load('name,ra,dec,radius,type,z\nfirst,0,90,1,G,0.1\nsecond,359.9999,-45.5,30,,\n');
  expect(await set.objectAt('catalog', 'list', 0)).toMatchObject({
    objectId: 'first',
    ra: 0,
    dec: 90,
    radiusArcsec: 1,
  });
  const second = (await set.objectAt('catalog', 'list', 1))!;
  expect(second.ra).toBeCloseTo(359.9999, 10);
  expect(second.dec).toBeCloseTo(-45.5, 10);
  expect(second.columns).toMatchObject({ type: '', z: '' });
});

it('rows and lists that there are not give nothing', async () => {
  const set = await load('name,ra,dec,radius\nonly,10,20,1\n');
  for (const row of [1, -1, 0.5, Number.NaN]) expect(await set.objectAt('catalog', 'list', row)).toBeUndefined();
  expect(await set.objectAt('catalog', 'other', 0)).toBeUndefined();
  expect(await set.objectAt('watch-list', 'list', 0)).toBeUndefined();
});

it('after a new version, the row of the one before may be another object: the id tells', async () => {
  await load('name,ra,dec,radius\nold,10,20,1\n');
  const set = await load('name,ra,dec,radius\nnew,11,21,1\nold,10,20,1\n');
  expect((await set.objectAt('catalog', 'list', 0))!.objectId).toBe('new');
});
