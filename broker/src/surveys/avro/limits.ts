/**
 * Bounds on what comes from outside, so that no packet, however made, hangs the reader or fills the memory.
 *
 * Each is several times what the largest real schema or packet of any survey needs (LSST: 40 KB of schema, 3,400 types,
 * depth 8, a few thousand history rows a year).
 */
export const AVRO_LIMITS = {
  /** Length of a schema [bytes]. */
  schemaBytes: 2 * 1024 * 1024,
  /** Nesting of types. */
  schemaDepth: 32,
  /** Types in a schema when every name is written out: no small schema stands for a huge one. */
  schemaTypes: 20_000,
  /** Entries of a container's metadata, and their total length [bytes]. */
  metadataEntries: 256,
  metadataBytes: 4 * 1024 * 1024,
  /** Rows in all histories of one packet. */
  historyRows: 100_000,
} as const;
