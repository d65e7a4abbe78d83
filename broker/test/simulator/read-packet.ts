import avsc from 'avsc';
import { avscType } from '../surveys/avsc-oracle.ts';

/** A decoded record: what avsc makes of it, longs as bigint. */
export type AvroRecordValue = Record<string, unknown>;

/** What a container holds, read by avsc alone. */
export interface ReadContainer {
  readonly schema: Record<string, unknown>;
  readonly records: readonly AvroRecordValue[];
}

/** Reads a container file with avsc. */
export function readContainer(bytes: Uint8Array): Promise<ReadContainer> {
  return new Promise((resolve, reject) => {
    const records: AvroRecordValue[] = [];
    let schema: Record<string, unknown> = {};
    const decoder = new avsc.streams.BlockDecoder({
      parseHook: (written) => {
        schema = written as unknown as Record<string, unknown>;
        return avscType(JSON.stringify(written));
      },
    });
    decoder.on('data', (record) => records.push(record as AvroRecordValue));
    decoder.on('end', () => resolve({ schema, records }));
    decoder.on('error', reject);
    decoder.end(Buffer.from(bytes));
  });
}

/** The one record of a packet in a container. */
export async function readPacket(bytes: Uint8Array): Promise<AvroRecordValue> {
  const { records } = await readContainer(bytes);
  if (records.length !== 1) throw new Error(`expected one record, got ${records.length}`);
  return records[0]!;
}

/** A nested record. */
export function recordIn(record: AvroRecordValue, field: string): AvroRecordValue {
  return record[field] as AvroRecordValue;
}

/** A nested list; empty for null. */
export function rowsIn(record: AvroRecordValue, field: string): AvroRecordValue[] {
  return (record[field] ?? []) as AvroRecordValue[];
}
