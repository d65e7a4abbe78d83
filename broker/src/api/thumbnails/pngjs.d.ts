/** The part of pngjs that is used: it brings no types. */
declare module 'pngjs' {
  interface PngImage {
    readonly width: number;
    readonly height: number;
    readonly data: Uint8Array;
  }
  interface PngOptions {
    readonly colorType?: 0 | 2 | 4 | 6;
    readonly inputColorType?: 0 | 2 | 4 | 6;
    readonly inputHasAlpha?: boolean;
    readonly bitDepth?: 8 | 16;
  }
  export const PNG: {
    readonly sync: {
      /** Writes an image. */
      readonly write: (image: PngImage, options?: PngOptions) => Buffer;
      /** Reads an image, as red, green, blue and opacity of a byte each. */
      readonly read: (bytes: Buffer) => PngImage;
    };
  };
}
