import { createHash, randomBytes } from 'node:crypto';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const TOKEN = /^ant_[0-9A-Za-z]{43}$/;
const SESSION_VALUE = /^[A-Za-z0-9_-]{43}$/;

/** A new secret value of a session: 256 random bits, base64url. */
export function newSessionValue(): string {
  return randomBytes(32).toString('base64url');
}

/** Whether a text can be the value of a session. */
export function isSessionValue(text: string): boolean {
  return SESSION_VALUE.test(text);
}

/** A new token: `ant_` and 256 random bits in 43 digits of base 62. */
export function newToken(): string {
  let number = BigInt(`0x${randomBytes(32).toString('hex')}`);
  let digits = '';
  for (let i = 0; i < 43; i++) {
    digits = BASE62[Number(number % 62n)]! + digits;
    number /= 62n;
  }
  return `ant_${digits}`;
}

/** Whether a text can be a token. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** What is kept of a secret of 256 random bits: its SHA-256, 64 hexadecimal digits. Nobody can guess such a secret, so a dear hash would gain nothing. */
export function secretHash(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
