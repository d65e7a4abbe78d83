import type { Accounts, Credentials } from '../../user-data/accounts.ts';
import { hashPassword, isPassword, isWeakHash } from '../../user-data/password-hash.ts';
import { ApiError } from '../api-error.ts';
import type { SignInThrottle } from './sign-in-throttle.ts';

/**
 * The account that a user name and a password belong to. An unknown name and a wrong password get the same answer, after
 * the same work.
 *
 * @param address  of the caller: failures are counted by account and by address
 * @returns an account that may be disabled
 * @throws SIGN_IN_FAILED, SIGN_IN_SLOW_DOWN  with when to try again, SIGN_IN_BUSY
 */
export async function checkPassword(
  { accounts, throttle }: { readonly accounts: Accounts; readonly throttle: SignInThrottle },
  { username, password, address }: { readonly username: string; readonly password: string; readonly address: string },
): Promise<Credentials> {
  const attempt = throttle.enter(username, address);
  if ('waitMs' in attempt) {
    const seconds = Math.ceil(attempt.waitMs / 1000);
    throw new ApiError(429, 'SIGN_IN_SLOW_DOWN', `too many failed attempts; try again in ${seconds} s`, {
      'retry-after': String(seconds),
    });
  }
  const found = await lookAt().catch((error: unknown) => {
    attempt.withdrawn();
    throw error;
  });
  if (found === undefined) {
    throw new ApiError(401, 'SIGN_IN_FAILED', 'the user name or the password is wrong', {
      'www-authenticate': 'Bearer realm="antares"',
    });
  }
  attempt.succeeded();
  if (isWeakHash(found.passwordHash)) {
    await accounts.strengthenHash(found.user.id, found.passwordHash, await hashPassword(password));
  }
  return found;

  async function lookAt(): Promise<Credentials | undefined> {
    const credentials = await accounts.findCredentials(username);
    return (await isPassword(password, credentials?.passwordHash)) ? credentials : undefined;
  }
}
