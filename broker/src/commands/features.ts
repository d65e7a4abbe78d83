import type { Command } from 'commander';
import { FEATURE_BANDS } from '../filters/built-in/lc-feature-extractor.ts';
import { type BandDetections, FeatureExtractor } from '../filters/built-in/light-curve-features/extract-features.ts';
import { featurePropertyNames } from '../filters/built-in/light-curve-features/feature-list.ts';
import { AntaresError } from '../model/errors.ts';
import { writeError, writeLines } from './output.ts';

/** Where light curves come from and answers go: standard input and output, or a test's. */
export interface FeatureStreams {
  readonly input: AsyncIterable<string | Uint8Array>;
  /** Writes lines, without their line ends given, and resolves when more may come. */
  write(lines: readonly string[]): Promise<void>;
  /** Tells the person who runs it, in one line. */
  warn(line: string): void;
}

const STANDARD_STREAMS: FeatureStreams = {
  input: process.stdin,
  write: (lines) => writeLines(lines),
  warn: writeError,
};

const HELP = `
Reads light curves as ndjson from standard input, and answers each with one line as soon as it comes: the properties
that the filter lc_feature_extractor would set on a locus with those detections. Passbands are ${FEATURE_BANDS.join(', ')};
others are named on standard error and left out. Times are MJD, magnitudes those of the difference image. A point whose
time or mag is null is no detection; magerr may be null, or missing altogether. A line that cannot be read ends the run
with its number on standard error and exit code 1; lines before it have been answered.

Example:
  echo '{"name":"a","bands":{"g":{"time":[59000.1,59003.2],"mag":[19.1,18.7],"magerr":[0.1,0.08]}}}' | antares features`;

/** `antares features`: the features of light curves, for others to use and to check. */
export function registerFeatures(program: Command, streams: FeatureStreams = STANDARD_STREAMS): void {
  program
    .command('features')
    .description('light-curve features of light curves on standard input, as the filter lc_feature_extractor sets them')
    .addHelpText('after', HELP)
    .action(() => answerLightCurves(streams));
}

/**
 * Answers each light curve, in order; what a block of input asks is answered before the next is read.
 *
 * @throws INPUT_LIGHT_CURVE_MALFORMED  with the number of the line, after answering those before
 */
async function answerLightCurves(streams: FeatureStreams): Promise<void> {
  const decoder = new TextDecoder();
  const answerer = new Answerer((line) => streams.warn(line));
  // A light curve of ten years is longer than a block: what there is of a line waits in parts, joined once.
  let parts: string[] = [];
  for await (const block of streams.input) {
    const text = typeof block === 'string' ? block : decoder.decode(block, { stream: true });
    const lines = text.split('\n');
    parts.push(lines[0]!);
    if (lines.length === 1) continue;
    lines[0] = parts.join('');
    parts = [lines.pop()!];
    await answerBlock(streams, answerer, lines);
  }
  parts.push(decoder.decode());
  await answerBlock(streams, answerer, [parts.join('')]);
}

async function answerBlock(streams: FeatureStreams, answerer: Answerer, lines: readonly string[]): Promise<void> {
  const answers: string[] = [];
  try {
    for (const line of lines) {
      const answer = answerer.answer(line);
      if (answer !== undefined) answers.push(answer);
    }
  } finally {
    await streams.write(answers);
  }
}

/** Reads light curves, one a line, and counts the lines. */
class Answerer {
  readonly #warn: (line: string) => void;
  readonly #extractor = new FeatureExtractor();
  readonly #knownBands = new Set(FEATURE_BANDS);
  #line = 0;

  constructor(warn: (line: string) => void) {
    this.#warn = warn;
  }

  /** The answer to a line; undefined for an empty one. */
  answer(line: string): string | undefined {
    this.#line += 1;
    const text = line.trim();
    if (text === '') return undefined;
    const { name, bands } = this.#parse(text);
    const properties: Record<string, number> = {};
    for (const [band, columns] of Object.entries(bands)) {
      const detections = this.#detections(band, columns);
      if (!this.#knownBands.has(band)) {
        this.#warn(`line ${this.#line}: passband ${JSON.stringify(band)} has no features; left out`);
        continue;
      }
      const values = this.#extractor.extract(detections);
      const names = featurePropertyNames(band);
      for (let i = 0; i < names.length; i += 1) {
        const value = values[i]!;
        if (!Number.isNaN(value)) properties[names[i]!] = value;
      }
    }
    return JSON.stringify({ name, properties });
  }

  #parse(text: string): { readonly name: unknown; readonly bands: object } {
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch (error) {
      throw this.#malformed('a JSON object', text, error);
    }
    if (!isObject(parsed)) throw this.#malformed('a JSON object', text);
    const { name, bands } = parsed;
    // A 64-bit id would lose its last digits on the way through a number.
    if (typeof name === 'number' && !Number.isSafeInteger(name))
      throw this.#malformed('a name in quotes', String(name));
    if (!isObject(bands)) throw this.#malformed('an object "bands"', text);
    return { name, bands };
  }

  #detections(band: string, columns: unknown): BandDetections {
    if (!isObject(columns)) throw this.#malformed(`columns for band ${band}`, JSON.stringify(columns));
    const time = this.#column(band, 'time', columns['time']);
    const n = time.length;
    const mag = this.#column(band, 'mag', columns['mag'], n);
    const given = columns['magerr'];
    const magErr = given === undefined ? new Float64Array(n).fill(Number.NaN) : this.#column(band, 'magerr', given, n);
    return { n, time, mag, magErr };
  }

  #column(band: string, column: string, values: unknown, n?: number): Float64Array {
    if (!Array.isArray(values)) throw this.#malformed(`an array ${band}.${column}`, JSON.stringify(values));
    if (n !== undefined && values.length !== n) {
      throw this.#malformed(`${n} values in ${band}.${column}, as in ${band}.time`, `${values.length}`);
    }
    return Float64Array.from(values as unknown[], (value) => {
      if (value === null) return Number.NaN;
      if (typeof value !== 'number') throw this.#malformed(`numbers in ${band}.${column}`, JSON.stringify(value));
      return value;
    });
  }

  #malformed(expected: string, got: string | undefined, cause?: unknown): AntaresError {
    const shown = got === undefined ? 'nothing' : got.length > 100 ? `${got.slice(0, 100)}…` : got;
    return new AntaresError(
      'INPUT_LIGHT_CURVE_MALFORMED',
      `line ${this.#line}: expected ${expected}, got ${shown}`,
      cause === undefined ? undefined : { cause },
    );
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
