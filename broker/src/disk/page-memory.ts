/** Unit of direct access: position, length and memory are multiples of it. The largest that disks in use ask for. */
export const PAGE_BYTES = 4096;

/** Memory is taken in steps, so that a somewhat larger need is met by what there is. */
const STEP_BYTES = 1 << 20;
const WASM_PAGE_BYTES = 1 << 16;

/** What of WebAssembly is used here; its own types come with those of browsers only. */
declare const WebAssembly: {
  readonly Memory: new <Buffer extends ArrayBufferLike>(size: {
    initial: number;
    maximum: number;
    shared: Buffer extends SharedArrayBuffer ? true : false;
  }) => { readonly buffer: Buffer };
};

/**
 * Memory that begins at a page, as direct access wants it; zeros.
 *
 * @param bytes  a multiple of 65,536
 */
export function allocatePages(bytes: number): Uint8Array<ArrayBuffer> {
  const pages = bytes / WASM_PAGE_BYTES;
  try {
    // The one kind of memory in JavaScript that begins at a page of the system's.
    return new Uint8Array(
      new WebAssembly.Memory<ArrayBuffer>({ initial: pages, maximum: pages, shared: false }).buffer,
    );
  } catch {
    // Where address space is limited. Direct access is refused with it, and done the usual way.
    return new Uint8Array(bytes);
  }
}

/**
 * Memory like that of `allocatePages` that threads can share.
 *
 * @param bytes  a multiple of 65,536
 */
export function allocateSharedPages(bytes: number): Uint8Array<SharedArrayBuffer> {
  const pages = bytes / WASM_PAGE_BYTES;
  try {
    return new Uint8Array(
      new WebAssembly.Memory<SharedArrayBuffer>({ initial: pages, maximum: pages, shared: true }).buffer,
    );
  } catch {
    return new Uint8Array(new SharedArrayBuffer(bytes));
  }
}

/** Memory that begins at a page, used over and over. */
export class PageMemory {
  readonly #mostBytes: number;
  #memory = new Uint8Array(0);

  /** @param mostBytes  what is kept at most, a multiple of a megabyte */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /**
   * Memory of whole pages for so many bytes, or for `mostBytes` when they are more. Its content is whatever it was; what
   * was taken before is taken back.
   */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    const size = Math.min(this.#mostBytes, Math.ceil(bytes / STEP_BYTES) * STEP_BYTES);
    if (this.#memory.length < size) this.#memory = allocatePages(size);
    return this.#memory;
  }
}
