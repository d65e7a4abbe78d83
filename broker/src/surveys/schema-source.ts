/** Where the schemas of registry messages come from. */
export interface SchemaSource {
  /** What it is, for messages: a folder or an address, without credentials. */
  readonly name: string;

  /**
   * The text of a schema, every named type written out within; undefined when there is none under the id. Schemas never
   * change under their id, so callers keep what they got.
   *
   * @param schemaId  as in bytes 1 to 4 of the message; Rubin uses 100 · major + minor
   * @throws SCHEMA_REGISTRY_UNREACHABLE, SCHEMA_FOLDER_UNREADABLE
   */
  find(schemaId: number): Promise<string | undefined>;
}
