import { createHash } from 'node:crypto';
import type { AvroType } from './schema.ts';

/**
 * The canonical text of a schema: what decides how bytes are read, and nothing else.
 *
 * Follows Avro's "parsing canonical form" (full names, no documentation, defaults, aliases, logical types or other
 * attributes; keys in the order name, type, fields, symbols, items, values, size), so that a schema that differs in its
 * comments only has the same text. Two additions, neither of which any survey's own schema shows: a field that is not
 * kept in alert bodies carries `"isKept":false`, and a type that is defined twice under one name is written out again.
 */
export function canonicalSchema(type: AvroType): string {
  const defined = new Map<string, AvroType>();
  return write(type, defined);
}

function write(type: AvroType, defined: Map<string, AvroType>): string {
  switch (type.kind) {
    case 'record': {
      if (defined.get(type.name) === type) return JSON.stringify(type.name);
      const fields = type.fields.map((field) => {
        const mark = field.isKept ? '' : ',"isKept":false';
        return `{"name":${JSON.stringify(field.name)},"type":${write(field.type, defined)}${mark}}`;
      });
      defined.set(type.name, type);
      return `{"name":${JSON.stringify(type.name)},"type":"record","fields":[${fields.join(',')}]}`;
    }
    case 'enum':
      if (defined.get(type.name) === type) return JSON.stringify(type.name);
      defined.set(type.name, type);
      return `{"name":${JSON.stringify(type.name)},"type":"enum","symbols":${JSON.stringify(type.symbols)}}`;
    case 'fixed':
      if (defined.get(type.name) === type) return JSON.stringify(type.name);
      defined.set(type.name, type);
      return `{"name":${JSON.stringify(type.name)},"type":"fixed","size":${type.size}}`;
    case 'array':
      return `{"type":"array","items":${write(type.items, defined)}}`;
    case 'map':
      return `{"type":"map","values":${write(type.values, defined)}}`;
    case 'union':
      return `[${type.branches.map((branch) => write(branch, defined)).join(',')}]`;
    default:
      return `"${type.kind}"`;
  }
}

/** The first 8 bytes of the SHA-256 of a canonical text, as 16 hexadecimal digits. */
export function schemaFingerprint(canonicalText: string): string {
  return createHash('sha256').update(canonicalText, 'utf8').digest('hex').slice(0, 16);
}
