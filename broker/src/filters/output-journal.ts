import { AntaresError } from '../model/errors.ts';
import type { LocusInFlight } from '../model/locus-in-flight.ts';
import type { Properties, PropertyValue } from '../model/property.ts';
import type { DeclaredOutputs } from './declaration.ts';
import type { PropertyDeclaration } from './filter.ts';
import { DEFAULT_FILTER_LIMITS, type FilterLimits, findTextFault } from './limits.ts';

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/**
 * Writes what a filter says onto a locus, checked and typed, and can take it back.
 *
 * Every host writes through it, so that a filter in Python is held to the same words as one in TypeScript. Outputs take
 * effect at once: the filter itself and those after it see them.
 */
export class OutputJournal {
  readonly #limits: FilterLimits;
  #locus: LocusInFlight | undefined;
  #declared: DeclaredOutputs | undefined;
  #violation: AntaresError | undefined;
  readonly #tagsSet: string[] = [];
  readonly #tagsAdded: string[] = [];
  readonly #locusProperties = new PropertyChanges();
  readonly #alertProperties = new PropertyChanges();

  constructor(limits: FilterLimits = DEFAULT_FILTER_LIMITS) {
    this.#limits = limits;
  }

  /** Begins to write the outputs of one filter on one locus. */
  begin(locus: LocusInFlight, declared: DeclaredOutputs): void {
    this.#locus = locus;
    this.#declared = declared;
    this.#violation = undefined;
    this.#tagsSet.length = 0;
    this.#tagsAdded.length = 0;
    this.#locusProperties.begin(locus.properties);
    this.#alertProperties.begin(locus.annotations);
  }

  /** Ends the filter's turn: nothing can be written until the next begins. What it said can still be read and taken back. */
  end(): void {
    this.#locus = undefined;
    this.#declared = undefined;
  }

  /**
   * The first rule that the filter broke in this turn. It counts even when the filter caught the error and went on:
   * a filter that lies about its outputs is not believed the rest.
   */
  get violation(): AntaresError | undefined {
    return this.#violation;
  }

  /** Whether the filter has said nothing in this turn. */
  get isEmpty(): boolean {
    return (
      this.#tagsSet.length === 0 && this.#locusProperties.names.length === 0 && this.#alertProperties.names.length === 0
    );
  }

  /** Tags of this turn, in order, each once; the same array in every turn. */
  get tagsSet(): readonly string[] {
    return this.#tagsSet;
  }

  /** Those that the locus did not have. */
  get tagsAdded(): readonly string[] {
    return this.#tagsAdded;
  }

  /** Names of locus properties set in this turn, each once; the same array in every turn. */
  get locusPropertiesSet(): readonly string[] {
    return this.#locusProperties.names;
  }

  get alertPropertiesSet(): readonly string[] {
    return this.#alertProperties.names;
  }

