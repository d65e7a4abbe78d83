/** JSON of a schema. */
type Node = string | readonly Node[] | { readonly [key: string]: unknown };

/**
 * A record that a schema allows, from what is given: what is left out is null where it may be, else 0, '' or empty.
 * Numbers for `long` fields may be number, string or bigint.
 */
export function sampleRecord(schema: Node, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return fill(schema, given, new Map()) as Record<string, unknown>;
}

function fill(node: Node, value: unknown, named: Map<string, Node>): unknown {
  if (typeof node === 'string') {
    const definition = named.get(node) ?? [...named].find(([name]) => name.endsWith(`.${node}`))?.[1];
    return definition === undefined ? primitive(node, value) : fill(definition, value, named);
  }
  if (Array.isArray(node)) {
    const branches = node as readonly Node[];
    const other = branches.find((branch) => branch !== 'null')!;
    if (value === undefined || value === null) {
      // Names may be defined in the branch that is not taken.
      fill(other, undefined, named);
      return branches.includes('null') ? null : fill(other, value, named);
    }
    return fill(other, value, named);
  }
  const object = node as { readonly [key: string]: unknown };
  switch (object['type']) {
    case 'record': {
      const name = String(object['name']);
      named.set(
        name.includes('.') || object['namespace'] === undefined ? name : `${String(object['namespace'])}.${name}`,
        node,
      );
      const given = (value ?? {}) as Record<string, unknown>;
      const fields = object['fields'] as readonly { readonly name: string; readonly type: Node }[];
      return Object.fromEntries(fields.map((field) => [field.name, fill(field.type, given[field.name], named)]));
    }
    case 'array': {
      fill(object['items'] as Node, undefined, named);
      return ((value ?? []) as readonly unknown[]).map((item) => fill(object['items'] as Node, item, named));
    }
    case 'map':
      return value ?? {};
    default:
      return fill(object['type'] as Node, value, named);
  }
}

function primitive(type: string, value: unknown): unknown {
  switch (type) {
    case 'null':
      return null;
    case 'boolean':
      return value ?? false;
    case 'long':
      return BigInt((value ?? 0) as number | string | bigint);
    case 'int':
    case 'float':
    case 'double':
      return Number(value ?? 0);
    case 'bytes':
      return value ?? Buffer.alloc(0);
    default:
      return value ?? '';
  }
}
