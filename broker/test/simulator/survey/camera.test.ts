import { describe, expect, it } from 'vitest';
import { TangentPlane } from '../../../src/simulator/sky/tangent-plane.ts';
import {
  detectorCount,
  detectorSize,
  findOnDetector,
  placeOnCamera,
} from '../../../src/simulator/survey/focal-plane.ts';
import { fieldsCovering, planNights, Schedule } from '../../../src/simulator/survey/schedule.ts';
import { LSST, surveyOf, ZTF } from '../../../src/simulator/survey/survey.ts';

const START = 61_284;
const REGION = { centre: { ra: 340, dec: -4 }, areaDeg2: 20 };

describe('the cameras', () => {
  it.each([
    ['ztf', 64, 47.8],
    ['lsst', 189, 9.5],
  ] as const)('%s has %i detectors on %f square degrees', (survey, detectors, area) => {
    const { columns, rows } = detectorSize(survey);
    const pixel = surveyOf(survey).pixelArcsec / 3600;
    expect(detectorCount(survey)).toBe(detectors);
    expect(detectors * columns * rows * pixel ** 2).toBeCloseTo(area, 0);
  });

  it.each(['ztf', 'lsst'] as const)('%s: every detector is found where it is', (survey) => {
    for (let detector = 0; detector < detectorCount(survey); detector += 1) {
      const [xi, eta] = placeOnCamera(survey, { detector, x: 100.25, y: 2000.5 });
      const found = findOnDetector(survey, xi, eta);
      expect(found?.detector).toBe(detector);
      expect(found?.x).toBeCloseTo(100.25, 4);
      expect(found?.y).toBeCloseTo(2000.5, 4);
    }
  });

  it('the corners of LSST are empty, and so is what lies beyond a camera', () => {
    expect(findOnDetector('lsst', 1.5, 1.5)).toBeUndefined();
    expect(findOnDetector('lsst', -1.5, 1.5)).toBeUndefined();
    expect(findOnDetector('ztf', 3.6, 0)).toBeUndefined();
    expect(findOnDetector('ztf', Number.NaN, 0)).toBeUndefined();
  });

  it('a tangent plane gives back what it was given, at the pole too', () => {
    for (const centre of [
      { ra: 0.1, dec: 0 },
      { ra: 200, dec: 89.5 },
      { ra: 359.9, dec: -60 },
    ]) {
      const plane = new TangentPlane(centre);
      for (const [xi, eta] of [
        [0, 0],
        [1.7, -1.2],
        [-3, 3],
      ] as const) {
        const place = plane.placeAt(xi, eta);
        expect(plane.project(place.ra, place.dec)).toBe(true);
        expect(plane.xi).toBeCloseTo(xi, 9);
        expect(plane.eta).toBeCloseTo(eta, 9);
      }
      expect(plane.project((centre.ra + 180) % 360, -centre.dec)).toBe(false);
    }
  });
});

describe('the schedule', () => {
  function schedule(survey: typeof ZTF, first: number, end: number): Schedule {
    const fields = fieldsCovering(survey, [REGION]);
    return new Schedule('s', survey, fields, planNights('s', survey, fields, START, first, end));
  }

  it('a night is the same in a schedule that began earlier or ends later', () => {
    for (const survey of [ZTF, LSST]) {
      const strip = (from: Schedule): unknown[] =>
        from
          .visitsBetween(START + 2, START + 4)
          .map(({ field, ordinal, ...rest }) => ({ ...rest, field: field.number }));
      const long = strip(schedule(survey, START - 40, START + 9));
      expect(long.length).toBeGreaterThan(0);
      expect(strip(schedule(survey, START + 2, START + 4))).toEqual(long);
    }
  });

  it('exposures follow each other without overlap, by night, within the hours of darkness', () => {
    for (const survey of [ZTF, LSST]) {
      const { visits } = schedule(survey, START - 20, START + 5);
      for (const [n, visit] of visits.entries()) {
        const previous = visits[n - 1];
        if (previous !== undefined) {
          expect(visit.startMjd - previous.startMjd).toBeGreaterThan(
            (survey.exposureSec + survey.overheadSec - 0.1) / 86_400,
          );
        }
        expect(Math.abs(visit.startMjd - visit.night - survey.midnight)).toBeLessThan(0.25);
        expect(visit.airmass).toBeGreaterThanOrEqual(1);
        expect(visit.airmass).toBeLessThan(2.5);
        expect(visit.limitMag).toBeLessThan(survey.depth[visit.band]! + 1);
        expect(visit.midMjdTai - visit.startMjd).toBeCloseTo((37 + survey.exposureSec / 2) / 86_400, 8);
      }
    }
  });

  it('the nights asked for are clear; some before are not', () => {
    const nights = new Set(schedule(ZTF, START - 50, START + 20).visits.map(({ night }) => night));
    const before = [...nights].filter((night) => night < START).length;
    expect(before).toBeGreaterThan(18);
    expect(before).toBeLessThan(42);
    for (let night = START; night < START + 20; night += 1) expect(nights.has(night)).toBe(true);
  });

  it('Andromeda is for the north alone', () => {
    const region = { centre: { ra: 10.68, dec: 41.27 }, areaDeg2: 4 };
    const visitsOf = (survey: typeof ZTF): number =>
      planNights(1, survey, fieldsCovering(survey, [region]), START, START, START + 5).length;
    expect(visitsOf(ZTF)).toBe(10);
    expect(visitsOf(LSST)).toBe(0);
  });

  it('fields cover a region larger than one of them', () => {
    for (const survey of [ZTF, LSST]) {
      const region = { centre: { ra: 1, dec: 55 }, areaDeg2: 120 };
      const fields = fieldsCovering(survey, [region]);
      const radius = 6.18;
      const core = new TangentPlane(region.centre);
      for (let step = 0; step < 400; step += 1) {
        const angle = step * 2.399963;
        const distance = radius * 0.99 * Math.sqrt(step / 400);
        const place = core.placeAt(distance * Math.cos(angle), distance * Math.sin(angle));
        const isCovered = fields.some(
          ({ plane }) =>
            plane.project(place.ra, place.dec) && findOnDetector(survey.name, plane.xi, plane.eta) !== undefined,
        );
        expect(isCovered, `${survey.name} ${place.ra} ${place.dec}`).toBe(true);
      }
    }
  });
});
