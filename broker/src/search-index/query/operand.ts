import type { Operand } from './query.ts';

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INTEGER = /^[+-]?\d+$/;

/** The number that a text spells, decimal and whole, or undefined. Integers beyond 2^53 come as bigint, digit by digit. */
export function numberOfText(text: string): number | bigint | undefined {
  const trimmed = text.trim();
  if (!NUMBER.test(trimmed)) return undefined;
  const value = Number(trimmed);
  if (Number.isSafeInteger(value) || !INTEGER.test(trimmed)) return value + 0;
  return BigInt(trimmed.startsWith('+') ? trimmed.slice(1) : trimmed);
}

/** A value of a query as every kind of property sees it. */
export function toOperand(value: string | number | bigint | boolean): Operand {
  switch (typeof value) {
    case 'string':
      return {
        text: value,
        number: numberOfText(value),
        flag: value === 'true' ? true : value === 'false' ? false : undefined,
      };
    case 'boolean':
      return { text: String(value), number: undefined, flag: value };
    case 'bigint':
      return { text: String(value), number: value, flag: undefined };
    default:
      return { text: String(value), number: value + 0, flag: undefined };
  }
}
