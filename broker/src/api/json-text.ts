/** What an answer can hold. Integers of 64 bits are written as their digits; undefined members are left out. */
export type WireValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | RawJson
  | readonly WireValue[]
  | { readonly [key: string]: WireValue };

/** JSON that was written already, and is put in as it is. */
export class RawJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * JSON text in which 64-bit integers stand as raw digits, as ANTARES' clients expect them: `JSON.stringify` knows no
 * bigint, and text or doubles in their place would be read as something else.
 *
 * Numbers that JSON does not have (NaN, infinities) are left out like undefined; in a list they become null.
 */
export function toJsonText(value: WireValue): string {
  return write(value) ?? 'null';
}

function write(value: WireValue): string | undefined {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return Number.isFinite(value) ? String(value) : undefined;
    case 'bigint':
      return value.toString();
    case 'boolean':
      return value ? 'true' : 'false';
    case 'undefined':
      return undefined;
    default:
      if (value === null) return 'null';
      if (value instanceof RawJson) return value.text;
      return Array.isArray(value) ? writeList(value) : writeObject(value as { readonly [key: string]: WireValue });
  }
}

function writeList(values: readonly WireValue[]): string {
  let text = '';
  for (const value of values) text += `${text === '' ? '' : ','}${write(value) ?? 'null'}`;
  return `[${text}]`;
}

function writeObject(object: { readonly [key: string]: WireValue }): string {
  let text = '';
  for (const key of Object.keys(object)) {
    const value = write(object[key]);
    if (value !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${value}`;
  }
  return `{${text}}`;
}
