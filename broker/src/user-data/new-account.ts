import { AntaresError } from '../model/errors.ts';
import type { Accounts, User, UserRole } from './accounts.ts';
import { foldedName } from './folded-name.ts';
import { hashPassword, toPassword } from './password-hash.ts';
import { toUserName } from './user-name.ts';

/** An account to be made, as somebody typed it. */
export interface AccountRequest {
  readonly username: string;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly role: UserRole;
  readonly password: string;
}

/**
 * Makes an account of what somebody typed.
 *
 * @throws USER_NAME_INVALID, USER_NAME_TAKEN, USER_DETAIL_INVALID, PASSWORD_UNSUITABLE, SIGN_IN_BUSY
 */
export async function createAccount(accounts: Accounts, request: AccountRequest): Promise<User> {
  const username = toUserName(request.username);
  const details = { name: toDisplayName(request.name ?? ''), email: toEmail(request.email ?? '') };
  const password = newPassword(request.password, username);
  // Before the dear hash; the database has the last word.
  if ((await accounts.findByName(username)) !== undefined) {
    throw new AntaresError('USER_NAME_TAKEN', `the user name ${username} is taken, or one that differs in case only`);
  }
  return accounts.create({ username, ...details, role: request.role, passwordHash: await hashPassword(password) });
}

/** A password that somebody chooses. @throws PASSWORD_UNSUITABLE  also where it is the user name, more or less */
export function newPassword(text: string, username: string): string {
  const password = toPassword(text);
  const rest = foldedName(password).replaceAll(foldedName(username), '');
  if ([...rest].length < 6) {
    throw new AntaresError('PASSWORD_UNSUITABLE', 'expected a password that is more than the user name');
  }
  return password;
}

/** Line breaks, other controls, and characters that are not seen but reorder or hide others. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;

/** Name for people: any script, at most 100 characters, nothing unseen in it. @throws USER_DETAIL_INVALID */
export function toDisplayName(text: string): string {
  const name = text.length > 400 ? text : text.normalize('NFC').trim();
  if ([...name].length <= 100 && !UNSEEN.test(name)) return name;
  throw new AntaresError(
    'USER_DETAIL_INVALID',
    'expected a name of at most 100 characters, without control characters',
  );
}

/** An address for mail; empty for none. Only its form is checked. @throws USER_DETAIL_INVALID */
export function toEmail(text: string): string | undefined {
  if (text === '') return undefined;
  if (
    text.length <= 254 &&
    /^[^\s@<>"(),:;\\]{1,64}@[^\s@<>"(),:;\\]+\.[^\s@<>"(),:;\\]+$/.test(text) &&
    !UNSEEN.test(text)
  ) {
    return text;
  }
  throw new AntaresError('USER_DETAIL_INVALID', 'expected an e-mail address, such as name@example.org');
}
