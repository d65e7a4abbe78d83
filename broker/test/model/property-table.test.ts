import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PropertyValue } from '../../src/model/property.ts';
import { PropertyTable, PropertyTablePool } from '../../src/model/property-table.ts';

const SEED = { seed: 20260201 };

const value: fc.Arbitrary<PropertyValue> = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.boolean(),
);

/** What happens to a property: it gets a value, or goes. */
const changes = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.option(value, { nil: undefined, freq: 4 })), {
  maxLength: 400,
});

describe('a table of properties', () => {
  it('does what a map does, whatever is set, taken away and set again, order included', () => {
    fc.assert(
      fc.property(changes, (steps) => {
        const table = new PropertyTable();
        const map = new Map<string, PropertyValue>();
        for (const [number, what] of steps) {
          const name = `property_${number}`;
          if (what === undefined) {
            expect(table.delete(name)).toBe(map.delete(name));
          } else {
            table.set(name, what);
            map.set(name, what);
          }
          expect(table.size).toBe(map.size);
          expect(table.has(name)).toBe(map.has(name));
          expect(table.get(name)).toBe(map.get(name));
        }
        expect([...table]).toEqual([...map]);
        expect([...table.keys()]).toEqual([...map.keys()]);
        const gone: [string, PropertyValue][] = [];
        table.forEach((found, name) => {
          gone.push([name, found]);
        });
        expect(gone).toEqual([...map]);
      }),
      { ...SEED, numRuns: 300 },
    );
  });

  it('has nothing that only another table has, and minus zero is not zero', () => {
    const table = new PropertyTable();
    new PropertyTable().set('of_the_other', 1);
    expect(table.get('of_the_other')).toBeUndefined();
    expect(table.get('of_nobody')).toBeUndefined();
    expect(table.delete('of_nobody')).toBe(false);
    table.set('zero', -0);
    expect(Object.is(table.get('zero'), -0)).toBe(true);
  });

  it('refuses an integer of more than 64 bits and stays as it is', () => {
    const table = new PropertyTable().set('n', 1n);
    for (const n of [2n ** 63n, -(2n ** 63n) - 1n]) {
      expect(() => table.set('n', n)).toThrow(/64 bits/);
      expect(() => table.set('m', n)).toThrow(TypeError);
    }
    expect([...table]).toEqual([['n', 1n]]);
  });

  it('is empty when its memory was given back, and what it held turns up in no other table', () => {
    const pool = new PropertyTablePool(2);
    const used = pool.take(10);
    for (let i = 0; i < 200; i += 1) used.set(`of_the_first_${i}`, `text ${i}`);
    pool.giveBack(used);
    expect([...used]).toEqual([]);
    pool.giveBack(used);
    const tables = [pool.take(10), pool.take(100), pool.take(300)];
    for (const [i, table] of tables.entries()) {
      expect(table.size).toBe(0);
      expect(table.has('of_the_first_1')).toBe(false);
      table.set('own', i).set('text', `own text ${i}`);
    }
    for (const [i, table] of tables.entries()) {
      expect([...table]).toEqual([
        ['own', i],
        ['text', `own text ${i}`],
      ]);
    }
    used.set('again', true);
    expect([...used]).toEqual([['again', true]]);
  });
});
