import { toCone } from '../../sky/cone.ts';
import { type SkyPosition, toPosition } from '../../sky/position.ts';
import {
  describe,
  invalid,
  isObject,
  type JsonInput,
  membersOf,
  type ParseContext,
  refuseOthers,
  shown,
} from './parse-context.ts';
import type { Query } from './query.ts';

/** Arcseconds in the units that a distance may have. Without a unit it is degrees. */
const UNITS: Readonly<Record<string, number>> = {
  '': 3600,
  d: 3600,
  deg: 3600,
  degs: 3600,
  degree: 3600,
  degrees: 3600,
  '°': 3600,
  arcmin: 60,
  arcmins: 60,
  arcminute: 60,
  arcminutes: 60,
  "'": 60,
  '′': 60,
  arcsec: 1,
  arcsecs: 1,
  arcsecond: 1,
  arcseconds: 1,
  '"': 1,
  "''": 1,
  '″': 1,
  mas: 0.001,
  rad: 648_000 / Math.PI,
  radian: 648_000 / Math.PI,
  radians: 648_000 / Math.PI,
};

/**
 * Reads `sky_distance` in either spelling: `{"distance": …, "htm16": {"center": …}}`, also with the dotted name, or
 * `{"radius": …, "location": …}`.
 *
 * @throws QUERY_INVALID
 */
export function parseSkyDistance(body: JsonInput, path: string, context: ParseContext): Query {
  const members = membersOf(body, path, 'an object with "distance" and "htm16.center", or "radius" and "location"');
  refuseOthers(members, ['distance', 'radius', 'htm16', 'htm16.center', 'location', 'center', 'boost', '_name'], path);
  const given = new Map(members);
  const nested = given.get('htm16');
  if (nested !== undefined) {
    refuseOthers(membersOf(nested, `${path}.htm16`, 'an object with "center"'), ['center'], `${path}.htm16`);
  }
  const centre =
    (isObject(nested) ? nested['center'] : undefined) ??
    given.get('htm16.center') ??
    given.get('location') ??
    given.get('center');
  const distance = given.get('distance') ?? given.get('radius');
  if (centre === undefined)
    throw invalid(`${path} has no centre: expected "htm16": {"center": "ra dec"}, or "location"`);
  if (distance === undefined)
    throw invalid(`${path} has no "distance" or "radius", such as "0.5 degree" or "3 arcsec"`);
  const position = typeof centre === 'string' ? readText(centre, path, context) : readOther(centre, path);
  const radiusArcsec = readAngle(distance, path, context);
  return { clause: 'cone', ...toCone(position.ra, position.dec, radiusArcsec) };
}

function readText(text: string, path: string, context: ParseContext): SkyPosition {
  context.checkLength(text, path);
  const position = parsePosition(text);
  if (position === undefined) {
    throw invalid(
      `${path}: ${shown(text)} is no position; expected degrees as "187.7 12.39", or sexagesimal as ` +
        '"12h30m49.4s +12d23m28s", "12:30:49.4 +12:23:28" or "12 30 49.4 +12 23 28", dec within [-90, 90]',
    );
  }
  return position;
}

/** A position as a list of two numbers, or an object with `ra` and `dec` [deg]. */
function readOther(value: JsonInput, path: string): SkyPosition {
  const [ra, dec] = Array.isArray(value) ? value : isObject(value) ? [value['ra'], value['dec']] : [];
  const position = typeof ra === 'number' && typeof dec === 'number' ? checked(ra, dec) : undefined;
  if (position === undefined || (Array.isArray(value) && value.length !== 2)) {
    throw invalid(`${path}: expected a position as text, such as "187.7 12.39"; got ${describe(value)}`);
  }
  return position;
}

/** A radius [arcsec]. @throws QUERY_INVALID */
function readAngle(value: JsonInput, path: string, context: ParseContext): number {
  const text = context.text(value, `${path}.distance`).trim();
  const match = /^\+?(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)\s*([^\d\s]*)$/.exec(text);
  const unit = match === null ? undefined : match[2]!.toLowerCase();
  const scale = unit !== undefined && Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  const radiusArcsec = scale === undefined ? Number.NaN : Number(match![1]) * scale;
  if (!(radiusArcsec >= 0 && radiusArcsec <= 648_000)) {
    throw invalid(
      `${path}: ${shown(text)} is no radius; expected a number from 0 to 180 degrees with a unit (degree, arcmin, arcsec)`,
    );
  }
  return radiusArcsec;
}

