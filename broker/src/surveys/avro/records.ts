import { compileValueReader } from './compile.ts';
import { asBuffer, asView, readBlocks, readContainerHeader } from './container.ts';
import { damaged } from './damage.ts';
import { type AvroType, parseSchema } from './schema.ts';
import type { AvroValue } from './value.ts';

/**
 * All records of a container as whole values, of whatever survey: for looking into packets and for tests. Slow the first
 * time a schema is met, since it is compiled each time.
 *
 * @param maxBytes  what the container may decompress to
 * @throws PACKET_TRUNCATED, PACKET_DAMAGED, PACKET_TOO_LARGE, PACKET_CODEC_UNKNOWN, PACKET_SCHEMA_INVALID
 */
export function readContainerRecords(
  bytes: Uint8Array,
  maxBytes = 64 * 1024 * 1024,
): { readonly schema: AvroType; readonly records: AvroValue[] } {
  const buffer = asBuffer(bytes);
  const view = asView(bytes);
  const header = readContainerHeader(buffer, view);
  const schema = parseSchema(header.schemaText);
  const { read, end } = compileValueReader(schema);
  const records: AvroValue[] = [];
  readBlocks(buffer, view, header, maxBytes, (block) => {
    let offset = block.start;
    try {
      for (let i = 0; i < block.records; i += 1) {
        records.push(read(block.view, block.bytes, offset) as AvroValue);
        offset = end();
      }
    } catch (error) {
      if (error instanceof RangeError) throw damaged(offset, 'a record that goes on beyond the end');
      throw error;
    }
    if (offset !== block.end)
      throw damaged(offset, `a record that ends ${block.end - offset} bytes off the end of its block`);
  });
  return { schema, records };
}

/** A single value written with a schema, without container. @throws PACKET_DAMAGED */
export function readDatum(schema: AvroType, bytes: Uint8Array): AvroValue {
  const { read, end } = compileValueReader(schema);
  try {
    const value = read(asView(bytes), asBuffer(bytes), 0) as AvroValue;
    if (end() !== bytes.length) throw damaged(end(), `a value that ends ${bytes.length - end()} bytes off the end`);
    return value;
  } catch (error) {
    if (error instanceof RangeError) throw damaged(0, 'a value that goes on beyond the end');
    throw error;
  }
}
