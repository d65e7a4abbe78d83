/** Exit codes of the command line: an interface. */
export const EXIT = {
  /** Done. */
  done: 0,
  /** Done, but something in the input was refused under `--strict`, or a check that was asked for failed. */
  refused: 1,
  /** Wrong usage. */
  usage: 2,
  /** The world failed: store locked or damaged, server unreachable, disk full. */
  world: 3,
} as const;
