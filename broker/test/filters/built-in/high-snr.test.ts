import { describe, expect, test } from 'vitest';
import { HighSnr } from '../../../src/filters/built-in/high-snr.ts';
import type { HandMadePoint } from '../../../src/filters/hand-made-locus.ts';
import { resultOf, tagsOf } from './run-filter.ts';

function snr(passband: string, ratio: number, more: Partial<HandMadePoint> = {}) {
  return { points: [{ mjd: 59_000, passband, mag: 17, magErr: 1 / ratio, ...more }] };
}

describe('high_snr', () => {
  test.each([
    ['g', 50.1, true],
    ['g', 49.9, false],
    ['R', 55.1, true],
    ['R', 54.9, false],
    ['R', 52, false],
  ])('a ZTF alert in %s with 1/σ = %d: high is %s', async (passband, ratio, isHigh) => {
    expect(await tagsOf(new HighSnr(), snr(passband, ratio))).toEqual(isHigh ? ['high_snr'] : []);
  });

  test('the threshold itself is not above the threshold', async () => {
    expect(await tagsOf(new HighSnr(), snr('g', 50, { magErr: 0.02 }))).toEqual([]);
  });

  test('a source that is fainter than its reference can stand out as well', async () => {
    expect(await tagsOf(new HighSnr(), snr('g', 80, { sign: -1 }))).toEqual(['high_snr']);
  });

  test("ZTF's i band has no threshold, and is left alone", async () => {
    expect(await tagsOf(new HighSnr(), snr('i', 500))).toEqual([]);
  });

  test("LSST's g band is not judged by ZTF's threshold", async () => {
    expect((await resultOf(new HighSnr(), snr('g', 500, { surveyNumber: 4 }))).skipReason).toBe('survey');
  });

  test('an upper limit has no signal', async () => {
    expect((await resultOf(new HighSnr(), snr('g', 500, { surveyNumber: 2 }))).skipReason).toBe('survey');
  });

  test('an alert without an error is skipped, one with an error of nought is not infinitely good', async () => {
    expect((await resultOf(new HighSnr(), { points: [{ mjd: 59_000, mag: 17 }] })).missing).toBe('ant_magerr');
    expect(await tagsOf(new HighSnr(), snr('g', 1, { magErr: 0 }))).toEqual([]);
  });

  test('the newest alert decides, whatever came before it', async () => {
    const points = [
      { mjd: 59_000, mag: 15, magErr: 0.01 },
      { mjd: 59_001, mag: 19, magErr: 0.1 },
    ];
    expect(await tagsOf(new HighSnr(), { points })).toEqual([]);
    expect(await tagsOf(new HighSnr(), { points: points.toReversed() })).toEqual(['high_snr']);
  });
});
