import assert from 'node:assert/strict';
import type { LocusRecord, LocusRef } from '../../model/locus.ts';
import type { AlertStore, Page } from '../alert-store.ts';
import { completed, completedRow, type LocusScene } from './scene.ts';

/** Asserts that a store holds a locus as the scene has it: record, curve, order, rows, index. */
export async function assertStored(store: AlertStore, locus: LocusScene): Promise<void> {
  const [found] = await store.getLoci([locus.ref]);
  assert.ok(found !== undefined, `${locus.ref.locusId} is not stored`);
  assert.deepEqual(withMap(found.record), locus.record);
  assert.deepEqual(await readRecords(store, [locus.ref, locus.ref]), [locus.record, locus.record]);
  assert.deepEqual([...found.record.properties.keys()], [...locus.properties.keys()]);
  assert.equal(found.lightCurve.length, locus.lightCurve.length);
  assert.deepEqual([...found.lightCurve.order], [...locus.lightCurve.order]);
  for (const [row, { point }] of locus.rows) {
    assert.deepEqual(found.lightCurve.pointAt(row), completed(point));
    assert.equal(found.lightCurve.rowOf(point.alertId), row);
  }
  const expected = [...locus.rows].sort(([a], [b]) => a - b).map(([, row]) => completedRow(row));
  assert.deepEqual(await store.getAlertRows(locus.ref), expected);
  assert.deepEqual(await store.getAlerts(expected.map(({ point }) => point.alertId)), expected);
}

/** A record with its properties as a map, to compare: which kind of `Properties` a store gives is its own affair. */
export function withMap(record: LocusRecord): LocusRecord {
  return { ...record, properties: new Map(record.properties) };
}

/** Loci as `readLoci` gives them, with their properties gone through. */
export async function readRecords(store: AlertStore, refs: readonly LocusRef[]): Promise<(LocusRecord | undefined)[]> {
  return (await store.readLoci(refs)).map((locus) => {
    if (locus === undefined) return undefined;
    const properties: LocusRecord['properties'] = new Map();
    locus.properties.forEach((value, name) => {
      properties.set(name, value);
    });
    assert.equal(properties.size, locus.properties.size);
    return { ...locus, properties };
  });
}

/** All items of a scan, page by page. */
export async function collect<T>(
  scan: (token: string | undefined, limit: number) => Promise<Page<T>>,
  size: number,
): Promise<T[]> {
  const items: T[] = [];
  let token: string | undefined;
  do {
    const page = await scan(token, size);
    assert.ok(page.items.length <= size);
    items.push(...page.items);
    token = page.next;
  } while (token !== undefined);
  return items;
}

/** The progress of a source, ordinals ascending. */
export async function sorted(store: AlertStore, sourceId: string): Promise<{ lowWater: number; done: number[] }> {
  const { lowWater, done } = await store.getProgress(sourceId);
  return { lowWater, done: [...done].sort((a, b) => a - b) };
}
