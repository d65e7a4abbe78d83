/** Length of a header card and of a block (FITS standard 4.0, section 3). */
const CARD = 80;
const BLOCK = 2880;

/** A header card: keyword, value, comment. A value of undefined makes a keyword without value. */
export type FitsCard = readonly [keyword: string, value: string | number | boolean, comment?: string];

/** An image to be written as one header-data unit: rows from the bottom, columns within a row. */
export interface FitsImage {
  readonly width: number;
  readonly height: number;
  /** −32: single precision, −64: double. */
  readonly bitpix: -32 | -64;
  readonly pixels: Float32Array | Float64Array;
  /** Cards after the mandatory ones. */
  readonly cards: readonly FitsCard[];
}

/**
 * A FITS file: the first image as primary unit, the others as extensions.
 *
 * @param images  at least one
 */
export function fitsBytes(images: readonly FitsImage[]): Uint8Array {
  const parts = images.map((image, place) => [headerOf(image, place > 0, images.length > 1), dataOf(image)] as const);
  const bytes = new Uint8Array(parts.reduce((sum, [header, data]) => sum + header.length + data.length, 0));
  let at = 0;
  for (const [header, data] of parts) {
    bytes.set(header, at);
    bytes.set(data, at + header.length);
    at += header.length + data.length;
  }
  return bytes;
}

/**
 * Where the value of a keyword stands in a FITS file whose primary header has it: the first of its twenty columns.
 *
 * @returns  byte offset; −1 where the primary header lacks the keyword
 */
export function findCardValue(bytes: Uint8Array, keyword: string): number {
  const name = `${keyword.padEnd(8)}= `;
  for (let at = 0; at + CARD <= bytes.length; at += CARD) {
    const card = Buffer.from(bytes.buffer, bytes.byteOffset + at, CARD).toString('latin1');
    if (card.startsWith(name)) return at + name.length;
    if (card.startsWith('END     ')) return -1;
  }
  return -1;
}

/** Overwrites a fixed-format value (twenty columns, flush right) in place. */
export function setCardValue(bytes: Uint8Array, offset: number, value: number): void {
  const text = numberText(value).padStart(20);
  for (let i = 0; i < 20; i += 1) bytes[offset + i] = text.charCodeAt(i);
}

function headerOf(image: FitsImage, isExtension: boolean, hasExtensions: boolean): Uint8Array {
  const cards: FitsCard[] = [
    isExtension ? ['XTENSION', 'IMAGE', 'Image extension'] : ['SIMPLE', true, 'conforms to FITS standard'],
    ['BITPIX', image.bitpix, 'array data type'],
    ['NAXIS', 2, 'number of array dimensions'],
    ['NAXIS1', image.width],
    ['NAXIS2', image.height],
  ];
  if (isExtension) cards.push(['PCOUNT', 0, 'number of parameters'], ['GCOUNT', 1, 'number of groups']);
  else if (hasExtensions) cards.push(['EXTEND', true]);
  const text = [...cards, ...image.cards].map(cardText).join('') + 'END'.padEnd(CARD);
  return Buffer.from(text.padEnd(Math.ceil(text.length / BLOCK) * BLOCK), 'latin1');
}

function cardText([keyword, value, comment]: FitsCard): string {
  let text: string;
  if (typeof value === 'string') text = `'${value.replaceAll("'", "''").padEnd(8)}'`.padEnd(20);
  else if (typeof value === 'boolean') text = (value ? 'T' : 'F').padStart(20);
  else text = numberText(value).padStart(20);
  const card = `${keyword.padEnd(8)}= ${text}${comment === undefined ? '' : ` / ${comment}`}`;
  if (card.length > CARD) throw new TypeError(`a FITS card has 80 columns: ${card}`);
  return card.padEnd(CARD);
}

/** A number in at most twenty columns. */
function numberText(value: number): string {
  const text = Number.isInteger(value) && Math.abs(value) < 1e15 ? String(value) : shortest(value);
  return text.toUpperCase();
}

function shortest(value: number): string {
  const text = String(value);
  return text.length <= 20 ? text : String(Number(value.toPrecision(13)));
}

function dataOf(image: FitsImage): Uint8Array {
  const size = image.bitpix === -32 ? 4 : 8;
  const { width, height, pixels } = image;
  if (pixels.length !== width * height) throw new TypeError(`${width} × ${height} pixels, got ${pixels.length}`);
  const bytes = new Uint8Array(Math.ceil((pixels.length * size) / BLOCK) * BLOCK);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < pixels.length; i += 1) {
    if (size === 4) view.setFloat32(4 * i, pixels[i]!, false);
    else view.setFloat64(8 * i, pixels[i]!, false);
  }
  return bytes;
}
