/** Bits of a sequence number: run of the broker (16), message of the lane (40), lane (8). */
const LANE_BITS = 8n;
const COUNTER_BITS = 40n;

/**
 * Sequence numbers for the messages of a lane: unique in the store, and ascending within the lane over all runs.
 *
 * @param run   number of this start of the broker, 1, 2, 3, …
 * @param lane  [0, 255]
 */
export function messageSequences(run: number, lane: number): () => bigint {
  let counter = 0n;
  const base = (BigInt(run) << (COUNTER_BITS + LANE_BITS)) | BigInt(lane);
  return () => {
    counter += 1n;
    return base | (counter << LANE_BITS);
  };
}

/** The lane that made a sequence number: streams tell producers apart by it. */
export function laneOfSequence(sequence: bigint): number {
  return Number(sequence & ((1n << LANE_BITS) - 1n));
}
