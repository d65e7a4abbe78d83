/**
 * Copies bytes to a place of another array.
 *
 * As `Uint8Array.set`, which copies out of and into shared memory, where packets and messages are, at half the speed.
 */
export function copyBytes(from: Uint8Array, into: Uint8Array, at: number): void {
  Buffer.from(from.buffer, from.byteOffset, from.length).copy(into, at);
}
