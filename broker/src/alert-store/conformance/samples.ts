import { type AlertId, toAlertId } from '../../model/ids.ts';
import type { LightCurvePoint } from '../../model/light-curve.ts';
import type { Properties } from '../../model/property.ts';
import { toUnitVector } from '../../sky/position.ts';
import type { LedgerEntry, NearQuery, PendingMessage, Rejection } from '../alert-store.ts';
import { pointOf } from './scene.ts';

/** Texts as alert ids. */
export function ids(...texts: string[]): AlertId[] {
  return texts.map(toAlertId);
}

/** A cone around a position [deg]; radius in arcseconds. */
export function coneAt(ra: number, dec: number, radiusArcsec: number): NearQuery {
  return { ...toUnitVector(ra, dec), radiusArcsec };
}

/** Every byte once. */
export function allBytes(): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, i) => i);
}

/** Properties of every type at its extremes, and many of them. */
export function everyKindOfProperty(): Properties {
  const properties: Properties = new Map();
  properties.set('zero', 0);
  properties.set('minus_zero', -0);
  properties.set('largest', Number.MAX_VALUE);
  properties.set('smallest', Number.MIN_VALUE);
  properties.set('third', 1 / 3);
  properties.set('int_zero', 0n);
  properties.set('int_largest', 2n ** 63n - 1n);
  properties.set('int_smallest', -(2n ** 63n));
  properties.set('candid', 1_046_434_653_315_015_001n);
  properties.set('text', 'plain');
  properties.set('empty_text', '');
  properties.set('long_text', 'ß'.repeat(5_000));
  properties.set('lines', 'one\ntwo\0three');
  properties.set('yes', true);
  properties.set('no', false);
  for (let i = 0; i < 240; i += 1) properties.set(`feature_${i}_magn_r`, Math.sin(i) * 10 ** (i % 9));
  properties.set('last', 'z');
  return properties;
}

/** A point as a survey might give it: some columns undefined, some in single precision. */
export function randomPoint(random: () => number, alertId: string): LightCurvePoint {
  const isLimit = alertId.includes('upper_limit') || random() < 0.2;
  const single = (value: number): number => Math.fround(value);
  const mjd = 58_000 + Math.floor(random() * 2_000) + random();
  return pointOf(alertId, {
    kind: isLimit ? 'upper_limit' : random() < 0.3 ? 'history' : 'candidate',
    surveyNumber: isLimit ? 2 : 1,
    passband: random() < 0.5 ? 'g' : 'R',
    mjd,
    ra: isLimit ? Number.NaN : 180 + (random() - 0.5) * 1e-4,
    dec: isLimit ? Number.NaN : 45 + (random() - 0.5) * 1e-4,
    mag: isLimit ? Number.NaN : single(18 + random()),
    magErr: isLimit ? Number.NaN : single(0.1 * random()),
    magCorrected: random() < 0.5 ? Number.NaN : 17 + random(),
    sign: isLimit ? 0 : random() < 0.5 ? 1 : -1,
    referenceImage: Math.floor(random() * 5) * 1_000_003,
    ...(random() < 0.5 ? { listedAt: mjd + 3, objectIndex: 0 } : {}),
  });
}

/** A line of the ledger. */
export function lineOf(counts: Partial<LedgerEntry>, about: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    source: 'a source',
    survey: 'ztf',
    night: '2026-01-01',
    visit: 'v1',
    received: 0,
    stored: 0,
    duplicate: 0,
    rejected: 0,
    reasons: {},
    ...counts,
    ...about,
  };
}

/** A rejection. */
export function rejectionOf(id: string, receivedAt: number): Rejection {
  return {
    id,
    source: 'a source',
    survey: 'ztf',
    night: '2026-01-01',
    visit: 'v1',
    name: `packet ${id}`,
    reason: 'PACKET_TRUNCATED',
    message: 'ended early: ü',
    receivedAt,
    bytes: 123,
  };
}

/** A pending message. */
export function messageOf(sequence: bigint): PendingMessage {
  return {
    sequence,
    streams: ['tag_a', 'tag_b'],
    key: `key ${sequence}`,
    value: Uint8Array.of(1, 2, Number(sequence % 256n)),
  };
}
