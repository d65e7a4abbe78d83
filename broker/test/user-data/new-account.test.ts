import { describe, expect, it } from 'vitest';
import { newPassword, toDisplayName, toEmail } from '../../src/user-data/new-account.ts';

describe('what somebody types for an account', () => {
  it('a name for people may be of any script, but hide and reorder nothing', () => {
    expect(toDisplayName('  薇拉 · Véra O’Rubin  ')).toBe('薇拉 · Véra O’Rubin');
    expect(toDisplayName('x'.repeat(100))).toHaveLength(100);
    for (const wrong of [
      'a\nb',
      'a\u202Eb',
      'a\u200Bb',
      'a\u0000',
      'x'.repeat(101),
      'a\u2028b',
      'x'.repeat(10_000_000),
    ]) {
      expect(() => toDisplayName(wrong)).toThrowError(expect.objectContaining({ code: 'USER_DETAIL_INVALID' }));
    }
  });

  it('an address for mail has the form of one', () => {
    expect(toEmail('')).toBeUndefined();
    expect(toEmail('vera.rubin+alerts@obs.example.org')).toBe('vera.rubin+alerts@obs.example.org');
    expect(toEmail('vera@例え.jp')).toBe('vera@例え.jp');
    for (const wrong of [
      'vera',
      'vera@',
      '@example.org',
      'a@b',
      'a b@c.d',
      'a@b.c\nbcc: d@e.f',
      '<a@b.c>',
      'a@b.c,d@e.f',
      `${'x'.repeat(250)}@b.c`,
    ]) {
      expect(() => toEmail(wrong), wrong).toThrowError(expect.objectContaining({ code: 'USER_DETAIL_INVALID' }));
    }
  });

  it('a password is more than the user name', () => {
    for (const wrong of ['verarubinverarubin', 'VeraRubin1234', 'xVERARUBINx11']) {
      expect(() => newPassword(wrong, 'VeraRubin')).toThrowError(
        expect.objectContaining({ code: 'PASSWORD_UNSUITABLE' }),
      );
    }
    expect(newPassword('verarubin measures M31', 'VeraRubin')).toBe('verarubin measures M31');
  });
});
