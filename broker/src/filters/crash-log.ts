import { createHash } from 'node:crypto';
import type { CrashRecord } from '../alert-store/alert-store.ts';
import { errorCode } from '../model/errors.ts';
import { DEFAULT_FILTER_LIMITS, type FilterLimits } from './limits.ts';

/** What a crash is recorded with, beside the error. */
export interface CrashCircumstances {
  readonly filter: string;
  readonly version: number;
  /** '' for a crash in `setup()`, which has no locus and no alert. */
  readonly locusId: string;
  readonly alertId: string;
  /** [Unix seconds] */
  readonly at: number;
}

/**
 * The name of a crash: `<filter>-v<version>-<12 hexadecimal digits of the alert id's SHA-256>`.
 *
 * It depends on the filter's revision and the alert alone, so that a replay of the alert gives the same name and a crash
 * that is delivered twice is recorded once.
 */
export function crashLogId(filter: string, version: number, alertId: string): string {
  const digest = createHash('sha256').update(alertId).digest('hex').slice(0, 12);
  return `${filter}-v${version}-${digest}`;
}

/**
 * The record of a crash, from whatever was thrown.
 *
 * Message and traceback name no absolute path: they go to people outside, and where the broker is installed is nobody's
 * business. The part of a path that says which file of the project it was stays.
 */
export function toCrashRecord(
  circumstances: CrashCircumstances,
  thrown: unknown,
  limits: FilterLimits = DEFAULT_FILTER_LIMITS,
): CrashRecord {
  const { filter, version, locusId, alertId, at } = circumstances;
  return {
    crashLogId: crashLogId(filter, version, alertId),
    filter,
    locusId,
    alertId,
    at,
    error: {
      type: typeOf(thrown),
      message: cut(withoutPaths(messageOf(thrown)), limits.crashMessageLength),
      traceback: cut(withoutPaths(tracebackOf(thrown)), limits.crashTracebackLength),
    },
  };
}

// A guest may throw anything, with getters that throw in turn: nothing here may fail because of it.
function typeOf(thrown: unknown): string {
  try {
    const code = errorCode(thrown);
    if (code !== 'UNEXPECTED') return code;
    return thrown instanceof Error ? String(thrown.name) : typeof thrown;
  } catch {
    return 'unreadable';
  }
}

function messageOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? String(thrown.message) : String(thrown);
  } catch {
    return 'the value that was thrown cannot be turned into text';
  }
}

function tracebackOf(thrown: unknown): string {
  try {
    return thrown instanceof Error && typeof thrown.stack === 'string' ? thrown.stack : '';
  } catch {
    return '';
  }
}

// The folders before one of these are the installation; from there on it is the project, or a package in it.
const KNOWN_FOLDER = /^(?:broker|devkit|python|bench|examples|node_modules|site-packages|dist-packages)$/;

/** A text in which each absolute path is replaced by its part inside the project, or by the file's own name. */
export function withoutPaths(text: string): string {
  return text.replace(/(?:file:\/\/\/?|(?<![A-Za-z])[A-Za-z]:[\\/]|(?<![\w.\-/:\\])\/)[^\s()'"`,;<>|]*/g, (path) => {
    const parts = path
      .replace(/^file:\/\//, '')
      .split(/[\\/]/)
      .filter((part) => part.length > 0);
    const known = parts.findLastIndex((part) => KNOWN_FOLDER.test(part));
    if (known >= 0 && known < parts.length - 1) return parts.slice(known).join('/');
    return parts.at(-1) ?? path;
  });
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
