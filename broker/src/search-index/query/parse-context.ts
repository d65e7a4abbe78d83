import { AntaresError } from '../../model/errors.ts';
import { nearestNames } from './fields.ts';
import { toOperand } from './operand.ts';
import type { Operand } from './query.ts';
import type { QueryLimits } from './query-limits.ts';

/** JSON as it comes: from `JSON.parse`, or from `parseJson`, which keeps long integers as bigint. */
export type JsonInput = unknown;

/** Where a parser is, and what it has spent: shared by all parts of one search. */
export class ParseContext {
  readonly limits: QueryLimits;
  /** Seed of a `random_score` that names none. */
  readonly seed: () => string;
  /** Canonical names of the fields that the query names. */
  readonly fields = new Set<string>();
  #clauses = 0;

  constructor(limits: QueryLimits, seed: () => string) {
    this.limits = limits;
    this.seed = seed;
  }

  /** Counts a clause. @throws QUERY_TOO_COSTLY */
  spend(path: string, depth: number): void {
    this.#clauses += 1;
    if (depth > this.limits.maxDepth) {
      throw tooCostly(`${path} is nested too deep: at most ${this.limits.maxDepth} levels are allowed`);
    }
    if (this.#clauses > this.limits.maxClauses) {
      throw tooCostly(`the query has more than ${this.limits.maxClauses} clauses; most often a "terms" says the same`);
    }
  }

  /** A value of a term or bound. @throws QUERY_INVALID, QUERY_TOO_COSTLY */
  operand(value: JsonInput, path: string): Operand {
    switch (typeof value) {
      case 'string':
        this.checkLength(value, path);
        return toOperand(value);
      case 'number':
      case 'bigint':
      case 'boolean':
        return toOperand(value);
      default:
        throw invalid(`${path}: expected a text, a number or true or false; got ${describe(value)}`);
    }
  }

  /** A text. @throws QUERY_INVALID, QUERY_TOO_COSTLY */
  text(value: JsonInput, path: string): string {
    if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
    if (typeof value !== 'string') throw invalid(`${path}: expected a text; got ${describe(value)}`);
    this.checkLength(value, path);
    return value;
  }

  checkLength(text: string, path: string, allowed: number = this.limits.maxTextLength): void {
    if (text.length > allowed) {
      throw tooCostly(`${path}: a text of ${text.length} characters; at most ${allowed} are allowed`);
    }
  }
}

/** Whether JSON is an object, and no list. */
export function isObject(value: JsonInput): value is { readonly [key: string]: JsonInput } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The members of an object. @throws QUERY_INVALID */
export function membersOf(value: JsonInput, path: string, expected: string): [string, JsonInput][] {
  if (!isObject(value)) throw invalid(`${path}: expected ${expected}; got ${describe(value)}`);
  return Object.entries(value);
}

/** The one member of an object. @throws QUERY_INVALID */
export function onlyMember(value: JsonInput, path: string, expected: string): [string, JsonInput] {
  const members = membersOf(value, path, expected);
  if (members.length !== 1) {
    const got = members.length === 0 ? 'none' : members.map(([name]) => shown(name)).join(', ');
    throw invalid(`${path}: expected ${expected}, with exactly one member; got ${got}`);
  }
  return members[0]!;
}

/** Refuses members that are not known. @throws QUERY_INVALID */
export function refuseOthers(members: readonly [string, JsonInput][], known: readonly string[], path: string): void {
  for (const [name] of members) {
    if (known.includes(name)) continue;
    throw invalid(`${path} has no member ${shown(name)}; known are ${known.join(', ')}${suggestion(name, known)}`);
  }
}

/** A whole number within bounds. @throws QUERY_INVALID */
export function wholeNumber(value: JsonInput, low: number, high: number, path: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= low && number <= high) return number;
  throw invalid(`${path}: expected a whole number from ${low} to ${high}; got ${describe(value)}`);
}

/** A finite number, also as text. @throws QUERY_INVALID */
export function finiteNumber(value: JsonInput, path: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw invalid(`${path}: expected a number; got ${describe(value)}`);
}

/** true or false, also as text. @throws QUERY_INVALID */
export function flag(value: JsonInput, path: string): boolean {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw invalid(`${path}: expected true or false; got ${describe(value)}`);
}

/** QUERY_INVALID with a message. */
export function invalid(message: string): AntaresError {
  return new AntaresError('QUERY_INVALID', message);
}

/** QUERY_TOO_COSTLY with a message. */
export function tooCostly(message: string): AntaresError {
  return new AntaresError('QUERY_TOO_COSTLY', message);
}

/** The end of a message that names what is spelt like an unknown word; empty where nothing is. */
export function suggestion(name: string, known: Iterable<string>): string {
  const near = nearestNames(name.slice(0, 100), known);
  return near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
}

/** What came, for a message: short, on one line. */
export function describe(value: JsonInput): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? shown(value) : String(value);
}

/** A word of a user in a message: quoted, and cut where it is long. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
