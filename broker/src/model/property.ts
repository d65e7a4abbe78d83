/**
 * What a property can hold: float64 (`number`), int64 (`bigint`) or text. The paper, section 6.1.
 *
 * An integer field of a survey is always a `bigint`, however small, so that its type does not depend on its value and
 * no identifier ever passes through a double. Flags of a packet (Avro boolean) are `boolean`. NaN, infinities and null
 * are not values: such a property is absent.
 */
export type PropertyValue = number | bigint | string | boolean;

/** The types under which properties are catalogued. `bool` occurs in packets only; filters write the other three. */
export type PropertyType = 'float' | 'int' | 'str' | 'bool';

/** Properties that are only gone through, once each in their order: a map is one. */
export interface PropertyList {
  readonly size: number;
  forEach(visit: (value: PropertyValue, name: string) => void): void;
}

/** Properties by name, in insertion order: a map of them, or a `PropertyTable`, which takes less. */
export interface Properties extends PropertyList, Iterable<[string, PropertyValue]> {
  has(name: string): boolean;
  get(name: string): PropertyValue | undefined;
  set(name: string, value: PropertyValue): unknown;
  delete(name: string): boolean;
  keys(): Iterable<string>;
}

/** A property as the catalogue of properties knows it: typed on first use, then for good. */
export interface PropertyDefinition {
  readonly name: string;
  readonly type: PropertyType;
  /** `alert`: written once, on the new alert; `locus`: may change with every alert. */
  readonly subject: 'alert' | 'locus';
  /** Who writes it: `survey`, `antares`, or the name of a filter. */
  readonly origin: string;
  readonly description: string;
}

/** The type of a value. */
export function propertyType(value: PropertyValue): PropertyType {
  switch (typeof value) {
    case 'number':
      return 'float';
    case 'bigint':
      return 'int';
    case 'string':
      return 'str';
    default:
      return 'bool';
  }
}

/** Whether a number may be stored: finite. Anything else is an undefined value, and those are absent. */
export function isStorable(value: number): boolean {
  return Number.isFinite(value);
}
