import { describe, expect, it } from 'vitest';
import { MAX_REMEMBERED, SignInThrottle } from '../../../src/api/auth/sign-in-throttle.ts';

/** A throttle with a clock that the test moves. */
function set(): { throttle: SignInThrottle; clock: { ms: number }; fail: (name: string, address: string) => number } {
  const clock = { ms: 0 };
  const throttle = new SignInThrottle(() => clock.ms);
  return {
    throttle,
    clock,
    fail: (name, address) => {
      const attempt = throttle.enter(name, address);
      return 'waitMs' in attempt ? attempt.waitMs : 0;
    },
  };
}

describe('slowing down who guesses passwords', () => {
  it('five failures are free; then each wait is twice the one before, up to a quarter of an hour', () => {
    const { clock, fail } = set();
    for (let i = 0; i < 5; i++) expect(fail('vera', '192.0.2.1')).toBe(0);
    const waits: number[] = [];
    for (let i = 0; i < 14; i++) {
      const wait = fail('vera', '192.0.2.1');
      waits.push(wait / 1000);
      clock.ms += wait;
      expect(fail('vera', '192.0.2.1')).toBe(0);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900]);
  });

  it('an attempt that has to wait does not make the wait longer', () => {
    const { clock, fail } = set();
    for (let i = 0; i < 5; i++) fail('vera', '192.0.2.1');
    for (let i = 0; i < 100; i++) expect(fail('vera', '192.0.2.1')).toBe(1000);
    clock.ms += 1000;
    expect(fail('vera', '192.0.2.1')).toBe(0);
  });

  it('success forgets the failures of the account from there; an hour forgets all', () => {
    const { throttle, clock, fail } = set();
    for (let i = 0; i < 4; i++) fail('vera', '192.0.2.1');
    const attempt = throttle.enter('VERA', '192.0.2.1');
    if ('waitMs' in attempt) throw new Error('expected to go on');
    attempt.succeeded();
    for (let i = 0; i < 5; i++) expect(fail('vera', '192.0.2.1')).toBe(0);
    expect(fail('vera', '192.0.2.1')).toBe(1000);
    clock.ms += 3_600_000;
    for (let i = 0; i < 5; i++) expect(fail('vera', '192.0.2.1')).toBe(0);
  });

  it('who guesses at an account from everywhere waits half a minute at most, and does not keep its owner out', () => {
    const { throttle, clock, fail } = set();
    const home = throttle.enter('vera', '198.51.100.7');
    if ('waitMs' in home) throw new Error('expected to go on');
    home.succeeded();
    let longest = 0;
    for (let i = 0; i < 200; i++) {
      const wait = fail('vera', `192.0.2.${i}`);
      longest = Math.max(longest, wait);
      if (i % 2 === 0) clock.ms += wait;
    }
    expect(longest).toBe(30_000);
    // The owner, from where she signed in before.
    expect(fail('vera', '198.51.100.7')).toBe(0);
    // And others are not concerned.
    expect(fail('ann', '203.0.113.9')).toBe(0);
  });

  it('who tries many accounts from one address waits, whatever end of its network he uses', () => {
    const { fail } = set();
    for (let i = 0; i < 50; i++) expect(fail(`user${i}`, `2001:db8:0:7::${i.toString(16)}`)).toBe(0);
    for (const address of ['2001:db8:0:7::ffff', '2001:0DB8:0000:0007:1:2:3:4', '2001:db8:0:7:0:0:0:1%eth0']) {
      expect(fail('fresh', address), address).toBe(1000);
    }
    expect(fail('fresh', '2001:db8:0:8::1')).toBe(0);
    expect(fail('fresh', '192.0.2.1')).toBe(0);
  });

  it('an IPv4 address is the same written as IPv6', () => {
    const { fail } = set();
    for (let i = 0; i < 5; i++) fail('vera', '192.0.2.1');
    expect(fail('vera', '::ffff:192.0.2.1')).toBe(1000);
    expect(fail('vera', '::1')).toBe(0);
  });

  it('an attempt that could not be looked at is no failure', () => {
    const { throttle, fail } = set();
    for (let i = 0; i < 100; i++) {
      const attempt = throttle.enter('vera', '192.0.2.1');
      if ('waitMs' in attempt) throw new Error('expected to go on');
      attempt.withdrawn();
    }
    expect(throttle.size).toBe(0);
    expect(fail('vera', '192.0.2.1')).toBe(0);
  });

  it('remembers no more than fits, the newest first, however many try', () => {
    const { throttle, fail } = set();
    let most = 0;
    for (let i = 0; i < 50_000; i++) {
      fail(`user${i}`, `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
      most = Math.max(most, throttle.size);
    }
    expect(most).toBeLessThanOrEqual(MAX_REMEMBERED);
    expect(most).toBeGreaterThan(MAX_REMEMBERED * 0.9);
    for (let i = 0; i < 5; i++) expect(fail('vera', '192.0.2.1')).toBe(0);
    for (let i = 0; i < 2_000; i++) fail(`other${i}`, `11.0.${i >> 8}.${i & 255}`);
    expect(fail('vera', '192.0.2.1')).toBe(1000);
  });
});
