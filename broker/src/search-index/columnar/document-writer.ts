import { checkPosition } from '../check-position.ts';
import { SURVEY_PROPERTY } from '../query/fields.ts';
import { surveyLists } from '../survey-lists.ts';
import type { Columns } from './columns.ts';
import type { FieldColumns } from './field-columns.ts';
import { type PackedDocuments, VALUE, VALUE_BITS } from './packed-documents.ts';
import { sortedTexts } from './sorted-texts.ts';

const decoder = new TextDecoder();

/**
 * Writes documents into columns: all values of a property one after the other, then those of the next, so that a column is
 * in the processor's cache while it is written. A locus has some hundred properties; document by document, nearly every
 * value would wait for memory.
 */
export class DocumentWriter {
  readonly #columns: Columns;
  readonly #packed: PackedDocuments;
  /** Row of each document; -1 for one that a later document of the same locus replaces. */
  readonly #rows: Int32Array;
  /** Fields that a document was given, and those of them that its row had a value in before. */
  readonly #given: Uint16Array;
  readonly #replaced: Uint16Array;
  /** Documents that each field was given to, in one or several parts. */
  readonly #parts = new Map<FieldColumns, Uint32Array[]>();
  /** Working memory: a value for each document at most. */
  readonly #docs: Uint32Array;
  readonly #partRows: Int32Array;
  readonly #values: Float64Array;
  readonly #had: Uint8Array;
  /** By document: the last mark that it got. */
  readonly #marks: Uint32Array;
  #mark = 0;

  private constructor(columns: Columns, packed: PackedDocuments) {
    const count = packed.locusIds.length;
    this.#columns = columns;
    this.#packed = packed;
    this.#rows = new Int32Array(count);
    this.#given = new Uint16Array(count);
    this.#replaced = new Uint16Array(count);
    this.#docs = new Uint32Array(count);
    this.#partRows = new Int32Array(count);
    this.#values = new Float64Array(count);
    this.#had = new Uint8Array(count);
    this.#marks = new Uint32Array(count);
  }

  /**
   * Adds documents or replaces those of the same loci.
   *
   * @throws SKY_POSITION_OUT_OF_RANGE  one of them is nowhere on the sky; none was written
   */
  static write(columns: Columns, packed: PackedDocuments): void {
    const { locusIds, positions } = packed;
    for (let i = 0; i < locusIds.length; i += 1) checkPosition(locusIds[i]!, positions[2 * i]!, positions[2 * i + 1]!);
    const writer = new DocumentWriter(columns, packed);
    writer.#open();
    writer.#writeLists();
    writer.#writeProperties();
    writer.#close();
  }

