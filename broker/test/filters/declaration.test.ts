import { describe, expect, test } from 'vitest';
import { compileOutputs, type FilterDeclaration, propertyDefinitions } from '../../src/filters/declaration.ts';
import type { PropertyDeclaration } from '../../src/filters/filter.ts';

function declare(part: Partial<FilterDeclaration>): FilterDeclaration {
  return {
    name: 'some_filter',
    version: 1,
    description: '',
    surveyNumbers: [],
    requiredLocusProperties: [],
    requiredAlertProperties: [],
    requiredTags: [],
    outputTags: [],
    outputLocusProperties: [],
    outputAlertProperties: [],
    mayHalt: false,
    ...part,
  };
}

const property = (name: string, type: string = 'float'): PropertyDeclaration =>
  ({ name, type, description: `${name}, described` }) as PropertyDeclaration;

const NONE = new Map();

describe('declarations', () => {
  test('outputs are compiled for asking', () => {
    const outputs = compileOutputs(
      declare({
        outputTags: [{ name: 'a tag', description: '' }],
        outputLocusProperties: [property('jane_score')],
        outputAlertProperties: [property('jane_class', 'str')],
      }),
      NONE,
    );
    expect(outputs.tags.has('a tag')).toBe(true);
    expect(outputs.locusProperties.get('jane_score')).toBe('float');
    expect(outputs.alertProperties.get('jane_class')).toBe('str');
    expect(outputs.alertProperties.has('jane_score')).toBe(false);
  });

  test.each([
    ['a name that is none', { name: 'a b' }],
    ['a version of nought', { version: 0 }],
    ['a tag that is none', { outputTags: [{ name: '', description: '' }] }],
    [
      'a tag twice',
      {
        outputTags: [
          { name: 'a', description: '' },
          { name: 'a', description: '' },
        ],
      },
    ],
    ["a survey's property", { outputAlertProperties: [property('ztf_rb')] }],
    ['a property twice', { outputLocusProperties: [property('a'), property('a', 'int')] }],
    ['a type that is none', { outputLocusProperties: [property('a', 'bool')] }],
    ['more than anybody needs', { outputLocusProperties: Array.from({ length: 1025 }, (_, i) => property(`a${i}`)) }],
  ])('%s is refused', (_what, part) => {
    expect(() => compileOutputs(declare(part), NONE)).toThrow(
      expect.objectContaining({ code: 'FILTER_DECLARATION_INVALID' }),
    );
  });

  test('a type that differs from the catalogued one is refused, with who catalogued it', () => {
    const definitions = new Map([
      ['jane_score', { name: 'jane_score', type: 'int', subject: 'locus', origin: 'janes_filter', description: '' }],
    ] as const);
    const declaration = declare({ outputLocusProperties: [property('jane_score')] });
    expect(() => compileOutputs(declaration, definitions)).toThrow(/catalogued as int \(by janes_filter\)/);
    expect(() =>
      compileOutputs(declare({ outputLocusProperties: [property('jane_score', 'int')] }), definitions),
    ).not.toThrow();
  });

  test('a list of filters brings definitions, the first of a name, with its filter as origin', () => {
    const filters = [
      declare({ name: 'one', outputLocusProperties: [property('shared'), property('own', 'int')] }),
      declare({ name: 'two', outputAlertProperties: [property('shared', 'str'), property('of_alert', 'str')] }),
    ];
    expect(propertyDefinitions(filters)).toEqual([
      { name: 'shared', type: 'float', subject: 'locus', origin: 'one', description: 'shared, described' },
      { name: 'own', type: 'int', subject: 'locus', origin: 'one', description: 'own, described' },
      { name: 'of_alert', type: 'str', subject: 'alert', origin: 'two', description: 'of_alert, described' },
    ]);
  });
});
