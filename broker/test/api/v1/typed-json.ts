/** JSON in which integers and floats are told apart by how they are written, as a reader in Python does. */
export type Typed = string | boolean | null | NumberType | readonly Typed[] | { readonly [key: string]: Typed };

/** What kind of number stood there. */
export interface NumberType {
  readonly $number: 'int' | 'float';
}

/** Reads JSON; numbers become their kind. */
export function readTyped(text: string): Typed {
  const marked = text.replaceAll(
    /("(?:[^"\\]|\\.)*")|-?\d+(\.\d+)?([eE][+-]?\d+)?/g,
    (_, quoted: string | undefined, fraction: string | undefined, exponent: string | undefined) =>
      quoted ?? `{"$number":"${fraction === undefined && exponent === undefined ? 'int' : 'float'}"}`,
  );
  return JSON.parse(marked) as Typed;
}

/** The types in a document, key by key; of a list, those of its first item. */
export function typesOf(value: Typed): unknown {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'boolean';
  if (Array.isArray(value)) return value.length === 0 ? [] : [typesOf(value[0] as Typed)];
  const object = value as { readonly [key: string]: Typed };
  if (typeof object['$number'] === 'string') return object['$number'];
  return Object.fromEntries(Object.entries(object).map(([key, item]) => [key, typesOf(item)]));
}