  #open(): void {
    const { locusIds, birthTrixels, positions } = this.#packed;
    const latest = new Map<number, number>();
    for (let doc = 0; doc < locusIds.length; doc += 1) {
      const row = this.#columns.open(locusIds[doc]!, birthTrixels[doc]!, positions[2 * doc]!, positions[2 * doc + 1]!);
      this.#rows[doc] = row;
      const earlier = latest.get(row);
      if (earlier !== undefined) this.#rows[earlier] = -1;
      latest.set(row, doc);
    }
  }

  #writeLists(): void {
    const { listNumbers } = this.#packed;
    const lists = this.#packed.lists.map(sortedTexts);
    for (const [k, name] of (['tags', 'catalogs', 'watch_lists'] as const).entries()) {
      const column = this.#columns.fieldOf(name).texts;
      /** Codes of the lists, each used once while they are given out. */
      const codes = new Map<number, number>();
      let count = 0;
      for (let doc = 0; doc < this.#rows.length; doc += 1) {
        const list = listNumbers[3 * doc + k]!;
        if (this.#rows[doc]! < 0 || lists[list]!.length === 0) continue;
        let code = codes.get(list);
        if (code === undefined) {
          code = column.dictionary.acquireList(lists[list]!);
          codes.set(list, code);
        }
        column.dictionary.addUse(code);
        this.#docs[count] = doc;
        this.#had[count] = column.assign(this.#rows[doc]!, code) ? 1 : 0;
        count += 1;
      }
      for (const code of codes.values()) column.dictionary.release(code);
      this.#note(this.#columns.fieldOf(name), count);
    }
  }

  #writeProperties(): void {
    const { names } = this.#packed;
    const { starts, docs, places } = this.#groupByCode();
    for (let name = 0; name < names.length; name += 1) {
      for (let kind = 0; kind <= VALUE.text; kind += 1) {
        const code = (name << VALUE_BITS) + kind;
        const [from, end] = [starts[code]!, starts[code + 1]!];
        if (from === end) continue;
        const count = end - from;
        for (let i = 0; i < count; i += 1) {
          const doc = docs[from + i]!;
          this.#docs[i] = doc;
          this.#partRows[i] = this.#rows[doc]!;
        }
        this.#writeValues(names[name]!, kind, places.subarray(from, end), count);
      }
    }
  }

  /**
   * Brings properties together by name and kind of value.
   *
   * @returns where each group begins; of each value in there the document, and its place in the array of its kind
   */
  #groupByCode(): { starts: Uint32Array; docs: Uint32Array; places: Uint32Array } {
    const { names, propertyCounts, codes, numbers } = this.#packed;
    const starts = new Uint32Array((names.length << VALUE_BITS) + 2);
    const docs = new Uint32Array(codes.length);
    const places = new Uint32Array(codes.length);
    /** Next place in `docs` for each group; one behind `starts` while groups are counted. */
    const next = new Uint32Array(starts.length);
    for (const isCounting of [true, false]) {
      const at = [0, 0, 0];
      let property = 0;
      for (let doc = 0; doc < propertyCounts.length; doc += 1) {
        const isWanted = this.#rows[doc]! >= 0;
        for (let left = propertyCounts[doc]!; left > 0; left -= 1) {
          const code = codes[property]!;
          property += 1;
          const kind = code & ((1 << VALUE_BITS) - 1);
          const array = kind < VALUE.longInteger ? 0 : kind - VALUE.longInteger + 1;
          const place = at[array]!;
          at[array] = place + 1;
          // Numbers that are none are missing values.
          if (!isWanted || (kind === VALUE.float && !Number.isFinite(numbers[place]!))) continue;
          if (isCounting) {
            starts[code + 1]! += 1;
          } else {
            docs[next[code]!] = doc;
            places[next[code]!] = place;
            next[code]! += 1;
          }
        }
      }
      if (isCounting) {
        for (let code = 1; code < starts.length; code += 1) starts[code]! += starts[code - 1]!;
        next.set(starts);
      }
    }
    return { starts, docs, places };
  }

  /** Writes values of one property and kind: of `#docs`, into `#partRows`. */
  #writeValues(name: string, kind: number, places: Uint32Array, count: number): void {
    const { numbers, longIntegers, textEnds } = this.#packed;
    if (kind === VALUE.text) {
      const starts = places.map((place) => (place === 0 ? 0 : textEnds[place - 1]!));
      const ends = places.map((place) => textEnds[place]!);
      if (name === SURVEY_PROPERTY) this.#writeSurveys(starts, ends, count);
      else this.#writeTexts(name, starts, ends, count);
      return;
    }
    const field = this.#columns.propertyField(name);
    if (kind === VALUE.longInteger) {
      for (let i = 0; i < count; i += 1) {
        this.#had[i] = field.setLongInteger(this.#partRows[i]!, longIntegers[places[i]!]!) ? 1 : 0;
      }
    } else {
      // Nought of either sign is one value.
      for (let i = 0; i < count; i += 1) this.#values[i] = numbers[places[i]!]! + 0;
      const column = kind === VALUE.float ? 'float' : kind === VALUE.integer ? 'int' : 'flag';
      field.setNumbers(column, this.#partRows, this.#values, count, this.#had);
    }
    this.#note(field, count);
  }

  #writeTexts(name: string, starts: Uint32Array, ends: Uint32Array, count: number): void {
    const field = this.#columns.propertyField(name);
    field.setTexts(this.#partRows, this.#packed.texts, starts, ends, count, this.#had);
    this.#note(field, count);
  }

  /** Writes the lists that the property `survey` has inside; where it is no such text, the text. */
  #writeSurveys(starts: Uint32Array, ends: Uint32Array, count: number): void {
    const fields = new Map<string, { docs: number[]; lists: (readonly string[])[] }>();
    let plain = 0;
    for (let i = 0; i < count; i += 1) {
      const doc = this.#docs[i]!;
      const lists = surveyLists(decoder.decode(this.#packed.texts.subarray(starts[i]!, ends[i]!)));
      if (lists === undefined) {
        this.#docs[plain] = doc;
        this.#partRows[plain] = this.#rows[doc]!;
        starts[plain] = starts[i]!;
        ends[plain] = ends[i]!;
        plain += 1;
        continue;
      }
      for (const [name, list] of lists) {
        const found = fields.get(name);
        if (found === undefined) fields.set(name, { docs: [doc], lists: [list] });
        else {
          found.docs.push(doc);
          found.lists.push(list);
        }
      }
    }
    if (plain > 0) this.#writeTexts(SURVEY_PROPERTY, starts, ends, plain);
    for (const [name, { docs, lists }] of fields) {
      const field = this.#columns.fieldOf(name);
      for (const [i, doc] of docs.entries()) {
        this.#docs[i] = doc;
        this.#had[i] = field.setList(this.#rows[doc]!, sortedTexts(lists[i]!)) ? 1 : 0;
      }
      this.#note(field, docs.length);
    }
  }

  /** Notes that a field was given a value in `#docs`, and where one was replaced (`#had`). */
  #note(field: FieldColumns, count: number): void {
    if (count === 0) return;
    const docs = this.#docs.slice(0, count);
    const parts = this.#parts.get(field);
    if (parts === undefined) {
      this.#parts.set(field, [docs]);
      for (let i = 0; i < count; i += 1) {
        const doc = docs[i]!;
        this.#given[doc]! += 1;
        this.#replaced[doc]! += this.#had[i]!;
      }
      return;
    }
    // A list inside `survey` and a property can be of one name: what the document itself gave is not what it replaced.
    this.#markAll(parts);
    for (let i = 0; i < count; i += 1) {
      const doc = docs[i]!;
      if (this.#marks[doc] === this.#mark) continue;
      this.#given[doc]! += 1;
      this.#replaced[doc]! += this.#had[i]!;
    }
    parts.push(docs);
  }

  /** Takes away what a row had before and its document has not. */
  #close(): void {
    const left: number[] = [];
    /** Fields that a row still has too many. */
    const missing = new Uint16Array(this.#rows.length);
    for (let doc = 0; doc < this.#rows.length; doc += 1) {
      const row = this.#rows[doc]!;
      if (row < 0) continue;
      const tooMany = this.#columns.valueCountOf(row) - this.#replaced[doc]!;
      this.#columns.setValueCount(row, this.#given[doc]!);
      missing[doc] = tooMany;
      if (tooMany > 0) left.push(doc);
    }
    if (left.length === 0) return;
    for (const field of this.#columns.optionalFields) {
      if (field.count === 0) continue;
      this.#markAll(this.#parts.get(field) ?? []);
      for (let i = left.length - 1; i >= 0; i -= 1) {
        const doc = left[i]!;
        if (this.#marks[doc] === this.#mark || !field.clear(this.#rows[doc]!)) continue;
        missing[doc]! -= 1;
        if (missing[doc] === 0) {
          left[i] = left.at(-1)!;
          left.pop();
        }
      }
      if (left.length === 0) return;
    }
  }

  #markAll(parts: readonly Uint32Array[]): void {
    this.#mark += 1;
    for (const docs of parts) for (let i = 0; i < docs.length; i += 1) this.#marks[docs[i]!] = this.#mark;
  }
}
