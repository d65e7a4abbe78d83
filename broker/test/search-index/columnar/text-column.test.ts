import { describe, expect, it } from 'vitest';
import { STEM_LIMIT } from '../../../src/search-index/columnar/stems.ts';
import { TextColumn } from '../../../src/search-index/columnar/text-column.ts';

/** Sets the texts of rows from one on. */
function setTexts(column: TextColumn, texts: readonly string[], first = 0): void {
  const bytes = Buffer.from(texts.join(''), 'utf8');
  const ends = new Uint32Array(texts.length);
  let end = 0;
  for (const [i, text] of texts.entries()) {
    end += Buffer.byteLength(text);
    ends[i] = end;
  }
  const starts = Uint32Array.from(ends, (_, i) => (i === 0 ? 0 : ends[i - 1]!));
  const rows = Int32Array.from(texts, (_, i) => first + i);
  column.setMany(rows, bytes, starts, ends, texts.length, new Uint8Array(texts.length));
}

function many(count: number, textOf: (i: number) => string): string[] {
  return Array.from({ length: count }, (_, i) => textOf(i));
}

/** Stems of a column, as text. */
function stemsOf(column: TextColumn): string[] {
  return column.stems.list.map(({ bytes }) => Buffer.from(bytes).toString('utf8'));
}

function expectTexts(column: TextColumn, texts: readonly string[]): void {
  for (const [row, text] of texts.entries()) expect(column.elementsOf(row)).toEqual([text]);
}

