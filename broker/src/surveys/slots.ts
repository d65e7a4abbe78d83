import type { KnownAlerts } from '../model/packet.ts';
import type { Take, Takes } from './avro/compile.ts';
import { asBuffer, asView } from './avro/container.ts';
import { IdText, isLongZero } from './avro/long.ts';
import { type AvroRecord, type AvroType, findField, withoutNull } from './avro/schema.ts';
import { textAt } from './avro/text.ts';

/**
 * The values that a survey's mapping wants from a record, each in a slot of its own.
 *
 * A mapping declares them once, by path, with the names that older schemas use for the same thing:
 * `const MJD = slots.number('diaSource.midpointMjdTai', 'diaSource.midPointTai')`. Bound to a schema, paths that it does
 * not have are left alone, and read as undefined.
 */
export class SlotList {
  readonly #slots: {
    readonly as: 'number' | 'flag' | 'place';
    readonly slot: number;
    readonly paths: readonly string[][];
  }[] = [];
  #numbers = 0;
  /** Slot 0 of places counts rows. */
  #places = 1;

  /** A numeric field. */
  number(...paths: string[]): number {
    return this.#add('number', paths);
  }

  /** A yes or no, in any of the spellings of `Take.flag`. */
  flag(...paths: string[]): number {
    return this.#add('flag', paths);
  }

  /** A text or an identifier, which is read on demand. Counted apart from numbers and flags. */
  place(...paths: string[]): number {
    return this.#add('place', paths);
  }

  #add(as: 'number' | 'flag' | 'place', paths: readonly string[]): number {
    const slot = as === 'place' ? this.#places : this.#numbers;
    if (as === 'place') this.#places += 1;
    else this.#numbers += 1;
    this.#slots.push({ as, slot, paths: paths.map((path) => path.split('.')) });
    return slot;
  }

  /**
   * The takes of a record, and where their values will be.
   *
   * @param extraPlaces  number of places to reserve after the declared ones
   * @param isWanted     by full path: false leaves the path out
   */
  bind(record: AvroRecord, extraPlaces = 0, isWanted: (path: string) => boolean = () => true): BoundSlots {
    const root = new Map<string, TakeNode>();
    const kinds: AvroType['kind'][] = new Array<AvroType['kind']>(this.#places).fill('null');
    for (const { as, slot, paths } of this.#slots) {
      const path = paths.find((candidate) => isWanted(candidate.join('.')) && typeAt(record, candidate) !== undefined);
      if (path === undefined) continue;
      if (as === 'place') kinds[slot] = withoutNull(typeAt(record, path)!).kind;
      let node = root;
      for (const name of path.slice(0, -1)) {
        const before = node.get(name);
        const inner = before?.fields ?? new Map<string, TakeNode>();
        node.set(name, { ...before, fields: inner });
        node = inner;
      }
      const last = path.at(-1)!;
      node.set(last, { ...node.get(last), [as]: slot });
    }
    return {
      takes: root,
      values: new Values(this.#numbers, this.#places + extraPlaces, kinds),
      freePlace: this.#places,
    };
  }
}

interface TakeNode extends Take {
  readonly fields?: Map<string, TakeNode>;
}

function typeAt(record: AvroRecord, path: readonly string[]): AvroType | undefined {
  let type: AvroType | undefined = record;
  for (const name of path) {
    if (type === undefined) return undefined;
    const inner: AvroType = withoutNull(type);
    if (inner.kind !== 'record') return undefined;
    type = findField(inner, [name])?.type;
  }
  return type;
}

/** Slots bound to a schema. */
export interface BoundSlots {
  readonly takes: Takes;
  readonly values: Values;
  /** The first of the reserved places. */
  readonly freePlace: number;
}

/** What a walker took from one record. Used again for the next: read from it at once. */
export class Values {
  readonly numbers: Float64Array;
  readonly places: Int32Array;
  readonly #kinds: readonly AvroType['kind'][];
  #view: DataView = asView(new Uint8Array(0));
  #bytes: Buffer = asBuffer(new Uint8Array(0));

  constructor(numbers: number, places: number, kinds: readonly AvroType['kind'][]) {
    this.numbers = new Float64Array(numbers).fill(Number.NaN);
    this.places = new Int32Array(places).fill(-1);
    this.#kinds = kinds;
  }

  /** Says which bytes the places count in. */
  over(view: DataView, bytes: Buffer): void {
    this.#view = view;
    this.#bytes = bytes;
  }

  /** The number in a slot; NaN when undefined. Sentinels are still there. */
  number(slot: number): number {
    return this.numbers[slot]!;
  }

  /** The text in a slot; undefined when null, absent, or no text. */
  text(slot: number): string | undefined {
    const place = this.places[slot]!;
    return place < 0 || this.#kinds[slot] !== 'string' ? undefined : textAt(this.#view, this.#bytes, place);
  }

  /** The identifier in a slot; undefined when null or absent. */
  id(slot: number, text: IdText = PLAIN): string | undefined {
    return idAt(this.#view, this.#bytes, this.places[slot]!, this.#kinds[slot]!, text);
  }

  /** The identifier in a slot, where 0 means none as null does. */
  idOrNone(slot: number): string | undefined {
    const place = this.places[slot]!;
    const kind = this.#kinds[slot]!;
    if (place < 0 || ((kind === 'long' || kind === 'int') && isLongZero(this.#view, place))) return undefined;
    const id = idAt(this.#view, this.#bytes, place, kind, PLAIN);
    return id === '0' || id === '' ? undefined : id;
  }
}

const PLAIN = new IdText('');

/**
 * An identifier as text, whole: 64-bit integers digit by digit; a double (streams re-serialised without care) as the
 * integer that it holds.
 *
 * @param place  offset, negative for none
 * @param text   the prefix that it gets
 * @param known  undefined is the answer for these
 */
export function idAt(
  view: DataView,
  bytes: Buffer,
  place: number,
  kind: AvroType['kind'],
  text: IdText = PLAIN,
  known?: KnownAlerts,
): string | undefined {
  if (place < 0) return undefined;
  switch (kind) {
    case 'int':
    case 'long':
      return text.at(view, place, known);
    case 'string': {
      const id = textAt(view, bytes, place);
      return id === '' ? undefined : text.prefix + id;
    }
    case 'double': {
      const value = view.getFloat64(place, true);
      return Number.isInteger(value) ? text.prefix + BigInt(value).toString() : undefined;
    }
    default:
      return undefined;
  }
}
