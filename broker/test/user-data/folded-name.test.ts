import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldedName } from '../../src/user-data/folded-name.ts';
import { toUserName } from '../../src/user-data/user-name.ts';

describe('the folded form of a name', () => {
  it('is the same whatever the case, and folding it again changes nothing', () => {
    const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 40 }));
    fc.assert(
      fc.property(text, (name) => {
        const folded = foldedName(name);
        expect(foldedName(name.toUpperCase())).toBe(folded);
        expect(foldedName(name.normalize('NFKC'))).toBe(folded);
        expect(foldedName(folded)).toBe(folded);
      }),
      { seed: 20261126, numRuns: 3_000 },
    );
  });

  it('keeps names apart that are different names', () => {
    const names = ['ann', 'anne', 'a.nn', 'a_nn', 'änn', 'àñn', 'аnn', '李', '李四'];
    expect(new Set(names.map(foldedName)).size).toBe(names.length);
  });
});

describe('a user name', () => {
  it('is itself when it is read back: what is kept needs no second normalising', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        let name: string;
        try {
          name = toUserName(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'USER_NAME_INVALID' });
          return;
        }
        expect(toUserName(name)).toBe(name);
        expect(name).toMatch(/^[\p{L}\p{N}\p{M}._-]{2,40}$/u);
        expect(foldedName(name).length).toBeLessThanOrEqual(255);
      }),
      { seed: 20261126, numRuns: 5_000 },
    );
  });

  it('that grows by normalising is measured as it is kept, and quickly', () => {
    // U+FDFA is eighteen characters in NFKC.
    expect(() => toUserName('\uFDFA'.repeat(40))).toThrowError(expect.objectContaining({ code: 'USER_NAME_INVALID' }));
    expect(() => toUserName('a'.repeat(10_000_000))).toThrowError(
      expect.objectContaining({ code: 'USER_NAME_INVALID' }),
    );
  });

  it('of the longest kind fits its column, folded', () => {
    const longest = toUserName(`ΐ${'ΐ'.repeat(38)}ΐ`);
    expect([...longest]).toHaveLength(40);
    expect(foldedName(longest).length).toBeLessThanOrEqual(255);
  });
});