describe('a column of texts', () => {
  it('keeps ids of one form as stem and tail, of ten bytes', () => {
    const texts = many(5000, (i) => `ztf_candidate:${2_345_678_901_234_567_890n + 7_777_777n * BigInt(i)}`);
    const column = new TextColumn();
    setTexts(column, texts);
    expect([stemsOf(column), column.dictionary.live]).toEqual([['ztf_candidate:'], 0]);
    expectTexts(column, texts);
    const small = new TextColumn().memory;
    expect((column.memory - small) / 8192).toBeLessThan(10.5);
  });

  it('keeps names that end with letters the same way', () => {
    const texts = many(5000, (i) => `ZTF18aab${(i + 26 ** 3).toString(26).replace(/\d/g, (d) => 'qrstuvwxyz'[+d]!)}`);
    const column = new TextColumn();
    setTexts(column, texts);
    expect([stemsOf(column), column.dictionary.live]).toEqual([['ZTF18'], 0]);
    expectTexts(column, texts);
  });

  it('leaves few different texts alone, in however many rows', () => {
    const column = new TextColumn();
    setTexts(
      column,
      many(20_000, (i) => `field ${i % 1000}`),
    );
    expect([stemsOf(column), column.dictionary.live]).toEqual([[], 1000]);
  });

  it('leaves alone what has a stem of its own', () => {
    const texts = many(5000, (i) => `ztf_upper_limit:ZTF18${i.toString(36)}-${i}`);
    const column = new TextColumn();
    setTexts(column, texts);
    expect([stemsOf(column), column.dictionary.live]).toEqual([[], 5000]);
    expectTexts(column, texts);
  });

  it('of several forms has several stems, and the rest whole', () => {
    const forms = ['ztf_candidate:', 'lsst:', '', 'lsst_upper_limit:1-'];
    const texts = many(4000, (i) => (i % 5 === 4 ? `Wort Ä${i}Ω` : `${forms[i % 5]}${(i * 1_000_003) % 9_999_991}`));
    const column = new TextColumn();
    setTexts(column, texts);
    expect(stemsOf(column).sort()).toEqual(forms.sort());
    expect(column.dictionary.live).toBe(800);
    expectTexts(column, texts);
  });

  it('finds a form that comes later', () => {
    const first = many(1000, (i) => `Ü${i}Ü`);
    const later = many(6000, (i) => `lsst:${i}`);
    const column = new TextColumn();
    setTexts(column, first);
    for (let i = 0; i < later.length; i += 100) setTexts(column, later.slice(i, i + 100), first.length + i);
    expect([stemsOf(column), column.dictionary.live]).toEqual([['lsst:'], 1000]);
    expectTexts(column, [...first, ...later]);
  });

  it('never has more stems than there are codes for', () => {
    const column = new TextColumn();
    const texts = many(20_000, (i) => `survey ${i % 50}:${i}`);
    setTexts(column, texts);
    expect(column.stems.size).toBe(STEM_LIMIT);
    expectTexts(column, texts);
    setTexts(
      column,
      many(20_000, (i) => `another ${i}`),
      texts.length,
    );
    expect(column.stems.size).toBe(STEM_LIMIT);
    expectTexts(column, texts);
  });

  it('gives back the memory of tails that are taken away, and of texts that are replaced', () => {
    const column = new TextColumn();
    const empty = column.memory;
    const texts = many(5000, (i) => `lsst:${i}`);
    setTexts(column, texts);
    setTexts(
      column,
      texts.map((text) => `${text}!`),
    );
    expect([column.tails.chunks.every((chunk) => chunk === undefined), column.dictionary.live]).toEqual([true, 5000]);
    setTexts(column, texts);
    expect(column.dictionary.live).toBe(0);
    expectTexts(column, texts);
    for (let row = 0; row < texts.length; row += 1) expect(column.clear(row)).toBe(true);
    expect(column.clear(0)).toBe(false);
    expect(column.tails.memory).toBe(0);
    expect(column.memory).toBeGreaterThanOrEqual(empty);
  });

  it('keeps a list of one like a text, and longer ones whole', () => {
    const column = new TextColumn();
    for (let i = 0; i < 600; i += 1) column.setList(i, i % 3 === 2 ? [`${i}`, `x${i}`] : [`${i}`]);
    expect([stemsOf(column), column.dictionary.live, column.dictionary.lists.size]).toEqual([[''], 200, 200]);
    for (let i = 0; i < 600; i += 1) expect(column.elementsOf(i)).toEqual(i % 3 === 2 ? [`${i}`, `x${i}`] : [`${i}`]);
    expect(column.setList(0, ['1', '2'])).toBe(true);
    expect(column.setList(2, ['7'])).toBe(true);
    expect([column.elementsOf(0), column.elementsOf(2), column.dictionary.live]).toEqual([['1', '2'], ['7'], 200]);
  });

  it('leaves lists alone, however alike', () => {
    const column = new TextColumn();
    for (let i = 0; i < 600; i += 1) column.setList(i, ['a', `x${i}`]);
    expect([stemsOf(column), column.dictionary.lists.size]).toEqual([[], 600]);
  });

  it('counts how often plain texts are used when stems are taken up', () => {
    const column = new TextColumn();
    setTexts(column, ['twice', 'twice', ...many(300, (i) => `lsst:${i}`)]);
    expect([stemsOf(column), column.dictionary.live]).toEqual([['lsst:'], 1]);
    column.clear(0);
    expect(column.dictionary.live).toBe(1);
    column.clear(1);
    expect(column.dictionary.live).toBe(0);
  });

  it('keeps few tails of a chunk without a place for each row', () => {
    const column = new TextColumn();
    setTexts(
      column,
      many(300, (i) => `lsst:${i}`),
    );
    const before = column.memory;
    const rows = many(40, (i) => String(8192 + ((i * 37) % 41) * 90));
    for (const row of rows) column.setList(Number(row), [`lsst:${2n ** 60n + BigInt(row)}`]);
    for (const row of rows) expect(column.elementsOf(Number(row))).toEqual([`lsst:${2n ** 60n + BigInt(row)}`]);
    for (const row of rows.filter((_, i) => i % 3 === 0)) column.clear(Number(row));
    for (const [i, row] of rows.entries()) expect(column.elementsOf(Number(row)).length).toBe(i % 3 === 0 ? 0 : 1);
    expect(column.memory - before).toBeLessThan(2000);
  });
});
