import { AntaresError } from '../antares-error.ts';
import type { Json } from './json-text.ts';

/** A JSON object, members still to be narrowed. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/**
 * A JSON value that must be an object.
 *
 * @param what  what it is in words, for the error: `locus`
 * @throws ANSWER_UNEXPECTED
 */
export function asObject(value: Json | undefined, what: string): JsonObject {
  if (isObject(value)) return value;
  throw unexpected('an object', value, what);
}

/** A JSON value that must be a list. @throws ANSWER_UNEXPECTED */
export function asList(value: Json | undefined, what: string): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[];
  throw unexpected('a list', value, what);
}

/** A JSON value that must be text; a number becomes its digits: ids may come either way. @throws ANSWER_UNEXPECTED */
export function asText(value: Json | undefined, what: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw unexpected('text', value, what);
}

/** A JSON value that must be a number. @throws ANSWER_UNEXPECTED */
export function asNumber(value: Json | undefined, what: string): number {
  if (typeof value === 'number') return value;
  throw unexpected('a number', value, what);
}

/** A number, or undefined where there is none: absent, null, or something else. */
export function numberOrNone(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** Text, or undefined where there is none: absent, null, or something else than text and numbers. */
export function textOrNone(value: Json | undefined): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : undefined;
}

/** The texts of a list; absent, null and other things are an empty list. */
export function texts(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter((item) => typeof item === 'string') : [];
}

/** A list, empty where there is none. */
export function listOrEmpty(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** Whether a JSON value is an object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unexpected(expected: string, value: Json | undefined, what: string): AntaresError {
  const got =
    value === undefined ? 'nothing' : value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value;
  return new AntaresError('ANSWER_UNEXPECTED', `expected ${expected} for ${what} in the server's answer, got ${got}`);
}
