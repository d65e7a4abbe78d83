import { AntaresError } from '../model/errors.ts';

/** Scripts with letters that look like each other's: a name with letters of two of them is made to deceive. */
const LOOK_ALIKE_SCRIPTS = [
  /\p{Script=Latin}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
  /\p{Script=Coptic}/u,
];

/** Letters and digits of any script, with dots, underscores and hyphens inside; 2 to 40 characters. */
const USER_NAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]{0,38}[\p{L}\p{M}\p{N}]$/u;

/**
 * A user name as it is kept: NFKC, so that what looks the same is the same.
 *
 * @throws USER_NAME_INVALID  wrong length or characters, or letters of scripts that imitate each other
 */
export function toUserName(text: string): string {
  // Long before it is normalised: NFKC can make a text eighteen times as long.
  const name = text.length > 200 ? '' : text.normalize('NFKC');
  if (!USER_NAME.test(name)) {
    throw new AntaresError(
      'USER_NAME_INVALID',
      'expected a user name of 2 to 40 letters, digits, dots, underscores and hyphens, with a letter or digit at both ends',
    );
  }
  if (LOOK_ALIKE_SCRIPTS.filter((script) => script.test(name)).length > 1) {
    throw new AntaresError(
      'USER_NAME_INVALID',
      'the user name mixes alphabets whose letters look alike; use letters of one',
    );
  }
  return name;
}
