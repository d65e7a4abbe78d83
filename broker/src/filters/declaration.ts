import { AntaresError } from '../model/errors.ts';
import type { PropertyDefinition } from '../model/property.ts';
import type { Filter, PropertyDeclaration } from './filter.ts';
import {
  checkDeclarationCount,
  DEFAULT_FILTER_LIMITS,
  type FilterLimits,
  findFilterNameFault,
  findPropertyNameFault,
  findTagFault,
} from './limits.ts';

/** What a filter says about itself, whatever language it is written in: a `Filter` without its code. */
export type FilterDeclaration = Pick<
  Filter,
  | 'name'
  | 'version'
  | 'description'
  | 'surveyNumbers'
  | 'requiredLocusProperties'
  | 'requiredAlertProperties'
  | 'requiredTags'
  | 'outputTags'
  | 'outputLocusProperties'
  | 'outputAlertProperties'
  | 'mayHalt'
>;

/** The outputs that a filter declared, ready for asking. */
export interface DeclaredOutputs {
  readonly filter: string;
  readonly tags: ReadonlySet<string>;
  readonly locusProperties: ReadonlyMap<string, PropertyDeclaration['type']>;
  readonly alertProperties: ReadonlyMap<string, PropertyDeclaration['type']>;
}

/**
 * Checks a declaration, and compiles its outputs.
 *
 * @param definitions  the catalogue of properties in force: types are for good
 * @throws FILTER_DECLARATION_INVALID  a name or type that no output can have, or one declared twice
 * @throws FILTER_TYPE_CONFLICT        a property that is catalogued with another type
 */
export function compileOutputs(
  declaration: FilterDeclaration,
  definitions: ReadonlyMap<string, PropertyDefinition>,
  limits: FilterLimits = DEFAULT_FILTER_LIMITS,
): DeclaredOutputs {
  const { name, version } = declaration;
  const fault = findFilterNameFault(name);
  if (fault !== undefined) throw new AntaresError('FILTER_DECLARATION_INVALID', fault);
  if (!Number.isSafeInteger(version) || version < 1) {
    throw new AntaresError('FILTER_DECLARATION_INVALID', `the version of ${name} is 1, 2, 3, …; got ${version}`);
  }
  return {
    filter: name,
    tags: compileTags(declaration, limits),
    locusProperties: compileProperties(
      name,
      'locus properties',
      declaration.outputLocusProperties,
      definitions,
      limits,
    ),
    alertProperties: compileProperties(
      name,
      'alert properties',
      declaration.outputAlertProperties,
      definitions,
      limits,
    ),
  };
}

/** The definitions that a list of filters brings into the catalogue of properties, in order; the first of a name counts. */
export function propertyDefinitions(filters: readonly FilterDeclaration[]): PropertyDefinition[] {
  const definitions = new Map<string, PropertyDefinition>();
  for (const filter of filters) {
    const add = (subject: PropertyDefinition['subject'], properties: readonly PropertyDeclaration[]): void => {
      for (const { name, type, description } of properties) {
        if (!definitions.has(name)) definitions.set(name, { name, type, subject, origin: filter.name, description });
      }
    };
    add('locus', filter.outputLocusProperties);
    add('alert', filter.outputAlertProperties);
  }
  return [...definitions.values()];
}

function compileTags(declaration: FilterDeclaration, limits: FilterLimits): Set<string> {
  checkDeclarationCount(declaration.name, 'tags', declaration.outputTags.length, limits);
  const tags = new Set<string>();
  for (const { name } of declaration.outputTags) {
    const fault = findTagFault(name, limits) ?? (tags.has(name) ? `the tag ${name} is declared twice` : undefined);
    if (fault !== undefined) throw new AntaresError('FILTER_DECLARATION_INVALID', `${declaration.name}: ${fault}`);
    tags.add(name);
  }
  return tags;
}

function compileProperties(
  filter: string,
  what: string,
  declared: readonly PropertyDeclaration[],
  definitions: ReadonlyMap<string, PropertyDefinition>,
  limits: FilterLimits,
): Map<string, PropertyDeclaration['type']> {
  checkDeclarationCount(filter, what, declared.length, limits);
  const types = new Map<string, PropertyDeclaration['type']>();
  for (const { name, type } of declared) {
    const fault = findPropertyNameFault(name, limits) ?? findTypeFault(name, type, types);
    if (fault !== undefined) throw new AntaresError('FILTER_DECLARATION_INVALID', `${filter}: ${fault}`);
    const known = definitions.get(name);
    if (known !== undefined && known.type !== type) {
      throw new AntaresError(
        'FILTER_TYPE_CONFLICT',
        `${filter} declares ${name} as ${type}, but it is catalogued as ${known.type} (by ${known.origin}); types are for good: choose another name`,
      );
    }
    types.set(name, type);
  }
  return types;
}

function findTypeFault(name: string, type: string, types: ReadonlyMap<string, string>): string | undefined {
  if (types.has(name)) return `the property ${name} is declared twice`;
  if (type !== 'float' && type !== 'int' && type !== 'str') {
    return `the type of ${name} is float, int or str; got ${JSON.stringify(type)}`;
  }
  return undefined;
}
