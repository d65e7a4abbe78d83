import { checkPosition } from '../check-position.ts';
import { SURVEY_PROPERTY } from '../query/fields.ts';
import { surveyLists } from '../survey-lists.ts';
import type { Columns } from './columns.ts';
import type { FieldColumns } from './field-columns.ts';
import { type PackedDocuments, VALUE, VALUE_BITS } from './packed-documents.ts';
import { sortedTexts } from './sorted-texts.ts';
import { SurveyScan } from './survey-scan.ts';
import type { TextColumn } from './text-column.ts';

const decoder = new TextDecoder();
const VALUE_MASK = (1 << VALUE_BITS) - 1;

/** Where a document begins in the packed arrays: its first property, number, long integer and text. */
const CURSOR = 4;

const scan = new SurveyScan();

/** Lists of one element inside `survey` by field: the document of each, and where the element lies in the packed texts. */
type ElementsByField = Map<string, { readonly docs: number[]; readonly starts: number[]; readonly ends: number[] }>;

/** Other lists inside `survey` by field, with the document of each. */
type ListsByField = Map<string, { readonly docs: number[]; readonly lists: (readonly string[])[] }>;

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
  /** Documents by row, ascending: neighbours in a column are written one after the other. */
  #order = new Uint32Array(0);
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
    const latest = new Map<number, number>();
    for (let doc = 0; doc < this.#rows.length; doc += 1) this.#openRow(doc, latest);
    const count = this.#rows.length;
    const keys = new Float64Array(latest.size);
    let end = 0;
    for (let doc = 0; doc < count; doc += 1) if (this.#rows[doc]! >= 0) keys[end++] = this.#rows[doc]! * count + doc;
    keys.sort();
    this.#order = Uint32Array.from(keys, (key) => key % count);
  }

  /** @param latest  the last document of each row */
  #openRow(doc: number, latest: Map<number, number>): void {
    const { locusIds, birthTrixels, positions } = this.#packed;
    const row = this.#columns.open(locusIds[doc]!, birthTrixels[doc]!, positions[2 * doc]!, positions[2 * doc + 1]!);
    this.#rows[doc] = row;
    const earlier = latest.get(row);
    if (earlier !== undefined) this.#rows[earlier] = -1;
    latest.set(row, doc);
  }

  #writeLists(): void {
    const lists = this.#packed.lists.map(sortedTexts);
    for (const [k, name] of (['tags', 'catalogs', 'watch_lists'] as const).entries()) {
      const field = this.#columns.fieldOf(name);
      this.#note(field, this.#writeList(field.texts, k, lists));
    }
  }

  /** Gives documents the k-th of their lists. @returns how many have one */
  #writeList({ dictionary, codes }: TextColumn, k: number, lists: readonly (readonly string[])[]): number {
    const { listNumbers } = this.#packed;
    /** Code + 1 of each list; all are used once while they are given out. */
    const entries = new Uint32Array(lists.length);
    let count = 0;
    for (let i = 0; i < this.#order.length; i += 1) {
      const doc = this.#order[i]!;
      const row = this.#rows[doc]!;
      const list = listNumbers[3 * doc + k]!;
      if (lists[list]!.length === 0) continue;
      if (entries[list] === 0) entries[list] = dictionary.acquireList(lists[list]!) + 1;
      const code = entries[list]! - 1;
      this.#docs[count] = doc;
      this.#partRows[count] = row;
      this.#values[count] = code;
      dictionary.addUse(code);
      const before = codes.codeOf(row);
      if (before >= 0) dictionary.release(before);
      count += 1;
    }
    codes.setMany(this.#partRows, this.#values, count, this.#had);
    for (let list = 0; list < entries.length; list += 1) if (entries[list]! > 0) dictionary.release(entries[list]! - 1);
    return count;
  }

  #writeProperties(): void {
    const { names } = this.#packed;
    const { starts, docs, places } = this.#groupByCode();
    for (let code = 0; code + 1 < starts.length; code += 1) {
      const [from, end] = [starts[code]!, starts[code + 1]!];
      if (from === end) continue;
      this.#takeDocs(docs.subarray(from, end));
      this.#writeValues(names[code >>> VALUE_BITS]!, code & VALUE_MASK, places.subarray(from, end));
    }
  }

  #takeDocs(docs: ArrayLike<number>): void {
    for (let i = 0; i < docs.length; i += 1) {
      const doc = docs[i]!;
      this.#docs[i] = doc;
      this.#partRows[i] = this.#rows[doc]!;
    }
  }

  /**
   * Brings properties together by name and kind of value.
   *
   * @returns where each group begins; of each value in there the document, and its place in the array of its kind
   */
  #groupByCode(): { starts: Uint32Array; docs: Uint32Array; places: Uint32Array } {
    const { names, propertyCounts, codes } = this.#packed;
    const starts = new Uint32Array((names.length << VALUE_BITS) + 1);
    const docs = new Uint32Array(codes.length);
    const places = new Uint32Array(codes.length);
    const cursors = new Uint32Array(CURSOR * propertyCounts.length + CURSOR);
    for (let doc = 0; doc < propertyCounts.length; doc += 1) this.#countCodes(doc, cursors, starts);
    let sum = 0;
    for (let code = 0; code < starts.length; code += 1) {
      const count = starts[code]!;
      starts[code] = sum;
      sum += count;
    }
    const next = starts.slice();
    for (let i = 0; i < this.#order.length; i += 1) this.#placeCodes(this.#order[i]!, cursors, next, docs, places);
    return { starts, docs, places };
  }

  /** Counts the values of a document by code, and notes where the next document begins in each array. */
  #countCodes(doc: number, cursors: Uint32Array, counts: Uint32Array): void {
    const { propertyCounts, codes, numbers } = this.#packed;
    const from = CURSOR * doc;
    let property = cursors[from]!;
    let number = cursors[from + 1]!;
    let longInteger = cursors[from + 2]!;
    let text = cursors[from + 3]!;
    const end = property + propertyCounts[doc]!;
    const isWanted = this.#rows[doc]! >= 0;
    for (; property < end; property += 1) {
      const code = codes[property]!;
      const kind = code & VALUE_MASK;
      if (isWanted && (kind !== VALUE.float || isValue(numbers[number]!))) counts[code]! += 1;
      if (kind < VALUE.longInteger) number += 1;
      else if (kind === VALUE.text) text += 1;
      else longInteger += 1;
    }
    const next = from + CURSOR;
    cursors[next] = property;
    cursors[next + 1] = number;
    cursors[next + 2] = longInteger;
    cursors[next + 3] = text;
  }

  /** Puts the values of a document where their group has come to. */
  #placeCodes(doc: number, cursors: Uint32Array, next: Uint32Array, docs: Uint32Array, places: Uint32Array): void {
    const { propertyCounts, codes, numbers } = this.#packed;
    const from = CURSOR * doc;
    let property = cursors[from]!;
    let number = cursors[from + 1]!;
    let longInteger = cursors[from + 2]!;
    let text = cursors[from + 3]!;
    const end = property + propertyCounts[doc]!;
    for (; property < end; property += 1) {
      const code = codes[property]!;
      const kind = code & VALUE_MASK;
      let place: number;
      if (kind < VALUE.longInteger) {
        place = number;
        number += 1;
      } else if (kind === VALUE.text) {
        place = text;
        text += 1;
      } else {
        place = longInteger;
        longInteger += 1;
      }
      if (kind === VALUE.float && !isValue(numbers[place]!)) continue;
      const at = next[code]!;
      docs[at] = doc;
      places[at] = place;
      next[code] = at + 1;
    }
  }

  /** Writes values of one property and kind: of `#docs`, into `#partRows`. */
  #writeValues(name: string, kind: number, places: Uint32Array): void {
    const { numbers, longIntegers, textEnds } = this.#packed;
    const count = places.length;
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
    const { texts } = this.#packed;
    const elements: ElementsByField = new Map();
    const fields: ListsByField = new Map();
    let plain = 0;
    for (let i = 0; i < count; i += 1) {
      const doc = this.#docs[i]!;
      if (scan.scan(texts, starts[i]!, ends[i]!)) takeElements(doc, elements);
      else if (!takeLists(doc, decoder.decode(texts.subarray(starts[i]!, ends[i]!)), fields)) {
        this.#docs[plain] = doc;
        this.#partRows[plain] = this.#rows[doc]!;
        starts[plain] = starts[i]!;
        ends[plain] = ends[i]!;
        plain += 1;
      }
    }
    if (plain > 0) this.#writeTexts(SURVEY_PROPERTY, starts, ends, plain);
    for (const [name, { docs, starts: begins, ends: stops }] of elements) {
      const field = this.#columns.fieldOf(name);
      this.#takeDocs(docs);
      field.setTexts(this.#partRows, texts, begins, stops, docs.length, this.#had);
      this.#note(field, docs.length);
    }
    for (const [name, { docs, lists }] of fields) {
      const field = this.#columns.fieldOf(name);
      this.#takeDocs(docs);
      for (let i = 0; i < docs.length; i += 1) {
        this.#had[i] = field.setList(this.#partRows[i]!, sortedTexts(lists[i]!)) ? 1 : 0;
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
      this.#mark += 1;
    } else {
      // A list inside `survey` and a property can be of one name: what the document itself gave is not what it replaced.
      this.#markAll(parts);
      parts.push(docs);
    }
    for (let i = 0; i < count; i += 1) {
      const doc = docs[i]!;
      if (this.#marks[doc] === this.#mark) continue;
      this.#given[doc]! += 1;
      this.#replaced[doc]! += this.#had[i]!;
    }
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
      if (field.count > 0) this.#clearLeft(field, left, missing);
      if (left.length === 0) return;
    }
  }

  /** Clears a field of the documents that are left and were not given it; those without more to clear are left no more. */
  #clearLeft(field: FieldColumns, left: number[], missing: Uint16Array): void {
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
  }

  #markAll(parts: readonly Uint32Array[]): void {
    this.#mark += 1;
    for (const docs of parts) this.#markEach(docs);
  }

  #markEach(docs: Uint32Array): void {
    for (let i = 0; i < docs.length; i += 1) this.#marks[docs[i]!] = this.#mark;
  }
}

/** Adds the lists of the document that was scanned to those of the others. */
function takeElements(doc: number, elements: ElementsByField): void {
  for (let list = 0; list < scan.count; list += 1) {
    const name = scan.fields[list]!;
    let found = elements.get(name);
    if (found === undefined) {
      found = { docs: [], starts: [], ends: [] };
      elements.set(name, found);
    }
    found.docs.push(doc);
    found.starts.push(scan.starts[list]!);
    found.ends.push(scan.ends[list]!);
  }
}

/** Adds the lists of a document to those of the others. @returns false where the text has none */
function takeLists(doc: number, text: string, fields: ListsByField): boolean {
  const lists = surveyLists(text);
  if (lists === undefined) return false;
  for (const [name, list] of lists) {
    const found = fields.get(name);
    if (found === undefined) fields.set(name, { docs: [doc], lists: [list] });
    else {
      found.docs.push(doc);
      found.lists.push(list);
    }
  }
  return true;
}

/** Numbers that are none are missing values. */
function isValue(number: number): boolean {
  return Number.isFinite(number);
}
