import { type Command, InvalidArgumentError } from 'commander';
import { AntaresError } from '../model/errors.ts';
import { toCone } from '../sky/cone.ts';
import { toEcliptic, toGalactic } from '../sky/coordinates.ts';
import { HEALPIX_MAX_NUMBER_ORDER, HEALPIX_MAX_ORDER, healpixNested, healpixNestedBig } from '../sky/healpix/nested.ts';
import { coverCone } from '../sky/htm/cover.ts';
import { HTM_MAX_LEVEL, type HtmRange } from '../sky/htm/htm-id.ts';
import { htmIdsOf } from '../sky/htm/locate.ts';
import { levelForRadius } from '../sky/level-for-radius.ts';
import { toPosition } from '../sky/position.ts';
import { positionAngleDegrees, separationArcsec } from '../sky/separation.ts';
import { wholeNumber } from './common-options.ts';
import { writeLines } from './output.ts';

/** Where questions come from and answers go: standard input and output, or a test's. */
export interface SkyStreams {
  readonly input: AsyncIterable<string | Uint8Array>;
  /** Writes lines, without their line ends given, and resolves when more may come. */
  write(lines: readonly string[]): Promise<void>;
}

/** What a sky verb reads in each line, and answers to it. */
interface Question {
  /** Names of the numbers of a line, in order. */
  readonly columns: readonly string[];
  answer(...values: number[]): string;
}

const STANDARD_STREAMS: SkyStreams = {
  // Not before a verb asks: to touch standard input is to open it.
  get input() {
    return process.stdin;
  },
  write: (lines) => writeLines(lines),
};

const HELP_ON_INPUT = `
Reads lines from standard input and answers each with one line, as soon as it comes. Spaces around numbers and empty
lines do not matter; a first line without any number is a heading and is skipped. Any other line that cannot be read
ends the run with its number on standard error and exit code 1; lines before it have been answered.`;

/** `antares sky`: the geometry of the broker, for others to use and to check. */
export function registerSky(program: Command, streams: SkyStreams = STANDARD_STREAMS): void {
  const sky = program
    .command('sky')
    .description('geometry on the sky: trixels, covers, separations, coordinates, pixels');

  withInput(
    sky.command('htm'),
    'HTM ids of ra,dec: id[,id…], one for each level',
    'htm --level 16,20',
    '50.8481,37.4679',
  )
    .requiredOption(
      '--level <levels>',
      `HTM levels, 0 to ${HTM_MAX_LEVEL}, separated by commas`,
      wholeNumbers(HTM_MAX_LEVEL),
    )
    .action((options: { readonly level: readonly number[] }) =>
      answerLines(streams, {
        columns: ['ra', 'dec'],
        answer: (ra, dec) => htmIdsOf(ra!, dec!, options.level).join(','),
      }),
    );

  withInput(
    sky.command('cover'),
    'trixels that meet the circle ra,dec,radius_arcsec,level: {"full":[[first,last],…],"partial":[…]}, last included',
    'cover',
    '50.8481,37.4679,2,16',
  ).action(() => answerLines(streams, { columns: ['ra', 'dec', 'radius_arcsec', 'level'], answer: answerCover }));

  withInput(
    sky.command('level'),
    'level at which the look-up table keeps an object of radius_arcsec',
    'level',
    '1.5',
  ).action(() =>
    answerLines(streams, { columns: ['radius_arcsec'], answer: (radius) => String(levelForRadius(radius!)) }),
  );

  withInput(
    sky.command('separation'),
    'from ra1,dec1 to ra2,dec2: separation_arcsec,position_angle_deg, north through east',
    'separation',
    '359.9999,10,0.0001,10',
  ).action(() => answerLines(streams, { columns: ['ra1', 'dec1', 'ra2', 'dec2'], answer: answerSeparation }));

  withInput(
    sky.command('convert'),
    'ICRS ra,dec to l,b,ecliptic_lon,ecliptic_lat: Galactic, and mean ecliptic of J2000',
    'convert',
    '266.4049959,-28.9361738',
  ).action(() => answerLines(streams, { columns: ['ra', 'dec'], answer: answerConvert }));

  withInput(sky.command('healpix'), 'nested HEALPix index of ra,dec', 'healpix --order 29', '50.8481,37.4679')
    .requiredOption('--order <n>', `HEALPix order, 0 to ${HEALPIX_MAX_ORDER}`, wholeNumber(0, HEALPIX_MAX_ORDER))
    .action((options: { readonly order: number }) =>
      answerLines(streams, {
        columns: ['ra', 'dec'],
        answer:
          options.order <= HEALPIX_MAX_NUMBER_ORDER
            ? (ra, dec) => String(healpixNested(ra!, dec!, options.order))
            : (ra, dec) => String(healpixNestedBig(ra!, dec!, options.order)),
      }),
    );
}