/** A number in a position, with its sign and what follows it. */
interface Token {
  readonly sign: string;
  readonly number: number;
  readonly unit: '' | 'hour' | 'degree' | 'minute' | 'second' | ':';
}

/**
 * The position that a text spells, ICRS, or undefined.
 *
 * Decimal degrees (`ra dec`, a comma allowed), or sexagesimal with letters, signs, colons or blanks; then ra is in hours,
 * unless its unit says degrees.
 */
export function parsePosition(text: string): SkyPosition | undefined {
  const tokens = tokensOf(text.replaceAll('−', '-').trim());
  if (tokens === undefined) return undefined;
  const angles = splitAngles(tokens);
  if (angles === undefined) return undefined;
  const [first, second] = angles;
  const ra = angleDegrees(first);
  const dec = angleDegrees(second);
  if (ra === undefined || dec === undefined || second[0]!.unit === 'hour') return undefined;
  const isHours = first[0]!.unit === 'hour' || (first.length > 1 && first[0]!.unit !== 'degree');
  return checked(isHours ? 15 * ra : ra, dec);
}

function checked(ra: number, dec: number): SkyPosition | undefined {
  return ra >= -360 && ra <= 360 && Math.abs(dec) <= 90 ? toPosition(ra, dec) : undefined;
}

function tokensOf(text: string): Token[] | undefined {
  const token =
    /([+-]?)\s*(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)\s*(hours?|hrs?|h|degrees?|deg|d|°|minutes?|min|m|'|′|seconds?|sec|s|"|″|:)?[\s,]*/y;
  const tokens: Token[] = [];
  while (token.lastIndex < text.length) {
    const match = token.exec(text);
    if (match === null || tokens.length === 6) return undefined;
    tokens.push({ sign: match[1]!, number: Number(match[2]), unit: unitOf(match[3] ?? '') });
  }
  return tokens;
}

function unitOf(spelt: string): Token['unit'] {
  if (spelt === '' || spelt === ':') return spelt;
  if (spelt.startsWith('h')) return 'hour';
  if (spelt.startsWith('d') || spelt === '°') return 'degree';
  if (spelt.startsWith('m') || spelt === "'" || spelt === '′') return 'minute';
  return 'second';
}

function splitAngles(tokens: readonly Token[]): [readonly Token[], readonly Token[]] | undefined {
  const units = tokens.map(({ unit }) => unit);
  let split: number;
  if (units.includes(':')) split = units.findIndex((unit) => unit !== ':') + 1;
  else if (units.includes('hour') || units.includes('degree')) {
    split = units.findIndex((unit, i) => i > 0 && (unit === 'hour' || unit === 'degree'));
  } else split = tokens.length / 2;
  if (!Number.isInteger(split) || split < 1 || split >= tokens.length) return undefined;
  const [first, second] = [tokens.slice(0, split), tokens.slice(split)];
  return first.length <= 3 && second.length <= 3 ? [first, second] : undefined;
}

/** The size of an angle in its own first unit: hours or degrees. */
function angleDegrees(tokens: readonly Token[]): number | undefined {
  const [whole, minutes, seconds] = tokens;
  if (tokens.slice(1).some(({ sign, number }) => sign !== '' || number > 60)) return undefined;
  if (minutes !== undefined && !['', ':', 'minute'].includes(minutes.unit)) return undefined;
  if (seconds !== undefined && !['', 'second'].includes(seconds.unit)) return undefined;
  if (!['', ':', 'hour', 'degree'].includes(whole!.unit)) return undefined;
  const size = (3600 * whole!.number + 60 * (minutes?.number ?? 0) + (seconds?.number ?? 0)) / 3600;
  return whole!.sign === '-' ? -size : size;
}
