import { type ApiError, badRequest } from '../api-error.ts';

/**
 * The answer for a client of the other generation. Both read the same variable, so whoever has it set for one of them
 * sends the other to the wrong place; the answer says the right one.
 *
 * @param baseUrl  where the caller sees this server
 * @param came     version that was asked
 */
export function wrongGeneration(baseUrl: string, came: 'v1' | 'v2'): ApiError {
  const [right, client] = came === 'v1' ? ['v2', '2.x'] : ['v1', '1.x'];
  return badRequest(
    'API_VERSION_WRONG',
    `this is how antares-client ${client} asks, and this is /${came}/: set ANTARES_API_BASE_URL=${baseUrl}/${right}/`,
  );
}
