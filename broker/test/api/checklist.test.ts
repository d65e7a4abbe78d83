import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Tests that hold a line of a checklist: file below `broker/test`, and titles in it, each to its beginning. */
type Evidence = readonly (readonly [file: string, ...titles: string[]])[];

const V1 = 'api/v1/loci.test.ts';
const V1_OTHER = 'api/v1/other-endpoints.test.ts';
const RECORDED = 'api/v1/recorded-answers.test.ts';
const V2 = 'api/v2/loci.test.ts';
const IMAGES = 'api/thumbnails/thumbnails.test.ts';
const PYTHON = 'api/python/python-clients.test.ts';

/** The checklist of `antares-interfaces.md`, section 11, as far as it is about HTTP (12 is about filters). */
const INTERFACES: Readonly<Record<string, Evidence>> = {
  '1 base URL, doubled slashes': [[V1, 'a doubled slash and a slash at the end change nothing']],
  '2 unknown ids, errors as JSON': [
    [V1, 'an unknown one is a 404 with the words of ANTARES', 'anything else than a query'],
  ],
  '3 listing': [
    [
      V1,
      'a page has ten loci unless said otherwise, an exact count and absolute links',
      'pages of %i give every locus once, newest first',
      'sorts by several keys, each up or down',
      'loci that were replaced are hidden, unless the query asks for them',
    ],
    [RECORDED, 'a listing'],
  ],
  '4 query language': [
    [
      V1,
      'numeric strings, objects or lists in bool, exists, terms and query_string find what the store holds',
      'a cone is found with a decimal and with a sexagesimal centre',
      'random loci come in another order each time, and a walk never repeats one',
    ],
  ],
  '5 alerts': [
    [V1, 'its alerts come on one page, ascending, without nulls', '64-bit integers keep every digit'],
    [RECORDED, 'alerts: the document and each item of it', 'alerts: the properties of detections and of upper limits'],
  ],
  '6 catalog-matches': [[V1, 'its catalogue matches have ids of catalogue and object']],
  '7 statistics and lists of properties': [
    [V1, 'statistics count loci by tag and catalogue'],
    [
      V1_OTHER,
      '%s lists each property once, by pages, sorted as asked',
      'every property of a stored locus and alert is listed',
    ],
  ],
  '8 light curve': [[V1, 'its light curve is CSV of 14 columns', "times of LSST's light curves are UTC"]],
  '9 gravitational waves': [
    [V1_OTHER, 'notices: none of several, unknown ones 404, and a 400 in the words of ANTARES'],
  ],
  '10 thumbnails': [
    [
      IMAGES,
      'every alert with a packet has three, and each can be fetched without signing in',
      'an unknown alert, and one without a packet, have an empty list',
    ],
  ],
  '11 stream configuration': [
    [
      V1_OTHER,
      'where Kafka is configured its options are those of librdkafka',
      'where no Kafka is configured the 1.x client is told so',
    ],
  ],
  '13 portal URLs': [[V1, 'numeric strings, objects or lists in bool, exists, terms and query_string find']],
  '14 vectors': [
    ['model/ids.test.ts'],
    ['sky/htm'],
    ['model/magnitudes.test.ts'],
    ['scenarios/real-archives.test.ts', 'counts and mean positions are those of the whole history'],
  ],
  "15 the client's own use": [
    [PYTHON, 'every public function gives what the store holds, over several pages, and errors as exceptions'],
  ],
};

/** The checklist of `antares-v2.md`, section 13, as far as it is about HTTP. */
const VERSION_2: Readonly<Record<string, Evidence>> = {
  '1 every endpoint': [
    [
      V2,
      'answers under a base with and without a slash at the end, and doubled ones',
      'what is not there is a 404 with a JSON body',
    ],
  ],
  '2 documents, member for member': [
    [
      V2,
      'each document has all members that the 2.x client requires, none of them null',
      'a required member that is missing or null would be noticed',
    ],
  ],
  '3 links and pages': [
    [V2, 'pages of %i give every locus once, newest first', 'links lead to the host by which the caller came'],
  ],
  '4 client 2.0.0 comes to the end': [
    [V2, 'client 2.0.0, which puts its first parameters in place of those of the next page, comes to the end too'],
    [PYTHON, 'every public function gives what the store holds, and paging ends'],
  ],
  '5 the empty query': [[V2, 'the empty query gives loci in a random order, without repeating one within a walk']],
  '6 cones': [
    [
      V2,
      'a cone is understood in both spellings, in both versions',
      "every locus' own place finds it within an arcsecond",
    ],
  ],
  '7 internal and user properties': [[V2, 'internal and user properties of a locus are together those of the listing']],
  '8 light curve': [
    [V2, 'the light curve is always there, with 14 columns and a row for each alert'],
    ['api/loci/light-curve-csv.test.ts', 'a curve without points is the header alone'],
  ],
  '9 alerts': [
    [
      V2,
      'each document has all members that the 2.x client requires, none of them null',
      '64-bit integers keep every digit',
    ],
  ],
  '10 catalogue matches': [[V2, 'catalogue matches have nine members, none null']],
  '11 statistics of an empty store': [[V2, 'statistics are zeros, not nulls']],
  '12 notices': [
    [V2, 'notices of several events leave unknown ones out', 'what makes no sense is a 400 that says why'],
  ],
  '13 thumbnails': [[IMAGES, 'every alert with a packet has three', 'an unknown alert, and one without a packet']],
  '14 positions in paths': [[V2, 'positions as Python prints floats are understood']],
  '15 the other generation': [
    [V2, 'a 1.x client is told its base URL'],
    [V1, 'a 2.x client is told its base URL'],
    [PYTHON, 'on the base of the other generation it is told the right one'],
  ],
  '27 third parties': [
    [PYTHON, 'its form, its queries and its photometry work'],
    [V1, 'a search finds nothing, and statistics are there'],
  ],
};

const tests = join(import.meta.dirname, '..');

/** Texts of the test files at a path: a file, or a folder with some. */
function sourcesAt(path: string): readonly string[] {
  if (path.endsWith('.ts')) return [readFileSync(join(tests, path), 'utf8')];
  return readdirSync(join(tests, path))
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(tests, path, file), 'utf8'));
}

/** Titles of the tests in a source, as they are written there. */
function titlesIn(source: string): readonly string[] {
  return [...source.matchAll(/\bit(?:\.each\([^)]*\))?\(\s*(['"`])((?:\\.|(?!\1).)*)\1/gs)].map(
    ([, , title]) => title!,
  );
}

describe.each([
  ['antares-interfaces.md, section 11', INTERFACES],
  ['antares-v2.md, section 13', VERSION_2],
] as const)('each line of the checklist in %s has its tests', (_, lines) => {
  it.each(Object.entries(lines))('%s', (_line, evidence) => {
    expect(evidence.length).toBeGreaterThan(0);
    for (const [path, ...titles] of evidence) {
      const sources = sourcesAt(path);
      const known = sources.flatMap(titlesIn);
      expect(known.length, path).toBeGreaterThan(0);
      for (const title of titles) {
        expect(
          known.some((other) => other.startsWith(title)),
          `${path} has no test "${title}"`,
        ).toBe(true);
      }
    }
  });
});
