import { type ApiError, badRequest } from '../api-error.ts';

/**
 * The answer for a client of the other generation. Both read the same variable, so whoever has it set for one of them
 * sends the other to the wrong place; the answer says the right one.
 *
 * Searches and notices tell the generations apart by their parameters and paths. A locus by id, its alerts, statistics,
 * thumbnails and catalogues are asked for in the same words by both, and neither says who it is: 2.x sends what any use of
 * its HTTP library (httpx) sends, byte for byte, 1.x what any use of its own (requests). So the name of the library is no
 * sign: people's programs call `/v1/` with httpx as well, and would be refused.
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
