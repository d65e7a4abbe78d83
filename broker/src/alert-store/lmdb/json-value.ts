/** A value of the tables that are small and rarely read: JSON, in UTF-8. */
export function toJsonValue(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** Reads such a value back; the store trusts what it wrote. */
export function readJsonValue<T>(value: Uint8Array): T {
  return JSON.parse(Buffer.from(value).toString()) as T;
}
