/** Exit codes of the command line: an interface, the same as that of `antares`. */
export const EXIT = {
  /** Done. */
  done: 0,
  /** Done, but what was asked for is not there. */
  refused: 1,
  /** Wrong usage, or a question that the server cannot make sense of. */
  usage: 2,
  /** The world failed: server unreachable, disk full, folder in use. */
  world: 3,
} as const;
