import { describe, expect, it } from 'vitest';
import { HASH_COST, hashPassword, isPassword, isWeakHash, toPassword } from '../../src/user-data/password-hash.ts';

const CHEAP = { N: 1024, r: 8, p: 1 };

describe('the hash of a password', () => {
  it('says its parameters, and no two of one password are the same', async () => {
    const hashes = await Promise.all([1, 2].map(() => hashPassword('correct horse battery')));
    for (const hash of hashes)
      expect(hash).toMatch(/^\$scrypt\$N=32768,r=8,p=3\$[A-Za-z0-9+/=]{24}\$[A-Za-z0-9+/=]{44}$/);
    expect(hashes[0]).not.toBe(hashes[1]);
    expect(isWeakHash(hashes[0]!)).toBe(false);
    expect(HASH_COST.N * HASH_COST.r * HASH_COST.p).toBeGreaterThanOrEqual(2 ** 15 * 8);
  });

  it('is of its password only, to the last character', async () => {
    const hash = await hashPassword('correct horse battery', CHEAP);
    expect(await isPassword('correct horse battery', hash)).toBe(true);
    for (const wrong of [
      'correct horse batterx',
      'correct horse battery ',
      'Correct horse battery',
      'correct horse battery\u0000',
      '',
      'x'.repeat(5_000_000),
    ]) {
      expect(await isPassword(wrong, hash)).toBe(false);
    }
    expect(isWeakHash(hash)).toBe(true);
  });

  it('does not depend on how the keyboard composes letters', async () => {
    const hash = await hashPassword('pass\u00E9 compos\u00E9', CHEAP);
    expect(await isPassword('passe\u0301 compose\u0301', hash)).toBe(true);
  });

  it('of nobody is worked for, and never right', async () => {
    expect(await isPassword('correct horse battery', undefined)).toBe(false);
    expect(await isPassword('', undefined)).toBe(false);
  });

  it('that we did not write is an error, not a way in', async () => {
    const long = '1'.repeat(9);
    for (const hash of [
      '',
      'correct horse battery',
      '$scrypt$N=1024,r=8,p=1$$',
      `$scrypt$N=${long},r=8,p=1$${'A'.repeat(22)}==$${'A'.repeat(43)}=`,
    ]) {
      await expect(isPassword('correct horse battery', hash)).rejects.toMatchObject({
        code: 'PASSWORD_HASH_UNREADABLE',
      });
    }
  });

  it('is made for a few at a time; who comes when too many wait is told so', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, () => hashPassword('correct horse battery', CHEAP)),
    );
    const failed = results.filter((result) => result.status === 'rejected');
    expect(failed).toHaveLength(50 - 2 - 12);
    for (const { reason } of failed) expect(reason).toMatchObject({ code: 'SIGN_IN_BUSY' });
    // And then there is room again.
    await hashPassword('correct horse battery', CHEAP);
  });
});

describe('a password', () => {
  it('has 12 to 256 characters, counted as people count', () => {
    expect(toPassword('abcdefghijkl')).toBe('abcdefghijkl');
    expect(toPassword('\u{1F52D}\u{1F30C}\u{2604}\u{1F31F}'.repeat(64))).toHaveLength(64 * 7);
    for (const wrong of [
      '',
      'abcdefghijk',
      '\u{1F52D}bcdefghijk',
      `ab${'cd'.repeat(128)}`,
      'aaaaaaaaaaaabbbbbbbbccc',
      'abcdefghijkl\n',
      'abcdefghijkl\u0000',
    ]) {
      expect(() => toPassword(wrong)).toThrowError(expect.objectContaining({ code: 'PASSWORD_UNSUITABLE' }));
    }
  });

  it('is never in the message that refuses it', () => {
    const error = (() => {
      try {
        return toPassword('hunter2');
      } catch (reason) {
        return reason as Error;
      }
    })();
    expect(String(error)).not.toContain('hunter2');
  });
});
