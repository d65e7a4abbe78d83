/** All that an iterable gives, as a list. Node.js 20 has no `Array.fromAsync`. */
export async function collect<T>(many: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of many) list.push(one);
  return list;
}
