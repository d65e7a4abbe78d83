import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { AntaresError } from '../model/errors.ts';

/** How dear a hash is: scrypt's own parameters. Memory is 128·N·r bytes. */
export interface HashCost {
  /** Power of two. */
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** 32 MiB three times over: what OWASP asks of scrypt at this memory. About 0.2 s on one core. */
export const HASH_COST: HashCost = { N: 2 ** 15, r: 8, p: 3 };

/** Shortest and longest password, in characters after NFKC. */
export const PASSWORD_LENGTH = { min: 12, max: 256 } as const;

/** Not in passwords; NUL at the end of one would even give the same hash as none (scrypt's HMAC pads its key with it). */
const CONTROLS = /\p{Cc}/u;

const SALT_BYTES = 16;
const HASH_BYTES = 32;
const FORMAT = /^\$scrypt\$N=(\d{1,8}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22}==)\$([A-Za-z0-9+/]{43}=)$/;

/** Hashes at a time, and waiting for their turn (some seconds): signing in cannot take the machine from the alerts. */
const AT_A_TIME = 2;
const WAITING = 12;

/**
 * The password as it is hashed: NFKC, so that it does not depend on the keyboard that it was typed on.
 *
 * @throws PASSWORD_UNSUITABLE  too short, too long, or without variety
 */
export function toPassword(text: string): string {
  const password = text.length > PASSWORD_LENGTH.max * 4 ? text : text.normalize('NFKC');
  const characters = [...password];
  if (characters.length < PASSWORD_LENGTH.min || characters.length > PASSWORD_LENGTH.max) {
    throw new AntaresError(
      'PASSWORD_UNSUITABLE',
      `expected a password of ${PASSWORD_LENGTH.min} to ${PASSWORD_LENGTH.max} characters; got ${characters.length}`,
    );
  }
  if (CONTROLS.test(password)) {
    throw new AntaresError('PASSWORD_UNSUITABLE', 'expected a password without control characters');
  }
  if (new Set(characters).size < 4) {
    throw new AntaresError('PASSWORD_UNSUITABLE', 'expected a password of at least 4 different characters');
  }
  return password;
}

/**
 * The hash to keep of a password: `$scrypt$N=…,r=…,p=…$salt$hash`.
 *
 * @param password  of any text; its rules are `toPassword`'s
 * @throws PASSWORD_UNSUITABLE, SIGN_IN_BUSY
 */
export async function hashPassword(password: string, cost: HashCost = HASH_COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(toPassword(password), salt, cost);
  return `$scrypt$N=${cost.N},r=${cost.r},p=${cost.p}$${salt.toString('base64')}$${hash.toString('base64')}`;
}

/**
 * Whether a password is the one of a hash. Takes the same time whether it is or not; a password that could not be one
 * is hashed too.
 *
 * @param stored  undefined where there is no such user: the answer is no, after as long a time
 * @throws SIGN_IN_BUSY  too many are waiting
 */
export async function isPassword(password: string, stored: string | undefined): Promise<boolean> {
  const parts = parseHash(stored ?? NOBODY);
  // What is longer than any password is not hashed, so that hashing cannot be made dear; it is wrong anyway.
  const isPossible = password.length <= PASSWORD_LENGTH.max * 4 && !CONTROLS.test(password);
  const text = isPossible ? password.normalize('NFKC') : 'a text that cannot be one';
  const found = await derive(text, parts.salt, parts.cost);
  return timingSafeEqual(found, parts.hash) && stored !== undefined && isPossible;
}

/** Whether a hash is cheaper than new ones are. */
export function isWeakHash(stored: string): boolean {
  const { cost } = parseHash(stored);
  return cost.N * cost.r * cost.p < HASH_COST.N * HASH_COST.r * HASH_COST.p;
}

/** A hash of no password, for users that do not exist. */
const NOBODY = `$scrypt$N=${HASH_COST.N},r=${HASH_COST.r},p=${HASH_COST.p}$${'A'.repeat(22)}==$${'A'.repeat(43)}=`;

function parseHash(stored: string): { readonly cost: HashCost; readonly salt: Buffer; readonly hash: Buffer } {
  const [, N, r, p, salt, hash] = FORMAT.exec(stored) ?? [];
  if (salt === undefined || hash === undefined) {
    throw new AntaresError('PASSWORD_HASH_UNREADABLE', 'the stored hash of a password is not in a form that we write');
  }
  return {
    cost: { N: Number(N), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
}

let running = 0;
const waiting: (() => void)[] = [];

async function derive(password: string, salt: Buffer, cost: HashCost): Promise<Buffer> {
  if (running >= AT_A_TIME) {
    if (waiting.length >= WAITING) {
      throw new AntaresError(
        'SIGN_IN_BUSY',
        'too many people are signing in at this moment; try again in some seconds',
      );
    }
    // The turn is handed on: `running` keeps its value.
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else {
    running++;
  }
  try {
    const options: ScryptOptions = { ...cost, maxmem: 256 * cost.N * cost.r };
    return await new Promise((resolve, reject) => {
      scrypt(password, salt, HASH_BYTES, options, (error, key) => (error === null ? resolve(key) : reject(error)));
    });
  } finally {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  }
}
