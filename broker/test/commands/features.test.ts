import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { registerFeatures } from '../../src/commands/features.ts';
import { FEATURES } from '../../src/filters/built-in/light-curve-features/feature-list.ts';
import { type Columns, featuresOf, readJsonLines } from '../filters/built-in/light-curve-features/light-curves.ts';
import { describeWithSharedData, sharedPath } from '../shared-data.ts';

interface Answers {
  readonly lines: string[];
  readonly warnings: string[];
  /** What ended the run, if anything did. */
  readonly error: unknown;
}

async function features(...blocks: readonly (string | Uint8Array)[]): Promise<Answers> {
  const lines: string[] = [];
  const warnings: string[] = [];
  const program = new Command('antares').exitOverride();
  registerFeatures(program, {
    input: (async function* () {
      yield* blocks;
    })(),
    write: async (written) => {
      lines.push(...written);
    },
    warn: (line) => warnings.push(line),
  });
  let error: unknown;
  try {
    await program.parseAsync(['node', 'antares', 'features']);
  } catch (caught) {
    error = caught;
  }
  return { lines, warnings, error };
}

const TWO_POINTS = { time: [59_000.1, 59_003.2], mag: [19.1, 18.7], magerr: [0.1, 0.08] };
const asked = (name: unknown, bands: unknown): string => JSON.stringify({ name, bands });

describe('antares features', () => {
  it('answers each light curve with the properties that are defined, under their names', async () => {
    const { lines, error } = await features(`${asked('a', { g: TWO_POINTS, R: TWO_POINTS })}\n`);
    expect(error).toBeUndefined();
    const answer = JSON.parse(lines[0]!);
    expect(Object.keys(answer)).toEqual(['name', 'properties']);
    expect(answer.name).toBe('a');
    const expected = [...featuresOf(TWO_POINTS)];
    expect(Object.entries(answer.properties)).toEqual([
      ...expected.map(([key, value]) => [`feature_${key}_g`, value]),
      ...expected.map(([key, value]) => [`feature_${key}_R`, value]),
    ]);
    expect(lines[0]).not.toMatch(/null|NaN/);
    expect(answer.properties).not.toHaveProperty('feature_skew_magn_g');
  });

  it('answers line by line, however the input is cut, with or without a last line end', async () => {
    const input = `${asked('a', { g: TWO_POINTS })}\r\n\n${asked('β', { i: TWO_POINTS })}`;
    const whole = await features(input);
    expect(whole.lines.map((line) => JSON.parse(line).name)).toEqual(['a', 'β']);
    const bytes = new TextEncoder().encode(input);
    const cut = await features(...Array.from(bytes, (_, i) => bytes.subarray(i, i + 1)));
    expect(cut).toEqual(whole);
  });

  it('takes null for a value that is not there', async () => {
    const { lines } = await features(
      asked('a', {
        g: { time: [59_000.1, 59_001, null, 59_003.2], mag: [19.1, null, 18, 18.7], magerr: [0.1, 0.1, 0.1, 0.08] },
        i: { time: [59_000.1, 59_003.2], mag: [19.1, 18.7], magerr: [null, 0.08] },
        R: { time: [59_000.1, 59_003.2], mag: [19.1, 18.7] },
      }),
    );
    const { properties } = JSON.parse(lines[0]!);
    expect(properties.feature_chi2_magn_g).toBe(featuresOf(TWO_POINTS).get('chi2_magn'));
    expect(properties.feature_weighted_mean_magn_i).toBe(18.7);
    expect(properties.feature_mean_magn_R).toBeCloseTo(18.9, 12);
    expect(properties).not.toHaveProperty('feature_weighted_mean_magn_R');
  });

  it('answers a light curve without points with no properties', async () => {
    const { lines } = await features(asked('a', { g: { time: [], mag: [], magerr: [] } }), '\n', asked(7, {}));
    expect(lines).toEqual(['{"name":"a","properties":{}}', '{"name":7,"properties":{}}']);
  });

  it('leaves out a passband that has no features, and says so', async () => {
    const { lines, warnings, error } = await features(asked('a', { W1: TWO_POINTS, g: TWO_POINTS }));
    expect(error).toBeUndefined();
    expect(warnings).toEqual(['line 1: passband "W1" has no features; left out']);
    expect(Object.keys(JSON.parse(lines[0]!).properties).every((name) => name.endsWith('_g'))).toBe(true);
  });

  it.each([
    ['not JSON', '{"name":', 'a JSON object'],
    ['a list', '[1]', 'a JSON object'],
    ['no bands', '{"name":"a"}', 'an object "bands"'],
    ['a band that is a list', asked('a', { g: [] }), 'columns for band g'],
    ['a column that is missing', asked('a', { g: { time: [1] } }), 'an array g.mag'],
    ['columns of two lengths', asked('a', { g: { time: [1, 2], mag: [1, 2], magerr: [1] } }), '2 values in g.magerr'],
    ['text for a number', asked('a', { g: { time: ['1'], mag: [1], magerr: [1] } }), 'numbers in g.time'],
    ['an id that a number cannot hold', '{"name":170587117485817955,"bands":{}}', 'a name in quotes'],
  ])('ends at %s, with the number of the line, after answering those before', async (_, line, expected) => {
    const { lines, error } = await features(`${asked('a', { g: TWO_POINTS })}\n\n${line}\n${asked('b', {})}\n`);
    expect(lines).toHaveLength(1);
    expect(error).toMatchObject({ code: 'INPUT_LIGHT_CURVE_MALFORMED' });
    expect(String((error as Error).message)).toContain('line 3: expected ');
    expect(String((error as Error).message)).toContain(expected);
  });
});

describeWithSharedData('antares features of real light curves', () => {
  it('sets all 78 features where there are points enough', async () => {
    const curves = readJsonLines<{ name: string; bands: Record<string, Columns> }>(
      sharedPath('vectors/lightcurves.jsonl'),
    ).filter(({ name }) => !name.startsWith('synthetic'));
    const { lines, error } = await features(...curves.map((curve) => `${JSON.stringify(curve)}\n`));
    expect(error).toBeUndefined();
    expect(lines).toHaveLength(curves.length);
    for (const [i, line] of lines.entries()) {
      const { name, properties } = JSON.parse(line);
      expect(name).toBe(curves[i]!.name);
      for (const band of Object.keys(curves[i]!.bands)) {
        for (const { key } of FEATURES) expect(properties).toHaveProperty([`feature_${key}_${band}`]);
      }
    }
  });
});
