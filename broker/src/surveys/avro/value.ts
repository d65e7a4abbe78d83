/** A value as the value reader makes it. */
export type AvroValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly AvroValue[]
  | ReadonlyMap<string, AvroValue>
  | { readonly [field: string]: AvroValue };

/** A record as the value reader makes it. */
export type AvroRecordValue = { readonly [field: string]: AvroValue };

/**
 * A value as text: bytes in base64, a symbol as it is, lists, maps and records as JSON (integers whole, NaN and
 * infinities null).
 *
 * For what has no flat property: the text is the property, so that nothing is dropped.
 */
export function valueText(value: AvroValue): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  return toJson(value);
}

/** A value as JSON, 64-bit integers as raw digits. */
function toJson(value: AvroValue): string {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null';
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'string':
      return JSON.stringify(value);
    default:
  }
  if (value === null) return 'null';
  if (value instanceof Uint8Array) return JSON.stringify(valueText(value));
  if (Array.isArray(value)) return `[${value.map(toJson).join(',')}]`;
  const entries: [string, AvroValue][] = value instanceof Map ? [...value] : Object.entries(value);
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${toJson(inner)}`).join(',')}}`;
}
