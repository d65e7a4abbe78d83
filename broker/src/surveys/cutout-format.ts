/** How an image is stored. `fits.gz`: ZTF since 2018; `fits`: LSST; `jpeg`: ZTF's commissioning. */
export type CutoutFormat = 'fits.gz' | 'fits' | 'jpeg' | 'png' | 'unknown';

/** The format of an image, from its first bytes. */
export function cutoutFormat(image: Uint8Array): CutoutFormat {
  if (image[0] === 0x1f && image[1] === 0x8b) return 'fits.gz';
  if (image[0] === 0xff && image[1] === 0xd8 && image[2] === 0xff) return 'jpeg';
  if (startsWith(image, 'SIMPLE  =')) return 'fits';
  if (image[0] === 0x89 && startsWith(image.subarray(1), 'PNG')) return 'png';
  return 'unknown';
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (bytes[i] !== text.charCodeAt(i)) return false;
  return true;
}
