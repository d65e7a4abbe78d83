import { PNG } from 'pngjs';
import type { SkyImage } from './fits-image.ts';
import { zscale } from './zscale.ts';

const GREY = 0;

/**
 * An image as a grey PNG of 8 bits, black to white over its {@link zscale} interval.
 *
 * The first row of the file is at the bottom, as every viewer of FITS shows it: directions on the sky stay as in the file.
 * Pixels without a value are black.
 */
export function renderPng(image: SkyImage): Uint8Array {
  return PNG.sync.write(
    { width: image.width, height: image.height, data: greyLevels(image) },
    { colorType: GREY, inputColorType: GREY, inputHasAlpha: false, bitDepth: 8 },
  );
}

/** Grey levels, 0 to 255, rows from the top down. */
export function greyLevels({ width, height, pixels }: SkyImage): Uint8Array {
  const { low, high } = zscale(pixels);
  const factor = 255 / (high - low);
  const levels = new Uint8Array(width * height);
  for (let row = 0; row < height; row += 1) {
    const from = (height - 1 - row) * width;
    for (let column = 0; column < width; column += 1) {
      const level = Math.round((pixels[from + column]! - low) * factor);
      // What is no number compares as false, and stays black.
      if (level > 0) levels[row * width + column] = Math.min(level, 255);
    }
  }
  return levels;
}
