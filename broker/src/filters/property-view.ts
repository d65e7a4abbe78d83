import type { LightCurve } from '../model/light-curve.ts';
import type { Properties, PropertyValue } from '../model/property.ts';
import type { PropertyView } from './filter.ts';

/** An error that the broker, not a filter, has to answer for. */
export interface HouseFailure {
  readonly error: unknown;
}

/** A property as a double: flags 0 or 1, NaN for text and for nothing. */
export function toNumber(value: PropertyValue | undefined): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  return Number.NaN;
}

const NO_PROPERTIES: Properties = new Map();

/** A view of properties that are read when one of them is first asked for. */
export class PropertiesView implements PropertyView {
  #read: () => Properties;
  #properties: Properties | undefined;
  readonly #reads: ReadLog | undefined;

  /**
   * @param read   gives the properties; called at most once
   * @param reads  notes each name that is asked for, while it is on
   */
  constructor(read: () => Properties = () => NO_PROPERTIES, reads?: ReadLog) {
    this.#read = read;
    this.#reads = reads;
  }

  /** Points the view at other properties. */
  show(properties: Properties): void {
    this.#properties = properties;
  }

  has(name: string): boolean {
    this.#reads?.note('locus', name);
    return this.#all().has(name);
  }

  get(name: string): PropertyValue | undefined {
    this.#reads?.note('locus', name);
    return this.#all().get(name);
  }

  number(name: string): number {
    return toNumber(this.get(name));
  }

  text(name: string): string | undefined {
    const value = this.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  names(): Iterable<string> {
    return this.#all().keys();
  }

  #all(): Properties {
    this.#properties ??= this.#read();
    return this.#properties;
  }
}

/**
 * The properties of an alert, of which the packet's are decoded only when one of them is asked for.
 *
 * Looked for in this order: what filters of this run have set; the normalised `ant_*` properties, which are columns of the
 * light curve anyway; the rest, decoded. Most alerts of a night are asked for nothing but `ant_*`.
 */
export class AlertPropertyView implements PropertyView {
  #annotations: Properties = NO_PROPERTIES;
  #decode: () => Properties = () => NO_PROPERTIES;
  #decoded: Properties | undefined;
  #lightCurve: LightCurve | undefined;
  #row = 0;
  /** Why the alert could not be decoded, once that was tried and failed. */
  failure: HouseFailure | undefined;
  readonly #reads: ReadLog | undefined;

  /** @param reads  notes each name that is asked for, while it is on */
  constructor(reads?: ReadLog) {
    this.#reads = reads;
  }

  /**
   * Points the view at an alert.
   *
   * @param lightCurve   holds the alert in `row`
   * @param decode       all properties of the alert; called at most once
   * @param annotations  what filters set on it
   */
  show(lightCurve: LightCurve, row: number, decode: () => Properties, annotations: Properties): void {
    this.#lightCurve = lightCurve;
    this.#row = row;
    this.#decode = decode;
    this.#decoded = undefined;
    this.failure = undefined;
    this.#annotations = annotations;
  }

  has(name: string): boolean {
    this.#reads?.note('alert', name);
    if (this.#annotations.size > 0 && this.#annotations.has(name)) return true;
    if (isNormalised(name)) {
      const number = this.#normalised(name);
      if (number !== undefined) return !Number.isNaN(number);
      if (name === 'ant_passband' || name === 'ant_survey') return true;
    }
    return this.#properties().has(name);
  }

  get(name: string): PropertyValue | undefined {
    this.#reads?.note('alert', name);
    if (this.#annotations.size > 0) {
      const value = this.#annotations.get(name);
      if (value !== undefined) return value;
    }
    if (isNormalised(name)) {
      const number = this.#normalised(name);
      if (number !== undefined) return Number.isNaN(number) ? undefined : number;
      if (name === 'ant_passband') return this.#lightCurve!.passband[this.#row];
      if (name === 'ant_survey') return BigInt(this.#lightCurve!.surveyNumber[this.#row]!);
    }
    return this.#properties().get(name);
  }

  number(name: string): number {
    if (isNormalised(name) && (this.#annotations.size === 0 || !this.#annotations.has(name))) {
      const number = this.#normalised(name);
      if (number !== undefined) {
        this.#reads?.note('alert', name);
        return number;
      }
    }
    return toNumber(this.get(name));
  }

  text(name: string): string | undefined {
    const value = this.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  *names(): Iterable<string> {
    const properties = this.#properties();
    yield* properties.keys();
    for (const name of this.#annotations.keys()) if (!properties.has(name)) yield name;
  }

  #properties(): Properties {
    if (this.#decoded !== undefined) return this.#decoded;
    try {
      this.#decoded = this.#decode();
    } catch (error) {
      this.failure = { error };
      throw error;
    }
    return this.#decoded;
  }

  /** A numeric `ant_*` property from its column, NaN where it is absent; undefined for any other name. */
  #normalised(name: string): number | undefined {
    const curve = this.#lightCurve;
    if (curve === undefined) return undefined;
    const row = this.#row;
    switch (name) {
      case 'ant_mjd':
        return curve.mjd[row]!;
      case 'ant_mag':
        return curve.mag[row]!;
      case 'ant_magerr':
        return curve.magErr[row]!;
      case 'ant_maglim':
        return curve.magLimit[row]!;
      case 'ant_ra':
        return curve.ra[row]!;
      case 'ant_dec':
        return curve.dec[row]!;
      default:
        return undefined;
    }
  }
}

// `ant_`: compared letter by letter, because this is asked before every look-up.
function isNormalised(name: string): boolean {
  return (
    name.charCodeAt(0) === 97 && name.charCodeAt(1) === 110 && name.charCodeAt(2) === 116 && name.charCodeAt(3) === 95
  );
}

/** Notes which properties a filter asks for, while it is switched on. */
export class ReadLog {
  #names: Set<string> | undefined;

  note(subject: 'locus' | 'alert', name: string): void {
    if (this.#names !== undefined) this.#names.add(`${subject}:${name}`);
  }

  start(): void {
    this.#names = new Set();
  }

  /** @returns names in the order of the first question, `locus:` or `alert:` before them */
  stop(): string[] {
    const names = this.#names === undefined ? [] : [...this.#names];
    this.#names = undefined;
    return names;
  }
}
