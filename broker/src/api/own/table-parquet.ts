import { parquetWriteBuffer } from 'hyparquet-writer';
import type { Table } from './table.ts';

/** Types of Parquet for ours. */
const PARQUET_TYPE = { text: 'STRING', double: 'DOUBLE', int: 'INT64' } as const;

/** A table as an Apache Parquet file; missing values are nulls, units and meanings are in its key-value metadata. */
export function tableToParquet(table: Table): Uint8Array {
  const buffer = parquetWriteBuffer({
    columnData: table.columns.map(({ name, type, values }) => ({
      name,
      type: PARQUET_TYPE[type],
      data: values.map((value) => toParquetValue(value, type)),
    })),
    kvMetadata: [
      { key: 'description', value: table.description },
      ...table.columns.map(({ name, description, unit, ucd, timeScale }) => ({
        key: `column.${name}`,
        value: JSON.stringify({ description, unit, ucd, time_scale: timeScale }),
      })),
    ],
  });
  return new Uint8Array(buffer);
}

function toParquetValue(value: string | number | undefined, type: 'text' | 'double' | 'int'): unknown {
  if (value === undefined || (typeof value === 'number' && Number.isNaN(value))) return null;
  return type === 'int' ? BigInt(value) : value;
}
