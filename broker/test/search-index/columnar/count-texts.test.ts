import { describe, expect, it } from 'vitest';
import { countDifferentTexts } from '../../../src/search-index/columnar/count-texts.ts';
import { TextColumn } from '../../../src/search-index/columnar/text-column.ts';

describe('different texts', () => {
  it('are counted exactly, ids and plain ones, repeated, in all rows and in some', () => {
    const column = new TextColumn();
    const texts = Array.from({ length: 30_000 }, (_, i) => {
      if (i % 11 === 0) return `word ${i % 700}!`;
      return i % 7 === 0 ? `ztf_candidate:${(i % 5000) * 123_456_789_012}` : `lsst:${i % 12_000}`;
    });
    for (const [row, text] of texts.entries()) if (row % 13 !== 0) column.setList(row, [text]);
    expect(column.stems.size).toBeGreaterThan(1);
    expect(column.dictionary.live).toBeGreaterThan(100);
    const all = [...texts.keys()];
    for (const rows of [all, all.filter((row) => row % 5 === 1), all.slice(200, 260), [0], []]) {
      const different = new Set(rows.filter((row) => row % 13 !== 0).map((row) => texts[row]));
      expect(countDifferentTexts(column, Uint32Array.from(rows))).toBe(different.size);
    }
  });
});
