import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fluxOfMagnitude, magnitudeOfFlux, wholeMagnitudeError } from '../../../src/filters/built-in/whole-source.ts';
import { correctedMagnitude, correctedMagnitudeError } from '../../../src/surveys/ztf/reference-photometry.ts';

test('the whole source has the magnitude and error that ANTARES calls corrected', () => {
  const mag = fc.double({ min: 10, max: 25, noNaN: true });
  const error = fc.double({ min: 0.001, max: 1, noNaN: true });
  fc.assert(
    fc.property(mag, error, mag, error, fc.constantFrom(1, -1), (referenceMag, referenceMagErr, m, e, sign) => {
      const reference = fluxOfMagnitude(referenceMag);
      const difference = fluxOfMagnitude(m);
      const whole = reference + sign * difference;
      const expected = correctedMagnitude(referenceMag, m, sign);
      expect(magnitudeOfFlux(whole)).toEqual(expected);
      if (Number.isNaN(expected)) return;
      const expectedError = correctedMagnitudeError(referenceMag, referenceMagErr, m, e, sign);
      const found = wholeMagnitudeError(whole, reference, referenceMagErr, difference, e);
      expect(Math.abs(found / expectedError - 1)).toBeLessThan(1e-12);
    }),
    { seed: 20_210_301 },
  );
});
