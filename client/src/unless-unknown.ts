import { AntaresError } from './antares-error.ts';

/** What was asked for; undefined where the server says that there is no such thing (404). */
export async function unlessUnknown<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AntaresError && error.status === 404) return undefined;
    throw error;
  }
}