function withInput(command: Command, description: string, example: string, line: string): Command {
  return command
    .description(`${description} (degrees, ICRS)`)
    .addHelpText('after', `${HELP_ON_INPUT}\n\nExample:\n  echo ${line} | antares sky ${example}`);
}

function answerCover(ra?: number, dec?: number, radiusArcsec?: number, level?: number): string {
  const { full, partial } = coverCone(toCone(ra!, dec!, radiusArcsec!), level!);
  const inclusive = (ranges: readonly HtmRange[]): number[][] => ranges.map(({ first, end }) => [first, end - 1]);
  return JSON.stringify({ full: inclusive(full), partial: inclusive(partial) });
}

function answerSeparation(ra1?: number, dec1?: number, ra2?: number, dec2?: number): string {
  const from = toPosition(ra1!, dec1!);
  const to = toPosition(ra2!, dec2!);
  return [
    separationArcsec(from.ra, from.dec, to.ra, to.dec),
    positionAngleDegrees(from.ra, from.dec, to.ra, to.dec),
  ].join(',');
}

function answerConvert(givenRa?: number, givenDec?: number): string {
  const { ra, dec } = toPosition(givenRa!, givenDec!);
  const { l, b } = toGalactic(ra, dec);
  const { lon, lat } = toEcliptic(ra, dec);
  return [l, b, lon, lat].join(',');
}

/**
 * Answers each line of the input, in order.
 *
 * Answers go out with every block of input that comes in, so that a program at the other end may wait for one before it
 * asks the next.
 *
 * @throws SKY_LINE_MALFORMED  and what the answer throws, each with the number of the line, after answering those before
 */
async function answerLines(streams: SkyStreams, question: Question): Promise<void> {
  const decoder = new TextDecoder();
  const reader = new LineReader(question);
  let rest = '';
  for await (const block of streams.input) {
    const lines = (rest + (typeof block === 'string' ? block : decoder.decode(block, { stream: true }))).split('\n');
    rest = lines.pop()!;
    await answerBlock(streams, reader, lines);
  }
  await answerBlock(streams, reader, [rest + decoder.decode()]);
}

async function answerBlock(streams: SkyStreams, reader: LineReader, lines: readonly string[]): Promise<void> {
  const answers: string[] = [];
  try {
    for (const line of lines) {
      const answer = reader.answer(line);
      if (answer !== undefined) answers.push(answer);
    }
  } finally {
    await streams.write(answers);
  }
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Reads lines of numbers, and counts them. */
class LineReader {
  readonly #question: Question;
  #line = 0;
  #hasBegun = false;

  constructor(question: Question) {
    this.#question = question;
  }

  /** The answer to a line; undefined for an empty line and for a heading. */
  answer(line: string): string | undefined {
    this.#line += 1;
    const text = line.trim(); // carriage returns and a byte order mark count as space
    if (text === '') return undefined;
    const cells = text.split(',').map((cell) => cell.trim());
    const isFirst = !this.#hasBegun;
    this.#hasBegun = true;
    if (isFirst && !cells.some((cell) => NUMBER.test(cell))) return undefined;
    const { columns } = this.#question;
    if (cells.length !== columns.length || !cells.every((cell) => NUMBER.test(cell))) {
      const shown = text.length > 100 ? `${text.slice(0, 100)}…` : text;
      throw new AntaresError(
        'SKY_LINE_MALFORMED',
        `line ${this.#line}: expected ${columns.length === 1 ? 'one number' : `${columns.length} numbers`}, ${columns.join(',')}; got ${JSON.stringify(shown)}`,
      );
    }
    try {
      return this.#question.answer(...cells.map(Number));
    } catch (error) {
      if (error instanceof AntaresError) {
        throw new AntaresError(error.code, `line ${this.#line}: ${error.message}`, { cause: error.cause });
      }
      throw error;
    }
  }
}

/** Reads whole numbers up to a limit, separated by commas, for commander. */
function wholeNumbers(high: number): (text: string) => number[] {
  const one = wholeNumber(0, high);
  return (text) => {
    if (text === '') throw new InvalidArgumentError('expected one or more whole numbers, separated by commas');
    return text.split(',').map((part) => one(part.trim()));
  };
}
