/** JSON of a schema or of a part of it. */
type SchemaNode = unknown;

const PRIMITIVES = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string']);

/**
 * A schema with every type that it only names replaced by its definition, at the first place where it is named.
 *
 * Surveys publish one file a type; a reader wants one text.
 *
 * @param top     JSON of the schema
 * @param lookUp  JSON of a definition by full name; undefined when there is none (the name is then left)
 */
export function writeOutNames(top: SchemaNode, lookUp: (fullName: string) => SchemaNode | undefined): SchemaNode {
  const defined = new Set<string>();

  const visit = (node: SchemaNode, namespace: string): SchemaNode => {
    if (typeof node === 'string') {
      if (PRIMITIVES.has(node)) return node;
      const full = node.includes('.') || namespace === '' ? node : `${namespace}.${node}`;
      if (defined.has(full) || defined.has(node)) return node;
      const definition = lookUp(full) ?? lookUp(node);
      // A definition in a file of its own does not inherit the namespace of whoever names it.
      return definition === undefined ? node : visit(definition, '');
    }
    if (Array.isArray(node)) return node.map((branch: SchemaNode) => visit(branch, namespace));
    if (node === null || typeof node !== 'object') return node;
    const object = node as Readonly<Record<string, SchemaNode>>;
    const type = object['type'];
    if (type === 'array') return { ...object, items: visit(object['items'], namespace) };
    if (type === 'map') return { ...object, values: visit(object['values'], namespace) };
    const full = fullNameOf(object, namespace);
    if (full !== undefined) defined.add(full);
    if (type === 'record' && Array.isArray(object['fields'])) {
      const inner = full?.includes('.') === true ? full.slice(0, full.lastIndexOf('.')) : '';
      return {
        ...object,
        fields: object['fields'].map((field: SchemaNode) => {
          if (field === null || typeof field !== 'object') return field;
          const member = field as Readonly<Record<string, SchemaNode>>;
          return { ...member, type: visit(member['type'], inner) };
        }),
      };
    }
    return typeof type === 'string' && (PRIMITIVES.has(type) || type === 'enum' || type === 'fixed')
      ? object
      : { ...object, type: visit(type, namespace) };
  };

  return visit(top, '');
}

/** The full name of a named type's definition; undefined for what is none. */
export function fullNameOf(node: SchemaNode, namespace = ''): string | undefined {
  if (node === null || typeof node !== 'object') return undefined;
  const { name, namespace: own } = node as { readonly name?: unknown; readonly namespace?: unknown };
  if (typeof name !== 'string') return undefined;
  const space = typeof own === 'string' ? own : namespace;
  return name.includes('.') || space === '' ? name : `${space}.${name}`;
}
