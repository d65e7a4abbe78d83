/**
 * The order of text in searches: by code point, which is also that of UTF-8 bytes. JavaScript's own `<` differs where
 * characters beyond U+FFFF meet those from U+E000 on.
 *
 * @returns negative, 0 or positive
 */
export function compareText(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end; i += 1) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return inCodePointOrder(x) - inCodePointOrder(y);
  }
  return a.length - b.length;
}

/** Moves surrogates, which stand for what is beyond U+FFFF, above all other units. */
function inCodePointOrder(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}
