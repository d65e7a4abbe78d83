/** Corners of the faces 8 to 15, v0 v1 v2. */
const FACES: readonly (readonly number[])[] = [
  [1, 0, 0, 0, 0, -1, 0, 1, 0],
  [0, 1, 0, 0, 0, -1, -1, 0, 0],
  [-1, 0, 0, 0, 0, -1, 0, -1, 0],
  [0, -1, 0, 0, 0, -1, 1, 0, 0],
  [1, 0, 0, 0, 0, 1, 0, -1, 0],
  [0, -1, 0, 0, 0, 1, -1, 0, 0],
  [-1, 0, 0, 0, 0, 1, 0, 1, 0],
  [0, 1, 0, 0, 0, 1, 1, 0, 0],
];

type Corner = readonly [number, number, number];

/**
 * The trixel of a unit vector, as the papers on HTM write it down: midpoints, then triple products until a child holds
 * the point. The peer that our descent is measured beside; right except within 1e-15 rad / edge of an edge.
 */
export function textbookHtmId(x: number, y: number, z: number, level: number): number {
  const point: Corner = [x, y, z];
  for (let face = 0; face < 8; face += 1) {
    const f = FACES[face]!;
    let v0: Corner = [f[0]!, f[1]!, f[2]!];
    let v1: Corner = [f[3]!, f[4]!, f[5]!];
    let v2: Corner = [f[6]!, f[7]!, f[8]!];
    if (triple(v0, v1, point) < 0 || triple(v1, v2, point) < 0 || triple(v2, v0, point) < 0) continue;
    let id = 8 + face;
    for (let depth = 0; depth < level; depth += 1) {
      const w0 = midpoint(v1, v2);
      const w1 = midpoint(v0, v2);
      const w2 = midpoint(v0, v1);
      if (triple(w2, w1, point) >= 0) [v1, v2, id] = [w2, w1, 4 * id];
      else if (triple(w0, w2, point) >= 0) [v0, v1, v2, id] = [v1, w0, w2, 4 * id + 1];
      else if (triple(w1, w0, point) >= 0) [v0, v1, v2, id] = [v2, w1, w0, 4 * id + 2];
      else [v0, v1, v2, id] = [w0, w1, w2, 4 * id + 3];
    }
    return id;
  }
  return 0;
}

function midpoint(a: Corner, b: Corner): Corner {
  const x = a[0] + b[0];
  const y = a[1] + b[1];
  const z = a[2] + b[2];
  const length = Math.sqrt(x * x + y * y + z * z);
  return [x / length, y / length, z / length];
}

function triple(a: Corner, b: Corner, c: Corner): number {
  return (a[1] * b[2] - a[2] * b[1]) * c[0] + (a[2] * b[0] - a[0] * b[2]) * c[1] + (a[0] * b[1] - a[1] * b[0]) * c[2];
}
