import { expect, test } from 'vitest';
import { HelloWorld } from '../../../src/filters/built-in/hello-world.ts';
import { tagsOf } from './run-filter.ts';

test.each([1, 2, 3, 4])('hello_world tags every locus, of alerts with ant_survey %d too', async (surveyNumber) => {
  expect(await tagsOf(new HelloWorld(), { points: [{ mjd: 59_000, surveyNumber }] })).toEqual(['hello_world']);
});
