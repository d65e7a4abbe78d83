import { type ApiError, badRequest, notFound } from '../api-error.ts';

/*
 * Notices of gravitational waves. The broker takes none in yet: every look-up is that of an event nobody has told about.
 * Addresses, parameters and refusals are those that clients of ANTARES meet there.
 */

/** Times in paths, as Python's `isoformat()` writes them. */
const NOTICE_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?$/;

/** The newest notice of an event. @throws ApiError 404 */
export function getLatestNotice(_gracedbId: string): never {
  throw notFound('NOTICE_UNKNOWN');
}

/** The notice that an event had at a time. @throws ApiError 400 for what is no time, 404 */
export function getNotice(_gracedbId: string, time: string): never {
  if (!NOTICE_TIME.test(time) || Number.isNaN(Date.parse(time.replace(' ', 'T')))) {
    throw badRequest('NOTICE_TIME_INVALID', 'expected the time of a notice such as 2023-07-06T14:09:33');
  }
  throw notFound('NOTICE_UNKNOWN');
}

/** The newest notice of each of several events; unknown ones are left out. */
export function listLatestNotices(_gracedbIds: readonly string[]): readonly never[] {
  return [];
}

/** The answer to a request for notices of no event at all, in the words of ANTARES. */
export function idsMissing(url: string, example: string): ApiError {
  return badRequest(
    'IDS_MISSING',
    `This endpoint receives ${example.includes('&') ? 'repeated' : 'comma separated'} ids in the query. Example: ${url}?${example}`,
  );
}
