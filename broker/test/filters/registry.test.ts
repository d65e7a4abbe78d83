import { describe, expect, test } from 'vitest';
import { BUILT_IN_FILTERS, builtInFilters, selectFilters } from '../../src/filters/registry.ts';

const names = (filters: readonly { readonly name: string }[]): string[] => filters.map(({ name }) => name);

describe('the registry of built-in filters', () => {
  test('every entry makes a filter of its name', () => {
    for (const { name, create } of BUILT_IN_FILTERS) expect(create().name).toBe(name);
    expect(names(builtInFilters())).toEqual(names(BUILT_IN_FILTERS));
    expect(new Set(names(BUILT_IN_FILTERS)).size).toBe(BUILT_IN_FILTERS.length);
  });

  test('every filter says what it does and what its tags mean', () => {
    for (const filter of builtInFilters()) {
      expect(filter.description).toMatch(/\w/);
      for (const { description } of filter.outputTags) expect(description).toMatch(/\w/);
    }
  });

  test('a filter comes after those whose tags it requires', () => {
    const set = new Set<string>();
    for (const { name, requiredTags, outputTags } of builtInFilters()) {
      for (const tag of requiredTags) expect(set.has(tag), `${name} requires ${tag}`).toBe(true);
      for (const tag of outputTags) set.add(tag.name);
    }
  });

  test('the default set is everything but hello_world, which tags everything', () => {
    expect(names(selectFilters())).toEqual(names(BUILT_IN_FILTERS).filter((name) => name !== 'hello_world'));
    expect(names(selectFilters([]))).toEqual(names(selectFilters()));
  });

  test('a list selects, in its own order', () => {
    expect(names(selectFilters(['in_m31', 'hello_world']))).toEqual(['in_m31', 'hello_world']);
  });

  test('switches change the default set, in the order of the registry', () => {
    const selected = names(selectFilters({ in_m31: false, hello_world: true }));
    expect(selected[0]).toBe('hello_world');
    expect(selected).not.toContain('in_m31');
    expect(selected).toContain('high_snr');
  });

  test('a name that no filter has, and a name twice, are refused', () => {
    const unknown = expect.objectContaining({ code: 'FILTER_UNKNOWN', message: expect.stringContaining('high_snr') });
    expect(() => selectFilters(['high_snrr'])).toThrow(unknown);
    expect(() => selectFilters({ high_snrr: false })).toThrow(unknown);
    expect(() => selectFilters(['in_m31', 'in_m31'])).toThrow(expect.objectContaining({ code: 'FILTER_DUPLICATE' }));
  });

  test('two selections share no filter: each worker has its own', () => {
    expect(selectFilters(['high_snr'])[0]).not.toBe(selectFilters(['high_snr'])[0]);
  });
});