  /**
   * Adds a tag.
   *
   * @throws FILTER_OUTPUT_UNDECLARED, FILTER_LIMIT_EXCEEDED
   */
  tag(name: string): void {
    const declared = this.#turn();
    if (!declared.tags.has(name)) {
      throw this.violate(
        'FILTER_OUTPUT_UNDECLARED',
        `${declared.filter} set the tag ${JSON.stringify(name)} without declaring it; declared are ${list(declared.tags)}`,
      );
    }
    if (this.#tagsSet.includes(name)) return;
    const tags = this.#locus!.tags;
    if (!tags.has(name)) {
      if (tags.size >= this.#limits.tagsPerLocus) {
        throw this.violate('FILTER_LIMIT_EXCEEDED', `the locus has ${tags.size} tags, no more are allowed`);
      }
      tags.add(name);
      this.#tagsAdded.push(name);
    }
    this.#tagsSet.push(name);
  }

  /**
   * Sets a property of the locus.
   *
   * @throws FILTER_OUTPUT_UNDECLARED, FILTER_OUTPUT_INVALID, FILTER_LIMIT_EXCEEDED
   */
  setProperty(name: string, value: PropertyValue): void {
    const { filter, locusProperties } = this.#turn();
    this.#set('locus property', filter, locusProperties, this.#locusProperties, name, value);
  }

  /**
   * Sets a property of the new alert.
   *
   * @throws FILTER_OUTPUT_UNDECLARED, FILTER_OUTPUT_INVALID, FILTER_LIMIT_EXCEEDED
   */
  setAlertProperty(name: string, value: PropertyValue): void {
    const { filter, alertProperties } = this.#turn();
    this.#set('alert property', filter, alertProperties, this.#alertProperties, name, value);
  }

  /** Takes back everything of this turn: the locus is as it was when it began. */
  rollBack(locus: LocusInFlight): void {
    for (const tag of this.#tagsAdded) locus.tags.delete(tag);
    this.#tagsSet.length = 0;
    this.#tagsAdded.length = 0;
    this.#locusProperties.rollBack();
    this.#alertProperties.rollBack();
  }

  /** Notes that the filter broke a rule. @returns the error, to be thrown */
  violate(code: string, message: string): AntaresError {
    const error = new AntaresError(code, message);
    this.#violation ??= error;
    return error;
  }

  #turn(): DeclaredOutputs {
    if (this.#declared !== undefined) return this.#declared;
    throw new AntaresError(
      'FILTER_TURN_OVER',
      'a locus can be written to while run() runs only; do not keep it, and do not write to it from a promise or timer',
    );
  }

  #set(
    what: string,
    filter: string,
    declared: ReadonlyMap<string, PropertyDeclaration['type']>,
    changes: PropertyChanges,
    name: string,
    value: PropertyValue,
  ): void {
    const type = declared.get(name);
    if (type === undefined) {
      throw this.violate(
        'FILTER_OUTPUT_UNDECLARED',
        `${filter} set the ${what} ${JSON.stringify(name)} without declaring it; declared are ${list(declared.keys())}`,
      );
    }
    const typed = toDeclaredType(type, value);
    const fault = typed === undefined ? `expected ${EXPECTED[type]}` : this.#findTextFault(typed);
    if (typed === undefined || fault !== undefined) {
      throw this.violate('FILTER_OUTPUT_INVALID', `${filter} set the ${what} ${name} to ${describe(value)}: ${fault}`);
    }
    if (changes.wouldExceed(name, this.#limits.propertiesPerSubject)) {
      throw this.violate(
        'FILTER_LIMIT_EXCEEDED',
        `there are ${this.#limits.propertiesPerSubject} properties beside ${name} already, no more are allowed`,
      );
    }
    changes.set(name, typed);
  }

  #findTextFault(value: PropertyValue): string | undefined {
    return typeof value === 'string' ? findTextFault(value, this.#limits) : undefined;
  }
}

const EXPECTED = {
  float: 'a finite number; leave a property unset where there is no value',
  int: 'a whole number within 64 bits (a number up to 2^53, or a bigint)',
  str: 'text',
} as const;

/** A value as a property of the declared type keeps it; undefined where it cannot. */
function toDeclaredType(type: PropertyDeclaration['type'], value: PropertyValue): PropertyValue | undefined {
  switch (type) {
    case 'float':
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
    case 'int':
      if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
      return typeof value === 'bigint' && value >= INT64_MIN && value <= INT64_MAX ? value : undefined;
    case 'str':
      return typeof value === 'string' ? value : undefined;
  }
}

/** What happened to one map of properties in a turn. */
class PropertyChanges {
  readonly names: string[] = [];
  /** What was there before the turn, by place in `names`. */
  readonly #previous: (PropertyValue | undefined)[] = [];
  /** The turn in which a name was set last. Never emptied: as many names as are declared, and no garbage with each turn. */
  readonly #turnOf = new Map<string, number>();
  #turn = 0;
  #properties: Properties = new Map();

  begin(properties: Properties): void {
    this.#forget();
    this.#properties = properties;
  }

  wouldExceed(name: string, limit: number): boolean {
    return this.#properties.size >= limit && !this.#properties.has(name);
  }

  set(name: string, value: PropertyValue): void {
    // Only the first change of a name is noted: it alone knows what was there before the turn.
    if (this.#turnOf.get(name) !== this.#turn) {
      this.#turnOf.set(name, this.#turn);
      this.#previous.push(this.#properties.get(name));
      this.names.push(name);
    }
    this.#properties.set(name, value);
  }

  rollBack(): void {
    for (const [i, name] of this.names.entries()) {
      const previous = this.#previous[i];
      if (previous === undefined) this.#properties.delete(name);
      else this.#properties.set(name, previous);
    }
    this.#forget();
  }

  #forget(): void {
    if (this.names.length === 0) return;
    this.#turn += 1;
    this.names.length = 0;
    this.#previous.length = 0;
  }
}

function list(names: Iterable<string>): string {
  const all = [...names];
  if (all.length === 0) return 'none';
  return all.length <= 10 ? all.join(', ') : `${all.slice(0, 10).join(', ')} and ${all.length - 10} more`;
}

function describe(value: unknown): string {
  if (typeof value === 'string')
    return value.length <= 40 ? JSON.stringify(value) : `a text of ${value.length} characters`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number' || typeof value === 'boolean' || value === undefined || value === null)
    return String(value);
  return `something of type ${typeof value}`;
}
