import { isObject } from '../json/json-reading.ts';
import type { Json } from '../json/json-text.ts';

/**
 * Named values of a locus or an alert: numbers, texts, nested objects (`survey`).
 *
 * Ids of 64 bits (`ztf_candid`, `ztf_objectidps1`, `lsst_diaSource_diaSourceId`) are text, whole, however large they are.
 */
export interface Properties {
  readonly [name: string]: Json;
}

/** What is an id of 64 bits at the surveys: always text here, so that its type does not depend on its size. */
const WIDE_ID = /(?:^|_)(?:candid|pid|rfid|objectidps[123]|visit)$|(?:Id|ID)$/;

/** Properties as the server sends them, with 64-bit ids as text. Anything else than an object is none. */
export function toProperties(value: Json | undefined): Properties {
  if (!isObject(value)) return {};
  const properties: Record<string, Json> = { ...value };
  for (const [name, property] of Object.entries(properties)) {
    if (typeof property === 'number' && Number.isInteger(property) && WIDE_ID.test(name)) {
      properties[name] = String(property);
    }
  }
  return properties;
}

/** What is known of a property: which values it has, who sets it, what it means. */
export interface PropertyDefinition {
  readonly name: string;
  /** `float`, `int` or `str`, as the server names it. */
  readonly type: string | undefined;
  /** Who sets it: `ZTF`, `LSST`, `ANTARES`, a filter. */
  readonly origin: string | undefined;
  readonly description: string | undefined;
}
