import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  HTM_MAX_LEVEL,
  type HtmId,
  htmAncestor,
  htmDescendants,
  htmIdOfName,
  htmLevel,
  htmName,
  isHtmId,
  toHtmId,
} from '../../../src/sky/htm/htm-id.ts';
import { FACE_CORNERS, trixelContains, trixelCorners } from '../../../src/sky/htm/trixel.ts';

const anyTrixel = fc
  .integer({ min: 0, max: HTM_MAX_LEVEL })
  .chain((level) => fc.maxSafeInteger().map((n) => (8 * 4 ** level + (Math.abs(n) % (8 * 4 ** level))) as HtmId));

describe('HTM ids', () => {
  it('name the faces as Kunszt and others do', () => {
    expect([8, 9, 10, 11, 12, 13, 14, 15].map((id) => htmName(toHtmId(id)))).toEqual([
      'S0',
      'S1',
      'S2',
      'S3',
      'N0',
      'N1',
      'N2',
      'N3',
    ]);
    expect(htmName(toHtmId(16 * 15 + 4 * 1 + 2))).toBe('N312');
    expect(htmIdOfName('N312')).toBe(246);
    for (const bad of ['', 'N', 'X0', 'N4', 'N0 ', 'n0', `N${'0'.repeat(26)}`]) {
      expect(() => htmIdOfName(bad)).toThrow(expect.objectContaining({ code: 'SKY_HTM_ID_MALFORMED' }));
    }
  });

  it('have 4 + 2·level bits: the first and last of every level, and nothing between levels', () => {
    for (let level = 0; level <= HTM_MAX_LEVEL; level += 1) {
      const first = 8 * 4 ** level;
      expect(htmLevel(toHtmId(first))).toBe(level);
      expect(htmLevel(toHtmId(2 * first - 1))).toBe(level);
      expect(isHtmId(first - 1)).toBe(false);
      expect(isHtmId(2 * first)).toBe(false);
    }
    for (const bad of [0, 7, -8, 8.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 52, 8 * 4 ** 25]) {
      expect(isHtmId(bad)).toBe(false);
      expect(() => toHtmId(bad)).toThrow(expect.objectContaining({ code: 'SKY_HTM_ID_MALFORMED' }));
    }
  });

  it('go to a name and back', () => {
    fc.assert(
      fc.property(anyTrixel, (id) => {
        expect(htmIdOfName(htmName(id))).toBe(id);
      }),
      { seed: 1, numRuns: 1000 },
    );
  });

  it('hold their descendants in one range, each of which has them as ancestor', () => {
    fc.assert(
      fc.property(anyTrixel, fc.integer({ min: 0, max: HTM_MAX_LEVEL }), (id, other) => {
        const level = htmLevel(id);
        if (other <= level) {
          const ancestor = htmAncestor(id, other);
          expect(BigInt(ancestor)).toBe(BigInt(id) >> BigInt(2 * (level - other)));
          const { first, end } = htmDescendants(ancestor, level);
          expect(first <= id && id < end).toBe(true);
        } else {
          const { first, end } = htmDescendants(id, other);
          expect(BigInt(first)).toBe(BigInt(id) << BigInt(2 * (other - level)));
          expect(BigInt(end)).toBe(BigInt(id + 1) << BigInt(2 * (other - level)));
          expect(htmAncestor(first, level)).toBe(id);
          expect(htmAncestor((end - 1) as HtmId, level)).toBe(id);
          expect(() => htmAncestor(id, other)).toThrow(TypeError);
        }
      }),
      { seed: 2, numRuns: 1000 },
    );
    expect(() => htmDescendants(toHtmId(8 * 4 ** 5), 4)).toThrow(TypeError);
    expect(() => htmAncestor(toHtmId(8), -1)).toThrow(expect.objectContaining({ code: 'SKY_LEVEL_OUT_OF_RANGE' }));
  });
});

describe('trixels', () => {
  it('have the corners of the octahedron at level 0, counter-clockwise', () => {
    expect([...trixelCorners(toHtmId(15))]).toEqual([0, 1, 0, 0, 0, 1, 1, 0, 0]);
    for (let face = 0; face < 8; face += 1) {
      const [a, b, c] = [0, 3, 6].map((i) => FACE_CORNERS.subarray(9 * face + i, 9 * face + i + 3)) as [
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      const triple =
        a[0]! * (b[1]! * c[2]! - b[2]! * c[1]!) +
        a[1]! * (b[2]! * c[0]! - b[0]! * c[2]!) +
        a[2]! * (b[0]! * c[1]! - b[1]! * c[0]!);
      expect(triple).toBe(1);
    }
  });

  it('lie in their parents, share corners with their sisters, and hold their own centres alone', () => {
    fc.assert(
      fc.property(anyTrixel, (id) => {
        if (htmLevel(id) === HTM_MAX_LEVEL) return;
        const children = [0, 1, 2, 3].map((k) => (4 * id + k) as HtmId);
        const parent = trixelCorners(id);
        children.forEach((child, k) => {
          const corners = trixelCorners(child);
          if (k < 3) expect([...corners.subarray(0, 3)]).toEqual([...parent.subarray(3 * k, 3 * k + 3)]);
          const centre = [0, 1, 2].map((axis) => corners[axis]! + corners[axis + 3]! + corners[axis + 6]!);
          const length = Math.hypot(...centre);
          const [x, y, z] = centre.map((component) => component / length) as [number, number, number];
          expect(trixelContains(id, x, y, z, 0)).toBe(true);
          expect(children.map((other) => trixelContains(other, x, y, z, 0))).toEqual(
            children.map((other) => other === child),
          );
          for (let i = 0; i < 9; i += 3)
            expect(trixelContains(id, corners[i]!, corners[i + 1]!, corners[i + 2]!, 1e-15)).toBe(true);
        });
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});
