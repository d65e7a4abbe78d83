import { describe, expect, it } from 'vitest';
import { isSessionValue, isToken, newSessionValue, newToken, secretHash } from '../../src/user-data/secret-value.ts';

describe('secret values', () => {
  it('of tokens and sessions are as long as they must be, and never the same', () => {
    const tokens = Array.from({ length: 500 }, newToken);
    const sessions = Array.from({ length: 500 }, newSessionValue);
    for (const token of tokens) expect(token).toMatch(/^ant_[0-9A-Za-z]{43}$/);
    for (const value of sessions) expect(Buffer.from(value, 'base64url')).toHaveLength(32);
    expect(new Set([...tokens, ...sessions]).size).toBe(1_000);
    expect(tokens.every(isToken) && sessions.every(isSessionValue)).toBe(true);
    // Every digit is somewhere: no part of the alphabet is left out.
    expect(new Set(tokens.join('').replaceAll('ant_', '')).size).toBe(62);
  });

  it('of other forms are not even looked up', () => {
    for (const text of [
      '',
      'ant_',
      `ant_${'a'.repeat(42)}`,
      `ant_${'a'.repeat(44)}`,
      `ANT_${'a'.repeat(43)}`,
      `ant_${'a'.repeat(42)}-`,
      `ant_${'a'.repeat(43)}\n`,
    ]) {
      expect(isToken(text), text).toBe(false);
    }
    for (const text of ['', 'x'.repeat(42), 'x'.repeat(44), `${'x'.repeat(42)}=`, `${'x'.repeat(43)}\n`]) {
      expect(isSessionValue(text), text).toBe(false);
    }
  });

  it('are kept as their SHA-256', () => {
    expect(secretHash('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
