import { AntaresError } from '../antares-error.ts';
import { isObject, textOrNone } from '../json/json-reading.ts';
import { type Json, parseJson } from '../json/json-text.ts';

/**
 * Why a stream of events was ended by the server, as an error to tell of: the last event says so where the server stops, or
 * we were too slow for it; neither is a fault, and one comes back.
 *
 * @param data  of the event `end`; undefined where none came
 */
export function endOfEvents(data: string | undefined): AntaresError {
  let reason: Json | undefined;
  try {
    reason = data === undefined ? undefined : parseJson(data);
  } catch {
    reason = undefined;
  }
  const { code, detail } = isObject(reason) ? reason : {};
  return new AntaresError(
    textOrNone(code) ?? 'SERVER_UNREACHABLE',
    `the server ended the stream of events: ${textOrNone(detail) ?? 'without a reason'}`,
  );
}
